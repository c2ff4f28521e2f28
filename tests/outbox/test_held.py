from typing import Any

import pytest
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from crp.outbox.models import Message, MessageState
from crp.outbox.verbs import Verb
from crp.verbs import WrongState


def held(state: str = MessageState.PARKED, **fields: Any) -> Message:
    fields = {"to": "ada@example.com", "attempts": 72, "last_error": "550 no", "context": {"name": "Ada"}, **fields}
    return Message.objects.create(template="greeting", state=state, due_at=timezone.now(), **fields)


def test_the_page_shows_what_waits_for_a_decision(as_user: Any, adam: User) -> None:
    held(to="parked@example.com")
    held(MessageState.UNCERTAIN, to="uncertain@example.com")
    held(MessageState.SENT, to="sent@example.com")
    page = as_user(adam).get("/outbox/").content

    assert b"parked@example.com" in page
    assert b"uncertain@example.com" in page
    assert b"sent@example.com" not in page
    assert b"sent@example.com" in as_user(adam).get("/outbox/?view=sent").content


@pytest.mark.parametrize("state", [MessageState.PARKED, MessageState.UNCERTAIN])
def test_retry_makes_it_due_as_if_new(as_user: Any, adam: User, state: str) -> None:
    message = held(state)
    as_user(adam).post(f"/outbox/{message.pk}/retry/")
    message.refresh_from_db()

    assert (message.state, message.attempts, message.crashes, message.last_error) == (MessageState.PENDING, 0, 0, "")
    assert Message.objects.due(timezone.now()).get() == message
    assert Event.objects.get().verb == Verb.RETRIED


def test_drop_forgets_the_words(as_user: Any, adam: User) -> None:
    message = held()
    as_user(adam).post(f"/outbox/{message.pk}/drop/")
    message.refresh_from_db()

    assert (message.state, message.context) == (MessageState.SUPPRESSED, {})
    assert Event.objects.get().verb == Verb.DROPPED


@pytest.mark.parametrize("verb", ["retry", "drop"])
def test_what_was_sent_is_neither_sent_again_nor_dropped(as_user: Any, adam: User, verb: str) -> None:
    message = held(MessageState.SENT)
    with pytest.raises(WrongState):
        getattr(message, verb)(by=adam)

    assert as_user(adam).post(f"/outbox/{message.pk}/{verb}/").status_code == 409
    assert not Event.objects.exists()


def test_the_page_takes_the_same_few_queries_for_many(
    as_user: Any, adam: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        held(to=f"{number}@example.com")
    client = as_user(adam)
    with django_assert_max_num_queries(5):
        client.get("/outbox/")
