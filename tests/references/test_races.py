"""Two managers at once: one takes the last slot, the other is told. The twin without the lock shows the test can fail."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crp.verbs import today
from references import availability, capacity
from references.models import ActivityType, Contact, Hold
from tests.conftest import make_contact, make_customer, make_willing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hanne() -> Contact:
    contact = make_contact(make_customer())
    make_willing(contact, limit_count=1)
    return contact


@pytest.fixture
def meet_after_counting(monkeypatch: pytest.MonkeyPatch) -> threading.Barrier:
    """Both contestants have counted before either writes, if nothing keeps the second from counting."""
    barrier, rules = threading.Barrier(2), availability.problems_of

    def count_then_wait(*args: Any, **kwargs: Any) -> Any:
        found = rules(*args, **kwargs)
        try:
            barrier.wait(timeout=1.5)
        except threading.BrokenBarrierError:
            barrier.reset()
        return found

    monkeypatch.setattr(availability, "problems_of", count_then_wait)
    return barrier


def both(work: Callable[[int], Any]) -> list[Any]:
    """What two threads, each with its own connection, answered."""
    answers: list[Any] = [None, None]

    def run(number: int) -> None:
        try:
            answers[number] = work(number)
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return answers


def take(contact: Contact) -> Callable[[int], Hold]:
    call = ActivityType.objects.get(slug="sales-call")
    return lambda number: capacity.hold(contact, call, on=today(), reason=f"assignment:{number}", label="R-1", by=None)


def test_two_at_once_get_the_last_slot_only_once(hanne: Contact, meet_after_counting: Any) -> None:
    answers = both(take(hanne))
    assert sorted(type(answer).__name__ for answer in answers) == ["Hold", "LimitReached"]
    assert Hold.objects.live(timezone.now()).count() == 1


def test_without_the_lock_the_same_race_goes_over_the_limit(
    hanne: Contact, meet_after_counting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capacity, "lock", lambda contact: Contact.objects.select_related("customer").get(pk=contact.pk))
    answers = both(take(hanne))
    assert [type(answer).__name__ for answer in answers] == ["Hold", "Hold"]
    assert Hold.objects.live(timezone.now()).count() == 2
