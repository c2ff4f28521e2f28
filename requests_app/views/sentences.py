"""What a request waits for, and how it stands, said as whole sentences from what the request itself keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from crp.ui import formats
from references.models.contact import JobFunction
from references.models.taxonomy import industry_name
from requests_app.models import AssignmentState, ReferenceRequest, RequestState
from requests_app.models.request_set import SAID_OF
from requests_app.models.states import OPEN_STATES
from requests_app.models.states import Waiting as Whom

S = AssignmentState
STAGES = {S.PROPOSED: 1, S.OWNER_APPROVAL: 2, S.INVITED: 3, S.ACCEPTED: 4, S.SCHEDULED: 5}
STAGE_NAMES = (
    gettext_noop("Not started"), gettext_noop("Choosing people"), gettext_noop("Owner to agree"), gettext_noop("Asking"),
    gettext_noop("Finding a date"), gettext_noop("Booked"), gettext_noop("Done"),
)  # fmt: skip
# What a row needs to say its sentence without a query of its own.
NEEDED = tuple(SAID_OF)
GLYPHS = (
    ("", "hourglass"), ("", "user-plus"), ("ask", "hand"), ("", "hourglass"), ("go", "calendar-clock"), ("go", "calendar-check"),
    ("go", "check"),
)  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """Who is waited for, to do what, since when, or `at` which time. `you` when it is the reader himself."""

    who: str
    what: str = ""
    since: datetime | None = None
    you: bool = False
    at: datetime | None = None


def title(request: ReferenceRequest) -> str:
    """What is asked for in a few words: the activity, and where the reference should come from."""
    what = request.activity_type.label
    functions, industries = request.criteria.get("functions") or [], request.criteria.get("industries") or []
    facts = {"what": what, "industry": industry_name(industries[0]) if industries else ""}
    if functions and industries:
        return _("%(what)s, %(function)s in %(industry)s") % {**facts, "function": _function(functions[0])}
    if functions:
        return _("%(what)s, %(function)s") % {**facts, "function": _function(functions[0])}
    return _("%(what)s, %(industry)s") % facts if industries else what


def _function(name: str) -> str:
    return str(dict(JobFunction.choices).get(name, name))


def stage(request: ReferenceRequest) -> tuple[int, str]:
    """The stage's number (0 not started, 6 done) and its name."""
    if request.state == RequestState.FULFILLED:
        return 6, _(STAGE_NAMES[6])
    number = STAGES[AssignmentState(request.stage)] if request.stage else int(request.state == RequestState.IN_REVIEW)
    return number, _(STAGE_NAMES[number])


def waiting(request: ReferenceRequest, user: Any) -> Waiting:
    """Whom an open request waits for; what became of a closed one."""
    if request.state == RequestState.DRAFT:
        return _colleague(request.requested_by, user, _("to send it"), request.created_at)
    if request.state not in OPEN_STATES:
        return Waiting(str(request.get_state_display()), since=request.closed_at)
    since = request.waiting_since
    match request.waiting_for:
        case Whom.OWNER:
            return _colleague(request.waiting_user, user, _("to agree"), since)
        case Whom.CONTACT:
            return Waiting(_asked(request), _("to answer"), since)
        case Whom.DATE:
            return Waiting(_contact(request), _("to agree on a time"), since)
        case Whom.CALL:
            return Waiting(_contact(request), at=since)
        case Whom.MANAGER:
            what = _("to send the question") if request.stage else _("to choose people")
            return _colleague(request.waiting_user or request.assigned_to, user, what, since)
    return Waiting(_("No one has taken it"), since=request.submitted_at)


def _colleague(somebody: Any, user: Any, what: str, since: datetime | None) -> Waiting:
    if somebody is None:
        return Waiting(_("The program manager"), what, since)
    if somebody.pk == user.pk:
        return Waiting(_("You"), what, since, you=True)
    return Waiting(somebody.name, what, since)


