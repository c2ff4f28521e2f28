"""A small world to count by hand, made through the deals' own rules."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from references.models import Activity, ActivityType, Contact
from requests_app.models import ClosingDay, Opportunity, Touch
from tests.conftest import make_opportunity

TODAY = date(2026, 11, 20)


def closed(
    owner: Any, amount: Any, on: date, *, state: str = "won", touched: int | None = None, **fields: Any
) -> Opportunity:
    """A deal closed on a day, touched so many days before (None: never), with the day marked as the verbs do."""
    fields.setdefault("currency", "USD")
    fields.setdefault("opened_on", on - timedelta(days=30))
    day = None if touched is None else on - timedelta(days=touched)
    deal = make_opportunity(
        owner, fields.pop("name", f"Deal of {on}"), amount=None if amount is None else Decimal(amount), state=state,
        closed_on=on, touched_on=day, **fields,
    )  # fmt: skip
    ClosingDay.objects.mark(on)
    return deal


def call(deal: Opportunity, contact: Contact, on: date) -> Touch:
    """A call that touched the deal."""
    kind = ActivityType.objects.get(slug="sales-call")
    activity = Activity.objects.create(
        customer=contact.customer, contact=contact, activity_type=kind, on=on, effort=kind.effort, live=True
    )
    touch = Touch.objects.create(opportunity=deal, on=on, activity=activity)
    if deal.touched_on is None or (on > deal.touched_on and (not deal.closed_on or on <= deal.closed_on)):
        deal.touched_on = on
        deal.save(update_fields=["touched_on"])
    ClosingDay.objects.mark(deal.closed_on)
    return touch
