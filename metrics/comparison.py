"""Win rates with and without a touch among deals that are alike; a difference, never an effect."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, CharField, Count, ExpressionWrapper, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from metrics.influence import TOUCHED, WON, closed_in
from metrics.intervals import Stratum, weighted_difference
from metrics.periods import Period
from requests_app.models import Opportunity

# A side with fewer deals says too little to be compared.
LEAST = 5
# By the company's size, not the deal's: many programs record a lost deal as worth nothing.
SIZES = (("small", 0, 49), ("middle", 50, 249), ("large", 250, 999), ("giant", 1000, None))
BAND = Case(
    *(
        When(Q(account__employees__gte=low) & (Q(account__employees__lte=high) if high else Q()), then=Value(name))
        for name, low, high in SIZES
    ),
    default=Value(""),
    output_field=CharField(),
)
Key = tuple[int | None, str, int | None]


@dataclass(frozen=True)
class Group:
    """Closed deals of one segment, size band and product."""

    segment: int | None
    size: str
    product: int | None
    stratum: Stratum

    @property
    def enough(self) -> bool:
        return self.stratum.with_ >= LEAST and self.stratum.without >= LEAST


def groups(deals: QuerySet[Opportunity], period: Period) -> list[Group]:
    """Every group of the period's closed deals; one query."""
    rows = (
        closed_in(deals, period)
        .order_by()
        .annotate(
            segment=Coalesce("industry_id", "account__industry_id"),
            size=BAND,
            with_touch=ExpressionWrapper(TOUCHED, BooleanField()),
        )
        .values_list("segment", "size", "product", "with_touch")
        .annotate(n=Count("pk"), won=Count("pk", filter=Q(state=WON)))
    )
    sides: dict[Key, dict[bool, tuple[int, int]]] = defaultdict(dict)
    for segment, size, product, touched, n, won in rows:
        sides[segment, size, product][bool(touched)] = (won, n)
    return [Group(*key, Stratum(*side.get(True, (0, 0)), *side.get(False, (0, 0)))) for key, side in sides.items()]


def figures(deals: QuerySet[Opportunity], period: Period) -> dict[str, Any]:
    """{difference, low, high, groups, left_out, deals, touched} as JSON; the first three may be None."""
    found = groups(deals, period)
    used = [group.stratum for group in found if group.enough]
    result = weighted_difference(used) if used else None
    return {
        "difference": result.value if result else None,
        "low": result.low if result else None,
        "high": result.high if result else None,
        "groups": len(found),
        "left_out": len(found) - len(used),
        "touched": sum(stratum.with_ for stratum in used),
        "untouched": sum(stratum.without for stratum in used),
    }
