"""The person's mail and phone stay with the program until a manager releases them to who asked."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crp.inbox.models import Notification
from crp.verbs import Forbidden, Refused, WrongState
from references.models.contact import Release
from tests.requests_app.conftest import last_event

ADDRESS, NUMBER = "hanne@example.com", "+31 10 555 0199"


@pytest.fixture
def accepted(accepted):
    accepted.contact.phone = NUMBER
    accepted.contact.save(update_fields=["phone"])
    return accepted


def pages(client, assignment):
    """What a reader gets of the assignment, its request, the contact and the API, in one text."""
    urls = (
        assignment.get_absolute_url(), assignment.request.get_absolute_url(), f"/api/v1/assignments/{assignment.pk}/",
        f"/api/v1/contacts/{assignment.contact_id}/", reverse("references:contact", args=[assignment.contact_id]),
    )  # fmt: skip
    return [client.get(url).content.decode() for url in urls]


def test_before_the_release_no_page_and_no_api_tells_the_asker_an_address(as_user, sam, accepted):
    for text in pages(as_user(sam), accepted):
        assert ADDRESS not in text
        assert NUMBER not in text


def test_a_release_opens_the_details_to_the_asker_alone(as_user, sam, sofia, maya, accepted):
    accepted.release(by=maya)
    assignment, request, _api, contact_api, contact = pages(as_user(sam), accepted)
    for text in (assignment, request, contact_api, contact):
        assert ADDRESS in text
        assert NUMBER in text
    assert not accepted.contact.details_visible_to(sofia)
    event = last_event(accepted.request, "assignment.released")
    assert (event.by, event.data["to"], ADDRESS in str(event.data)) == (maya, sam.name, False)
    assert Notification.objects.filter(user=sam, kind="assignment.released").exists()


def test_a_manager_releases_from_the_page_once(as_user, sam, maya, accepted):
    client, url = as_user(maya), reverse("requests_app:assignment_release", args=[accepted.pk])
    assert "Release the details" in client.get(accepted.get_absolute_url()).content.decode()
    for _again in range(2):
        assert client.post(url).status_code == 302
    assert Release.objects.get().user == sam
    assert Notification.objects.filter(kind="assignment.released").count() == 1
    assert "Release the details" not in client.get(accepted.get_absolute_url()).content.decode()


def test_who_asked_releases_nothing_to_himself(sam, accepted):
    with pytest.raises(Forbidden):
        accepted.release(by=sam)
    assert not Release.objects.exists()


def test_nothing_is_released_before_the_yes(maya, invited):
    with pytest.raises(WrongState):
        invited.release(by=maya)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"channel": "owner"}, "through_owner"),
        ({"email": "", "phone": ""}, "no_details"),
        ({"consent_withdrawn_at": timezone.now()}, "consent"),
    ],
)
def test_the_person_s_wishes_come_first(maya, accepted, facts, code):
    for name, value in facts.items():
        setattr(accepted.contact, name, value)
    accepted.contact.save()
    with pytest.raises(Refused) as refused:
        accepted.release(by=maya)
    assert refused.value.code == code


def until():
    return Release.objects.get().until


def test_details_close_thirty_days_after_it_took_place(sam, maya, accepted):
    accepted.schedule(by=maya, at=timezone.now() + timedelta(days=50))
    accepted.release(by=maya)
    assert until() == accepted.scheduled_at + timedelta(days=30)
    later = timezone.now() + timedelta(days=70)
    accepted.schedule(by=maya, at=later)
    assert until() == later + timedelta(days=30)
    accepted.complete(by=sam, occurred_on=timezone.localdate(), outcome="helped")
    assert abs(until() - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    assert accepted.contact.details_visible_to(sam)


@pytest.mark.parametrize("verb", ["decline", "withdraw", "miss"])
def test_details_close_at_once_when_it_is_off(verb, sam, maya, accepted):
    accepted.release(by=maya)
    getattr(accepted, verb)(by=maya)
    assert not accepted.contact.details_visible_to(sam)


def test_the_record_keeps_its_queries(as_user, maya, accepted, django_assert_max_num_queries):
    accepted.release(by=maya)
    client = as_user(maya)
    for url in (accepted.get_absolute_url(), accepted.request.get_absolute_url()):
        client.get(url)
        with django_assert_max_num_queries(10):
            assert client.get(url).status_code == 200
