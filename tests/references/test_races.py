"""Many managers at once: one takes the last slot, the others are told. The twins without the lock show the tests can fail."""

import threading
from collections.abc import Callable
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.utils import timezone

from crp.verbs import today
from references import availability, capacity
from references.models import ActivityType, Contact, Hold, UsagePolicy
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


def at_once(work: Callable[[int], Any], times: int = 2) -> list[Any]:
    """What so many threads, each with its own connection, answered."""
    answers: list[Any] = [None] * times

    def run(number: int) -> None:
        try:
            with connection.cursor() as cursor:
                # Fifty in a row on a busy machine wait longer than a page's visitor would.
                cursor.execute("SET lock_timeout = '40s'")
            answers[number] = work(number)
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def take(contact: Contact) -> Callable[[int], Hold]:
    call = ActivityType.objects.get(slug="sales-call")
    return lambda number: capacity.hold(contact, call, on=today(), reason=f"assignment:{number}", label="R-1", by=None)


def unlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take our own lock away."""
    monkeypatch.setattr(capacity, "lock", lambda contact: Contact.objects.select_related("customer").get(pk=contact.pk))


def unguarded(work: Callable[[int], Any]) -> Callable[[int], Any]:
    """The same work with the database's guard switched off."""

    def run(number: int) -> Any:
        with pgtrigger.ignore("references.Hold:within_limits"):
            return work(number)

    return run


def test_two_at_once_get_the_last_slot_only_once(hanne: Contact, meet_after_counting: Any) -> None:
    answers = at_once(take(hanne))
    assert sorted(type(answer).__name__ for answer in answers) == ["Hold", "LimitReached"]
    assert Hold.objects.live(timezone.now()).count() == 1


def test_without_the_lock_the_same_race_goes_over_the_limit(
    hanne: Contact, meet_after_counting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch)
    answers = at_once(unguarded(take(hanne)))
    assert [type(answer).__name__ for answer in answers] == ["Hold", "Hold"]
    assert Hold.objects.live(timezone.now()).count() == 2


def test_without_our_lock_the_database_still_refuses_the_second(
    hanne: Contact, meet_after_counting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch)
    answers = at_once(take(hanne))
    assert sorted(type(answer).__name__ for answer in answers) == ["Hold", "LimitReached"]
    refused = next(answer for answer in answers if isinstance(answer, capacity.LimitReached))
    assert [problem.code for problem in refused.problems] == ["type_limit"]


def test_of_fifty_who_ask_for_the_last_free_place_one_wins_and_the_others_hear_why(hanne: Contact) -> None:
    answers = at_once(take(hanne), 50)
    assert [type(answer) for answer in answers].count(Hold) == 1
    refused = [answer for answer in answers if isinstance(answer, capacity.LimitReached)]
    assert len(refused) == 49
    assert {str(refusal) for refusal in refused} == {"At the limit: 1 use in 365 days."}
    assert Hold.objects.live(timezone.now()).count() == 1


def test_fifty_without_lock_and_guard_take_one_place_several_times(
    hanne: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: all fifty count before the first of them writes."""
    barrier, rules = threading.Barrier(50), availability.problems_of

    def count_then_wait(*args: Any, **kwargs: Any) -> Any:
        found = rules(*args, **kwargs)
        barrier.wait(timeout=30)
        return found

    monkeypatch.setattr(availability, "problems_of", count_then_wait)
    unlock(monkeypatch)
    answers = at_once(unguarded(take(hanne)), 50)
    assert [type(answer) for answer in answers].count(Hold) == 50
    assert Hold.objects.live(timezone.now()).count() == 50


def test_the_last_place_of_the_whole_program_goes_to_one_of_two_people(
    hanne: Contact, meet_after_counting: Any
) -> None:
    """Nothing but the program's own lock keeps two different customers' people apart."""
    UsagePolicy.objects.create(pk=1, program_live=1)
    dirk = make_contact(make_customer("Nordfracht"), "Dirk Bakker")
    make_willing(dirk)
    both = [take(hanne), take(dirk)]
    answers = at_once(lambda number: both[number](number))
    assert sorted(type(answer).__name__ for answer in answers) == ["Hold", "LimitReached"]
    assert Hold.objects.live(timezone.now()).count() == 1
