"""How much of a customer's effort for the quarter is spent and held: what the gauges draw."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Sum, Value
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
    """The effort of each customer in the quarter of the day, used, held and the policy's limit. One query for any number."""
    ids, span = set(customers), (quarter_start(on), quarter_end(on))
    if not ids:
        return {}
    used, held = (
        rows.order_by()
        .filter(customer__in=ids, on__range=span)
        .values_list("customer")
        .annotate(points=Sum("effort"), kind=Value(kind))
        for kind, rows in (("used", Activity.objects.all()), ("held", Hold.objects.live(timezone.now())))
    )
    limits = UsagePolicy.objects.order_by().annotate(points=F("customer_effort"), kind=Value("limit"))
    rows = used.union(held, limits.values_list("pk", "points", "kind"), all=True)
    found = {(customer if kind != "limit" else 0, kind): points for customer, points, kind in rows}
    limit = found.get((0, "limit"), UsagePolicy().customer_effort)
    return {pk: Effort(found.get((pk, "used"), 0), found.get((pk, "held"), 0), limit) for pk in ids}
