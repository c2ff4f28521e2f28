"""How much of a customer's effort for the quarter is spent and held: what the gauges draw."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum, Value
from django.utils import timezone

from references.availability import quarter_end
from references.book import quarter_start
from references.models import Activity, Hold, UsagePolicy


@dataclass(frozen=True)
class Effort:
    """Points used and held in the quarter, and the most of them."""

    used: int
    held: int
    limit: int


def effort_of(customers: Iterable[int], on: date) -> dict[int, Effort]:
    """The effort of each customer in the quarter of the day. Two queries for any number."""
    ids, span = set(customers), (quarter_start(on), quarter_end(on))
    limit = UsagePolicy.current().customer_effort
    used, held = (
        rows.order_by()
        .filter(customer__in=ids, on__range=span)
        .values_list("customer")
        .annotate(points=Sum("effort"), kind=Value(kind))
        for kind, rows in ((0, Activity.objects.all()), (1, Hold.objects.live(timezone.now())))
    )
    sums = {(customer, kind): points for customer, points, kind in used.union(held, all=True)} if ids else {}
    return {pk: Effort(sums.get((pk, 0), 0), sums.get((pk, 1), 0), limit) for pk in ids}
