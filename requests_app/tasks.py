"""Celery's wake-up calls; what they wake is in reminders and clocks."""

from celery import shared_task
from django.utils import timezone

from crp.verbs import today


@shared_task(name="requests_app.send_reminders")
def send_reminders() -> None:
    """Remind whoever is due to be."""
    from requests_app import reminders

    reminders.send(timezone.now())


@shared_task(name="requests_app.lapse_overdue")
def lapse_overdue() -> None:
    """End the asks nobody answered."""
    from requests_app import clocks

    clocks.lapse_overdue(timezone.now())


@shared_task(name="requests_app.expire_requests")
def expire_requests() -> None:
    """End the requests whose day is long over."""
    from requests_app import clocks

    clocks.expire_overdue(today())


@shared_task(name="requests_app.follow_won_deals")
def follow_won_deals() -> None:
    """Once a day: customers whose deal was won a while ago are nominated."""
    from requests_app import winning

    winning.nominate(today())
