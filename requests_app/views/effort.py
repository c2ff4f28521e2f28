"""How much of a customer's effort is spent and held: what the gauges draw."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum, Value
from django.utils import timezone

from references.models import Activity, Hold, UsagePolicy


@dataclass(frozen=True)
class Effort:
    """Points used and held in the window, and the most of them."""

    used: int
    held: int
    limit: int


def effort_of(customers: Iterable[int], on: date) -> dict[int, Effort]:
    """The effort of each customer in the window that ends with the day, and the policy's limit. Two queries for any number."""
    ids = set(customers)
    if not ids:
        return {}
    policy = UsagePolicy.current()
    since = on - timedelta(days=policy.customer_days)
    used, held = (
        rows.order_by()
        .filter(customer__in=ids)
        .values_list("customer")
        .annotate(points=Sum("effort"), kind=Value(kind))
        for kind, rows in (("used", Activity.objects.filter(on__gt=since)), ("held", Hold.objects.live(timezone.now())))
    )
    found = {(customer, kind): points for customer, points, kind in used.union(held, all=True)}
    top = policy.customer_effort
    return {pk: Effort(found.get((pk, "used"), 0), found.get((pk, "held"), 0), top) for pk in ids}
