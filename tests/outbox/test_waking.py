import socket
import threading
import time
from collections.abc import Iterator

import pytest
from celery import current_app

from crp.outbox import waking
from crp.outbox.tasks import sweep


@pytest.fixture
def deaf_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A broker that takes the call and never answers; the event says that it was called."""
    real, called = sweep.apply_async, threading.Event()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def publish(**kwargs: object) -> None:
            called.set()
            with current_app.connection_for_write(f"redis://127.0.0.1:{listener.getsockname()[1]}/0") as connection:
                real(connection=connection, **kwargs)

        monkeypatch.setattr(sweep, "apply_async", publish)
        yield called


def test_nobody_waits_for_a_redis_that_hangs(deaf_redis: threading.Event) -> None:
    bell = waking.Bell()
    started = time.monotonic()
    for _ in range(20):
        bell.ring()

    assert time.monotonic() - started < 0.2
    assert deaf_redis.wait(5)


def test_a_broker_that_is_down_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise ConnectionError("down")

    monkeypatch.setattr(sweep, "apply_async", refuse)
    waking.publish()


def test_a_ring_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    published = threading.Event()
    monkeypatch.setattr(sweep, "apply_async", lambda **_: published.set())
    waking.Bell().ring()

    assert published.wait(5)
