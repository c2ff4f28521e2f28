"""The menu by role: at most eight entries, each named by its address. Composition only."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crp.accounts.models import Role, User
from crp.inbox.models import Notification
from crp.ui import navigation
from crp.ui.counting import Counting, counting
from crp.ui.navigation import Entry, Group, Roles
from references.models import Nomination
from requests_app.models import ReferenceRequest

HOME = Entry("home", _("Home"), "house", "home", phone=True)
INBOX = Entry("unread", _("Inbox"), "inbox", "inbox:list")
REQUESTS = Entry("requests", _("Requests"), "messages-square", "requests_app:queue", phone=True)
MY_REQUESTS = Entry("requests", _("My requests"), "messages-square", "requests_app:mine", phone=True)
DEALS = Entry("deals", _("My deals"), "handshake", "requests_app:deals", phone=True, query="?view=mine")
ALL_DEALS = Entry("deals", _("Deals"), "handshake", "requests_app:deals")
REFERENCES = Entry("references", _("References"), "users", "references:customers", phone=True)
NOMINATIONS = Entry("nominations", _("Nominations"), "sprout", "references:nominations")
NOMINATE = Entry("nominate", _("Nominate a customer"), "sprout", "references:nominate")
BOARD = Entry("board", _("Board"), "square-kanban", "materials:board", phone=True)
LIBRARY = Entry("library", _("Library"), "library", "materials:library", phone=True)
MATERIAL = Entry("library", _("Material"), "library", "materials:library", phone=True)
INSIGHT = Entry("insight", _("Insight"), "chart-line", "metrics:insight", phone=True)
COVERAGE = Entry("coverage", _("Coverage"), "grid-3x3", "metrics:coverage", phone=True)
CALENDAR = Entry("calendar", _("Ask calendar"), "calendar-days", "references:calendar")
RULES = Entry("rules", _("Program rules"), "sliders-horizontal", "references:limits")
PEOPLE = Entry("people", _("Colleagues"), "users", "accounts:people", phone=True)
IMPORTS = Entry("imports", _("Imports"), "upload", "imports:start")
SHARES = Entry("shares", _("Share pages"), "link", "materials:shares")
APPROVALS = Entry("approvals", _("Approvals"), "stamp", "materials:approvals")
PARKED = Entry("parked", _("Outgoing mail"), "send", "outbox:list")

_START = Group("", (HOME, INBOX))

# The first role a user holds in this order gives his menu; what his other roles add follows it.
MENUS: dict[str, Sequence[Group]] = {
    Role.MANAGER: (
        Group(_("Program"), (REQUESTS, REFERENCES, NOMINATIONS, MATERIAL)),
        Group(_("Look back"), (INSIGHT, CALENDAR)),
        Group(_("Set-up"), (RULES, IMPORTS)),
    ),
    Role.MARKETING: (
        Group(_("Material"), (BOARD, LIBRARY, APPROVALS, SHARES)),
        Group(_("Program"), (REFERENCES, REQUESTS)),
    ),
    Role.SALES: (
        Group(_("Sell"), (MY_REQUESTS, DEALS, REFERENCES, MATERIAL)),
        Group(_("Help out"), (NOMINATE,)),
    ),
    Role.EXECUTIVE: (Group(_("Program"), (INSIGHT, COVERAGE, REFERENCES)),),
    Role.ADMIN: (
        Group(_("Set-up"), (PEOPLE, RULES, IMPORTS, PARKED)),
        Group(_("Program"), (REFERENCES, REQUESTS)),
    ),
}


def groups(roles: Roles) -> Sequence[Group]:
    """The menu of someone with these roles; an entry comes once."""
    found, seen = {_START.label: _START}, {entry.key for entry in _START.entries}
    for role, menu in MENUS.items():
        for group in menu if role in roles else ():
            fresh = tuple(entry for entry in group.entries if entry.key not in seen)
            seen |= {entry.key for entry in fresh}
            before = found[group.label].entries if group.label in found else ()
            found[group.label] = Group(group.label, (*before, *fresh))
    return tuple(group for group in found.values() if group.entries)


def counts(user: Any) -> dict[str, int]:
    """Numbers beside the entries, 100 for whatever is more, in one query."""
    return _counting(user.pk, tuple(user.roles), user.team_id).now()


@lru_cache(maxsize=4096)
def _counting(pk: int, roles: tuple[str, ...], team_id: int | None) -> Counting:
    """The same for everybody of these roles but for who he is and in which team; a colleague's rights hang on no more."""
    user = User(pk=pk, roles=list(roles), team_id=team_id)
    found: dict[str, QuerySet[Any]] = {"unread": Notification.objects.visible_to(user).unread()}
    if user.roles:
        sees = ReferenceRequest.objects.visible_to(user).open()
        own = user.is_sales and not (user.is_manager or user.is_marketing)
        found["requests"] = sees.filter(requested_by=user) if own else sees
    if user.is_manager:
        found["nominations"] = Nomination.objects.visible_to(user).open()
    return counting(**found)


def role_words(user: Any) -> Any:
    """`Program manager`, or the team where a sales rep has one."""
    held = [Role(role).label for role in MENUS if role in user.roles]
    return held[0] if held else _("No role yet")


navigation.compose(groups, counts, role_words)
