"""Limits of type, person, customer and program: our own count and the database's guard say the same."""

from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from crp.accounts.models import User
from crp.verbs import today
from references import availability, capacity, limits
from references.book import Book
from references.models import Activity, ActivityType, Contact, Customer, Hold, UsagePolicy
from tests.conftest import make_contact, make_customer, make_willing

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 10)


@pytest.fixture
def call(db: None) -> ActivityType:
    return ActivityType.objects.get(slug="sales-call")


def codes(contact: Contact, kind: ActivityType, on: date = ON) -> list[str]:
    return [found.code for found in availability.problems(contact, kind, on) if found.code in availability.LIMITS]


def use(contact: Contact, kind: ActivityType, on: date) -> None:
    Activity.objects.create(
        customer=contact.customer, contact=contact, activity_type=kind, on=on, effort=kind.effort, live=kind.live
    )


def test_a_person_s_effort_rolls_out_of_its_window_day_by_day(hanne: Contact, call: ActivityType) -> None:
    UsagePolicy.objects.create(pk=1, contact_effort=4, contact_days=60)
    use(hanne, ActivityType.objects.get(slug="case-study"), ON - timedelta(days=59))
    assert codes(hanne, call) == ["contact_effort"]
    assert codes(hanne, call, ON + timedelta(days=1)) == []
    found = availability.problems(hanne, call, ON)[0]
    assert (found.until, found.text) == (ON, "The person's effort is spent: 3 of 4 points in 60 days.")


def test_the_program_has_limits_only_where_somebody_set_them(hanne: Contact, call: ActivityType) -> None:
    other = make_contact(make_customer("Nordfracht"), "Dirk Bakker")
    use(other, call, ON)
    assert codes(hanne, call) == []
    UsagePolicy.objects.create(pk=1, program_live=1, program_effort=3, program_days=10)
    assert codes(hanne, call) == ["program_live", "program_effort"]
    assert codes(hanne, ActivityType.objects.get(slug="quote")) == []
    assert codes(hanne, call, ON + timedelta(days=10)) == []
    ActivityType.objects.filter(pk=call.pk).update(program_count=1, limit_days=30)
    assert codes(hanne, ActivityType.objects.get(pk=call.pk), ON + timedelta(days=29)) == ["program_type"]


def test_what_is_held_counts_whatever_its_day_and_gives_its_place_back(hanne: Contact, call: ActivityType) -> None:
    hanne.willingness.update(limit_count=1, limit_days=30)
    capacity.hold(hanne, call, on=ON + timedelta(days=300), reason="a:1", label="", by=None)
    assert codes(hanne, call) == ["type_limit"]
    capacity.release("a:1")
    assert codes(hanne, call) == []


def raw(contact: Contact, kind: ActivityType, **more: Any) -> Hold:
    """A hold written past every verb."""
    return Hold(
        customer=contact.customer, contact=contact, activity_type=kind, effort=kind.effort, live=kind.live, on=ON,
        expires_at=timezone.now() + timedelta(days=1), **{"reason": "raw:1", **more},
    )  # fmt: skip


def test_the_database_refuses_what_slips_past_the_verbs(hanne: Contact, call: ActivityType, maya: User) -> None:
    hanne.willingness.update(limit_count=1)
    use(hanne, call, ON)
    with pytest.raises(IntegrityError, match="goes over a limit: type_limit"), transaction.atomic():
        Hold.objects.bulk_create([raw(hanne, call)])
    allowed = raw(hanne, call, override_by=maya, override_reason="The board asked")
    allowed.save()
    with pytest.raises(IntegrityError, match="hold_override_says_who_and_why"), transaction.atomic():
        raw(hanne, call, reason="raw:2", override_by=maya).save()
    with pytest.raises(IntegrityError, match="goes over a limit"), transaction.atomic():
        Hold.objects.filter(pk=allowed.pk).update(override_by=None, override_reason="")


