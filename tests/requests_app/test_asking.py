"""From the proposal to the answer."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crp.accounts.models import Role, User
from crp.inbox.models import Notification
from crp.links.models import SignedLink
from crp.outbox.models import Message
from crp.verbs import Forbidden, Refused, WrongState
from references.models import Contact, Hold, Willingness
from requests_app.models import Assignment, AssignmentState, ReferenceRequest, RequestState
from tests.conftest import make_user
from tests.requests_app.conftest import ask, last_event

S = AssignmentState


def test_proposing_somebody_nobody_owns_is_ready_to_invite_and_holds_capacity(wanted, hanne, maya):
    found = wanted.propose(contact=hanne, by=maya)
    assert found.state == S.PROPOSED
    assert Hold.objects.get(reason=found.ref).label == wanted.reference
    wanted.refresh_from_db()
    assert (wanted.state, wanted.assigned_to, wanted.stage) == (RequestState.IN_REVIEW, maya, "proposed")
    assert last_event(found, "assignment.proposed").contact_id == hanne.pk


def test_a_customer_with_an_owner_waits_for_him(wanted, owned, maya, omar):
    found = wanted.propose(contact=owned, by=maya)
    assert found.state == S.OWNER_APPROVAL
    assert found.answer_by
    assert Notification.objects.get(user=omar).kind == "assignment.owner_asked"
    wanted.refresh_from_db()
    assert (wanted.waiting_for, wanted.waiting_user) == ("owner", omar)
    with pytest.raises(WrongState):
        found.invite(by=maya)


def test_only_the_owner_agrees_for_his_customer(wanted, owned, maya, omar, sam, adam):
    found = wanted.propose(contact=owned, by=maya)
    for somebody in (maya, sam, adam):
        with pytest.raises(Forbidden):
            found.approve(by=somebody)
    found.approve(by=omar)
    assert (found.state, found.approved_by) == (S.PROPOSED, omar)
    assert last_event(found, "assignment.approved").data["instead"] == ""


def test_the_owner_may_say_no_before_anybody_is_asked(wanted, owned, maya, omar):
    found = wanted.propose(contact=owned, by=maya)
    with pytest.raises(Forbidden):
        found.decline(by=maya)
    with pytest.raises(Forbidden):
        found.decline()
    found.decline(by=omar, reason="Renewal talks")
    assert (found.state, found.end_reason) == (S.DECLINED, "Renewal talks")
    assert not Hold.objects.filter(reason=found.ref, released_at=None).exists()
    assert not Message.objects.filter(outside=True).exists()


def test_an_owner_who_asked_himself_does_not_agree_to_it(deal, owned, call, maya, omar):
    found = ask(omar, deal, call).propose(contact=owned, by=maya)
    assert found.state == S.OWNER_APPROVAL
    with pytest.raises(Forbidden):
        found.approve(by=omar)
    found.approve(by=maya)
    assert last_event(found, "assignment.approved").data["instead"] == "asked_himself"


def test_nobody_approves_what_he_asked_for_himself_in_any_role(deal, hanne, call, maya):
    mine = ask(maya, deal, call)
    found = mine.propose(contact=hanne, by=maya)
    for verb in (found.approve, found.invite):
        with pytest.raises(Forbidden):
            verb(by=maya)
    other = make_user("Tariq Aziz", Role.MANAGER)
    found.approve(by=other)
    found.invite(by=maya)
    assert found.state == S.INVITED


def test_the_database_refuses_self_approval_too(proposed, sam):
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=proposed.pk).update(approved_by=sam)


def test_a_manager_decides_for_an_owner_who_cannot_sign_in_and_the_event_says_so(wanted, owned, maya):
    owned.customer.owner = User.objects.create_user(None, name="Ida Import")
    owned.customer.save()
    found = wanted.propose(contact=owned, by=maya)
    assert found.state == S.OWNER_APPROVAL
    found.approve(by=maya)
    assert last_event(found, "assignment.approved").data["instead"] == "cannot_sign_in"


def test_a_manager_who_owns_the_customer_agrees_by_proposing(wanted, owned, maya):
    owned.customer.owner = maya
    owned.customer.save()
    found = wanted.propose(contact=owned, by=maya)
    assert (found.state, found.approved_by) == (S.PROPOSED, maya)


def test_ask_first_needs_the_managers_yes_when_nobody_owns_the_customer(wanted, hanne, maya):
    hanne.willingness.update(answer="ask_first")
    found = wanted.propose(contact=hanne, by=maya)
    assert found.state == S.OWNER_APPROVAL
    found.approve(by=maya)
    found.invite(by=maya)
    assert found.state == S.INVITED


@pytest.mark.parametrize("reason", ["", "The board insists"])
@pytest.mark.parametrize("spoil", ["no_consent", "left", "said_no", "erased"])
def test_what_a_person_decided_is_never_overridden(wanted, hanne, maya, spoil, reason):
    now = timezone.now()
    if spoil == "said_no":
        hanne.willingness.update(answer="no")
    else:
        field = {"no_consent": "consent_withdrawn_at", "left": "left_on", "erased": "erased_at"}[spoil]
        setattr(hanne, field, now.date() if spoil == "left" else now)
        hanne.save()
    with pytest.raises(Refused) as refusal:
        wanted.propose(contact=hanne, by=maya, override_reason=reason)
    assert refusal.value.field == "contact"
    assert not Assignment.objects.exists()
    assert not Hold.objects.exists()


def test_a_limit_is_gone_over_only_with_a_reason(wanted, hanne, maya):
    Willingness.objects.update(limit_count=0)
    with pytest.raises(Refused):
        wanted.propose(contact=hanne, by=maya)
    assert not Assignment.objects.exists()
    found = wanted.propose(contact=hanne, by=maya, override_reason="She offered")
    assert last_event(found, "assignment.proposed").data["override"] == "She offered"


def test_the_same_person_is_asked_once_for_a_request(proposed, wanted, hanne, maya):
    with pytest.raises(Refused) as refusal:
        wanted.propose(contact=hanne, by=maya)
    assert refusal.value.code == "already_asked"


def test_inviting_sends_a_signed_link_in_the_persons_language(proposed, hanne, maya):
    hanne.language, hanne.timezone = "fa", "Europe/Amsterdam"
    hanne.save()
    at = timezone.now() + timedelta(days=2)
    proposed.invite(by=maya, slots=[at, at], message="They are about to change how they close.")
    mail = Message.objects.get(template="assignment_invite")
    assert (mail.to, mail.language, mail.timezone, mail.contact_id, mail.outside) == (
        hanne.email, "fa", "Europe/Amsterdam", hanne.pk, True,
    )  # fmt: skip
    token = mail.context["path"].split("/")[-2]
    assert SignedLink.objects.resolve("assignment.answer", token).subject_id == proposed.pk
    assert [slot.starts_at for slot in proposed.slots.all()] == [at]
    assert (proposed.state, proposed.approved_by) == (S.INVITED, maya)
    assert "Hanne" not in str(mail.context)


def test_somebody_whose_consent_went_since_is_not_invited(proposed, hanne, maya):
    hanne.withdraw_consent(by=maya)
    with pytest.raises(Refused):
        proposed.invite(by=maya)


def test_a_yes_with_a_slot_is_booked_at_once(proposed, maya):
    proposed.invite(by=maya, slots=[timezone.now() + timedelta(days=2)])
    slot = proposed.slots.get()
    proposed.accept(slot=slot)
    assert (proposed.state, proposed.scheduled_at) == (S.SCHEDULED, slot.starts_at)
    event = last_event(proposed, "assignment.accepted")
    assert (event.by, "recorded_for" in event.data) == (None, False)
    proposed.request.refresh_from_db()
    assert proposed.request.first_accepted_at == proposed.accepted_at


def test_a_manager_may_record_the_answer_and_the_event_says_so(invited, maya, sam):
    with pytest.raises(Forbidden):
        invited.accept(by=sam)
    invited.accept(by=maya)
    assert last_event(invited, "assignment.accepted").data["recorded_for"] == "contact"


def test_a_no_frees_the_capacity_and_ends_the_link(invited):
    invited.decline(reason="Too busy")
    assert invited.state == S.DECLINED
    assert not Hold.objects.filter(released_at=None).exists()
    assert not SignedLink.objects.live(timezone.now()).exists()
    invited.request.refresh_from_db()
    assert (invited.request.stage, invited.request.waiting_for) == ("", "manager")


def test_suggesting_other_times_keeps_the_question_open(invited, maya):
    at = timezone.now() + timedelta(days=3)
    invited.suggest(slots=[at], note="Mornings")
    assert invited.state == S.INVITED
    assert invited.slots.get().suggested_by_contact
    assert Notification.objects.filter(user=maya, kind="assignment.suggested").exists()


def test_an_invitation_lapses(invited):
    invited.lapse()
    assert invited.state == S.LAPSED
    assert not Hold.objects.filter(released_at=None).exists()


def test_withdrawing_the_request_calls_everything_off(accepted, wanted, sam):
    wanted.withdraw(by=sam, reason="Deal is off")
    accepted.refresh_from_db()
    assert accepted.state == S.WITHDRAWN
    assert not Hold.objects.filter(released_at=None).exists()
    assert Message.objects.filter(template="assignment_called_off", outside=True).count() == 1
    wanted.refresh_from_db()
    assert (wanted.state, wanted.stage, wanted.waiting_for) == (RequestState.WITHDRAWN, "", "")


TABLE = {
    "approve": {S.PROPOSED, S.OWNER_APPROVAL},
    "invite": {S.PROPOSED},
    "accept": {S.INVITED},
    "schedule": {S.ACCEPTED, S.SCHEDULED},
    "complete": {S.ACCEPTED, S.SCHEDULED},
    "miss": {S.ACCEPTED, S.SCHEDULED},
    "decline": {S.OWNER_APPROVAL, S.INVITED, S.ACCEPTED, S.SCHEDULED},
    "withdraw": {S.PROPOSED, S.OWNER_APPROVAL, S.INVITED, S.ACCEPTED, S.SCHEDULED},
    "lapse": {S.OWNER_APPROVAL, S.INVITED},
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("verb", list(TABLE))
def test_every_verb_works_in_its_states_and_names_them_in_others(proposed, maya, verb, state):
    Assignment.objects.filter(pk=proposed.pk).update(state=state)
    extra = {
        "schedule": {"at": timezone.now() + timedelta(days=1)},
        "complete": {"occurred_on": timezone.localdate(), "outcome": "held"},
    }.get(verb, {})
    by = {} if verb == "lapse" else {"by": maya}
    found = Assignment.objects.get(pk=proposed.pk)
    if state in TABLE[verb]:
        getattr(found, verb)(**by, **extra)
        assert found.state == Assignment.TRANSITIONS[verb][1]
        return
    with pytest.raises(WrongState) as refusal:
        getattr(found, verb)(**by, **extra)
    assert set(refusal.value.allowed) == set(TABLE[verb])
    found.refresh_from_db()
    assert found.state == state


def test_progress_is_the_furthest_of_all(wanted, proposed, maya, hanne):
    from tests.conftest import make_contact, make_willing

    other = make_contact(hanne.customer, "Jörg Reimann")
    make_willing(other)
    second: Assignment = wanted.propose(contact=other, by=maya)
    second.invite(by=maya)
    fresh = ReferenceRequest.objects.get(pk=wanted.pk)
    assert (fresh.stage, fresh.waiting_contact, fresh.asked_count) == ("invited", other, 1)
    assert isinstance(other, Contact)


def test_nobody_goes_over_a_limit_for_his_own_request(deal, call, hanne, maya):
    Willingness.objects.update(limit_count=0)
    own = ask(maya, deal, call)
    with pytest.raises(Refused) as refusal:
        own.propose(contact=hanne, by=maya, override_reason="I need her")
    assert (refusal.value.code, refusal.value.field) == ("own_override", "override_reason")
    assert not Hold.objects.exists()
    other = make_user("Noor Saleh", Role.MANAGER)
    found = own.propose(contact=hanne, by=other, override_reason="She offered")
    found.refresh_from_db()
    assert found.override_by == other


def test_a_reason_where_no_limit_is_in_the_way_overrides_nothing(wanted, hanne, maya):
    found = wanted.propose(contact=hanne, by=maya, override_reason="They know each other")
    assert (found.override_by, Hold.objects.get().override_by) == (None, None)
