"""/livez and /readyz tell a load balancer the truth, each within a second or so."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from crp import health


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture(autouse=True)
def own_probes() -> Iterator[None]:
    """Probes of an earlier test may still hang."""
    health.running.clear()
    yield
    health.running.clear()


def test_livez_touches_nothing(client: Client) -> None:
    # Without the db fixture any query would be refused.
    reply = client.get("/livez", HTTP_HOST="no-such-host")
    assert (reply.status_code, reply.content) == (200, b"ok\n")


@pytest.mark.django_db(transaction=True)
def test_readyz_is_ready_when_all_answer(client: Client) -> None:
    reply = client.get("/readyz", HTTP_HOST="no-such-host")
    assert reply.status_code == 200
    assert reply.json() == {"status": "ready", "checks": {"database": "ok", "redis": "ok", "mail": "ok"}}
    assert reply["Cache-Control"] == "no-store"


@pytest.mark.django_db(transaction=True)
def test_readyz_is_unavailable_with_a_migration_left_to_apply(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("events", "0001_initial")
    try:
        reply = client.get("/readyz")
    finally:
        recorder.record_applied("events", "0001_initial")
    assert (reply.status_code, reply.json()["checks"]["database"]) == (503, "down")


@pytest.mark.django_db(transaction=True)
def test_readyz_is_degraded_but_serves_without_redis_or_mail(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    reply = client.get("/readyz")
    assert reply.status_code == 200
    assert reply.json() == {"status": "degraded", "checks": {"database": "ok", "redis": "down", "mail": "down"}}


@pytest.mark.parametrize("hung", ["database", "redis", "mail"])
@pytest.mark.django_db(transaction=True)
def test_readyz_waits_a_second_for_what_hangs(
    client: Client, settings: Settings, silent: int, hung: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address: dict[str, Any] = {"HOST": "127.0.0.1", "PORT": str(silent)}
    if hung == "database":
        for name, value in address.items():
            monkeypatch.setitem(connection.settings_dict, name, value)
    settings.REDIS_URL = f"redis://127.0.0.1:{silent}/0" if hung == "redis" else settings.REDIS_URL
    if hung == "mail":
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", silent
    began = time.monotonic()
    reply = client.get("/readyz")
    assert time.monotonic() - began < 1.8
    assert reply.status_code == (503 if hung == "database" else 200)
    assert reply.json()["checks"][hung] == "down"
