import os
import signal
import socket
import subprocess
import sys
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection
from django.utils import timezone

from crp.outbox import consent, enqueue_mail
from crp.outbox.delivery import FIRST_PAUSE, MAX_ATTEMPTS, deliver_due
from crp.outbox.models import LEASE, MAX_CRASHES, Message, MessageState
from tests.conftest import make_contact, make_customer
from tests.outbox.conftest import Sink, state_of

pytestmark = pytest.mark.django_db(transaction=True)
A, B = "ada@example.com", "bo@example.com"


def now() -> Any:
    return timezone.now()


def greet(to: str = A, **fields: Any) -> Message:
    enqueue_mail("greeting", to=to, context={"name": "Ada"}, **fields)
    return Message.objects.get(to=to)


def test_a_mail_leaves_once_with_a_fixed_id_in_text_and_html(sink: Sink) -> None:
    message = greet()
    deliver_due(now())
    deliver_due(now())

    [mail] = sink.accepted
    assert mail["Message-ID"] == message.header_id
    assert mail["Subject"] == "Welcome, Ada"
    assert "Good day, Ada & friends." in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    page = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "Good day, Ada &amp; friends." in page
    assert "style=" in page
    assert "<style" not in page
    message.refresh_from_db()
    assert (message.state, message.context, message.attempts) == (MessageState.SENT, {}, 1)
    assert message.sent_at


def test_a_mail_is_written_in_the_readers_language(sink: Sink) -> None:
    greet(language="ar")
    deliver_due(now())

    assert 'dir="rtl"' in sink.accepted[0].get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_a_line_break_in_the_subject_makes_no_new_header(sink: Sink) -> None:
    enqueue_mail("greeting", to=A, context={"name": "Ada\r\nBcc: all@example.com"})
    deliver_due(now())

    [mail] = sink.accepted
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Welcome, Ada Bcc: all@example.com"


def test_an_address_that_smuggles_a_header_is_parked(sink: Sink) -> None:
    greet("ada@example.com\nBcc: all@example.com")
    deliver_due(now())

    assert Message.objects.get().state == MessageState.PARKED
    assert not sink.accepted


def test_a_poisoned_template_is_parked_and_the_others_flow(sink: Sink) -> None:
    enqueue_mail("broken", to=A)
    greet(B)
    deliver_due(now())

    assert state_of(A) == MessageState.PARKED
    assert "no_such_tag" in Message.objects.get(to=A).last_error
    assert sink.addresses == [B]


def test_a_refusal_for_good_is_parked_and_the_others_flow(sink: Sink) -> None:
    sink.refuse[A] = "550 no such mailbox"
    greet(A)
    greet(B)
    deliver_due(now())

    assert state_of(A) == MessageState.PARKED
    assert "no such mailbox" in Message.objects.get(to=A).last_error
    assert sink.addresses == [B]


def test_a_refusal_for_now_is_tried_again_later(sink: Sink) -> None:
    sink.refuse[A] = "451 come back later"
    message = greet(A)
    deliver_due(now())

    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.PENDING, 1)
    assert now() + FIRST_PAUSE / 2 < message.due_at <= now() + FIRST_PAUSE
    sink.refuse.clear()
    message_is_due(message)
    deliver_due(now())
    assert sink.addresses == [A]


def message_is_due(message: Message, **fields: Any) -> None:
    """As if the pause were over."""
    Message.objects.filter(pk=message.pk).update(due_at=now(), **fields)


def test_a_server_that_is_down_loses_nothing_and_is_asked_once_a_sweep(sink: Sink, settings: Any) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT, up = nobody.getsockname()[1], settings.EMAIL_PORT
        greet(A)
        greet(B)
        deliver_due(now())
    assert sorted(Message.objects.values_list("state", "attempts")) == [("pending", 0), ("pending", 1)]

    settings.EMAIL_PORT = up
    Message.objects.update(due_at=now())
    deliver_due(now())
    assert sorted(sink.addresses) == [A, B]