def _contact(request: ReferenceRequest) -> str:
    return request.waiting_contact.name if request.waiting_contact else _("The reference")


def _asked(request: ReferenceRequest) -> str:
    if request.asked_count < 2:
        return _contact(request)
    return ngettext("%(n)s person", "%(n)s people", request.asked_count) % {"n": formats.number(request.asked_count)}


def status(request: ReferenceRequest, user: Any) -> str:
    """How the request stands: who did what, then what is next."""
    if request.state not in OPEN_STATES:
        return _closed(request)
    facts = {
        "person": _contact(request), "when": formats.ago(request.waiting_since),
        "manager": request.assigned_to.name if request.assigned_to else _("The program manager"),
    }  # fmt: skip
    match request.waiting_for:
        case Whom.OWNER:
            return _owner_asked(request, user, facts)
        case Whom.CONTACT:
            return _people_asked(request, facts)
        case Whom.DATE:
            return _("%(person)s said yes %(when)s. Now a date is being found.") % facts
        case Whom.CALL:
            facts |= {"day": formats.day(request.waiting_since), "time": formats.clock(request.waiting_since)}
            return _("%(person)s said yes: %(day)s at %(time)s.") % facts
        case Whom.MANAGER:
            return _choosing(request, user, facts)
    return _("No one has taken it yet. It came in %(when)s.") % {"when": formats.ago(request.submitted_at)}


def _closed(request: ReferenceRequest) -> str:
    facts = {"when": formats.ago(request.closed_at), "why": request.close_reason}
    match request.state:
        case RequestState.DRAFT:
            return _("A draft. Nobody sees it until you send it.")
        case RequestState.WITHDRAWN:
            return _("Withdrawn %(when)s.") % facts
        case RequestState.EXPIRED:
            return _("Nobody was found by the day it was needed.")
        case RequestState.UNFULFILLED:
            return _("Closed %(when)s without a reference: %(why)s") % facts
    return _("Done %(when)s.") % facts


def _choosing(request: ReferenceRequest, user: Any, facts: dict[str, Any]) -> str:
    mine = request.assigned_to_id == user.pk
    if request.stage and mine:
        return _("%(person)s is chosen. Send the question next.") % facts
    if request.stage:
        return _("%(person)s is chosen and about to be asked.") % facts
    if mine:
        return _("You took it %(when)s. Choose whom to ask next.") % facts
    return _("%(manager)s took it %(when)s and is choosing whom to ask.") % facts


def _owner_asked(request: ReferenceRequest, user: Any, facts: dict[str, Any]) -> str:
    owner = request.waiting_user
    if owner and owner.pk == user.pk:
        return _("We would like to ask %(person)s. You were asked to agree %(when)s.") % facts
    facts["owner"] = owner.name if owner else _("The program manager")
    return _("%(owner)s was asked %(when)s whether we may ask %(person)s.") % facts


def _people_asked(request: ReferenceRequest, facts: dict[str, Any]) -> str:
    if request.asked_count < 2:
        return _("We asked %(person)s %(when)s. An answer is still to come.") % facts
    facts["n"] = formats.number(request.asked_count)
    return (
        ngettext(
            "We asked %(n)s person, the latest %(when)s. An answer is still to come.",
            "We asked %(n)s people, the first %(when)s. An answer is still to come.",
            request.asked_count,
        )
        % facts
    )


def told(requests: Iterable[ReferenceRequest], user: Any, *, sentences: bool = True) -> list[ReferenceRequest]:
    """
    The requests with `stage_number`, `stage_name`, `waits`, `glyph`, `title` and (unless not `sentences`) `sentence`.

    See NEEDED.
    """
    rows: list[Any] = list(requests)
    for row in rows:
        row.stage_number, row.stage_name = stage(row)
        row.waits, row.sentence = waiting(row, user), status(row, user) if sentences else ""
        row.glyph, row.title = GLYPHS[row.stage_number], title(row)
    return rows
