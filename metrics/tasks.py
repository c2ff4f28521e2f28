"""The worker's part: each task fetches little and calls one function."""

from datetime import date

from celery import shared_task

from crp.verbs import today
from metrics import counting, rollup, tiers
from metrics.models import Snapshot
from metrics.periods import Period


@shared_task(ignore_result=True)
def refresh() -> None:
    """Sum the closing days that moved on."""
    rollup.refresh_all()


@shared_task(ignore_result=True)
def count(*, name: str, first: str, last: str) -> None:
    """Count a period's slow figures again."""
    counting.recount(name, Period(date.fromisoformat(first), date.fromisoformat(last)), today())


@shared_task(ignore_result=True)
def nightly() -> None:
    """What once a day is enough: tiers, days marked nowhere, snapshots nobody asks for any more, coverage of the day."""
    rollup.reconcile()
    tiers.sort_customers(today())
    Snapshot.objects.forget()
    counting.recount("coverage", Period(today(), today()), today())
