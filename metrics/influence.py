"""What references and their material had to do with what was won: sums over closed deals (docs/figures.md)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DecimalField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from metrics.intervals import Rate
from metrics.money import Rates
from metrics.periods import Period
from requests_app.models import Opportunity, OpportunityState

WON, LOST = OpportunityState.WON, OpportunityState.LOST
# touched_on is the latest touch up to closing; the second bound only guards against a row written past the verbs.
TOUCHED = Q(touched_on__isnull=False, touched_on__lte=F("closed_on"))


def influenced_within(lookback_days: int) -> Q:
    """Touched on the closing day or in so many days before it. A range on what the deal itself carries: no join."""
    return TOUCHED & Q(touched_on__gte=F("closed_on") - timedelta(days=lookback_days))


def closed_in(deals: QuerySet[Opportunity], period: Period) -> QuerySet[Opportunity]:
    """The won and lost ones, by closing day; two scans of the (state, closed_on) index."""
    return deals.filter(state__in=[WON, LOST]).closed_between(period.first, period.last)  # type: ignore[attr-defined]


@dataclass
class Sums:
    """Counts and amounts of some closed deals; amounts are {currency: sum}, days are {days open: won deals}."""

    won_touched: int = 0
    won_untouched: int = 0
    lost_touched: int = 0
    lost_untouched: int = 0
    influenced: int = 0
    without_amount: int = 0
    won_amounts: Any = field(default_factory=Counter)
    influenced_amounts: Any = field(default_factory=Counter)
    days_touched: Counter = field(default_factory=Counter)
    days_untouched: Counter = field(default_factory=Counter)

    COUNTS = ("won_touched", "won_untouched", "lost_touched", "lost_untouched", "influenced", "without_amount")
    TALLIES = ("won_amounts", "influenced_amounts", "days_touched", "days_untouched")

    def __iadd__(self, other: "Sums") -> "Sums":
        for name in self.COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in self.TALLIES:
            getattr(self, name).update(getattr(other, name))
        return self

    def count(self, group: dict[str, Any]) -> None:
        """Take in one group of `grouped`."""
        outcome, n = group["state"], group["n"]
        side = "touched" if group["with_touch"] else "untouched"
        setattr(self, f"{outcome}_{side}", getattr(self, f"{outcome}_{side}") + n)
        if outcome != WON:
            return
        self.without_amount += n - group["with_amount"]
        self.won_amounts[group["currency"]] += group["amount"] or Decimal(0)
        if group["influenced"]:
            self.influenced += n
            self.influenced_amounts[group["currency"]] += group["amount"] or Decimal(0)
        if group.get("open_for") is not None:
            getattr(self, f"days_{side}")[group["open_for"].days] += n

    @property
    def won(self) -> int:
        return self.won_touched + self.won_untouched

    @property
    def with_(self) -> Rate:
        return Rate(self.won_touched, self.won_touched + self.lost_touched)

    @property
    def without(self) -> Rate:
        return Rate(self.won_untouched, self.won_untouched + self.lost_untouched)


def grouped(deals: QuerySet[Opportunity], lookback_days: int, *by: str) -> Iterable[dict[str, Any]]:
    """
    Closed deals counted and summed by outcome, currency, touched, influenced and the fields in `by`. One query.

    `open_for` in `by` is the time from opening to closing of won deals, None where it is unknown or negative.
    """
    open_for = Case(
        When(state=WON, opened_on__lte=F("closed_on"), then=F("closed_on") - F("opened_on")),
        default=Value(None),
        output_field=DurationField(),
    )
    return (
        deals.order_by()
        .annotate(
            with_touch=ExpressionWrapper(TOUCHED, BooleanField()),
            influenced=ExpressionWrapper(influenced_within(lookback_days), BooleanField()),
            **({"open_for": open_for} if "open_for" in by else {}),
        )
        .values("state", "currency", "with_touch", "influenced", *by)
        .annotate(n=Count("pk"), with_amount=Count("amount"), amount=Sum("amount", output_field=DecimalField()))
    )


def live(deals: QuerySet[Opportunity], period: Period, lookback_days: int) -> Sums:
    """Counted from the deals themselves, for any look-back. One query, no join beyond the caller's own scope."""
    found = Sums()
    for group in grouped(closed_in(deals, period), lookback_days):
        found.count(group)
    return found


def live_by_day(deals: QuerySet[Opportunity], period: Period, lookback_days: int) -> dict[date, Sums]:
    """The same by closing day, with days open."""
    days: dict[date, Sums] = {}
    for group in grouped(closed_in(deals, period), lookback_days, "closed_on", "open_for"):
        days.setdefault(group["closed_on"], Sums()).count(group)
    return days


def statement(sums: Sums, rates: Rates, lookback_days: int, period: Period) -> dict[str, Any]:
    """The figure as the API states it: money as strings, rates as fractions or null when n is 0."""
    return {
        "currency": rates.currency,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "lookback_days": lookback_days,
        "revenue_won": str(rates.total(sums.won_amounts)),
        "deals_won": sums.won,
        "influenced_revenue": str(rates.total(sums.influenced_amounts)),
        "deals_influenced": sums.influenced,
        "win_rate": {"with": _side(sums.with_), "without": _side(sums.without)},
        "deals_without_amount": sums.without_amount,
        "rates": rates.used(sums.won_amounts),
        "left_out": [
            {"currency": currency, "amount": str(sums.won_amounts[currency])}
            for currency in rates.without_rate(sums.won_amounts)
        ],
    }


def _side(rate: Rate) -> dict[str, Any]:
    return {"won": rate.hits, "lost": rate.n - rate.hits, "rate": rate.rate, "low": rate.low, "high": rate.high}
