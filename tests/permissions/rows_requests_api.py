"""The API of deals, requests and the people asked: who may see and do what."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from materials.models import Material
from requests_app.models import Assignment, AssignmentState, MaterialUse, ReferenceRequest, RequestState
from tests import conftest as cast
from tests.permissions.table import Row, World, everyone, only

DAY = timezone.localdate().isoformat()
LATER = (timezone.now() + timedelta(days=5)).isoformat()


def tell(world: World) -> None:
    """Sam's request in the states the rows need; the contact's customer is Omar's."""
    world.api_assignments = {}  # type: ignore[attr-defined]
    for state in (
        AssignmentState.OWNER_APPROVAL,
        AssignmentState.PROPOSED,
        AssignmentState.INVITED,
        AssignmentState.ACCEPTED,
    ):
        wanted = cast.make_request(world.sam, world.opportunity, state=RequestState.IN_REVIEW)
        approved = {} if state == AssignmentState.OWNER_APPROVAL else {"approved_by": world.omar}
        world.api_assignments[state] = Assignment.objects.create(  # type: ignore[attr-defined]
            request=wanted, contact=world.contact, proposed_by=world.maya, requester=world.sam, state=state, **approved
        )
    world.api_request = cast.make_request(world.sam, world.opportunity)  # type: ignore[attr-defined]
    world.api_draft = ReferenceRequest.ask(  # type: ignore[attr-defined]
        by=world.sam,
        activity_type=world.activity_type,
        need_by=timezone.localdate(),
        opportunity=world.opportunity,
        draft=True,
    )
    world.api_foreign = cast.make_contact(world.candidate_customer, "Nadia Roux")  # type: ignore[attr-defined]
    world.api_material = Material.objects.create(  # type: ignore[attr-defined]
        kind="case_study", title="Nine ports", state="published", audience="shareable", customer=world.customer
    )
    world.api_use = MaterialUse.record(  # type: ignore[attr-defined]
        by=world.sam,
        opportunity=world.opportunity,
        material=world.api_material,
        on=timezone.localdate(),  # type: ignore[attr-defined]
    )


def deal(w: World) -> dict[str, Any]:
    return {"pk": w.opportunity.pk}


def request(w: World) -> dict[str, Any]:
    return {"pk": w.api_request.pk}


def asked(state: str) -> Any:
    return lambda w: {"pk": w.api_assignments[state].pk}


def api(expect: dict[str, int]) -> dict[str, int]:
    return {**expect, "anonymous": 401}


def may(*actors: str, ok: int = 200, **others: int) -> dict[str, int]:
    """`ok` for the named; who does not see the thing gets 404, others as told."""
    return api({**only(*actors, ok=ok, refused=404), **others})


LISTS = api(everyone(200))
# Sam's deal and request: he, the staff; not Sofia of another team.
SEES = may("maya", "sam", "mina", "eva", "adam")
# Where Omar's contact is asked, Omar sees it too.
SEES_ASKED = may("maya", "sam", "omar", "mina", "eva", "adam")
ON_DEAL = may("maya", "sam", "adam", mina=403, eva=403)
PROGRAM = may("maya", "adam", sam=403, mina=403, eva=403)
PROGRAM_ASKED = {**PROGRAM, "omar": 403}
OWN = may("maya", "sam", "adam", mina=403, eva=403)
OWN_ASKED = {**OWN, "omar": 403}
ASKERS = api(only("maya", "sam", "mina", "adam", ok=201, refused=400, eva=403))

S = AssignmentState
NOT_ELSE = {"maya": 403, "mina": 403, "eva": 403, "adam": 403}
ROWS = [
    Row("api:opportunity-list", LISTS),
    Row("api:opportunity-list", api(only("maya", "sam", "sofia", "omar", "adam", ok=201)), method="post", data={"name": "New"}),
    Row("api:opportunity-detail", SEES, kwargs=deal),
    Row("api:opportunity-detail", ON_DEAL, kwargs=deal, method="patch", data={"stage": "Proposal"}),
    Row(
        "api:opportunity-detail", may("adam", maya=403, sam=403, mina=403, eva=403), kwargs=deal, method="patch",
        data=lambda w: {"owner": w.sofia.pk}, note="owner",
    ),
    Row("api:opportunity-close", ON_DEAL, kwargs=deal, method="post", data={"state": "lost", "closed_on": DAY}),
    Row("api:opportunity-reopen", may(maya=409, sam=409, adam=409, mina=403, eva=403), kwargs=deal, method="post"),
    Row("api:request-list", LISTS),
    Row(
        "api:request-list", ASKERS, method="post",
        data=lambda w: {"opportunity": w.opportunity.pk, "activity_type": "sales-call", "need_by": DAY},
    ),
    Row("api:request-detail", SEES, kwargs=request),
    Row("api:request-detail", OWN, kwargs=request, method="patch", data={"topics": "Ports"}),
    Row("api:request-submit", may("sam", **NOT_ELSE), kwargs=lambda w: {"pk": w.api_draft.pk}, method="post"),
    Row("api:request-take", PROGRAM, kwargs=request, method="post"),
    Row("api:request-withdraw", OWN, kwargs=request, method="post"),
    Row("api:request-close", PROGRAM, kwargs=request, method="post", data={"reason": "Nobody"}),
    Row("api:request-matches", SEES, kwargs=request),
    Row("api:request-assignments", SEES, kwargs=request),
    Row(
        "api:request-assignments", may(maya=201, adam=201, sam=403, mina=403, eva=403), kwargs=request, method="post",
        data=lambda w: {"contact": w.contact.pk},
    ),
    Row("api:assignment-list", LISTS),
    Row("api:assignment-detail", SEES_ASKED, kwargs=asked(S.INVITED)),
    Row(
        "api:assignment-approve", may("omar", maya=403, sam=403, mina=403, eva=403, adam=403), kwargs=asked(S.OWNER_APPROVAL),
        method="post",
    ),
    Row(
        "api:assignment-decline", may("omar", maya=403, sam=403, mina=403, eva=403, adam=403), kwargs=asked(S.OWNER_APPROVAL),
        method="post", note="before",
    ),
    Row("api:assignment-decline", PROGRAM_ASKED, kwargs=asked(S.INVITED), method="post", note="after"),
    Row("api:assignment-invite", PROGRAM_ASKED, kwargs=asked(S.PROPOSED), method="post"),
    Row("api:assignment-accept", PROGRAM_ASKED, kwargs=asked(S.INVITED), method="post"),
    Row("api:assignment-schedule", OWN_ASKED, kwargs=asked(S.ACCEPTED), method="post", data={"scheduled_at": LATER}),
    Row("api:assignment-complete", OWN_ASKED, kwargs=asked(S.ACCEPTED), method="post", data={"occurred_on": DAY}),
    Row("api:assignment-miss", OWN_ASKED, kwargs=asked(S.ACCEPTED), method="post"),
    Row("api:assignment-withdraw", OWN_ASKED, kwargs=asked(S.INVITED), method="post"),
    Row("api:material-use-list", LISTS),
    Row("api:material-use-detail", SEES, kwargs=lambda w: {"pk": w.api_use.pk}),
    Row(
        "api:material-use-list", api(only("maya", "sam", "mina", "adam", ok=201, refused=400, eva=403)), method="post",
        data=lambda w: {"opportunity": w.opportunity.pk, "material": w.api_material.pk, "on": DAY},
    ),
]  # fmt: skip