def test_pauses_grow_to_half_an_hour_and_end_in_the_park(sink: Sink) -> None:
    sink.refuse[A] = "451 come back later"
    message = greet(A)
    message_is_due(message, attempts=MAX_ATTEMPTS - 2)
    deliver_due(now())
    message.refresh_from_db()
    assert timedelta(minutes=29) < message.due_at - now() <= timedelta(minutes=30)

    message_is_due(message)
    deliver_due(now())
    assert state_of(A) == MessageState.PARKED


@pytest.mark.parametrize(("outside", "state"), [(True, MessageState.UNCERTAIN), (False, MessageState.PENDING)])
def test_silence_after_the_words_is_repeated_to_colleagues_and_held_for_customers(
    sink: Sink, outside: bool, state: str
) -> None:
    sink.hang_up_on.add(A)
    greet(A, outside=outside)
    greet(B)
    deliver_due(now())

    assert state_of(A) == state
    assert sink.addresses == [B]


def test_consent_is_asked_again_when_the_mail_leaves(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent, "_guards", [lambda contact_id: contact_id != 7])
    greet(A, contact_id=7)
    greet(B, contact_id=8)
    deliver_due(now())

    assert state_of(A) == MessageState.SUPPRESSED
    assert sink.addresses == [B]


def test_two_sweepers_send_each_mail_once(sink: Sink) -> None:
    for number in range(20):
        greet(f"{number}@example.com")

    def sweep() -> None:
        try:
            deliver_due(now())
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(sink.addresses) == sorted(f"{number}@example.com" for number in range(20))
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}


def test_a_result_that_comes_after_the_lease_changes_nothing() -> None:
    greet(A)
    message = Message.objects.claim(now())
    assert message
    Message.objects.settle_abandoned(now() + LEASE * 2)

    assert not message.settle(MessageState.SENT)
    assert state_of(A) == MessageState.PENDING


DIE_AFTER_SENDING = """
import os, signal, django
from django.conf import settings
settings.TEMPLATES[0]["DIRS"].append("tests/outbox/templates")
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = os.environ["CRP_TEST_DATABASE"]
from django.utils import timezone
from crp.outbox import delivery
hand_over = delivery.Post.send
def send_and_die(self, mail):
    hand_over(self, mail)
    os.kill(os.getpid(), signal.SIGKILL)
delivery.Post.send = send_and_die
delivery.deliver_due(timezone.now())
"""


def die_after_sending(port: int) -> None:
    """A worker that is killed between the server's yes and the commit."""
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "crp.settings",
        "CRP_TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    done = subprocess.run([sys.executable, "-c", DIE_AFTER_SENDING], env=environ, cwd=configured.BASE_DIR, check=False)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize(("outside", "mails"), [(False, 2), (True, 1)])
def test_a_worker_killed_after_sending_loses_nothing_and_repeats_only_to_colleagues(
    sink: Sink, settings: Any, outside: bool, mails: int
) -> None:
    message = greet(outside=outside)
    die_after_sending(settings.EMAIL_PORT)
    assert state_of(A) == MessageState.SENDING

    deliver_due(now() + LEASE * 2)

    assert [mail["Message-ID"] for mail in sink.accepted] == [message.header_id] * mails
    message.refresh_from_db()
    assert message.state == (MessageState.UNCERTAIN if outside else MessageState.SENT)


def test_what_takes_worker_after_worker_with_it_is_parked() -> None:
    message = greet()
    for _ in range(MAX_CRASHES):
        message_is_due(message)
        assert Message.objects.claim(now())
        Message.objects.settle_abandoned(now() + LEASE * 2)

    message.refresh_from_db()
    assert message.state == MessageState.PARKED


def test_an_erased_contact_is_forgotten_by_the_outbox(sink: Sink) -> None:
    person = make_contact(make_customer())
    greet(A, contact_id=person.pk)
    deliver_due(now())
    greet(B, contact_id=person.pk)
    Message.objects.forget(person.pk)

    assert list(Message.objects.order_by("pk").values_list("to", "context", "state")) == [
        ("", {}, MessageState.SENT),
        ("", {}, MessageState.SUPPRESSED),
    ]
