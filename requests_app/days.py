"""This floor's entries in the ask calendar: who was asked, and what is booked."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from references.calendar import MOST, Entry, Month, tells_days
from requests_app.models import Assignment


@tells_days
def asks(month: Month, user: Any, customer: Any, contact: int | None) -> Iterable[Entry]:
    """The day somebody was asked, and the day of what is booked, in the reader's zone. One query."""
    zone = ZoneInfo(user.timezone)
    span = (datetime.combine(month.first, time(), zone), datetime.combine(month.after, time(), zone))
    rows = Assignment.objects.visible_to(user).filter(Q(invited_at__range=span) | Q(scheduled_at__range=span))
    rows = rows.filter(contact__customer=customer) if customer else rows
    rows = rows.filter(contact=contact) if contact else rows
    for row in rows.select_related("request__activity_type", "contact__customer").order_by("pk")[:MOST]:
        who = row.contact.customer.name if customer is None else "" if row.contact.erased_at else row.contact.name
        what = {"what": row.request.activity_type, "number": row.request.reference}
        told = (
            (row.invited_at, _("Asked: %(what)s, %(number)s")),
            (row.scheduled_at, _("Booked: %(what)s, %(number)s")),
        )
        for moment, words in told:
            if moment and span[0] <= moment < span[1]:
                yield Entry(moment.astimezone(zone).date(), "ask", words % what, who, row.get_absolute_url())
