"""The page behind the signed link: what the contact reads and answers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from crp.links.models import SignedLink
from references.models import Contact
from requests_app.models import Assignment, AssignmentState
from tests.conftest import make_opportunity, make_request

PURPOSE = "assignment.answer"


@pytest.fixture
def asked(sam: User, maya: User, hanne: Contact) -> Assignment:
    """Hanne is asked, with two times."""
    wanted = make_request(sam, make_opportunity(sam), topics="Month end")
    found = wanted.propose(contact=hanne, by=maya)
    soon = (timezone.now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    found.invite(by=maya, slots=[soon, soon + timedelta(days=1)], message="They would like to hear how it went.")
    return found


@pytest.fixture
def link(asked: Assignment) -> str:
    _link, token = SignedLink.objects.issue(PURPOSE, asked, expires_at=timezone.now() + timedelta(days=3))
    return reverse("requests_app:answer", args=[token])


def test_looking_changes_nothing_and_tells_nobody(link: str, client: Client, asked: Assignment) -> None:
    answer = client.get(link)
    page = answer.content.decode()
    asked.refresh_from_db()
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert "Would you speak with Bremer Hafenlogistik" in page
    assert "They would like to hear how it went." in page
    assert asked.state == AssignmentState.INVITED


def test_yes_to_a_time_books_it_and_a_second_answer_says_so(link: str, client: Client, asked: Assignment) -> None:
    slot = asked.slots.first()
    assert slot
    assert client.post(link, {"answer": "yes", "slot": slot.pk}).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.scheduled_at) == (AssignmentState.SCHEDULED, slot.starts_at)
    assert Event.objects.filter(verb="assignment.accepted", contact_id=asked.contact_id).exists()
    assert "You said yes" in client.get(link).content.decode()
    again = client.post(link, {"answer": "no"})
    asked.refresh_from_db()
    assert (again.status_code, asked.state) == (410, AssignmentState.SCHEDULED)


def test_no_is_easy_and_remembered(link: str, client: Client, asked: Assignment) -> None:
    client.post(link, {"answer": "no"})
    asked.refresh_from_db()
    assert asked.state == AssignmentState.DECLINED
    page = client.get(link)
    assert page.status_code == 410
    assert "You said no, and that is fine." in page.content.decode()


def test_other_times_are_suggested_in_the_reader_s_time_zone(link: str, client: Client, asked: Assignment) -> None:
    Contact.objects.filter(pk=asked.contact_id).update(timezone="Asia/Tokyo")
    day = (timezone.localdate() + timedelta(days=5)).isoformat()
    client.post(link, {"answer": "other", "time": [f"{day}T09:00", ""], "note": "Mornings are best"})
    asked.refresh_from_db()
    suggested = asked.slots.filter(suggested_by_contact=True).get()
    assert (suggested.starts_at.hour, asked.state) == (0, AssignmentState.INVITED)
    assert asked.answer_note == "Mornings are best"


@pytest.mark.parametrize("body", [{}, {"answer": "yes"}, {"answer": "yes", "slot": "9" * 12}, {"answer": "other"}])
def test_a_half_filled_answer_says_what_is_missing(
    body: dict[str, str], link: str, client: Client, asked: Assignment
) -> None:
    answer = client.post(link, body)
    asked.refresh_from_db()
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert asked.state == AssignmentState.INVITED


def test_ended_links_say_so_kindly(client: Client, asked: Assignment) -> None:
    past = timezone.now() - timedelta(minutes=1)
    _link, token = SignedLink.objects.issue(PURPOSE, asked, expires_at=past)
    expired = client.get(reverse("requests_app:answer", args=[token]))
    assert expired.status_code == 410
    assert "This question has ended" in expired.content.decode()
    assert client.get(reverse("requests_app:answer", args=["x"])).status_code == 410


def test_taken_back_asks_are_no_longer_needed(link: str, client: Client, asked: Assignment, maya: User) -> None:
    asked.withdraw(by=maya)
    page = client.get(link)
    assert page.status_code == 410
    assert "no longer needed" in page.content.decode()


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl"), ("fa", "rtl")])
def test_the_reader_switches_the_language(language: str, direction: str, link: str, client: Client) -> None:
    page = client.get(link, {"lang": language}).content.decode()
    assert f'lang="{language}" dir="{direction}"' in page
