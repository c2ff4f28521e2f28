"""Where references are short: people free to ask against the asks the open pipeline lets expect."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from metrics.money import Rates
from metrics.scope import Scope
from metrics.utilisation import willing
from references.models import (
    Activity,
    Complaint,
    Contact,
    Customer,
    CustomerStatus,
    Industry,
    Pause,
    Region,
    SurveyResponse,
    UsagePolicy,
)  # fmt: skip
from references.models.survey import SurveyKind
from requests_app.models import Opportunity, ReferenceRequest

# The stretch in which deals and their requests are counted to learn how often a deal asks.
LEARNED_DAYS = 365
# A segment with fewer deals takes the whole program's rate.
ENOUGH_DEALS = 5
ELSEWHERE = 0
Cell = tuple[int, int]


@dataclass
class Places:
    """Which top-level industry and which region things belong to; ids, 0 for "other"."""

    industries: dict[int, tuple[str, int | None]]
    regions: dict[int, tuple[str, frozenset[str]]]
    of_country: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Places":
        """Two queries."""
        industries = {i: (name, parent) for i, name, parent in Industry.objects.values_list("pk", "name", "parent")}
        regions = {
            r: (name, frozenset(codes))
            for r, name, codes in Region.objects.order_by("-name").values_list("pk", "name", "countries")
        }
        of_country = {code: region for region, (_name, codes) in regions.items() for code in codes}
        return cls(industries, regions, of_country)

    def cell(self, industry: int | None, country: str | None) -> Cell:
        return self.top(industry), self.of_country.get(country or "", ELSEWHERE)

    def top(self, industry: int | None) -> int:
        """The industry's outermost parent."""
        seen: set[int] = set()
        while industry in self.industries and industry not in seen:
            seen.add(industry)
            parent = self.industries[industry][1]
            if parent is None:
                break
            industry = parent
        return industry or ELSEWHERE

    def below(self, top: int) -> list[int]:
        """The industry with all that stand below it."""
        return [industry for industry in self.industries if self.top(industry) == top]

    def industry_name(self, industry: int) -> str:
        return self.industries.get(industry, ("", None))[0]

    def region_name(self, region: int) -> str:
        return self.regions.get(region, ("", frozenset()))[0]


def available(contacts: QuerySet[Contact], on: date) -> QuerySet[Contact]:
    """Willing to do something live, and neither paused, at their limit nor with a complaint open."""
    policy = UsagePolicy.current()
    pauses = Pause.objects.filter(lifted_at=None, starts_on__lte=on).filter(Q(until=None) | Q(until__gte=on))
    lately = Activity.objects.filter(
        contact=OuterRef("pk"), live=True, on__gt=on - timedelta(days=policy.live_days), on__lte=on
    )
    at_limit = lately.order_by().values("contact").annotate(n=Count("pk")).filter(n__gte=policy.live_count)
    return willing(contacts, on, live=True).filter(
        ~Exists(at_limit),
        ~Exists(pauses.filter(Q(contact=OuterRef("pk")) | Q(contact=None, customer=OuterRef("customer")))),
        ~Exists(Complaint.objects.filter(customer=OuterRef("customer"), closed_on=None)),
    )


def placed(deals: QuerySet[Opportunity]) -> QuerySet[Any]:
    """With `sector` and `place`: the deal's own industry and country, else its account's."""
    return deals.annotate(
        sector=Coalesce("industry_id", "account__industry_id"),
        place=Coalesce(NullIf("country", Value("")), "account__country", Value("")),
    )


def of_product(deals: QuerySet[Opportunity], product: int | None) -> QuerySet[Opportunity]:
    return deals.filter(product=product) if product else deals


def figures(on: date, rates: Rates, assumed_percent: int, product: int | None = None) -> dict[str, Any]:
    """
    {industries, regions, cells, gaps, rate, assumed} as JSON.

    A cell is {industry, region, supply, demand, deals, at_stake}.

    Demand is open deals × the share of deals that asked for a reference in the last 365 days, rounded half up.
    """
    places = Places.load()
    supply = _supply(places, on, product)
    open_deals, amounts = _pipeline(places, product)
    rate = RequestRates.learn(places, on, product, assumed_percent)
    cells = []
    for cell in sorted(supply.keys() | open_deals.keys()):
        demand = whole(Decimal(open_deals[cell]) * rate.of(cell))
        at_stake = rates.total(amounts[cell])
        cells.append({
            "industry": cell[0], "region": cell[1], "supply": supply[cell], "demand": demand, "deals": open_deals[cell],
            "at_stake": str(at_stake),
        })  # fmt: skip
    used = {currency for per_cell in amounts.values() for currency in per_cell}
    return {
        "industries": _names(cells, "industry", places.industry_name),
        "regions": _names(cells, "region", places.region_name),
        "cells": cells,
        "gaps": gaps(cells),
        "rate": float(rate.overall),
        "assumed": rate.assumed,
        "left_out": rates.without_rate(used),
        "rates": rates.used(used),
        "currency": rates.currency,
    }


