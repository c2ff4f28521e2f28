"""Every ask, hold and use of a customer by month, in the reader's own months."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from crp.accounts.models import User
from crp.verbs import today
from references import capacity
from references.calendar import Month
from references.models import Activity, ActivityType, Contact
from tests.conftest import make_contact, make_opportunity, make_request, make_willing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "day", "first", "last", "starts"),
    [
        ("en", date(2026, 11, 26), date(2026, 11, 1), date(2026, 11, 30), 0),
        ("ar", date(2026, 2, 3), date(2026, 2, 1), date(2026, 2, 28), 5),
        ("fa", date(2026, 11, 26), date(2026, 11, 22), date(2026, 12, 21), 5),
        ("fa", date(2027, 3, 20), date(2027, 2, 20), date(2027, 3, 20), 5),
    ],
)
def test_a_month_is_the_reader_s_and_its_weeks_are_whole(
    language: str, day: date, first: date, last: date, starts: int
) -> None:
    with translation.override(language):
        month = Month.of(day)
        weeks = month.weeks
    assert (month.first, month.last) == (first, last)
    assert all(len(week) == 7 and week[0].weekday() == starts for week in weeks)
    assert weeks[0][0] <= first
    assert last <= weeks[-1][-1]


@pytest.mark.parametrize("asked", ["", "nonsense", "2026-13-01", "0000-01-01", "9999-12-31", "1066-10-14", "٢٠"])
def test_what_is_no_day_shows_this_month(as_user: Any, maya: User, hanne: Contact, asked: str) -> None:
    page = as_user(maya).get(reverse("references:customer_calendar", args=[hanne.customer_id]), {"day": asked})
    assert page.status_code == 200
    assert page.context["month"].first <= today(maya) <= page.context["month"].last


def entries(page: Any) -> list[tuple[str, str]]:
    return [
        (entry.kind, entry.who) for week in page.context["weeks"] for day in week if day.inside for entry in day.entries
    ]


def test_asks_holds_uses_and_pauses_stand_on_their_days(as_user: Any, maya: User, sam: User, hanne: Contact) -> None:
    on = today(maya)
    call, quote = (ActivityType.objects.get(slug=slug) for slug in ("sales-call", "quote"))
    Activity.log(hanne, quote, on, maya)
    capacity.hold(hanne, call, on=on, reason="a:1", label="", by=None)
    make_request(sam, make_opportunity(sam)).propose(contact=hanne, by=maya).invite(by=maya)
    hanne.pause(by=maya, starts_on=on, until=on, reason="leave")
    page = as_user(maya).get(reverse("references:customer_calendar", args=[hanne.customer_id]))
    assert {("use", "Hanne Vos"), ("hold", "Hanne Vos"), ("ask", "Hanne Vos"), ("pause", "Hanne Vos")} <= set(
        entries(page)
    )


def test_one_person_s_entries_alone(as_user: Any, maya: User, hanne: Contact) -> None:
    dirk = make_contact(hanne.customer, "Dirk Bakker")
    make_willing(dirk, "quote")
    for person in (hanne, dirk):
        Activity.log(person, ActivityType.objects.get(slug="quote"), today(maya), maya)
    address = reverse("references:customer_calendar", args=[hanne.customer_id])
    assert entries(as_user(maya).get(address, {"contact": dirk.pk})) == [("use", "Dirk Bakker")]
    foreign = as_user(maya).get(address, {"contact": "999999"})
    assert len(entries(foreign)) == 2


def test_a_rep_sees_no_other_rep_s_ask(as_user: Any, maya: User, sam: User, sofia: User, hanne: Contact) -> None:
    make_request(sam, make_opportunity(sam)).propose(contact=hanne, by=maya).invite(by=maya)
    address = reverse("references:customer_calendar", args=[hanne.customer_id])
    assert ("ask", "Hanne Vos") in entries(as_user(sam).get(address))
    assert ("ask", "Hanne Vos") not in entries(as_user(sofia).get(address))


def test_the_program_s_month_takes_as_few_queries_as_a_customer_s(
    as_user: Any, maya: User, hanne: Contact, django_assert_max_num_queries: Any
) -> None:
    quote = ActivityType.objects.get(slug="quote")
    for days in range(20):
        Activity.log(hanne, quote, today(maya) - timedelta(days=days), maya)
    client = as_user(maya)
    client.get(reverse("references:calendar"))
    with django_assert_max_num_queries(8):
        assert client.get(reverse("references:calendar")).status_code == 200
    with django_assert_max_num_queries(12):
        client.get(reverse("references:customer_calendar", args=[hanne.customer_id]))


def test_a_timeline_can_be_narrowed_and_stays_so_on_its_next_page(as_user: Any, maya: User, hanne: Contact) -> None:
    for number in range(25):
        hanne.customer.edit(by=maya, employees=number)
        hanne.pause(by=maya, starts_on=timezone.localdate(), until=None, reason="leave").lift(by=maya)
    address = reverse("references:customer", args=[hanne.customer_id])
    page = as_user(maya).get(address, {"only": "people"})
    assert {event.verb.split(".")[0] for event in page.context["timeline"].events} == {"pause"}
    assert "only=people" in page.content.decode()
    assert as_user(maya).get(address, {"only": "nonsense"}).status_code == 200
