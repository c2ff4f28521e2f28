"""What the clock ends: asks nobody answered, requests whose day is long over."""

from datetime import date, datetime, timedelta

import structlog

from crp.verbs import Refused
from requests_app.models import Assignment, ReferenceRequest, RequestRules

log = structlog.get_logger(__name__)
# A request stays open for so long after its day, for the asker may still move it.
GRACE = timedelta(days=14)


def lapse_overdue(now: datetime) -> int:
    """Lapse what nobody answered in time; how many. An owner gets his hours twice: reminded first, then the manager told."""
    owner_grace = timedelta(hours=RequestRules.current().owner_hours)
    count = 0
    for assignment in Assignment.objects.overdue(now, owner_grace).order_by("pk").iterator():
        try:
            assignment.lapse()
            count += 1
        except Refused as refusal:
            log.info("not_lapsed", assignment=assignment.pk, why=str(refusal))
    return count


def expire_overdue(today: date) -> int:
    """End requests whose day is over for two weeks and for which nobody agreed; how many."""
    last = today - GRACE
    rows = ReferenceRequest.objects.due_by(last - timedelta(days=1)).order_by("pk")
    return sum(request.expire(now=last) for request in rows.iterator())
