"""Pages of requests, deals and the people asked; the homes and the search."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from crp.links.models import SignedLink
from tests import conftest as cast
from tests.permissions.table import Row, World, everyone, only

STAFF = ("maya", "mina", "eva", "adam")
DAY = (timezone.localdate() + timedelta(days=9)).isoformat()
TODAY = timezone.localdate().isoformat()


def tell(world: World) -> None:
    """Sam's request, taken by Maya; Hanne (Omar's customer) waits for Omar's word; another of Sam's has its call booked."""
    world.asked = world.request.propose(contact=world.contact, by=world.maya)
    free = cast.make_contact(cast.make_customer("Delta Cargo", industry=world.industry), "Pieter Maas")
    cast.make_willing(free)
    world.free_contact = free
    world.fresh = cast.make_request(world.sam, world.opportunity)
    world.draft_request = cast.make_request(world.sam, world.opportunity, state="draft")
    world.invited = world.fresh.propose(contact=free, by=world.maya)
    world.invited.invite(by=world.maya, slots=[timezone.now() + timedelta(days=2)])
    _link, world.answer_token = SignedLink.objects.issue(
        "assignment.answer", world.invited, expires_at=timezone.now() + timedelta(days=2)
    )
    other = cast.make_contact(cast.make_customer("Rhein-Spedition"), "Anke Kowalski")
    cast.make_willing(other)
    world.other_contact = other
    world.booked = cast.make_request(world.sam, world.opportunity).propose(contact=other, by=world.maya)
    world.booked.invite(by=world.maya)
    world.booked.accept(by=world.maya)


def of_request(w: World) -> dict[str, Any]:
    return {"pk": w.request.pk}


def of_deal(w: World) -> dict[str, Any]:
    return {"pk": w.opportunity.pk}


def of_asked(w: World) -> dict[str, Any]:
    return {"pk": w.asked.pk}


def of_invited(w: World) -> dict[str, Any]:
    return {"pk": w.invited.pk}


def of_booked(w: World) -> dict[str, Any]:
    return {"pk": w.booked.pk}


def posted(expect: dict[str, int], done: int = 302) -> dict[str, int]:
    return {actor: done if status == 200 else status for actor, status in expect.items()}


# Omar sees the request that asks about his customer, not the others of Sam's.
SEES = {**only(*STAFF, "sam", "omar", refused=404)}
SEES_OTHERS = {**only(*STAFF, "sam", refused=404)}
RUNS = {**only("maya", "adam", refused=403), "sofia": 404, "ola": 404}
RUNS_OTHERS = {**RUNS, "omar": 404}
ASKED_IT = {**RUNS, "sam": 200}
ASKED_OTHERS = {**ASKED_IT, "omar": 404}
OWNER = {**only("omar", refused=403), "sofia": 404, "ola": 404}
ASKS = only("maya", "sam", "sofia", "omar", "mina", "adam")
SEES_DEAL = only(*STAFF, "sam", refused=404)
SELLS = {**SEES_DEAL, "mina": 403, "eva": 403}
NOTES = {**SEES_DEAL, "eva": 403}

REQUESTS = [
    Row("requests_app:queue", everyone(200)),
    Row("requests_app:queue_export", everyone(200)),
    Row("requests_app:mine", everyone(200)),
    Row("requests_app:bulk", everyone(302), note="nothing ticked"),
    Row(
        "requests_app:bulk", {"maya": 302, "sam": 403, "sofia": 302, "anonymous": 302}, method="post", note="close",
        data=lambda w: {"action": "close", "id": w.request.pk, "confirmed": 1, "reason": "Nobody"},
    ),
    Row("requests_app:new", ASKS),
    Row("requests_app:new", {"sam": 200, "sofia": 404, "maya": 200}, query=lambda w: f"?deal={w.opportunity.pk}", note="deal"),
    Row(
        "requests_app:new", {"sam": 302, "sofia": 404, "eva": 403, "ola": 403}, method="post",
        data=lambda w: {"deal": w.opportunity.pk, "activity_type": w.activity_type.pk, "need_by": DAY},
    ),
    Row("requests_app:eligible", {"sam": 200, "sofia": 404}, query=lambda w: f"?deal={w.opportunity.pk}"),
    Row("requests_app:rules", only("maya", "adam")),
    Row("requests_app:request", SEES, kwargs=of_request),
    Row("requests_app:request", SEES_OTHERS, kwargs=lambda w: {"pk": w.fresh.pk}, note="not about Omar's"),
    Row("requests_app:request_submit", {"sam": 302, "sofia": 404, "maya": 403}, method="post",
        kwargs=lambda w: {"pk": w.draft_request.pk}),
    Row("requests_app:request_take", {**posted(RUNS), "adam": 409}, kwargs=of_request, method="post"),
    Row("requests_app:request_assign", RUNS, kwargs=of_request),
    Row(
        "requests_app:request_assign", posted(RUNS), kwargs=of_request, method="post",
        data=lambda w: {"assigned_to": w.maya.pk},
    ),
    Row("requests_app:request_withdraw", ASKED_IT, kwargs=of_request),
    Row("requests_app:request_withdraw", posted(ASKED_IT), kwargs=of_request, method="post", data={"reason": "Signed"}),
    Row("requests_app:request_close", RUNS, kwargs=of_request),
    Row("requests_app:request_close", posted(RUNS), kwargs=of_request, method="post", data={"reason": "Nobody"}),
    Row("requests_app:request_move", ASKED_IT, kwargs=of_request),
    Row("requests_app:request_move", posted(ASKED_IT), kwargs=of_request, method="post", data={"need_by": DAY}),
    Row("requests_app:request_criteria", ASKED_IT, kwargs=of_request),
    Row("requests_app:request_criteria", posted(ASKED_IT), kwargs=of_request, method="post", data={"languages": "de"}),
    Row("requests_app:request_relax", posted(ASKED_IT), kwargs=of_request, method="post", data={"criterion": "languages"}),
    Row("requests_app:request_pause_clock", posted(RUNS), kwargs=of_request, method="post"),
    Row("requests_app:request_resume_clock", posted(RUNS), kwargs=of_request, method="post"),
    Row("requests_app:matches", SEES, kwargs=of_request),
    Row("requests_app:compare", SEES, kwargs=of_request),
    Row("requests_app:relaxations", SEES, kwargs=of_request),
    Row("requests_app:propose", RUNS, kwargs=lambda w: {"pk": w.request.pk, "contact_pk": w.free_contact.pk}),
    Row(
        "requests_app:propose", posted(RUNS), kwargs=lambda w: {"pk": w.request.pk, "contact_pk": w.free_contact.pk},
        method="post",
    ),
]  # fmt: skip

ASSIGNMENTS = [
    Row("requests_app:assignment", SEES, kwargs=of_asked),
    Row("requests_app:assignment_weigh", SEES, kwargs=of_asked),
    Row("requests_app:assignment_approve", OWNER, kwargs=of_asked),
    Row("requests_app:assignment_approve", posted(OWNER), kwargs=of_asked, method="post"),
    Row("requests_app:assignment_decline", OWNER, kwargs=of_asked),
    Row("requests_app:assignment_decline", posted(OWNER), kwargs=of_asked, method="post", data={"reason": "Renewal"}),
    Row("requests_app:assignment_withdraw", ASKED_IT, kwargs=of_asked),
    Row("requests_app:assignment_withdraw", posted(ASKED_IT), kwargs=of_asked, method="post", data={"reason": ""}),
    Row("requests_app:assignment_invite", {"maya": 403, "sofia": 404, "sam": 403}, kwargs=of_asked),
    Row("requests_app:assignment_accept", RUNS_OTHERS, kwargs=of_invited),
    Row("requests_app:assignment_accept", posted(RUNS_OTHERS), kwargs=of_invited, method="post"),
    Row("requests_app:assignment_schedule", ASKED_OTHERS, kwargs=of_booked),
    Row(
        "requests_app:assignment_schedule", posted(ASKED_OTHERS), kwargs=of_booked, method="post",
        data={"at": f"{DAY}T10:00", "minutes": 30},
    ),
    Row("requests_app:assignment_release", {**RUNS_OTHERS, "sam": 403}, kwargs=of_booked),
    Row("requests_app:assignment_release", posted({**RUNS_OTHERS, "sam": 403}), kwargs=of_booked, method="post"),
    Row("requests_app:assignment_complete", ASKED_OTHERS, kwargs=of_booked),
    Row(
        "requests_app:assignment_complete", posted(ASKED_OTHERS), kwargs=of_booked, method="post",
        data={"occurred_on": TODAY, "outcome": "helped", "rating": 5},
    ),
    Row("requests_app:assignment_miss", ASKED_OTHERS, kwargs=of_booked),
    Row("requests_app:assignment_miss", posted(ASKED_OTHERS), kwargs=of_booked, method="post", data={"reason": ""}),
    Row("requests_app:answer", everyone(200, anonymous=200), kwargs=lambda w: {"token": w.answer_token}),
    Row("requests_app:answer", everyone(410, anonymous=410), kwargs={"token": "nonsense"}, note="unknown"),
]  # fmt: skip

DEALS = [
    Row("requests_app:deals", everyone(200)),
    Row("requests_app:deals_export", everyone(200)),
    Row("requests_app:opportunity", SEES_DEAL, kwargs=of_deal),
    Row("requests_app:opportunity_close", SELLS, kwargs=of_deal),
    Row(
        "requests_app:opportunity_close", posted(SELLS), kwargs=of_deal, method="post",
        data={"state": "won", "closed_on": TODAY, "amount": "1000"},
    ),
    Row("requests_app:opportunity_own_up", NOTES, kwargs=of_deal),
    Row(
        "requests_app:opportunity_own_up", posted(NOTES), kwargs=of_deal, method="post",
        data=lambda w: {"q": "pieter", "contact": w.free_contact.pk, "activity_type": w.activity_type.pk, "on": TODAY},
    ),
    Row("requests_app:use_material", {**ASKS, "ola": 403}, query=lambda w: f"?material={w.material.pk}"),
    Row(
        "requests_app:use_material", {"sam": 302, "sofia": 422, "eva": 403, "ola": 403, "anonymous": 302}, method="post",
        data=lambda w: {"material": w.material.pk, "opportunity": w.opportunity.pk, "on": TODAY},
    ),
    Row("requests_app:material_panel", everyone(200, ola=404), kwargs=lambda w: {"pk": w.material.pk}),
    Row("requests_app:opportunity_use_material", NOTES, kwargs=of_deal),
    Row("requests_app:customer_panel", everyone(200, ola=404), kwargs=lambda w: {"pk": w.customer.pk}),
    Row("requests_app:customer_deals_panel", everyone(200, ola=404), kwargs=lambda w: {"pk": w.customer.pk}),
]  # fmt: skip

HOMES = [
    Row("home", {**everyone(200), "mina": 302, "eva": 302, "adam": 302}),
    Row("find", everyone(200), query="?q=freight"),
    Row("search", everyone(200), query="?q=bremer"),
    Row("home_near_limit", only("maya", "adam")),
    Row("home_nominations", only("maya", "adam")),
]

ROWS: list[Row] = [*REQUESTS, *ASSIGNMENTS, *DEALS, *HOMES]
