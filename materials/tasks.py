"""Celery's wake-up calls for material. The rules are the verbs'."""

from celery import shared_task
from django.utils import timezone


@shared_task(name="materials.check_dates")
def check_dates() -> None:
    """What is due for review, expired, unanswered or no longer permitted, as of today. Twice a day does no harm."""
    from crp.verbs import today
    from materials.calendar import check

    check(today(), timezone.now())


@shared_task(name="materials.sweep_files")
def sweep_files() -> None:
    """Take away bytes that no row knows, left by a crash in the middle of an upload."""
    from materials.calendar import sweep

    sweep(timezone.now())
