"""Celery's wake-up call for imports."""

from collections.abc import Callable
from typing import Any

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 3
# A file this small is worked on while its sender waits; a larger one goes to the worker.
SMALL_ROWS = 2_000


@shared_task(name="imports.work", time_limit=1_800, soft_time_limit=1_700)
def work() -> None:
    """Take up every run that waits; one that another worker holds is skipped."""
    while work_one():
        pass


@shared_task(name="imports.forget")
def forget() -> None:
    """Drop old files and what undo no longer needs."""
    from crp.imports.models import ImportRun

    with transaction.atomic():
        ImportRun.objects.forget(timezone.now())


def work_one() -> bool:
    """Check or write the oldest waiting run; False when none waits. Attempts are counted before the work."""
    from crp.imports.models import ImportRun

    with transaction.atomic():
        run = ImportRun.objects.waiting().select_for_update(skip_locked=True, of=("self",)).order_by("id").first()
        if run is None:
            return False
        run.attempts += 1
        run.save(update_fields=["attempts"])
        if run.attempts > MOST_ATTEMPTS:
            run.give_up()
            return True
    try:
        with transaction.atomic():
            held = (
                ImportRun.objects.waiting().select_for_update(skip_locked=True, of=("self",)).filter(pk=run.pk).first()
            )
            if held:
                held.work()
    except Exception:
        log.exception("import_failed", run=run.pk, attempts=run.attempts)
        with transaction.atomic():
            run.give_up()
    return True


def begin(ask: Callable[[], Any], rows: int) -> None:
    """Ask for the work and wake the worker; that of a small file is done at once. Raises what `ask` raises."""
    with transaction.atomic():
        ask()
        wake()
    if rows <= SMALL_ROWS:
        work_one()


def wake() -> None:
    """Tell the worker after the commit; without Redis, beat's sweep finds the run."""
    transaction.on_commit(_publish, robust=True)


def _publish() -> None:
    try:
        work.apply_async(retry=False, expires=600)
    except Exception as error:  # whatever the broker's client raises
        log.warning("import_wake_up_failed", error=str(error))
