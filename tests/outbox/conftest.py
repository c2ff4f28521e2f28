"""A real SMTP server that can be told how to misbehave, and mail templates of the tests' own."""

import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from crp.outbox.models import Message


class Sink:
    """Keeps what it accepts; `refuse` gives an address the reply it gets instead."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.hang_up_on: set[str] = set()
        self.lock = threading.Lock()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.hang_up_on & set(envelope.rcpt_tos):
            server.transport.close()
            return "250 never heard"
        with self.lock:
            self.accepted.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    @property
    def addresses(self) -> list[str]:
        return [mail["To"] for mail in self.accepted]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """The mail server the outbox delivers to."""
    found = Sink()
    controller = Controller(found, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    settings.EMAIL_TIMEOUT = 2
    yield found
    controller.stop(no_assert=True)


@pytest.fixture(autouse=True)
def templates(settings: Any) -> None:
    """`greeting`, a plain mail, and `broken`, which can't be rendered."""
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], Path(__file__).parent / "templates"]}]


@pytest.fixture(autouse=True)
def nobody_else_delivers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests sweep themselves; a worker of the same Redis must not hear of it."""
    monkeypatch.setattr("crp.outbox.waking.wake", lambda: None)


def state_of(to: str) -> str:
    return Message.objects.get(to=to).state
