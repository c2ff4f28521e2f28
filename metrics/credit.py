"""Shared credit: a won deal's amount in equal parts to its touches. Never added to influenced revenue."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db.models import F, QuerySet

from metrics.influence import WON
from metrics.money import Rates
from metrics.periods import Period
from requests_app.models import Opportunity, Touch


@dataclass
class Credit:
    """What one reference or one piece of material has a share in; `amount` unrounded, in the program's currency."""

    amount: Decimal = Decimal(0)
    touches: int = 0
    deals: set[int] = field(default_factory=set)


def touches_of(deals: QuerySet[Opportunity], period: Period, lookback_days: int) -> QuerySet[Touch]:
    """The touches that make won deals of the period influenced."""
    won = deals.filter(state=WON).closed_between(period.first, period.last)  # type: ignore[attr-defined]
    return Touch.objects.filter(
        opportunity__in=won,
        on__lte=F("opportunity__closed_on"),
        on__gte=F("opportunity__closed_on") - timedelta(days=lookback_days),
    )


def shared(touches: QuerySet[Touch], rates: Rates, of: str) -> dict[int, Credit]:
    """{key: Credit} by the touch's field `of`, such as material_use__material; other touches only share. One query."""
    rows = list(touches.order_by().values_list("opportunity", "opportunity__amount", "opportunity__currency", of))
    return _split(rows, rates)


def _split(rows: Iterable[tuple[int, Decimal | None, str, int | None]], rates: Rates) -> dict[int, Credit]:
    rows = list(rows)
    sharers = Counter(deal for deal, *_rest in rows)
    found: dict[int, Credit] = defaultdict(Credit)
    for deal, amount, currency, key in rows:
        if key is None:
            continue
        credit = found[key]
        credit.amount += (rates.convert(amount, currency) or Decimal(0)) / sharers[deal]
        credit.touches += 1
        credit.deals.add(deal)
    return found
