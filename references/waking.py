"""Having the watch look at a customer at whom something happened."""

from functools import partial

import structlog
from django.db import transaction

log = structlog.get_logger(__name__)


def wake(customer: int) -> None:
    """Have the customer looked at again once this is committed; without Redis the hourly look finds it."""
    transaction.on_commit(partial(_publish, customer), robust=True)


def _publish(customer: int) -> None:
    from references.tasks import look_at

    try:
        look_at.apply_async(kwargs={"customer": customer}, retry=False, expires=600)
    except Exception as error:  # whatever the broker's client raises
        log.warning("watch_wake_up_failed", error=str(error))
