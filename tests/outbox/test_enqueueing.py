from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from crp.outbox import enqueue_mail, waking
from crp.outbox.models import Message, MessageState

NOW = timezone.now


def test_a_message_waits_with_all_that_delivery_needs(db: None) -> None:
    enqueue_mail(
        "greeting", to="a@example.com", language="fa", timezone="Asia/Tehran", context={"name": "Ada"}, outside=True
    )

    message = Message.objects.get()
    assert message.state == MessageState.PENDING
    assert (message.language, message.timezone, message.context) == ("fa", "Asia/Tehran", {"name": "Ada"})
    assert message.outside
    assert message in Message.objects.due(NOW())


def test_the_same_dedupe_key_makes_one_message(db: None) -> None:
    for _ in range(2):
        enqueue_mail("greeting", to="a@example.com", dedupe_key="reminder:7:first:2026-12-01")

    assert Message.objects.count() == 1


def test_a_message_for_later_is_not_due_yet(db: None) -> None:
    enqueue_mail("greeting", to="a@example.com", due_at=NOW() + timedelta(hours=1))

    assert not Message.objects.due(NOW()).exists()
    assert Message.objects.due(NOW() + timedelta(hours=2)).exists()


def test_undoing_the_verb_undoes_its_mail(db: None) -> None:
    with transaction.atomic():
        enqueue_mail("greeting", to="a@example.com")
        transaction.set_rollback(True)

    assert not Message.objects.exists()


@pytest.fixture
def wakes(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Counts the wake-ups."""
    told: list[Any] = []
    monkeypatch.setattr(waking, "wake", lambda: told.append(1))
    return told


def test_the_worker_is_woken_once_per_transaction(
    wakes: list[Any], django_capture_on_commit_callbacks: Any, db: None
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        for number in range(5):
            enqueue_mail("greeting", to=f"{number}@example.com")

    assert len(wakes) == 1


def test_what_is_due_later_wakes_nobody(wakes: list[Any], django_capture_on_commit_callbacks: Any, db: None) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        enqueue_mail("greeting", to="a@example.com", due_at=NOW() + timedelta(hours=1))

    assert not wakes
