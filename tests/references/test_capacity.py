"""Limits hold: activities and live holds count together, under locks."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from crp.verbs import Forbidden, today
from references import capacity
from references.models import Activity, ActivityType, Contact, Hold, UsagePolicy
from tests.conftest import make_contact, make_willing

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> ActivityType:
    return ActivityType.objects.get(slug="sales-call")


def held(contact: Contact, call: ActivityType, reason: str = "assignment:1", **more: Any) -> Hold:
    return capacity.hold(contact, call, on=today(), reason=reason, label="R-1001", **{"by": None, **more})


def test_a_hold_counts_in_the_use_of_the_person_and_the_customer(hanne: Contact, call: ActivityType) -> None:
    Activity.log(hanne, call, today() - timedelta(days=30), None)
    held(hanne, call)
    assert capacity.usage(hanne, today()) == capacity.Usage(used=1, held=1, limit=4, days=90)
    assert capacity.usage(hanne.customer, today()).held == 2
    assert Event.objects.filter(verb="hold.placed").count() == 1


def test_the_last_use_can_be_held_and_not_one_more(hanne: Contact, call: ActivityType) -> None:
    for month in range(1, 4):
        Activity.log(hanne, call, today() - timedelta(days=80 * month), None)
    held(hanne, call)
    with pytest.raises(capacity.LimitReached) as refusal:
        held(hanne, call, "assignment:2")
    assert refusal.value.code == "limit_reached"
    assert {problem.code for problem in refusal.value.problems} == {"type_limit"}
    assert Hold.objects.count() == 1


def test_a_program_manager_may_go_over_the_limit_and_says_why(
    hanne: Contact, call: ActivityType, maya: User, sam: User
) -> None:
    hanne.willingness.update(limit_count=0)
    for nobody in (sam, None):
        with pytest.raises(Forbidden, match="Only a program manager"):
            held(hanne, call, by=nobody, override_reason="The board asked for her")
    made = held(hanne, call, by=maya, override_reason="The board asked for her")
    assert (made.released_at, made.override_by, made.override_reason) == (None, maya, "The board asked for her")
    assert Event.objects.get(verb="hold.placed").data["override"] == "The board asked for her"


def test_an_own_limit_wins_over_the_types(hanne: Contact, call: ActivityType) -> None:
    hanne.willingness.update(limit_count=1, limit_days=30)
    held(hanne, call)
    with pytest.raises(capacity.LimitReached):
        held(hanne, call, "assignment:2")


def test_the_customers_effort_is_shared_by_all_its_people(hanne: Contact, call: ActivityType) -> None:
    UsagePolicy.objects.create(pk=1, customer_effort=3)
    dirk = make_contact(hanne.customer, "Dirk Bakker")
    make_willing(dirk)
    held(hanne, call)
    with pytest.raises(capacity.LimitReached) as refusal:
        held(dirk, call, "assignment:2")
    assert [problem.code for problem in refusal.value.problems] == ["customer_effort"]


def test_a_released_hold_gives_room_again(hanne: Contact, call: ActivityType) -> None:
    hanne.willingness.update(limit_count=1)
    held(hanne, call)
    assert capacity.release("assignment:1") == 1
    assert held(hanne, call, "assignment:2")
    assert capacity.release("assignment:1") == 0


def test_holding_again_for_the_same_ask_renews_the_hold(hanne: Contact, call: ActivityType) -> None:
    hanne.willingness.update(limit_count=1)
    held(hanne, call)
    held(hanne, call)
    assert Hold.objects.live(timezone.now()).count() == 1


def test_the_use_takes_the_place_of_the_hold_that_waited_for_it(hanne: Contact, call: ActivityType) -> None:
    held(hanne, call)
    Activity.log(hanne, call, today(), None, origin="assignment", origin_ref="assignment:1", rating=5)
    hanne.refresh_from_db()
    assert capacity.usage(hanne, today()) == capacity.Usage(used=1, held=0, limit=4, days=90)
    assert (hanne.last_live_on, hanne.rating_sum, hanne.rating_count) == (today(), 5, 1)


def test_a_hold_past_its_time_no_longer_counts_and_expires_once(hanne: Contact, call: ActivityType) -> None:
    made = held(hanne, call)
    Hold.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert capacity.usage(hanne, today()).held == 0
    assert capacity.expire(made) is True
    assert capacity.expire(made) is False
    assert Event.objects.filter(verb="hold.expired").count() == 1


def test_holding_takes_a_known_number_of_queries(
    hanne: Contact, call: ActivityType, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(14):
        held(hanne, call)
    assert connection.vendor == "postgresql"
