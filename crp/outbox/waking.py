"""Telling the worker that something is due. Truth is in PostgreSQL, so failing to tell it does no harm."""

import time

import structlog
from django.db import transaction

log = structlog.get_logger(__name__)
# After a failure nobody waits for Redis again for this many seconds; the sweep by beat carries on.
PAUSE = 10.0
_quiet_until = 0.0


def wake_after_commit() -> None:
    """Wake the worker once when the open transaction commits."""
    waiting = transaction.get_connection().run_on_commit
    if not any(wake in entry for entry in waiting):
        transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Publish the sweep; errors are logged and swallowed, and a Redis that hangs costs a second at most."""
    global _quiet_until
    from crp.outbox.tasks import sweep

    if time.monotonic() < _quiet_until:
        return
    try:
        sweep.apply_async(retry=False, expires=60)
    except Exception as error:  # whatever the broker's client raises
        _quiet_until = time.monotonic() + PAUSE
        log.warning("outbox_wake_up_failed", error=str(error))
