"""What beat wakes on this floor. Each may run twice or late without harm."""

from celery import shared_task
from django.utils import timezone

from crp.verbs import today
from references import alarms, capacity, reminding, steering, thanking, vitals, watching
from references.models import Hold, Pause

BATCH = 500


@shared_task
def keep_watch() -> None:
    """Every hour: how everybody stands, who is told of a change, and whose weekly mail is due."""
    alarms.look()
    alarms.send_digests()


@shared_task
def look_at(*, customer: int) -> None:
    """Something happened at the customer: how its people stand now, and how well it is."""
    watching.refresh([customer])
    vitals.keep([customer], today())


@shared_task
def expire_holds() -> None:
    """Give back what was held for asks nobody answered in time."""
    for held in Hold.objects.run_out(timezone.now()).order_by("expires_at")[:BATCH]:
        capacity.expire(held)


@shared_task
def turn_pauses() -> None:
    """Begin the pauses whose day has come and end those whose last day is over."""
    on = today()
    for pause in Pause.objects.over(on).select_related("customer", "contact")[:BATCH]:
        pause.lift(by=None)
    for pause in Pause.objects.covering(on).of_active_customers().select_related("customer")[:BATCH]:
        pause.take_effect(on)


@shared_task
def remind() -> None:
    """Every quarter of an hour: whose task's day has come."""
    reminding.remind()


@shared_task
def thank() -> None:
    """Every quarter of an hour: whose card or thank-you is due."""
    thanking.send_due()


@shared_task
def keep_vitals() -> None:
    """Every hour: the health of those not judged today."""
    vitals.keep_due(today())


@shared_task
def follow_health() -> None:
    """Once a day: healthy candidates are nominated, and customers whose renewal is near left in peace."""
    steering.nominate(today())
    steering.pause_for_renewals(today())
