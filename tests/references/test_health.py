"""Health with its parts and gates, and what follows from it by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from crp.accounts.models import Role, User
from crp.events.models import Event
from crp.inbox.models import Notification
from crp.verbs import Refused, today
from references import availability, health, steering, vitals
from references.models import ActivityType, Complaint, Customer, CustomerStatus, HealthRules, Nomination, SurveyResponse
from references.models.health_rules import WEIGHTS
from requests_app import winning
from requests_app.models import Opportunity
from tests.conftest import make_contact, make_customer, make_opportunity, make_user

pytestmark = pytest.mark.django_db


def happy(name: str = "Solvento", **facts: Any) -> Customer:
    """A candidate whose person gave a ten and who is with us for years."""
    defaults = {"status": CustomerStatus.CANDIDATE, "customer_since": today() - timedelta(days=1500)}
    customer = make_customer(name, **{**defaults, **facts})
    contact = make_contact(customer, "Ida Berg")
    customer.survey_responses.create(contact=contact, kind="nps", score=10, on=today())
    customer.survey_responses.create(contact=contact, kind="satisfaction", score=5, on=today())
    return customer


def nominated(on: Any = None) -> int:
    """What a day's look at everybody nominates."""
    vitals.keep_due(on or today())
    return steering.nominate(on or today())


facts_of = st.fixed_dictionaries({}, optional={
    "nps": st.tuples(st.floats(0, 10), st.integers(1, 50)), "satisfaction": st.tuples(st.floats(1, 5), st.integers(1, 50)),
    "complaints": st.integers(0, 20), "open": st.integers(0, 3), "rating": st.floats(1, 5), "paused": st.booleans(),
})  # fmt: skip
weights_of = st.lists(st.integers(0, 1000), min_size=6, max_size=6).filter(any)


@given(facts_of, weights_of, st.integers(-5000, 5000), st.floats(0, 10))
def test_it_lies_between_0_and_100_is_its_parts_sum_and_grows_with_the_score(
    facts: dict[str, Any], weights: list[int], days: int, better: float
) -> None:
    rules = HealthRules(**dict(zip(WEIGHTS, weights, strict=True)))
    customer = Customer(customer_since=today() - timedelta(days=days), renewal_on=today() + timedelta(days=days))
    found = health.judge(customer, facts, today(), rules)
    assert 0 <= found.score <= 100
    assert found.score == round(sum(part.points for part in found.parts))
    assert sum(part.of for part in found.parts) == pytest.approx(100)
    mean = facts.get("nps", (5.0, 1))[0]
    other = health.judge(customer, {**facts, "nps": (better, 1)}, today(), rules)
    assert (other.parts[0].points >= found.parts[0].points) or better < mean


def test_each_part_says_why_and_gates_override() -> None:
    customer = happy()
    complaint = customer.complaints.create(summary="Late", opened_on=today())
    found = health.of(customer, today())
    assert all(part.text for part in found.parts)
    assert found.gates == ["A complaint is open."]
    complaint.close(by=None, on=today())
    assert health.of(customer, today()).gates == []


def test_a_hundred_customers_take_as_many_queries_as_one(django_assert_max_num_queries: Any) -> None:
    customers = [happy(f"C{number}") for number in range(30)]
    with django_assert_max_num_queries(5):
        assert len(health.of_each(customers, today())) == 30


def test_a_healthy_candidate_is_nominated_once_and_not_again_after_a_no(maya: User) -> None:
    customer = happy()
    happy("Too young", customer_since=today() - timedelta(days=30))
    happy("Complained").complaints.create(summary="Late", opened_on=today())
    assert (nominated(), nominated()) == (1, 0)
    made = Nomination.objects.get()
    assert (made.customer, made.origin, made.by, made.contact.name) == (customer, "health", None, "Ida Berg")
    assert "Health" in made.reason
    made.decline(by=maya, reason="Too early")
    assert nominated() == 0
    assert nominated(today() + timedelta(days=200)) == 1


def test_the_switch_keeps_it_from_nominating(maya: User) -> None:
    happy()
    HealthRules.current().edit(by=maya, nominates=False)
    assert nominated() == 0


def test_a_bad_complaint_pauses_until_it_is_settled() -> None:
    customer = make_customer("Nordfracht")
    told = Complaint.objects.file(by=None, customer=customer, summary="Outage", opened_on=today(), severity="high")
    customer.refresh_from_db()
    assert customer.status == CustomerStatus.PAUSED
    assert Event.objects.filter(verb="pause.started").count() == 1
    told.close(by=None, on=today())
    customer.refresh_from_db()
    assert customer.status == CustomerStatus.ACTIVE


