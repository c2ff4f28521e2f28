"""Which verbs a page offers: those the state allows and the reader may do."""

from typing import Any

from requests_app.models import Assignment, Opportunity, ReferenceRequest

REQUEST_VERBS = ("submit", "take", "assign", "withdraw", "close", "move", "propose", "pause_clock", "resume_clock")
ASSIGNMENT_VERBS = ("approve", "decline", "invite", "accept", "schedule", "release", "complete", "miss", "withdraw")


def offered(obj: Any, user: Any, verbs: tuple[str, ...]) -> set[str]:
    """The verbs of `verbs` that `obj` allows now and `user` may do."""
    return {verb for verb in verbs if obj.may(verb, user)}


def on_request(request: ReferenceRequest, user: Any) -> set[str]:
    return offered(request, user, REQUEST_VERBS)


def on_assignment(assignment: Assignment, user: Any) -> set[str]:
    return offered(assignment, user, ASSIGNMENT_VERBS)


def on_opportunity(opportunity: Opportunity, user: Any) -> set[str]:
    return offered(opportunity, user, ("close", "own_up", "use_material"))