def test_a_place_given_back_is_not_taken_again_past_the_limit(hanne: Contact, call: ActivityType) -> None:
    hanne.willingness.update(limit_count=1)
    first = capacity.hold(hanne, call, on=ON, reason="a:1", label="", by=None)
    capacity.release("a:1")
    capacity.hold(hanne, call, on=ON, reason="a:2", label="", by=None)
    for revived in ({"released_at": None}, {"released_at": None, "expires_at": timezone.now() + timedelta(days=9)}):
        with pytest.raises(IntegrityError, match="goes over a limit"), transaction.atomic():
            Hold.objects.filter(pk=first.pk).update(**revived)


def worlds(seed: int) -> tuple[list[Contact], list[ActivityType]]:
    """Twelve people at four customers with random answers, uses and holds, and random limits."""
    chance = Random(seed)
    UsagePolicy.objects.create(
        pk=1, live_count=chance.randint(1, 4), live_days=chance.choice([30, 90]), contact_effort=chance.choice([None, 4, 9]),
        customer_effort=chance.randint(6, 45), customer_days=chance.choice([30, 120]), program_live=chance.choice([None, 12]),
        program_effort=chance.choice([None, 60]), contact_days=chance.choice([20, 90]), cooldown_hard=chance.random() < 0.6,
    )  # fmt: skip
    ActivityType.objects.filter(slug__in=["quote", "sales-call"]).update(cooldown_days=60)
    kinds = list(ActivityType.objects.filter(slug__in=["sales-call", "quote", "case-study", "site-visit"]))
    people = []
    for number in range(12):
        company = Customer.objects.filter(name=f"C{number % 4}").first() or make_customer(f"C{number % 4}")
        own = {"own_count": chance.choice([None, None, 1, 2]), "own_days": chance.choice([20, 200])}
        person = make_contact(company, f"P{number} X", **own)
        people.append(person)
        for kind in chance.sample(kinds, 3):
            own = chance.choice([None, 0, 1, 3])
            make_willing(person, kind.slug, limit_count=own, limit_days=chance.choice([None, 45]) if own else None)
        for _ in range(chance.randint(0, 5)):
            use(person, chance.choice(kinds), ON - timedelta(days=chance.randint(0, 150)))
    for number in range(6):
        company = Customer.objects.get(name=f"C{number % 4}")
        kind = chance.choice(kinds)
        if not company.willingness.filter(activity_type=kind).exists():
            company.willingness.create(activity_type=kind, answer="yes", limit_count=chance.choice([None, 1, 5]))
    return people, kinds


def theirs(person: Contact, kind: ActivityType) -> list[str]:
    """What the database says to one more hold, which is undone."""
    try:
        with transaction.atomic():
            raw(person, kind).save()
            raise Undone
    except Undone:
        return []
    except IntegrityError as error:
        return [error.__cause__.diag.column_name]  # type: ignore[union-attr]


def test_our_count_and_the_database_s_guard_agree_on_random_worlds() -> None:
    verdicts = set()
    for seed in range(6):
        with transaction.atomic():
            people, kinds = worlds(seed)
            for person, kind in product(people, kinds):
                ours = codes(person, kind)
                assert ours[:1] == theirs(person, kind), (seed, person, kind)
                verdicts.update(ours[:1] or ["free"])
            transaction.set_rollback(True)
    assert {
        "free",
        "type_limit",
        "own_limit",
        "live_limit",
        "contact_effort",
        "customer_effort",
        "cooldown",
    } <= verdicts


class Undone(Exception):
    """Rolls a try back."""


def test_many_are_answered_as_one_by_one(hanne: Contact) -> None:
    people, kinds = worlds(99)
    for kind in kinds:
        together = availability.problems_of(people, kind, ON)
        assert together == {one.pk: availability.problems(one, kind, ON) for one in people}


def test_five_hundred_candidates_take_as_many_queries_as_five(
    call: ActivityType, django_assert_max_num_queries: Any
) -> None:
    UsagePolicy.objects.create(pk=1, program_live=1000)
    customers = [make_customer(f"C{number}") for number in range(50)]
    people = Contact.objects.bulk_create(
        Contact(customer=customers[number % 50], name=f"P{number}", consent_granted_at=timezone.now())
        for number in range(500)
    )
    for few in (people[:5], people):
        fresh = list(Contact.objects.filter(pk__in=[one.pk for one in few]))
        with django_assert_max_num_queries(7):
            assert len(availability.problems_of(fresh, call, ON)) == len(few)