def test_a_mild_complaint_pauses_nobody() -> None:
    customer = make_customer("Nordfracht")
    Complaint.objects.file(by=None, customer=customer, summary="Typo", opened_on=today(), severity="low")
    customer.refresh_from_db()
    assert customer.status == CustomerStatus.ACTIVE


def test_a_renewal_pauses_once_and_a_lift_by_hand_stays(maya: User) -> None:
    HealthRules.current().edit(by=maya, renewal_days=30)
    customer = make_customer("Nordfracht", renewal_on=today() + timedelta(days=20))
    make_customer("Far", renewal_on=today() + timedelta(days=90))
    assert (steering.pause_for_renewals(today()), steering.pause_for_renewals(today())) == (1, 0)
    pause = customer.pauses.get()
    assert (pause.reason, pause.until) == ("renewal", customer.renewal_on)
    pause.lift(by=maya)
    assert steering.pause_for_renewals(today()) == 0
    customer.refresh_from_db()
    assert customer.status == CustomerStatus.ACTIVE


@pytest.mark.parametrize(
    "bad", [dict.fromkeys(WEIGHTS, 0), {"threshold": 101}, {"caution_below": 101}, {"pauses_below": 101}]
)
def test_rules_that_make_no_sense_are_refused(maya: User, bad: dict[str, int]) -> None:
    with pytest.raises(Refused):
        HealthRules.current().edit(by=maya, **bad)


def test_the_page_names_the_field(as_user: Any, maya: User) -> None:
    posted = {
        **dict.fromkeys(WEIGHTS, "10"),
        "threshold": "-1",
        "tenure_months": "x",
        "again_days": "1",
        "renewal_days": "0",
    }
    page = as_user(maya).post(reverse("references:health_rules"), posted).content.decode()
    assert "id_threshold_error" in page
    assert "id_tenure_months_error" in page


def test_a_rep_reads_no_health(as_user: Any, sam: User) -> None:
    customer = make_customer("Nordfracht")
    SurveyResponse.objects.create(customer=customer, kind="nps", score=9, on=today())
    assert as_user(sam).get(reverse("references:customer_health", args=[customer.pk])).status_code == 403


def test_gated_customers_in_front_keep_nobody_from_being_nominated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steering, "CHUNK", 3)
    for number in range(7):
        happy(f"Gated {number}").complaints.create(summary="Late", opened_on=today() - timedelta(days=400))
    last = happy("Zuverlässig")
    assert nominated() == 1
    assert Nomination.objects.get().customer == last


class TestKeptHealth:
    def unhappy(self, **facts: Any) -> Customer:
        """A reference that everybody complains about."""
        customer = make_customer("Nordfracht", **facts)
        for _ in range(3):
            complaint = customer.complaints.create(summary="Late", opened_on=today())
            complaint.close(by=None, on=today())
        customer.survey_responses.create(kind="nps", score=0, on=today())
        customer.survey_responses.create(kind="satisfaction", score=1, on=today())
        return customer

    def test_is_what_judging_says_and_is_kept_once_a_day(self) -> None:
        customer = happy()
        assert (vitals.keep_due(today()), vitals.keep_due(today())) == (1, 0)
        customer.refresh_from_db()
        assert (customer.health, customer.health_on) == (health.of(customer, today()).score, today())
        assert vitals.keep_due(today() + timedelta(days=1)) == 1

    def test_a_fall_is_told_once_to_managers_and_owner_and_a_recovery_ends_it(self, maya: User, omar: User) -> None:
        customer = self.unhappy(owner=omar)
        vitals.keep([customer.pk], today())
        vitals.keep([customer.pk], today())
        customer.refresh_from_db()
        assert customer.health_low
        assert set(Notification.objects.filter(kind="health.fell").values_list("user", flat=True)) == {maya.pk, omar.pk}
        contact = make_contact(customer)
        problems = availability.problems(contact, ActivityType.objects.get(slug="quote"), today())
        assert "health_low" in {problem.code for problem in problems}
        assert "health_low" not in {
            problem.code for problem in availability.told_to(problems, contact, make_user("Rae", Role.SALES))
        }
        customer.survey_responses.update(score=10)
        customer.complaints.all().delete()
        vitals.keep([customer.pk], today())
        customer.refresh_from_db()
        assert not customer.health_low
        assert list(Event.objects.filter(verb__startswith="health.").order_by("pk").values_list("verb", flat=True)) == [
            "health.fell", "health.recovered",
        ]  # fmt: skip

    def test_a_score_that_trembles_at_the_line_tells_nobody_twice(self) -> None:
        assert vitals.is_low(39, was=False, line=40)
        assert vitals.is_low(44, was=True, line=40)
        assert not vitals.is_low(45, was=True, line=40)
        assert not vitals.is_low(0, was=False, line=0)
        assert not vitals.is_low(3, was=True, line=0)

    def test_it_pauses_where_the_rules_say_so_until_health_is_back_and_a_lift_by_hand_stays(self, maya: User) -> None:
        HealthRules.current().edit(by=maya, pauses_below=35)
        customer = self.unhappy()
        vitals.keep([customer.pk], today())
        customer.refresh_from_db()
        assert customer.status == CustomerStatus.PAUSED
        customer.pauses.get().lift(by=maya)
        vitals.keep([customer.pk], today() + timedelta(days=1))
        customer.refresh_from_db()
        assert customer.status == CustomerStatus.ACTIVE
        other = self.unhappy()
        vitals.keep([other.pk], today())
        other.survey_responses.update(score=10)
        other.complaints.all().delete()
        vitals.keep([other.pk], today())
        other.refresh_from_db()
        assert other.status == CustomerStatus.ACTIVE
        assert not other.pauses.open().exists()

    def test_a_chunk_takes_as_many_queries_as_one_customer(self, django_assert_max_num_queries: Any) -> None:
        for number in range(40):
            happy(f"C{number}")
        with django_assert_max_num_queries(14):
            assert vitals.keep_due(today()) == 40

    def test_the_list_is_narrowed_by_it_for_those_who_may_know(
        self, as_user: Any, maya: User, sam: User, omar: User
    ) -> None:
        happy(status=CustomerStatus.ACTIVE)
        vitals.keep_due(today())
        names = {
            user.name.split()[0]: [
                row["name"] for row in as_user(user).get("/api/v1/customers/?health=good").json()["results"]
            ]
            for user in (maya, sam)
        }
        assert names == {"Maya": ["Solvento"], "Sam": []}
        assert as_user(maya).get("/api/v1/customers/").json()["results"][0]["health"] >= 75
        assert as_user(sam).get("/api/v1/customers/").json()["results"][0]["health"] is None


