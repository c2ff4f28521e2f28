"""What happens to customers and people: state and event."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from crp.inbox.models import Notification
from crp.verbs import Forbidden, Refused, Stale, WrongState, today
from references import tasks
from references.models import (
    Activity,
    ActivityType,
    Contact,
    Customer,
    CustomerStatus,
    Hold,
    Industry,
    Nomination,
    Pause,
    SurveyResponse,
    UsagePolicy,
    Willingness,
)  # fmt: skip
from tests.conftest import make_contact, make_customer

pytestmark = pytest.mark.django_db


def last() -> Event:
    found = Event.objects.first()
    assert found
    return found


class TestNomination:
    @pytest.fixture
    def solvento(self) -> Customer:
        return make_customer("Solvento", status=CustomerStatus.CANDIDATE)

    def test_approving_makes_the_customer_active_and_tells_the_nominator(
        self, solvento: Customer, sam: User, maya: User
    ) -> None:
        made = Nomination.submit(by=sam, customer=solvento, reason="They moved in a weekend")
        solvento.refresh_from_db()
        assert (made.state, solvento.status) == ("submitted", "nominated")
        made.approve(by=maya)
        solvento.refresh_from_db()
        assert (made.state, made.decided_by, solvento.status) == ("approved", maya, "active")
        assert last().verb == "nomination.approved"
        assert Notification.objects.get(user=sam).context["customer"] == "Solvento"

    def test_declining_needs_a_reason_and_leaves_a_candidate(self, solvento: Customer, sam: User, maya: User) -> None:
        made = Nomination.submit(by=sam, customer=solvento, reason="Why not")
        with pytest.raises(Refused):
            made.decline(by=maya, reason=" ")
        made.decline(by=maya, reason="Too early")
        solvento.refresh_from_db()
        assert (made.state, solvento.status, last().data["reason"]) == ("declined", "candidate", "Too early")
        assert "Too early" in Notification.objects.get(user=sam).sentence

    def test_nobody_decides_on_his_own_nomination(self, solvento: Customer, maya: User) -> None:
        made = Nomination.submit(by=maya, customer=solvento, reason="Mine")
        with pytest.raises(Forbidden, match="own nomination"):
            made.approve(by=maya)

    @pytest.mark.parametrize("who", ["sam", "mina", "eva", "adam", "omar"])
    def test_only_a_program_manager_decides(self, solvento: Customer, sofia: User, who: str, request: Any) -> None:
        made = Nomination.submit(by=sofia, customer=solvento, reason="Good")
        with pytest.raises(Forbidden):
            made.approve(by=request.getfixturevalue(who))

    def test_a_decided_nomination_is_not_decided_again(self, solvento: Customer, sam: User, maya: User) -> None:
        made = Nomination.submit(by=sam, customer=solvento, reason="Good")
        made.approve(by=maya)
        with pytest.raises(WrongState) as refusal:
            made.decline(by=maya, reason="No")
        assert refusal.value.allowed == ["in_review", "submitted"]

    def test_a_new_company_becomes_a_candidate_and_a_known_one_is_found_by_its_name(
        self, solvento: Customer, sam: User
    ) -> None:
        made = Nomination.submit(by=sam, company="Tessuti  Ferrante", reason="New")
        assert made.customer.name == "Tessuti Ferrante"
        assert Nomination.submit(by=sam, company="SOLVENTO", reason="Known").customer == solvento

    def test_a_reference_or_a_nominated_company_is_not_nominated_twice(self, solvento: Customer, sam: User) -> None:
        Nomination.submit(by=sam, customer=solvento, reason="Good")
        with pytest.raises(Refused, match="nominated already"):
            Nomination.submit(by=sam, customer=solvento, reason="Again")
        with pytest.raises(Refused, match="reference already"):
            Nomination.submit(by=sam, customer=make_customer("Active"), reason="Good")

    def test_a_promoter_nominates_his_company_by_himself(self, solvento: Customer, maya: User) -> None:
        paul = make_contact(solvento, "Paul Richter")
        note = {"by": maya, "customer": solvento, "kind": "nps", "on": today(), "contact": paul}
        SurveyResponse.objects.note(**note, score=8)
        assert not Nomination.objects.exists()
        SurveyResponse.objects.note(**note, score=9)
        made = Nomination.objects.get()
        assert (made.origin, made.by, made.contact) == ("survey", None, paul)
        SurveyResponse.objects.note(**note, score=10)
        assert Nomination.objects.count() == 1

    def test_a_promoter_who_left_nominates_nobody(self, solvento: Customer) -> None:
        paul = make_contact(solvento, "Paul Richter", left_on=today())
        SurveyResponse.objects.note(by=None, customer=solvento, kind="nps", score=10, on=today(), contact=paul)
        assert not Nomination.objects.exists()


class TestCustomer:
    def test_the_second_writer_is_told_and_nothing_is_overwritten(self, hanne: Contact, maya: User) -> None:
        customer, version = hanne.customer, hanne.customer.version
        customer.edit(by=maya, version=version, employees=2400)
        with pytest.raises(Stale):
            customer.edit(by=maya, version=version, employees=9)
        customer.refresh_from_db()
        assert (customer.employees, customer.version) == (2400, version + 1)
        assert last().data["fields"] == "employees"

    def test_marketing_edits_facts_but_not_the_owner(self, hanne: Contact, mina: User) -> None:
        hanne.customer.edit(by=mina, employees=10)
        with pytest.raises(Forbidden):
            hanne.customer.edit(by=mina, owner=mina)

    def test_an_owner_manages_his_customer_and_another_rep_does_not(
        self, hanne: Contact, omar: User, sam: User
    ) -> None:
        customer = hanne.customer
        customer.owner = omar
        customer.save()
        with pytest.raises(Forbidden):
            customer.pause(by=sam, starts_on=today(), until=None, reason="renewal")
        customer.pause(by=omar, starts_on=today(), until=None, reason="renewal")
        assert customer.status == "paused"

    def test_retiring_needs_a_reason_and_happens_once(self, hanne: Contact, maya: User) -> None:
        with pytest.raises(Refused):
            hanne.customer.retire(by=maya, reason="")
        hanne.customer.retire(by=maya, reason="Contract ended")
        assert (hanne.customer.status, last().verb) == ("retired", "customer.retired")
        with pytest.raises(WrongState):
            hanne.customer.retire(by=maya, reason="Again")


class TestPause:
    def test_lifting_the_last_pause_wakes_the_customer(self, hanne: Contact, maya: User) -> None:
        customer = hanne.customer
        first = customer.pause(by=maya, starts_on=today(), until=None, reason="renewal")
        second = customer.pause(by=maya, starts_on=today(), until=None, reason="escalation")
        first.lift(by=maya)
        customer.refresh_from_db()
        assert customer.status == "paused"
        second.lift(by=maya)
        customer.refresh_from_db()
        assert (customer.status, last().verb) == ("active", "pause.lifted")
        with pytest.raises(WrongState):
            second.lift(by=maya)

    def test_a_pause_begins_and_ends_on_its_days(self, hanne: Contact, maya: User) -> None:
        customer = hanne.customer
        made = customer.pause(
            by=maya, starts_on=today() + timedelta(days=1), until=today() + timedelta(days=2), reason="leave"
        )
        assert customer.status == "active"
        Pause.objects.filter(pk=made.pk).update(starts_on=today())
        tasks.turn_pauses()
        customer.refresh_from_db()
        assert customer.status == "paused"
        Pause.objects.filter(pk=made.pk).update(
            starts_on=today() - timedelta(days=3), until=today() - timedelta(days=1)
        )
        tasks.turn_pauses()
        tasks.turn_pauses()
        customer.refresh_from_db()
        assert (customer.status, Event.objects.filter(verb="pause.ended").count()) == ("active", 1)


class TestContact:
    def test_erasing_forgets_the_person_and_keeps_the_count(self, hanne: Contact, maya: User) -> None:
        Activity.log(hanne, ActivityType.objects.get(slug="quote"), today(), maya)
        hanne.erase(by=maya)
        hanne.refresh_from_db()
        assert (hanne.name, hanne.email, hanne.has_consent) == ("–", "", False)
        assert Activity.objects.filter(contact=hanne).count() == 1
        assert not Contact.objects.visible_to(maya).filter(pk=hanne.pk).exists()
        assert "Hanne" not in str(list(Event.objects.values()))

    def test_details_are_released_for_a_time(
        self, hanne: Contact, sam: User, sofia: User, eva: User, mina: User
    ) -> None:
        assert not hanne.details_visible_to(sam)
        hanne.release_details(to=sam, reason="assignment:1", until=timezone.now() + timedelta(hours=1))
        assert [hanne.details_visible_to(user) for user in (sam, sofia, eva, mina)] == [True, False, False, True]
        hanne.releases.update(until=timezone.now() - timedelta(hours=1))
        assert not hanne.details_visible_to(sam)

    def test_a_yes_is_a_consent_unless_one_was_withdrawn(self, hanne: Contact, maya: User) -> None:
        call = ActivityType.objects.get(slug="sales-call")
        dirk = make_contact(hanne.customer, "Dirk Bakker", consent=False)
        Willingness.objects.say(dirk, call, "no", by=maya)
        assert not dirk.has_consent
        Willingness.objects.say(dirk, call, "yes", by=maya)
        assert dirk.has_consent
        dirk.withdraw_consent(by=maya)
        Willingness.objects.say(dirk, call, "ask_first", by=maya)
        assert not dirk.has_consent

    def test_saying_again_changes_the_one_answer(self, hanne: Contact, maya: User) -> None:
        call = ActivityType.objects.get(slug="sales-call")
        Willingness.objects.say(hanne, call, "ask_first", by=maya, limit_count=2)
        said = Willingness.objects.get(contact=hanne, activity_type=call)
        assert (said.answer, said.limit_count, last().verb) == ("ask_first", 2, "willingness.said")


class TestLedger:
    def test_a_rep_owns_up_to_a_use_and_it_counts(self, hanne: Contact, sam: User) -> None:
        made = Activity.log(
            hanne, ActivityType.objects.get(slug="sales-call"), today(), sam, prospect="Bremer Hafenlogistik"
        )
        hanne.refresh_from_db()
        assert (made.origin, made.effort, made.live, hanne.last_live_on) == ("off_book", 2, True, today())

    def test_nobody_logs_the_future_or_what_he_may_not_see(self, hanne: Contact, sam: User) -> None:
        quote = ActivityType.objects.get(slug="quote")
        with pytest.raises(Refused, match="still to come"):
            Activity.log(hanne, quote, today() + timedelta(days=1), None)
        hidden = make_contact(make_customer("Hidden", status=CustomerStatus.CANDIDATE), "Ida Holm")
        with pytest.raises(Forbidden):
            Activity.log(hidden, quote, today(), sam)


class TestOveruse:
    def test_holds_past_their_time_are_given_back(self, hanne: Contact) -> None:
        call = ActivityType.objects.get(slug="sales-call")
        Hold.objects.create(
            customer=hanne.customer, contact=hanne, activity_type=call, effort=2, on=today(), reason="assignment:1",
            expires_at=timezone.now() - timedelta(minutes=1),
        )  # fmt: skip
        tasks.expire_holds()
        assert Hold.objects.filter(released_at=None).count() == 0
        assert last().verb == "hold.expired"


class TestRules:
    def test_the_policy_is_edited_once_per_version_by_those_who_may(self, maya: User, sam: User) -> None:
        with pytest.raises(Forbidden):
            UsagePolicy.current().edit(by=sam, live_count=9)
        UsagePolicy.current().edit(by=maya, version=1, live_count=3)
        assert (UsagePolicy.current().live_count, last().data["live_count_before"]) == (3, 4)
        with pytest.raises(Stale):
            UsagePolicy.current().edit(by=maya, version=1, live_count=5)

    def test_a_branch_is_not_put_below_itself_and_names_are_given_once(self, adam: User) -> None:
        ports = Industry.objects.add(by=adam, name="Deep water ports")
        quays = Industry.objects.add(by=adam, name="Quays", parent=ports)
        with pytest.raises(Refused, match="part of itself"):
            ports.rename(by=adam, name="Deep water ports", parent=quays)
        with pytest.raises(Refused, match="of that name"):
            quays.rename(by=adam, name="deep WATER ports")
