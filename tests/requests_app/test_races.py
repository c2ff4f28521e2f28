"""Two at once, with real transactions. Each race has a twin without the lock, which fails."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pgtrigger
import pytest
from django.db import connection, transaction
from django.utils import timezone

from crp.accounts.models import Role
from crp.verbs import Refused
from references import availability, capacity
from references.models import Activity, ActivityType, Hold
from requests_app.models import Assignment, ReferenceRequest
from tests.conftest import make_contact, make_customer, make_opportunity, make_user, make_willing
from tests.requests_app.conftest import ask

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run the works in threads that start together; results or exceptions, in their order."""
    barrier, results = Barrier(len(works)), [None] * len(works)

    def run(index: int, work: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=20)
            results[index] = work()
        except Exception as error:  # told to the test
            results[index] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(index, work)) for index, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.fixture
def scene(transactional_db: None) -> dict[str, Any]:
    """Two managers, one willing person with room for one call, one request each."""
    call = ActivityType.objects.get(slug="sales-call")
    maya, tariq = make_user("Maya Keller", Role.MANAGER), make_user("Tariq Aziz", Role.MANAGER)
    sam = make_user("Sam Brandt", Role.SALES)
    contact = make_contact(make_customer())
    make_willing(contact, limit_count=1, limit_days=90)
    wanted = [ask(sam, make_opportunity(sam, f"Deal {n}"), call) for n in range(2)]
    return {"maya": maya, "tariq": tariq, "sam": sam, "contact": contact, "wanted": wanted, "call": call}


def propose(scene: dict[str, Any], index: int, by: str) -> Callable[[], Assignment]:
    return lambda: ReferenceRequest.objects.get(pk=scene["wanted"][index].pk).propose(
        contact=type(scene["contact"]).objects.get(pk=scene["contact"].pk), by=scene[by]
    )


def test_two_managers_take_the_last_of_a_person_and_one_wins(scene):
    results = at_once(propose(scene, 0, "maya"), propose(scene, 1, "tariq"))
    refused = [one for one in results if isinstance(one, Refused)]
    assert len(refused) == 1, results
    assert refused[0].field == "contact"
    assert Hold.objects.filter(released_at=None).count() == Assignment.objects.count() == 1


def test_without_the_lock_both_would_win(scene, monkeypatch):
    """The twin: counting without locking lets both through."""
    both_counted = Barrier(2)

    def unlocked(contact, activity_type, *, on, reason, label, by, override_reason=""):
        found = availability.problems(contact, activity_type, on)
        both_counted.wait(timeout=20)
        assert not [one for one in found if one.code in availability.LIMITS]
        with pgtrigger.ignore("references.Hold:within_limits"):
            return Hold.objects.create(
                customer=contact.customer, contact=contact, activity_type=activity_type, effort=activity_type.effort,
                live=activity_type.live, on=on, reason=reason, label=label, expires_at=timezone.now() + timedelta(days=1),
            )  # fmt: skip

    monkeypatch.setattr(capacity, "hold", unlocked)
    results = at_once(propose(scene, 0, "maya"), propose(scene, 1, "tariq"))
    assert all(isinstance(one, Assignment) for one in results), results
    assert Hold.objects.filter(released_at=None).count() == 2


def test_the_same_person_is_proposed_once_for_a_request(scene):
    scene["contact"].willingness.update(limit_count=None)
    results = at_once(propose(scene, 0, "maya"), propose(scene, 0, "tariq"))
    assert sum(isinstance(one, Refused) for one in results) == 1, results
    assert Assignment.objects.count() == Hold.objects.filter(released_at=None).count() == 1


def test_two_managers_take_a_request_and_one_is_told(scene):
    def take(by):
        return lambda: ReferenceRequest.objects.get(pk=scene["wanted"][0].pk).take(by=scene[by])

    results = at_once(take("maya"), take("tariq"))
    assert [getattr(one, "code", "") for one in results].count("already_taken") == 1, results


def test_completing_twice_at_once_counts_once(scene):
    found = propose(scene, 0, "maya")()
    found.invite(by=scene["maya"])
    found.accept()

    def complete():
        return Assignment.objects.get(pk=found.pk).complete(
            by=scene["sam"], occurred_on=timezone.localdate(), outcome="held"
        )

    results = at_once(complete, complete)
    assert sum(getattr(one, "status", 0) == 409 for one in results) == 1, results
    assert Activity.objects.count() == 1


def test_answering_while_the_request_is_withdrawn_ends_one_way_and_never_deadlocks(scene):
    found = propose(scene, 0, "maya")()
    found.invite(by=scene["maya"])
    results = at_once(
        lambda: Assignment.objects.get(pk=found.pk).accept(),
        lambda: ReferenceRequest.objects.get(pk=found.request_id).withdraw(by=scene["sam"]),
    )
    assert all(not isinstance(one, Exception) or isinstance(one, Refused) for one in results), results
    found.refresh_from_db()
    assert found.state == "withdrawn"
    assert not Hold.objects.filter(released_at=None).exists()


def test_many_ask_at_once_and_every_number_is_its_own(scene):
    def asking():
        return ask(scene["sam"], None, scene["call"], purpose="press").number

    numbers = at_once(*[asking] * 6)
    assert len(set(numbers)) == 6, numbers


def test_numbers_from_counting_would_meet(scene):
    """The twin: the highest number plus one, read by two before either writes."""
    read = Barrier(2)

    def asking():
        with transaction.atomic():
            number = ReferenceRequest.objects.order_by("-number").values_list("number", flat=True)[0] + 1
            read.wait(timeout=20)
            return ReferenceRequest.objects.create(
                number=number,
                requested_by=scene["sam"],
                activity_type=scene["call"],
                need_by=timezone.localdate(),
                purpose="press",
            ).number

    results = at_once(asking, asking)
    assert sum(isinstance(one, Exception) for one in results) == 1, results