class TestWonDeals:
    def won(self, customer: Customer, sam: User, days: int) -> Opportunity:
        deal = make_opportunity(sam, f"Deal of {customer.name}", account=customer, opened_on=None)
        deal.close(by=sam, state="won", closed_on=today() - timedelta(days=days), amount=100)
        return deal

    def candidate(self, name: str) -> Customer:
        return make_customer(name, status=CustomerStatus.CANDIDATE)

    def test_nominate_once_they_have_had_time_to_use_it(self, sam: User) -> None:
        for name, days in (("Ripe", 95), ("Young", 30), ("Old", 200)):
            self.won(self.candidate(name), sam, days)
        self.won(make_customer("Reference already"), sam, 95)
        self.candidate("Complained").complaints.create(summary="Late", opened_on=today())
        self.won(Customer.objects.get(name="Complained"), sam, 95)
        assert (winning.nominate(today()), winning.nominate(today())) == (1, 0)
        made = Nomination.objects.get()
        assert (made.customer.name, made.origin, made.by) == ("Ripe", "won_deal", None)
        assert "Deal of Ripe" in made.reason

    def test_not_after_a_no_and_not_where_it_is_switched_off(self, sam: User, maya: User) -> None:
        customer = self.candidate("Ripe")
        self.won(customer, sam, 100)
        HealthRules.current().edit(by=maya, won_days=0)
        assert winning.nominate(today()) == 0
        HealthRules.current().edit(by=maya, won_days=90)
        assert winning.nominate(today()) == 1
        Nomination.objects.get().decline(by=maya, reason="Too early")
        assert winning.nominate(today()) == 0


def test_a_bad_complaint_holds_a_paused_customer_when_the_other_pause_ends(maya: User) -> None:
    customer = make_customer("Nordfracht")
    leave = customer.pause(by=maya, starts_on=today(), until=None, reason="leave")
    told = Complaint.objects.file(by=None, customer=customer, summary="Outage", opened_on=today(), severity="high")
    leave.lift(by=maya)
    customer.refresh_from_db()
    assert customer.status == CustomerStatus.PAUSED
    told.close(by=None, on=today())
    customer.refresh_from_db()
    assert customer.status == CustomerStatus.ACTIVE


@pytest.mark.parametrize("origin", ["person", "survey", "health", "won_deal"])
def test_each_way_of_being_nominated_has_its_own_sentence(as_user: Any, maya: User, origin: str) -> None:
    made = Nomination.submit(by=None, reason="Because", company="Solvento", origin=origin)
    page = as_user(maya).get(reverse("references:nomination", args=[made.pk])).content.decode()
    words = {"person": "They were nominated", "survey": "promoter", "health": "Their health", "won_deal": "won deal"}
    assert words[origin] in page
