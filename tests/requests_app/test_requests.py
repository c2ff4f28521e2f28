"""Asking, taking, moving, ending."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crp.accounts.models import Role
from crp.inbox.models import Notification
from crp.outbox.models import Message
from crp.verbs import Forbidden, Refused, Stale, WrongState
from references.models import ActivityType
from requests_app import criteria, eligibility, matching
from requests_app.models import Candidate, OpportunityState, ReferenceRequest, RequestRules, RequestState
from tests.conftest import make_opportunity, make_user
from tests.requests_app.conftest import ask, last_event, said

R = RequestState


def test_asking_submits_and_tells_the_managers(wanted, maya, sam, deal):
    ReferenceRequest.objects.all()
    again = ask(sam, deal, wanted.activity_type)
    assert (again.state, again.waiting_for) == (R.SUBMITTED, "taker")
    assert again.number > wanted.number > 1000
    assert said("request.submitted")(again)
    assert Notification.objects.filter(user=maya, kind="request.submitted").count() == 1
    assert Message.objects.filter(to=maya.email).count() == 1


def test_a_draft_tells_nobody_until_it_is_sent(sam, deal, call, maya):
    draft = ask(sam, deal, call, draft=True)
    assert draft.state == R.DRAFT
    assert not Notification.objects.exists()
    draft.submit(by=sam)
    assert draft.state == R.SUBMITTED
    assert said("request.submitted", "request.drafted")(draft)
    assert draft.submitted_at


def test_who_may_ask(deal, call, maya, mina, adam, eva, ola):
    for somebody in (maya, mina, adam):
        assert ask(somebody, deal, call).requested_by == somebody
    for nobody in (eva, ola):
        with pytest.raises(Forbidden):
            ask(nobody, deal, call)


def test_without_a_deal_a_purpose_is_needed(mina, call):
    assert ask(mina, None, call, purpose="analyst").purpose == "analyst"
    with pytest.raises(Refused) as refusal:
        ask(mina, None, call)
    assert refusal.value.field == "opportunity"


@pytest.mark.parametrize("days", [-1, 800])
def test_the_day_must_make_sense(sam, deal, call, days):
    with pytest.raises(Refused) as refusal:
        ask(sam, deal, call, need_by=timezone.localdate() + timedelta(days=days))
    assert refusal.value.field == "need_by"


def test_eligibility_is_told_before_and_enforced(sam, deal, call, maya):
    RequestRules.current().edit(by=maya, min_amount=500_000, stages=["Negotiation"])
    codes = [problem.code for problem in eligibility.problems(sam, deal, call)]
    assert codes == ["stage", "amount"]
    with pytest.raises(Refused) as refusal:
        ask(sam, deal, call)
    assert (refusal.value.field, refusal.value.code) == ("opportunity", "stage")
    deal.stage, deal.amount = "negotiation", 500_000
    deal.save()
    assert eligibility.problems(sam, deal, call) == []
    passive = ActivityType.objects.get(slug="quote")
    deal.amount = 1
    assert eligibility.problems(sam, deal, passive) == []
    deal.state = OpportunityState.LOST
    assert [problem.code for problem in eligibility.problems(sam, deal, passive)] == ["deal_closed"]


def test_taking_twice_changes_nothing_and_a_colleague_is_told(wanted, maya, sam):
    wanted.take(by=maya)
    wanted.take(by=maya)
    assert said("request.taken", "request.submitted")(wanted)
    assert (wanted.state, wanted.assigned_to, wanted.waiting_for) == (R.IN_REVIEW, maya, "manager")
    other = make_user("Tariq Aziz", Role.MANAGER)
    with pytest.raises(Refused) as refusal:
        wanted.take(by=other)
    assert (refusal.value.status, refusal.value.code) == (409, "already_taken")
    assert Notification.objects.filter(user=sam, kind="request.taken").count() == 1


def test_assigning_gives_it_to_a_manager_only(wanted, maya, sofia, adam):
    with pytest.raises(Refused):
        wanted.assign(to=sofia, by=maya)
    other = make_user("Tariq Aziz", Role.MANAGER)
    wanted.assign(to=other, by=adam)
    assert wanted.assigned_to == other
    assert Notification.objects.filter(user=other, kind="request.assigned").exists()


def test_moving_and_revising(wanted, sam, sofia):
    day = timezone.localdate() + timedelta(days=20)
    wanted.move(by=sam, need_by=day)
    assert wanted.need_by == day
    wanted.revise(by=sam, criteria={"countries": ["Germany"]}, version=1)
    assert wanted.criteria == {"countries": ["DE"]}
    with pytest.raises(Stale):
        wanted.revise(by=sam, topics="x", version=1)
    for verb, fields in (("move", {"need_by": day}), ("revise", {"topics": "x"}), ("withdraw", {})):
        with pytest.raises(Forbidden):
            getattr(wanted, verb)(by=sofia, **fields)


def test_the_clock_stops_and_runs_on(wanted, maya, sam):
    wanted.pause_clock(by=maya)
    assert (wanted.may("pause_clock", maya), wanted.may("resume_clock", maya)) == (False, True)
    ReferenceRequest.objects.update(sla_paused_at=timezone.now() - timedelta(hours=2))
    wanted.resume_clock(by=maya)
    assert 7190 < wanted.sla_paused_seconds < 7300
    with pytest.raises(Forbidden):
        wanted.pause_clock(by=sam)


def test_closing_needs_a_reason(wanted, maya, sam):
    with pytest.raises(Refused) as refusal:
        wanted.close(by=maya, reason=" ")
    assert refusal.value.field == "reason"
    with pytest.raises(Forbidden):
        wanted.close(by=sam, reason="x")
    wanted.close(by=maya, reason="Nobody in this branch")
    assert wanted.state == R.UNFULFILLED
    assert last_event(wanted, "request.closed").data["reason"] == "Nobody in this branch"


TABLE = {
    "submit": {R.DRAFT},
    "take": {R.SUBMITTED, R.IN_REVIEW},
    "withdraw": {R.DRAFT, R.SUBMITTED, R.IN_REVIEW},
    "close": {R.SUBMITTED, R.IN_REVIEW},
    "move": {R.DRAFT, R.SUBMITTED, R.IN_REVIEW},
    "revise": {R.DRAFT, R.SUBMITTED, R.IN_REVIEW},
    "propose": {R.SUBMITTED, R.IN_REVIEW},
}


@pytest.mark.parametrize("state", list(R))
@pytest.mark.parametrize("verb", list(TABLE))
def test_every_verb_works_in_its_states_and_names_them_in_others(wanted, hanne, sam, maya, verb, state):
    ReferenceRequest.objects.filter(pk=wanted.pk).update(state=state)
    found = ReferenceRequest.objects.get(pk=wanted.pk)
    extra = {
        "close": {"reason": "x"}, "move": {"need_by": timezone.localdate()}, "revise": {"topics": "x"},
        "propose": {"contact": hanne},
    }.get(verb, {})  # fmt: skip
    by = sam if verb == "submit" else maya
    if state in TABLE[verb]:
        getattr(found, verb)(by=by, **extra)
        return
    with pytest.raises(WrongState) as refusal:
        getattr(found, verb)(by=by, **extra)
    assert set(refusal.value.allowed) == set(TABLE[verb])


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ({"industries": "Banking"}, {"industries": ["Banking"]}),
        ({"countries": ["germany", "NL", "nl"]}, {"countries": ["DE", "NL"]}),
        ({"languages": ["German", "pt-BR"]}, {"languages": ["de", "pt-br"]}),
        ({"company_size": "1,000–5,000"}, {"company_size": "1000-5000"}),
        ({"company_size": {"min": 100}}, {"company_size": "100-"}),
        ({"company_size": "500+"}, {"company_size": "500-"}),
        ({"company_size": "<50"}, {"company_size": "-50"}),
        ({"company_size": ""}, {}),
        ({"industries": [], "notes": " x "}, {"notes": "x"}),
    ],
)
def test_criteria_come_in_one_spelling(db, raw, clean):
    assert criteria.clean(raw) == clean


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ([], "criteria"),
        ({"industry": ["x"]}, "criteria.industry"),
        ({"industries": [1]}, "criteria.industries"),
        ({"industries": {"a": 1}}, "criteria.industries"),
        ({"countries": ["Atlantis"]}, "criteria.countries"),
        ({"company_size": "big"}, "criteria.company_size"),
        ({"company_size": {"min": 5, "max": 1}}, "criteria.company_size"),
        ({"company_size": {"min": True}}, "criteria.company_size"),
        ({"languages": ["!"]}, "criteria.languages"),
        ({"functions": ["wizard"]}, "criteria.functions"),
        ({"notes": 5}, "criteria.notes"),
        ({"products": ["x" * 121]}, "criteria.products"),
    ],
)
def test_nonsense_criteria_are_refused_by_name(db, raw, field):
    with pytest.raises(Refused) as refusal:
        criteria.clean(raw)
    assert refusal.value.field == field


def test_rules_are_edited_under_their_version(maya, sam, db):
    rules = RequestRules.current().edit(by=maya, weight_rest=30)
    assert (rules.version, RequestRules.current().weight_rest) == (2, 30)
    with pytest.raises(Stale):
        RequestRules.current().edit(by=maya, version=1, weight_rest=3)
    with pytest.raises(Forbidden):
        RequestRules.current().edit(by=sam, weight_rest=3)


def test_who_sees_which_requests(wanted, proposed, owned, sam, sofia, omar, mina, eva, adam, ola, maya):
    proposed.withdraw(by=maya)
    wanted.propose(contact=owned, by=maya)
    for somebody in (sam, omar, mina, eva, adam, maya):
        assert list(ReferenceRequest.objects.visible_to(somebody)) == [wanted]
    for nobody in (sofia, ola):
        assert not ReferenceRequest.objects.visible_to(nobody).exists()
    make_opportunity(sofia)


def test_proposing_keeps_what_spoke_for_and_against_the_person(wanted, owned, maya):
    shown = matching.score(wanted, owned)
    assignment = wanted.propose(contact=owned, by=maya)
    kept = Candidate.objects.get(request=wanted, contact=owned)
    assert kept.score == shown.score == sum(reason["points"] for reason in kept.reasons)
    assert [reason["criterion"] for reason in kept.reasons] == [reason.criterion for reason in shown.reasons]
    assert [problem["code"] for problem in kept.problems] == ["owner_agrees"]
    assignment.withdraw(by=maya)
    wanted.propose(contact=owned, by=maya)
    assert Candidate.objects.count() == 1


def test_what_tells_of_the_person_himself_is_not_kept(wanted, hanne, maya):
    wanted.criteria = {"functions": ["finance"]}
    wanted.save()
    hanne.willingness.update(conditions="Only mornings")
    wanted.propose(contact=hanne, by=maya)
    kept = Candidate.objects.get()
    texts = {one["criterion"]: one["text"] for one in kept.reasons} | {
        one["code"]: one["text"] for one in kept.problems
    }
    assert (texts["role"], texts["conditions"]) == ("", "")
    assert texts["rest"]
