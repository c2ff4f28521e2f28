"""Deals: closing, touching, and the days whose sums changed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crp.verbs import Forbidden, Refused, Stale, WrongState
from materials.models import Material
from references.models import Activity, Contact, Hold
from requests_app.models import (
    AssignmentState,
    ClosingDay,
    MaterialUse,
    Opportunity,
    OpportunityState,
    RequestState,
    Touch,
)
from tests.requests_app.conftest import last_event, said

TODAY = timezone.localdate


def versions():
    return dict(ClosingDay.objects.values_list("day", "version"))


def material(**fields):
    return Material.objects.create(
        **{"kind": "case_study", "title": "Nine ports", "state": "published", "audience": "shareable", **fields}
    )


def test_winning_a_deal_marks_its_day(deal, sam):
    deal.close(by=sam, state="won", closed_on=TODAY(), amount=Decimal("500000"))
    deal.refresh_from_db()
    assert (deal.state, deal.amount, deal.closed_on) == (OpportunityState.WON, Decimal("500000"), TODAY())
    assert versions() == {TODAY(): 1}
    assert said("opportunity.won")(deal)
    with pytest.raises(WrongState) as refusal:
        deal.close(by=sam, state="lost", closed_on=TODAY())
    assert refusal.value.allowed == ["open"]


def test_reopening_marks_the_day_again(deal, sam):
    deal.close(by=sam, state="lost", closed_on=TODAY())
    deal.reopen(by=sam)
    assert (deal.state, deal.closed_on, versions()) == (OpportunityState.OPEN, None, {TODAY(): 2})


def test_changing_the_amount_of_a_closed_deal_marks_its_day(deal, sam, adam, sofia):
    deal.close(by=sam, state="won", closed_on=TODAY())
    deal.edit(by=sam, amount=Decimal("1"), version=2)
    assert versions() == {TODAY(): 2}
    with pytest.raises(Stale):
        deal.edit(by=sam, name="x", version=1)
    with pytest.raises(Forbidden):
        deal.edit(by=sam, owner=sofia)
    deal.edit(by=adam, owner=sofia)
    assert deal.owner == sofia


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"closed_on": timedelta(days=1)}, "closed_on"),
        ({"closed_on": timedelta(days=-61)}, "closed_on"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"state": "open"}, "state"),
    ],
)
def test_closing_nonsense_is_refused_by_name(deal, sam, fields, field):
    said_ = {"state": "won", "closed_on": timedelta(0), **fields}
    said_["closed_on"] = TODAY() + said_["closed_on"]
    with pytest.raises(Refused) as refusal:
        deal.close(by=sam, **said_)
    assert refusal.value.field == field


def test_a_won_deal_needs_an_amount(deal, sam):
    Opportunity.objects.update(amount=None)
    with pytest.raises(Refused) as refusal:
        deal.close(by=sam, state="won", closed_on=TODAY())
    assert refusal.value.field == "amount"


def test_who_may_close(deal, sofia, mina, eva, ola, maya):
    for nobody in (sofia, mina, eva, ola):
        with pytest.raises(Forbidden):
            deal.close(by=nobody, state="lost", closed_on=TODAY())
    deal.close(by=maya, state="lost", closed_on=TODAY())


def test_the_latest_touch_before_the_closing_day_is_kept(deal, sam, maya, hanne, call):
    early, late = TODAY() - timedelta(days=9), TODAY() - timedelta(days=2)
    deal.own_up(by=sam, contact=hanne, activity_type=call, on=early)
    MaterialUse.record(by=sam, opportunity=deal, material=material(), on=late)
    deal.refresh_from_db()
    assert deal.touched_on == late
    deal.close(by=sam, state="won", closed_on=TODAY() - timedelta(days=5))
    assert deal.touched_on == early
    deal.use_material(by=sam, material=material(), on=TODAY() - timedelta(days=6))
    deal.refresh_from_db()
    assert deal.touched_on == TODAY() - timedelta(days=6)
    assert versions()[deal.closed_on] == 2
    deal.reopen(by=sam)
    assert deal.touched_on == late


def test_a_material_used_twice_on_a_day_counts_once(deal, sam):
    story = material()
    first = deal.use_material(by=sam, material=story, on=TODAY())
    assert deal.use_material(by=sam, material=story, on=TODAY()) == first
    assert Touch.objects.count() == 1
    assert said("material_use.recorded")(first)


@pytest.mark.parametrize("fields", [{"state": "draft"}, {"state": "withdrawn"}, {"audience": "internal"}])
def test_material_that_is_not_cleared_is_refused(deal, sam, fields):
    with pytest.raises(Refused) as refusal:
        deal.use_material(by=sam, material=material(**fields), on=TODAY())
    assert refusal.value.field == "material"


def test_completing_writes_the_ledger_touches_the_deal_and_fulfils(accepted, deal, hanne, sam):
    accepted.complete(by=sam, occurred_on=TODAY(), outcome="helped", rating=5, feedback="She was frank.")
    assert (accepted.state, accepted.rep_rating, accepted.outcome) == (AssignmentState.COMPLETED, 5, "helped")
    activity = Activity.objects.get(origin_ref=accepted.ref)
    assert (activity.contact, activity.outcome, activity.prospect, activity.on) == (
        hanne,
        "helped",
        deal.prospect,
        TODAY(),
    )
    assert Touch.objects.get().activity == activity
    deal.refresh_from_db()
    assert deal.touched_on == TODAY()
    assert not Hold.objects.filter(released_at=None).exists()
    accepted.request.refresh_from_db()
    assert accepted.request.state == RequestState.FULFILLED
    hanne = Contact.objects.get(pk=hanne.pk)
    assert (hanne.last_live_on, hanne.rating_sum, hanne.rating_count) == (TODAY(), 5, 1)
    assert last_event(accepted, "assignment.completed").data["outcome"] == "helped"


def test_completing_works_whatever_the_time_agreed_and_in_own_words(accepted, maya):
    accepted.schedule(by=maya, at=timezone.now() + timedelta(days=5))
    accepted.complete(by=maya, occurred_on=TODAY(), outcome="Prospect was delighted")
    activity = Activity.objects.get()
    assert (activity.outcome, activity.note) == ("held", "Prospect was delighted")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"occurred_on": timedelta(days=1)}, "occurred_on"),
        ({"occurred_on": timedelta(days=-90)}, "occurred_on"),
        ({"rating": 6}, "rating"),
        ({"outcome": " "}, "outcome"),
    ],
)
def test_a_nonsense_debrief_is_refused_by_name(accepted, sam, fields, field):
    told = {"occurred_on": timedelta(0), "outcome": "held", **fields}
    told["occurred_on"] = TODAY() + told["occurred_on"]
    with pytest.raises(Refused) as refusal:
        accepted.complete(by=sam, **told)
    assert refusal.value.field == field
    assert not Activity.objects.exists()


def test_only_who_asked_or_runs_the_program_debriefs(accepted, sofia, omar, mina):
    for nobody in (sofia, omar, mina):
        with pytest.raises(Forbidden):
            accepted.complete(by=nobody, occurred_on=TODAY(), outcome="held")


def test_a_missed_call_frees_the_capacity_and_writes_nothing(accepted, sam):
    accepted.miss(by=sam, reason="Nobody came")
    assert accepted.state == AssignmentState.MISSED
    assert not Hold.objects.filter(released_at=None).exists()
    assert not Activity.objects.exists()


def test_a_fulfilled_request_asks_nobody_else_but_keeps_who_agreed(accepted, hanne, maya, sam):
    from tests.conftest import make_contact, make_willing

    request = accepted.request
    others = [make_contact(hanne.customer, name) for name in ("Jörg Reimann", "Anke Kowalski")]
    asked = []
    for other in others:
        make_willing(other)
        asked.append(request.propose(contact=other, by=maya))
        asked[-1].invite(by=maya)
    asked[1].accept()
    accepted.complete(by=sam, occurred_on=TODAY(), outcome="held")
    states = [type(one).objects.get(pk=one.pk).state for one in asked]
    assert states == ["withdrawn", "accepted"]
    asked[1].complete(by=sam, occurred_on=TODAY(), outcome="held")


def test_a_rep_writes_the_debrief_of_a_customer_paused_since(accepted, sam, hanne):
    type(hanne.customer).objects.update(status="paused")
    accepted.complete(by=sam, occurred_on=TODAY(), outcome="held")
    assert accepted.state == AssignmentState.COMPLETED
