"""The triage queue: which requests are in view, how many in each tab, in what order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crp.search import normalise
from crp.ui import formats
from crp.ui.lists import CURSOR, Page, Tab, is_narrowed, kept, narrowed, paginate, sorting
from crp.verbs import today
from references.models import ActivityType
from requests_app.filters import RequestFilter
from requests_app.models import Opportunity, ReferenceRequest
from requests_app.models.states import AssignmentState
from requests_app.views.queue_rows import queue_rows
from requests_app.views.sentences import told

SORTS: dict[str, Sequence[str]] = {"need_by": ("need_by", "pk"), "newest": ("-pk",), "number": ("number",)}
SORT_NAMES = (("need_by", gettext_lazy("Soonest first")), ("newest", gettext_lazy("Newest first")))
URGENT_DAYS = 3
WAITING_STAGES = (AssignmentState.OWNER_APPROVAL, AssignmentState.INVITED, AssignmentState.ACCEPTED)


@dataclass(frozen=True)
class Triage:
    """
    One view of the queue, `filtered` when the set is narrowed beyond its tab.

    `counts` has unassigned, mine, due, over, waiting, all, due_unassigned.
    """

    page: Page[ReferenceRequest]
    tabs: list[Tab]
    counts: dict[str, int]
    view: str
    sort: str
    filtered: bool


def requests_for_rows(user: Any) -> Any:
    """What the user may see, with everything a row says."""
    return ReferenceRequest.objects.visible_to(user).for_rows()


def view_of(name: str, user: Any, day: date) -> Q:
    """The condition of a tab."""
    return {
        "unassigned": Q(assigned_to=None),
        "mine": Q(assigned_to=user),
        "due": Q(need_by__lte=day + timedelta(days=URGENT_DAYS)),
        "waiting": Q(stage__in=WAITING_STAGES),
    }.get(name, Q())


def counts(user: Any, day: date) -> dict[str, int]:
    """How many open requests in each tab, in one query."""
    due, free = view_of("due", user, day), view_of("unassigned", user, day)
    return (
        ReferenceRequest.objects.visible_to(user)
        .open()
        .aggregate(
            all=Count("pk"),
            unassigned=Count("pk", filter=free),
            mine=Count("pk", filter=view_of("mine", user, day)),
            due=Count("pk", filter=due),
            over=Count("pk", filter=Q(need_by__lt=day)),
            due_unassigned=Count("pk", filter=due & free),
            waiting=Count("pk", filter=view_of("waiting", user, day)),
        )
    )


def tabs_of(found: dict[str, int]) -> list[Tab]:
    return [
        Tab("unassigned", _("Unassigned"), found["unassigned"]),
        Tab("mine", _("Mine"), found["mine"]),
        Tab("due", _("Due in 72 h"), found["due"]),
        Tab("waiting", _("Waiting"), found["waiting"]),
        Tab("", _("All open"), found["all"]),
        Tab("closed", _("Closed")),
    ]


def select(request: HttpRequest, user: Any) -> tuple[QuerySet[ReferenceRequest], str]:
    """The rows in view before paging, and the tab's name."""
    view = request.GET.get("view", "")
    rows = requests_for_rows(user)
    rows = rows.closed() if view == "closed" else rows.open()
    rows = by_words(rows.filter(view_of(view, user, today(user))), request.GET.get("search", ""))
    return narrowed(RequestFilter, request, rows)[0], view


def by_words(rows: QuerySet[ReferenceRequest], text: str) -> QuerySet[ReferenceRequest]:
    """Requests of that number (`R-1191`, `1191`), or whose deal holds every word."""
    number = normalise(text).removeprefix("r-")
    if number.isdecimal() and len(number) < 10:
        return rows.filter(number=int(number))
    for word in normalise(text).split()[:6]:
        rows = rows.filter(opportunity__search_text__contains=word)
    return rows


def triage(request: HttpRequest, user: Any, size: int = 50) -> Triage:
    """The queue as the address asks for it. Three queries."""
    rows, view = select(request, user)
    found = counts(user, today(user))
    sort, order = sorting(request, SORTS, "newest" if view == "closed" else "need_by")
    tabs = tabs_of(found)
    known = {tab.key: tab.count for tab in tabs}
    page = paginate(request, rows, order, size)
    state = Triage(page, tabs, found, view, sort, is_narrowed(RequestFilter, request))
    if not state.filtered:
        page.total = known.get(view)
    page.rows = told(page.rows, user, sentences=False)
    return state


def frame(request: HttpRequest, found: Triage) -> dict[str, Any]:
    """What the queue's templates need, on its page and on the manager's home. One query."""
    user: Any = request.user
    bulk, amounts = bool(user.is_manager or user.is_admin), Opportunity.amounts_visible_to(user)
    return {
        "triage": found, "page": found.page, "sort": found.sort, "sorts": SORT_NAMES, "standing": standing(found.counts),
        "rows": queue_rows(found.page.rows, today=today(user), bulk=bulk, amounts=amounts), "bulk": bulk,
        "activity_types": [(one.slug, one.label) for one in ActivityType.objects.filter(in_use=True)],
        "kept": kept(request, "search", CURSOR),
    }  # fmt: skip


def standing(found: dict[str, int]) -> str:
    """The sentence over the queue, e.g. "Five requests are due within 72 hours. Two of them have no one on them yet."."""
    if not found["all"]:
        return _("No request is open.")
    if not found["due"]:
        return ngettext(
            "%(n)s request is open, and none is due within 72 hours.",
            "%(n)s requests are open, and none is due within 72 hours.",
            found["all"],
        ) % {"n": formats.number(found["all"])}
    said = [_due_sentence(found)]
    if found["due_unassigned"]:
        said.append(
            ngettext(
                "%(n)s of them has no one on it yet.", "%(n)s of them have no one on them yet.", found["due_unassigned"]
            )
            % {"n": formats.number(found["due_unassigned"])}
        )
    return " ".join(said)


def _due_sentence(found: dict[str, int]) -> str:
    soon, over = found["due"] - found["over"], found["over"]
    facts = {"n": formats.number(soon), "over": formats.number(over)}
    if not over:
        return (
            ngettext("%(n)s request is due within 72 hours.", "%(n)s requests are due within 72 hours.", soon) % facts
        )
    if not soon:
        return ngettext("%(over)s request is past its day.", "%(over)s requests are past their day.", over) % facts
    near = ngettext("%(n)s request is due within 72 hours.", "%(n)s requests are due within 72 hours.", soon) % facts
    late = ngettext("%(over)s is past its day.", "%(over)s are past their day.", over) % facts
    return f"{near} {late}"
