"""How far a request has come and whom it waits for: kept on the request, in one place, so that the queue needs no join."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from requests_app.models.states import OPEN_STATES, AssignmentState, Waiting

if TYPE_CHECKING:
    from requests_app.models.request import ReferenceRequest

S = AssignmentState
# The furthest first.
FURTHEST = (S.SCHEDULED, S.ACCEPTED, S.INVITED, S.OWNER_APPROVAL, S.PROPOSED)
ASKED = (S.INVITED, S.ACCEPTED, S.SCHEDULED, S.COMPLETED, S.MISSED)
FIELDS = (
    "stage", "waiting_for", "waiting_since", "waiting_user", "waiting_contact", "asked_count", "first_accepted_at",
)  # fmt: skip


def keep(request: "ReferenceRequest") -> None:
    """Read the request's assignments and keep what follows from them. The row must be locked. Two queries."""
    asked = list(request.assignments.select_related("contact__customer__owner"))
    live = [one for one in asked if one.state in FURTHEST]
    furthest = min(live, key=lambda one: (FURTHEST.index(one.state), one.pk), default=None)
    request.asked_count = sum(one.invited_at is not None for one in asked)
    answers = [one.accepted_at for one in asked if one.accepted_at]
    request.first_accepted_at = min(answers, default=None)
    request.stage = furthest.state if furthest and request.state in OPEN_STATES else ""
    wait(request, furthest)
    request.save(update_fields=FIELDS)


def wait(request: "ReferenceRequest", furthest: Any) -> None:
    """Set whom the request waits for, and since when."""
    whom, since, user, contact = waiting(request, furthest)
    request.waiting_for, request.waiting_since = whom, since
    request.waiting_user, request.waiting_contact = user, contact


def waiting(request: "ReferenceRequest", furthest: Any) -> tuple[str, datetime | None, Any, Any]:
    """(for whom, since, which colleague, which contact)."""
    if request.state not in OPEN_STATES:
        return "", None, None, None
    if request.assigned_to_id is None and furthest is None:
        return Waiting.TAKER, request.submitted_at, None, None
    manager = request.assigned_to
    if furthest is None:
        return Waiting.MANAGER, request.taken_at or request.submitted_at, manager, None
    match furthest.state:
        case S.OWNER_APPROVAL:
            return Waiting.OWNER, furthest.approval_asked_at, furthest.decider().owner or manager, furthest.contact
        case S.INVITED:
            return Waiting.CONTACT, furthest.invited_at, None, furthest.contact
        case S.ACCEPTED:
            return Waiting.DATE, furthest.answered_at, manager, furthest.contact
        case S.SCHEDULED:
            return Waiting.CALL, furthest.scheduled_at, None, furthest.contact
    return Waiting.MANAGER, furthest.approved_at or furthest.created_at, manager, furthest.contact