def gaps(cells: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cells with fewer people than asks, those with most pipeline at stake first."""
    short = [{**cell, "short": cell["demand"] - cell["supply"]} for cell in cells if cell["supply"] < cell["demand"]]
    return sorted(
        short, key=lambda cell: (-Decimal(cell["at_stake"]), -cell["short"], cell["industry"], cell["region"])
    )


def _names(cells: list[dict[str, Any]], axis: str, name: Any) -> list[dict[str, Any]]:
    """The axis' entries, most pipeline first, "other" last."""
    stake: dict[int, Decimal] = defaultdict(Decimal)
    for cell in cells:
        stake[cell[axis]] += Decimal(cell["at_stake"]) + cell["supply"]
    order = sorted(stake, key=lambda key: (key == ELSEWHERE, -stake[key], key))
    return [{"id": key, "name": name(key)} for key in order]


def _supply(places: Places, on: date, product: int | None) -> Counter:
    people = available(Contact.objects.all(), on)
    if product:
        people = people.filter(customer__deployments__product=product, customer__deployments__referable=True)
    found: Counter = Counter()
    for industry, country, n in (
        people.order_by().values_list("customer__industry", "customer__country").annotate(n=Count("pk", distinct=True))
    ):
        found[places.cell(industry, country)] += n
    return found


def _pipeline(places: Places, product: int | None) -> tuple[Counter, dict[Cell, dict[str, Decimal]]]:
    deals: Counter = Counter()
    amounts: dict[Cell, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    rows = placed(of_product(Opportunity.objects.open(), product)).order_by().values("sector", "place", "currency")
    for row in rows.annotate(n=Count("pk"), amount_sum=Sum("amount")):
        cell = places.cell(row["sector"], row["place"])
        deals[cell] += row["n"]
        amounts[cell][row["currency"]] += row["amount_sum"] or Decimal(0)
    return deals, amounts


@dataclass
class RequestRates:
    """How many requests a deal makes, by segment; `assumed` when the program has seen none yet."""

    by_cell: dict[Cell, Decimal]
    overall: Decimal
    assumed: bool

    @classmethod
    def learn(cls, places: Places, on: date, product: int | None, assumed_percent: int) -> "RequestRates":
        since = on - timedelta(days=LEARNED_DAYS)
        lately = of_product(Opportunity.objects.filter(Q(state="open") | Q(closed_on__gt=since)), product)
        deals = _by_cell(places, placed(lately).order_by().values("sector", "place").annotate(n=Count("pk")))
        asked = ReferenceRequest.objects.filter(opportunity=OuterRef("pk"), submitted_at__isnull=False)
        with_request = placed(lately.filter(Exists(asked))).annotate(asks=F("requests__pk"))
        asks = _by_cell(places, with_request.order_by().values("sector", "place").annotate(n=Count("asks")))
        return cls.of_counts(deals, asks, assumed_percent)

    @classmethod
    def of_counts(cls, deals: Counter, asks: Counter, assumed_percent: int) -> "RequestRates":
        """From {cell: deals} and {cell: requests}."""
        if not sum(asks.values()):
            return cls({}, Decimal(assumed_percent) / 100, True)
        overall = Decimal(sum(asks.values())) / max(sum(deals.values()), 1)
        return cls({cell: Decimal(asks[cell]) / n for cell, n in deals.items() if n >= ENOUGH_DEALS}, overall, False)

    def of(self, cell: Cell) -> Decimal:
        return self.by_cell.get(cell, self.overall)


def _by_cell(places: Places, rows: Any) -> Counter:
    found: Counter = Counter()
    for row in rows:
        found[places.cell(row["sector"], row["place"])] += row["n"]
    return found


def whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def people_in(scope: Scope, cell: Cell, on: date) -> QuerySet[Contact]:
    """The people counted in a cell."""
    places = Places.load()
    return available(Contact.objects.all(), on).filter(
        _lies_in(places, cell, "customer__industry", "customer__country")
    )


def deals_in(scope: Scope, cell: Cell) -> QuerySet[Opportunity]:
    """The open deals counted in a cell."""
    return placed(scope.deals().open()).filter(_lies_in(Places.load(), cell, "sector", "place"))


def candidates_in(cell: Cell) -> QuerySet[Customer]:
    """Customers there who are no references yet, those with the best latest NPS answer first."""
    latest = SurveyResponse.objects.filter(customer=OuterRef("pk"), kind=SurveyKind.NPS).order_by("-on", "-pk")
    found = Customer.objects.filter(status__in=[CustomerStatus.CANDIDATE, CustomerStatus.NOMINATED])
    found = found.filter(_lies_in(Places.load(), cell, "industry", "country"))
    return found.annotate(nps=Subquery(latest.values("score")[:1])).order_by(
        F("nps").desc(nulls_last=True), "name", "pk"
    )


def _lies_in(places: Places, cell: Cell, industry: str, country: str) -> Q:
    top, region = cell
    sector = Q(**{f"{industry}__in": places.below(top)}) if top else Q(**{f"{industry}__isnull": True})
    codes = places.regions[region][1] if region in places.regions else frozenset(places.of_country)
    place = Q(
        **{f"{country}__in": [code for code in codes if region == ELSEWHERE or places.of_country[code] == region]}
    )
    return sector & (place if region else ~place)
