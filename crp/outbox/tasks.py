"""Celery's wake-up call for the outbox."""

from celery import shared_task
from django.utils import timezone


@shared_task(name="outbox.sweep")
def sweep() -> None:
    """Deliver what is due."""
    from crp.outbox.delivery import deliver_due

    deliver_due(timezone.now())
