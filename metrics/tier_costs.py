"""What it takes to keep each tier's references, and what each brings (docs/figures.md)."""

from collections import defaultdict
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from metrics.influence import WON
from metrics.models import InsightSettings
from metrics.money import Rates
from metrics.periods import Period
from references.models import Activity, Customer, CustomerStatus, Reward
from requests_app.models import Opportunity

# Customers added since tiers were last sorted have none yet.
TIERS = ("A", "B", "C", "")
CENT = Decimal("0.01")


@dataclass
class Line:
    """
    One tier. `revenue`, `cost`, `gifts` are in our currency; `hours` are those noted, and for uses without any the effort
    points times the assumed hours of a point.
    """

    tier: str
    customers: int = 0
    references: int = 0
    uses: int = 0
    effort: int = 0
    hours: Decimal = Decimal(0)
    assumed: int = 0
    gifts: Decimal = Decimal(0)
    revenue: Decimal = Decimal(0)
    cost: Decimal | None = None
    share: float | None = None

    @property
    def per_customer(self) -> Decimal | None:
        """Cost for each active reference of the tier."""
        return (
            (self.cost / self.references).quantize(CENT, ROUND_HALF_UP)
            if self.cost is not None and self.references
            else None
        )

    @property
    def uses_each(self) -> float | None:
        return self.uses / self.references if self.references else None

    def __iadd__(self, other: "Line") -> "Line":
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if field.name not in ("tier", "share") and theirs is not None:
                setattr(self, field.name, theirs if mine is None else mine + theirs)
        return self


def lines(period: Period, rates: Rates, settings: InsightSettings) -> tuple[list[Line], Line]:
    """A line for each tier, and all of them together: the sums of the lines. Four queries."""
    found = {tier: Line(tier) for tier in TIERS}
    count_customers(found)
    count_uses(found, period, settings.point_hours)
    for tier, worth in (
        Reward.objects.filter(on__range=(period.first, period.last))
        .order_by()
        .values_list("customer__tier")
        .annotate(worth=Sum("value"))
    ):
        found[tier].gifts += worth
    add_revenue(found, period, rates)
    together = Line("")
    for line in found.values():
        line.hours = line.hours.quantize(CENT, ROUND_HALF_UP)
        if settings.hour_cost is not None:
            line.cost = (line.hours * settings.hour_cost).quantize(CENT, ROUND_HALF_UP) + line.gifts
        together += line
    for line in found.values():
        line.share = float(line.revenue / together.revenue) if together.revenue else None
    shown = [line for tier, line in found.items() if tier or line.customers]
    return shown, together


def count_customers(found: dict[str, Line]) -> None:
    kept = Q(status__in=[CustomerStatus.ACTIVE, CustomerStatus.PAUSED])
    for tier, n, active in (
        Customer.objects.order_by().values_list("tier").annotate(n=Count("pk"), active=Count("pk", filter=kept))
    ):
        found[tier].customers, found[tier].references = n, active


def count_uses(found: dict[str, Line], period: Period, point_hours: Decimal) -> None:
    rows = Activity.objects.filter(on__range=(period.first, period.last)).order_by().values_list("customer__tier")
    unnoted = Q(hours=None)
    for tier, n, effort, hours, assumed, points in rows.annotate(
        n=Count("pk"), sum=Sum("effort"), noted=Sum("hours"), without=Count("pk", filter=unnoted),
        points=Sum("effort", filter=unnoted),
    ):  # fmt: skip
        line = found[tier]
        line.uses, line.effort, line.assumed = n, effort, assumed
        line.hours = (hours or Decimal(0)) + (points or 0) * point_hours


def add_revenue(found: dict[str, Line], period: Period, rates: Rates) -> None:
    """Won in the period with customers of the tier, converted; what has no rate is left out, as everywhere."""
    amounts: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    won = Opportunity.objects.filter(state=WON, account__isnull=False).closed_between(period.first, period.last)
    for tier, currency, amount in won.order_by().values_list("account__tier", "currency").annotate(sum=Sum("amount")):
        amounts[tier][currency] += amount or Decimal(0)
    for tier, by_currency in amounts.items():
        found[tier].revenue = rates.total(by_currency)


def uses(period: Period, tier: str) -> QuerySet[Activity]:
    """The uses a line is made of."""
    return Activity.objects.filter(on__range=(period.first, period.last), customer__tier=tier)


def counted_hours(rows: QuerySet[Any], point_hours: Decimal) -> QuerySet[Any]:
    """With `counted`: the hours as the line counts them."""
    return rows.annotate(counted=Coalesce("hours", F("effort") * point_hours, output_field=DecimalField()))


def statement(period: Period, rates: Rates, settings: InsightSettings) -> dict[str, Any]:
    """The page's figures as the API states them; money and hours as strings."""
    shown, together = lines(period, rates, settings)

    def told(line: Line) -> dict[str, Any]:
        return {
            "customers": line.customers, "references": line.references, "uses": line.uses, "effort": line.effort,
            "hours": str(line.hours), "uses_without_hours": line.assumed, "gifts": str(line.gifts),
            "revenue": str(line.revenue), "share": line.share, "cost": None if line.cost is None else str(line.cost),
            "cost_per_reference": None if line.per_customer is None else str(line.per_customer),
        }  # fmt: skip

    return {
        "currency": rates.currency, "from": period.first.isoformat(), "to": period.last.isoformat(),
        "hour_cost": None if settings.hour_cost is None else str(settings.hour_cost),
        "point_hours": str(settings.point_hours),
        "tiers": [{"tier": line.tier or None, **told(line)} for line in shown], "together": told(together),
    }  # fmt: skip
