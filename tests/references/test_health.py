"""Health with its parts and gates, and what follows from it by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from crp.accounts.models import User
from crp.events.models import Event
from crp.verbs import Refused, today
from references import health, steering
from references.models import Complaint, Customer, CustomerStatus, HealthRules, Nomination, SurveyResponse
from references.models.health_rules import WEIGHTS
from tests.conftest import make_contact, make_customer

pytestmark = pytest.mark.django_db


def happy(name: str = "Solvento", **facts: Any) -> Customer:
    """A candidate whose person gave a ten and who is with us for years."""
    defaults = {"status": CustomerStatus.CANDIDATE, "customer_since": today() - timedelta(days=1500)}
    customer = make_customer(name, **{**defaults, **facts})
    contact = make_contact(customer, "Ida Berg")
    customer.survey_responses.create(contact=contact, kind="nps", score=10, on=today())
    customer.survey_responses.create(contact=contact, kind="satisfaction", score=5, on=today())
    return customer


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
    assert (steering.nominate(today()), steering.nominate(today())) == (1, 0)
    made = Nomination.objects.get()
    assert (made.customer, made.origin, made.by, made.contact.name) == (customer, "health", None, "Ida Berg")
    assert "Health" in made.reason
    made.decline(by=maya, reason="Too early")
    assert steering.nominate(today()) == 0
    assert steering.nominate(today() + timedelta(days=200)) == 1


def test_the_switch_keeps_it_from_nominating(maya: User) -> None:
    happy()
    HealthRules.current().edit(by=maya, nominates=False)
    assert steering.nominate(today()) == 0


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


@pytest.mark.parametrize("bad", [dict.fromkeys(WEIGHTS, 0), {"threshold": 101}])
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