def test_an_off_book_use_past_the_limit_happened_and_is_flagged(hanne: Contact, call: ActivityType, sam: User) -> None:
    hanne.willingness.update(limit_count=1)
    first = Activity.log(hanne, call, today() - timedelta(days=3), sam)
    second = Activity.log(hanne, call, today(), sam)
    assert (first.over_limit, second.over_limit) == (False, True)


def test_an_override_is_carried_from_the_hold_to_the_use(hanne: Contact, call: ActivityType, maya: User) -> None:
    hanne.willingness.update(limit_count=0)
    capacity.hold(hanne, call, on=today(), reason="assignment:7", label="", by=maya, override_reason="She offered")
    done = Activity.log(hanne, call, today(), maya, origin="assignment", origin_ref="assignment:7")
    assert (done.over_limit, done.override_by, done.override_reason) == (True, maya, "She offered")


def test_a_day_past_midnight_is_the_person_s_own(call: ActivityType) -> None:
    """The window is whole days: a use on its last day counts, a day later it does not."""
    person = make_contact(make_customer(), timezone="Pacific/Kiritimati")
    make_willing(person, limit_count=1, limit_days=7)
    use(person, call, ON)
    assert [codes(person, call, ON + timedelta(days=days)) for days in (6, 7)] == [["type_limit"], []]
    book = Book.open([person], call, ON)
    assert limits.limit_of(book.answer_of(person), call) == (1, 7)


def test_the_guard_is_there_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = 'references_hold'::regclass AND NOT tgisinternal")
        assert any("within_limits" in name for (name,) in cursor.fetchall())


def test_rest_is_a_warning_until_the_program_makes_a_limit_of_it(
    hanne: Contact, call: ActivityType, maya: User
) -> None:
    use(hanne, call, ON - timedelta(days=3))
    Contact.objects.update(last_live_on=ON - timedelta(days=3))
    assert "cooldown" not in codes(hanne, call)
    UsagePolicy.current().edit(by=maya, cooldown_hard=True)
    person = Contact.objects.get(pk=hanne.pk)
    found = [one for one in availability.problems(person, call, ON) if one.code == "cooldown"]
    assert found[0].until == ON + timedelta(days=call.cooldown_days - 3)
    assert availability.standing(found).state == "resting"
    with pytest.raises(capacity.LimitReached):
        capacity.hold(hanne, call, on=ON, reason="a:1", label="", by=None)
    assert theirs(person, call) == ["cooldown"]
    held = capacity.hold(hanne, call, on=ON, reason="a:1", label="", by=maya, override_reason="She offered")
    assert held.override_by == maya


def test_a_hold_that_claims_to_be_made_after_its_own_end_is_looked_at_all_the_same(
    hanne: Contact, call: ActivityType
) -> None:
    hanne.willingness.update(limit_count=0)
    ends = timezone.now() + timedelta(days=3)
    with pytest.raises(IntegrityError, match="goes over a limit"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO references_hold (customer_id, contact_id, activity_type_id, effort, live, "on", reason, label,'
            " expires_at, override_reason, created_at) VALUES (%s, %s, %s, 2, true, %s, 'raw', '', %s, '', %s)",
            [hanne.customer_id, hanne.pk, call.pk, ON, ends, ends + timedelta(days=1)],
        )


@pytest.mark.parametrize("change", ["effort", "customer"])
def test_a_hold_that_grows_or_moves_is_counted_anew(hanne: Contact, call: ActivityType, change: str) -> None:
    held = capacity.hold(hanne, call, on=ON, reason="a:1", label="", by=None)
    UsagePolicy.objects.update_or_create(pk=1, defaults={"customer_effort": 1})
    to = {"effort": 9} if change == "effort" else {"customer": make_customer("Elsewhere")}
    with pytest.raises(IntegrityError, match="goes over a limit"), transaction.atomic():
        Hold.objects.filter(pk=held.pk).update(**to)
