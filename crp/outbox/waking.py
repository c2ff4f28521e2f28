"""Telling the worker that something is due. Truth is in PostgreSQL, so failing to tell it does no harm."""

import os
import queue
import threading

import structlog
from django.db import transaction

log = structlog.get_logger(__name__)


def wake_after_commit() -> None:
    """Wake the worker once when the open transaction commits."""
    waiting = transaction.get_connection().run_on_commit
    if not any(wake in entry for entry in waiting):
        transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Have the sweep published soon; the caller waits for no broker, be it down or hung."""
    _bell.ring()


class Bell:
    """A thread of the process that publishes; rings that come while it does are one."""

    def __init__(self) -> None:
        self._rung: queue.Queue[None] = queue.Queue(maxsize=1)
        self._starting = threading.Lock()
        self._ringer: threading.Thread | None = None

    def ring(self) -> None:
        with self._starting:
            if self._ringer is None or not self._ringer.is_alive():
                self._ringer = threading.Thread(target=self._publish_when_rung, name="outbox-bell", daemon=True)
                self._ringer.start()
        try:
            self._rung.put_nowait(None)
        except queue.Full:
            log.debug("outbox_already_woken")

    def _publish_when_rung(self) -> None:
        while True:
            self._rung.get()
            publish()


def publish() -> None:
    """Send the sweep to the broker; errors are logged and swallowed, for beat sweeps anyway."""
    from crp.outbox.tasks import sweep

    try:
        sweep.apply_async(retry=False, expires=60)
    except Exception as error:  # whatever the broker's client raises
        log.warning("outbox_wake_up_failed", error=str(error))


def _new_bell() -> None:
    global _bell
    _bell = Bell()


_bell = Bell()
# A fork takes the locks along but not the thread.
os.register_at_fork(after_in_child=_new_bell)
