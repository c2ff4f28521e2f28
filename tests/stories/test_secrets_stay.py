"""Secrets are planted in the world; every page, list, export and search is read by those who must not learn them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from references.models import Note, SurveyResponse
from tests.permissions.table import Row, World, of
from tests.permissions.telling import ROWS, passing
from tests.stories.outside import TODAY

PHONE, MAIL = "+31 20 555 0199", "hanne.secret@vlaardingen.example"
NOTE, COMMENT, COMPLAINT, PAUSED = "inside-word-note", "inside-word-nps", "inside-word-complaint", "inside-word-pause"
AMOUNT, DEAL, CANDIDATE = "617283", "Quellmark Reederei", "Port de Sète"
HEALTH, DETAILS = (NOTE, COMMENT, COMPLAINT, PAUSED), (PHONE, MAIL)
# Sofia sells in another team; Eva may not read how to reach a person; Mina may not read amounts; Ola has no role.
HIDDEN = {
    "sofia": (*HEALTH, *DETAILS, DEAL, AMOUNT, CANDIDATE),
    "eva": DETAILS,
    "mina": (AMOUNT,),
    "ola": (*HEALTH, *DETAILS, DEAL, AMOUNT, CANDIDATE, "Hanne Vos"),
}
# Pages open to all are addressed by a secret of their own.
READS = [row for row in ROWS if row.method == "get" and row.expect.get("anonymous") != 200]
ASKED = ("", "?search=quellmark&format=csv&view=all&tab=all")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with passing(django_db_blocker) as told:
        plant(told)
        yield told


def plant(world: World) -> None:
    """What nobody but the right people may read, at an active customer owned by Omar and on Sam's deal."""
    person, customer, deal = world.contact, world.customer, world.opportunity
    type(person).objects.filter(pk=person.pk).update(phone=PHONE, email=MAIL)
    type(deal).objects.filter(pk=deal.pk).update(amount=AMOUNT, name=DEAL, prospect=DEAL, search_text=DEAL.lower())
    Note.objects.create(customer=customer, text=NOTE, on=TODAY, by=world.omar)
    SurveyResponse.objects.create(customer=customer, contact=person, kind="nps", score=3, comment=COMMENT, on=TODAY)
    customer.complaints.create(summary=COMPLAINT, opened_on=TODAY, closed_on=TODAY)
    customer.pauses.create(contact=person, starts_on="2098-01-01", reason="escalation", note=PAUSED)


def text_of(reply: Any) -> str:
    raw = b"".join(reply.streaming_content) if reply.streaming else reply.content
    return raw.decode("utf-8", "replace")


@pytest.mark.parametrize("row", READS, ids=str)
def test_nobody_reads_what_is_not_his(row: Row, world: World, db: None) -> None:
    kwargs = dict(of(row.kwargs, world))
    url = reverse(row.name, kwargs=kwargs)
    questions = {of(row.query, world)} if kwargs else {of(row.query, world), *ASKED}
    leaked = [
        f"{url}{question} tells {actor} {secret}"
        for actor in HIDDEN
        for question in sorted(questions)
        for secret in told(world.client(actor), url + question, HIDDEN[actor])
    ]
    assert not leaked, "\n".join(leaked)


def told(client: Client, url: str, secrets: tuple[str, ...]) -> list[str]:
    """The secrets the page tells."""
    with transaction.atomic():
        found = text_of(client.get(url))
        transaction.set_rollback(True)
    return [secret for secret in secrets if secret in found]


@pytest.mark.parametrize("actor", ["sofia", "ola"])
def test_events_about_a_customer_keep_others_deals(actor: str, world: World, db: None) -> None:
    """The customer is there to see; who else asked for him, for which deal, is not."""
    client = Client()
    client.force_login(getattr(world, actor))
    with transaction.atomic():
        wanted = world.api_request
        wanted.propose(contact=world.contact, by=world.maya)
        for url in (
            f"/api/v1/events/?about=customer:{world.customer.pk}",
            f"/customers/{world.customer.pk}/",
            "/api/v1/holds/",
        ):
            found = text_of(client.get(url))
            leaked = [secret for secret in (wanted.reference, DEAL, f'request:{wanted.pk}"') if secret in found]
            assert not leaked, f"{url} tells {actor} {leaked}"
        transaction.set_rollback(True)
