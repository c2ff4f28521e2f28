"""A person says himself what he will do, by a link of his own."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from crp.links.models import SignedLink
from crp.outbox.consent import may_write_to
from crp.outbox.models import Message
from crp.verbs import Forbidden, Refused
from references import joining
from references.models import Contact, Willingness

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(hanne: Contact, maya: User) -> str:
    hanne.willingness.all().delete()
    joining.invite(hanne, by=maya)
    found: str = Message.objects.get().context["path"]
    return found


def test_the_link_is_mailed_in_the_persons_language_and_told_nowhere_else(path: str, hanne: Contact) -> None:
    message = Message.objects.get()
    assert (message.to, message.contact_id, message.outside) == (hanne.email, hanne.pk, True)
    assert path.split("/")[3] not in str(list(SignedLink.objects.values()) + list(Event.objects.values()))
    assert not mail.outbox
    from crp.outbox.rendering import as_mail

    letter = as_mail(message)
    assert hanne.name in letter.body
    assert path in letter.body


def test_looking_changes_nothing_and_answering_does(path: str, hanne: Contact, client: Any) -> None:
    Contact.objects.update(consent_granted_at=None)
    response = client.get(path)
    assert (response.status_code, response["Referrer-Policy"]) == (200, "no-referrer")
    assert not Willingness.objects.exists()
    assert client.post(path, {"sales-call-answer": "yes", "pr-answer": "no", "answer": "chosen"}).status_code == 302
    said = dict(Willingness.objects.values_list("activity_type__slug", "answer"))
    hanne.refresh_from_db()
    assert (said, hanne.has_consent) == ({"sales-call": "yes", "pr": "no"}, True)
    event = Event.objects.filter(verb="willingness.said").first()
    assert event
    assert (event.by, event.contact_id) == (None, hanne.pk)


def test_taking_part_in_nothing_is_one_button_and_ends_all_mail(path: str, hanne: Contact, client: Any) -> None:
    assert may_write_to(hanne.pk)
    client.post(path, {"answer": "none"})
    hanne.refresh_from_db()
    assert not hanne.has_consent
    assert not may_write_to(hanne.pk)


def test_an_old_a_broken_and_an_ended_link_say_so_kindly(path: str, hanne: Contact, maya: User, client: Any) -> None:
    joining.invite(hanne, by=maya)
    assert client.get(path).status_code == 410
    assert client.get("/o/join/nonsense/").status_code == 410
    fresh = Message.objects.order_by("-pk")[0].context["path"]
    SignedLink.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    response = client.post(fresh, {"sales-call-answer": "yes"})
    assert response.status_code == 410
    assert not Willingness.objects.exists()


def test_who_may_not_or_has_no_address_is_not_invited(hanne: Contact, sam: User, maya: User) -> None:
    with pytest.raises(Forbidden):
        joining.invite(hanne, by=sam)
    hanne.email = ""
    with pytest.raises(Refused, match="mail address"):
        joining.invite(hanne, by=maya)
