"""May this person be asked? Each rule alone, and all of them for many people at once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from crp.accounts.models import User
from references import availability
from references.availability import Problem, Standing, standing
from references.models import (
    Activity,
    ActivityType,
    Complaint,
    Contact,
    CustomerStatus,
    UsagePolicy,
    Willingness,
)  # fmt: skip
from tests.conftest import make_contact, make_customer, make_willing

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 16)


@pytest.fixture
def call() -> ActivityType:
    return ActivityType.objects.get(slug="sales-call")


@pytest.fixture
def found(hanne: Contact, call: ActivityType) -> Callable[..., list[Problem]]:
    """The problems with asking Hanne for a call on the day, as the database has her now."""
    return lambda on=ON, **more: availability.problems(Contact.objects.get(pk=hanne.pk), call, on, **more)


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def use(contact: Contact, kind: ActivityType, on: date) -> Activity:
    return Activity.log(contact, kind, on, None)


def test_somebody_willing_and_rested_is_free_to_ask(found: Any) -> None:
    assert found() == []
    assert standing(found()) == Standing("free")


def test_nobody_is_asked_for_what_he_never_agreed_to(hanne: Contact) -> None:
    visit = ActivityType.objects.get(slug="site-visit")
    assert codes(availability.problems(hanne, visit, ON)) == ["no_willingness"]


def test_a_no_is_a_no_and_the_companys_no_wins(hanne: Contact, call: ActivityType, found: Any) -> None:
    Willingness.objects.say(None, call, "no", by=None, customer=hanne.customer)
    assert codes(found()) == ["said_no"]
    Willingness.objects.all().delete()
    make_willing(hanne, answer="no")
    assert codes(found()) == ["said_no"]


def test_the_companys_yes_stands_in_for_a_person_who_was_not_asked(
    hanne: Contact, call: ActivityType, found: Any
) -> None:
    hanne.willingness.all().delete()
    Willingness.objects.say(None, call, "yes", by=None, customer=hanne.customer)
    assert found() == []


def test_an_answer_that_ran_out_no_longer_counts(hanne: Contact, found: Any) -> None:
    hanne.willingness.update(until=ON - timedelta(days=1))
    assert codes(found()) == ["no_willingness"]


def test_ask_first_and_an_owner_both_need_somebody_to_agree(hanne: Contact, omar: User, found: Any) -> None:
    hanne.willingness.update(answer="ask_first")
    hanne.customer.owner = omar
    hanne.customer.save()
    assert [(p.code, p.severity) for p in found()] == [("owner_agrees", "approval"), ("ask_first", "approval")]
    assert "Omar Haddad" in found()[0].text
    assert standing(found()) == Standing("ask")


def test_the_types_limit_bars_until_there_is_room_again(hanne: Contact, call: ActivityType, found: Any) -> None:
    first = date(2026, 1, 10)
    for month in range(4):
        use(hanne, call, first + timedelta(days=60 * month))
    problem = found()[0]
    assert (problem.code, problem.until) == ("type_limit", first + timedelta(days=364))
    assert standing(found()) == Standing("limit", problem.until)
    assert "type_limit" not in codes(found(on=problem.until + timedelta(days=1)))
    assert "type_limit" in codes(found(on=problem.until))


def test_live_uses_of_every_type_count_in_the_programs_limit(hanne: Contact, call: ActivityType, found: Any) -> None:
    UsagePolicy.objects.create(pk=1, live_count=2, live_days=90, cooldown_days=0)
    for slug, days in (("site-visit", 40), ("analyst-interview", 70)):
        use(hanne, ActivityType.objects.get(slug=slug), ON - timedelta(days=days))
    assert codes(found()) == ["live_limit"]
    assert found()[0].until == ON + timedelta(days=19)


def test_the_customers_effort_is_spent_by_all_its_people_and_rolls_out_again(hanne: Contact, found: Any) -> None:
    dirk = make_contact(hanne.customer, "Dirk Bakker")
    for slug in ("site-visit", "video-testimonial", "quote", "quote"):
        use(dirk, ActivityType.objects.get(slug=slug), date(2026, 10, 5))
    assert codes(found()) == ["customer_effort"]
    assert found()[0].until == date(2026, 10, 5) + timedelta(days=89)
    assert codes(found(on=date(2027, 1, 2))) == ["customer_effort"]
    assert "customer_effort" not in codes(found(on=date(2027, 1, 3)))


def test_a_pause_of_the_person_or_the_customer_bars(hanne: Contact, found: Any) -> None:
    hanne.pause(by=None, starts_on=ON, until=ON + timedelta(days=5), reason="leave")
    assert codes(found()) == ["paused"]
    assert standing(found()) == Standing("paused", ON + timedelta(days=5))
    assert found(on=ON + timedelta(days=6)) == []
    hanne.customer.pause(by=None, starts_on=ON, until=None, reason="renewal")
    assert codes(found()) == ["paused"]
    assert found()[0].until is None


def test_consent_is_needed_and_may_be_taken_back(hanne: Contact, found: Any) -> None:
    hanne.withdraw_consent(by=None)
    assert codes(found()) == ["no_consent"]
    Contact.objects.update(consent_granted_at=None, consent_withdrawn_at=None)
    assert codes(found()) == ["no_consent"]


def test_an_open_complaint_bars_and_a_rep_is_not_told_why(hanne: Contact, sam: User, maya: User, found: Any) -> None:
    made = Complaint.objects.file(by=None, customer=hanne.customer, summary="Late invoice", opened_on=ON)
    assert codes(found()) == ["open_complaint"]
    assert codes(availability.told_to(found(), hanne, sam)) == ["not_now"]
    assert codes(availability.told_to(found(), hanne, maya)) == ["open_complaint"]
    made.close(by=None, on=ON)
    assert found() == []


def test_a_competitor_of_the_prospect_and_the_prospect_itself_are_not_asked(hanne: Contact, found: Any) -> None:
    hanne.customer.competitors = ["Böhmer Häfen"]
    hanne.customer.save()
    assert codes(found(prospect="bohmer hafen")) == ["competitor"]
    assert codes(found(prospect="VLAARDINGEN terminals")) == ["same_company"]
    assert found(prospect="Somebody else") == []


def test_who_left_or_was_forgotten_is_not_asked(hanne: Contact, found: Any) -> None:
    hanne.leave(by=None, on=ON - timedelta(days=1))
    assert "contact_left" in codes(found())
    hanne.erase(by=None)
    assert "erased" in codes(found())


@pytest.mark.parametrize("status", [status for status in CustomerStatus.values if status != "active"])
def test_only_active_customers_are_asked(hanne: Contact, found: Any, status: str) -> None:
    hanne.customer.status = status
    hanne.customer.save()
    assert codes(found()) == ["customer_not_active"]


def test_a_recent_use_asks_for_rest(hanne: Contact, call: ActivityType, found: Any) -> None:
    use(hanne, call, ON - timedelta(days=10))
    assert [(p.code, p.severity, p.until) for p in found()] == [("resting", "warning", ON + timedelta(days=4))]
    assert standing(found()) == Standing("resting", ON + timedelta(days=4))
    assert found(on=ON + timedelta(days=5)) == []


def test_a_renewal_near_conditions_and_the_contract_are_warnings(hanne: Contact, found: Any) -> None:
    hanne.willingness.update(conditions="Mornings only")
    hanne.customer.renewal_on = ON + timedelta(days=20)
    hanne.customer.publicity = "none"
    hanne.customer.save()
    assert codes(found()) == ["renewal_near", "conditions"]
    make_willing(hanne, "case-study")
    study = ActivityType.objects.get(slug="case-study")
    assert "publicity" in codes(availability.problems(Contact.objects.get(pk=hanne.pk), study, ON))
    assert standing(found()) == Standing("free")


def test_an_own_limit_of_nothing_bars_without_an_end(hanne: Contact, found: Any) -> None:
    hanne.willingness.update(limit_count=0)
    assert [(p.code, p.until) for p in found()] == [("type_limit", None)]


@pytest.mark.parametrize("people", [10, 60])
def test_the_problems_of_many_people_take_the_same_few_queries(
    call: ActivityType, omar: User, people: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(people):
        contact = make_contact(make_customer(f"Customer {n}", owner=omar), f"Person {n}")
        make_willing(contact)
        use(contact, call, ON - timedelta(days=n * 3))
    contacts = list(Contact.objects.all())
    with django_assert_max_num_queries(6):
        found = availability.problems_of(contacts, call, ON)
    assert len(found) == people
    one_by_one = {contact.pk: availability.problems(contact, call, ON) for contact in contacts[:5]}
    assert {pk: found[pk] for pk in one_by_one} == one_by_one
