"""
Leads: customers who are no references yet, by the coverage gaps they would close (docs/figures.md).

A customer closes the gap of its industry and region; where that has none as a whole, those of the products it runs. Each open
deal has one product, so the gaps of a lead share no deal. Of equal leads the one comes first that runs what is short.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from metrics import coverage
from metrics.coverage import LEARNED_DAYS, Cell, Places, RequestRates, available, placed
from metrics.money import Rates
from references import health
from references.models import Contact, Customer
from requests_app.models import Opportunity, ReferenceRequest

ALL = 0
SHOWN, MOST = 50, 500

RANKED = """
WITH sector AS (SELECT * FROM unnest(%(industries)s::bigint[], %(tops)s::bigint[]) AS v(industry, top)),
place AS (SELECT * FROM unnest(%(countries)s::text[], %(regions)s::bigint[]) AS v(country, region)),
gap AS (
    SELECT * FROM unnest(%(gap_tops)s::bigint[], %(gap_regions)s::bigint[], %(gap_products)s::bigint[], %(stakes)s::numeric[])
        AS v(top, region, product, stake)
), lead AS (
    SELECT c.id, COALESCE(s.top, 0) AS top, COALESCE(p.region, 0) AS region
    FROM references_customer c LEFT JOIN sector s ON s.industry = c.industry_id LEFT JOIN place p ON p.country = c.country
    WHERE c.status = 'candidate'
), runs AS (
    SELECT customer_id, product_id FROM references_deployment WHERE referable AND (until IS NULL OR until >= %(on)s)
), fits AS (
    SELECT l.id, l.top, l.region, g.product, g.stake, EXISTS (
        SELECT 1 FROM gap w WHERE w.top = l.top AND w.region = l.region AND w.product = 0
    ) AS whole
    FROM lead l JOIN gap g ON g.top = l.top AND g.region = l.region
    WHERE g.product = 0 OR EXISTS (SELECT 1 FROM runs r WHERE r.customer_id = l.id AND r.product_id = g.product)
)
SELECT k.id, k.top, k.region, k.products, k.runs FROM (
    SELECT id, top, region, SUM(stake) FILTER (WHERE (product = 0) = whole) AS worth,
        array_agg(product ORDER BY stake DESC, product) FILTER (WHERE (product = 0) = whole) AS products,
        COALESCE(array_agg(product ORDER BY stake DESC, product) FILTER (WHERE whole AND product <> 0), '{}') AS runs,
        COALESCE(SUM(stake) FILTER (WHERE product <> 0), 0) AS fitting
    FROM fits GROUP BY id, top, region
) k JOIN references_customer c USING (id)
ORDER BY k.worth DESC, k.fitting DESC, c.health DESC, k.id LIMIT %(most)s
"""


@dataclass(frozen=True)
class Gap:
    """Fewer people free than asks expected: `short` of them; `at_stake` is the open pipeline there, in our currency."""

    industry: int
    region: int
    product: int
    short: int
    at_stake: Decimal


@dataclass(frozen=True)
class Lead:
    """
    A candidate, the gaps it would close with the dearest first, and how well it is. `worth` is their sum. `runs` are the
    products it runs that are short within the gap.
    """

    customer: Customer
    gaps: list[Gap]
    runs: list[int]
    health: health.Health

    @property
    def worth(self) -> Decimal:
        return sum((gap.at_stake for gap in self.gaps), Decimal(0))


def find(on: date, rates: Rates, assumed_percent: int, *, limit: int = SHOWN) -> list[Lead]:
    """The leads that would close most, at most `limit`. A constant number of queries."""
    places = Places.load()
    gaps = {(gap.industry, gap.region, gap.product): gap for gap in all_gaps(places, on, rates, assumed_percent)}
    rows = ranked(places, list(gaps.values()), on, limit)
    customers = Customer.objects.select_related("owner", "industry").in_bulk([pk for pk, *_ in rows])
    well = health.of_each(customers.values(), on)
    return [
        Lead(customers[pk], [gaps[top, region, product] for product in products], runs, well[pk])
        for pk, top, region, products, runs in rows
    ]


def ranked(places: Places, gaps: list[Gap], on: date, limit: int) -> list[tuple[int, int, int, list[int], list[int]]]:
    """(customer, industry, region, products of the gaps, products it runs that are short) in order; no query without gaps."""
    if not gaps:
        return []
    industries = list(places.industries)
    asked: dict[str, Any] = {
        "industries": industries, "tops": [places.top(one) for one in industries],
        "countries": list(places.of_country), "regions": list(places.of_country.values()),
        "gap_tops": [gap.industry for gap in gaps], "gap_regions": [gap.region for gap in gaps],
        "gap_products": [gap.product for gap in gaps], "stakes": [gap.at_stake for gap in gaps],
        "on": on, "most": min(limit, MOST),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(RANKED, asked)
        return list(cursor.fetchall())


def all_gaps(places: Places, on: date, rates: Rates, assumed_percent: int) -> list[Gap]:
    """Those of each product, as coverage of the product has them, and those over all products."""
    whole = coverage.figures(on, rates, assumed_percent)["gaps"]
    found = [Gap(one["industry"], one["region"], ALL, one["short"], Decimal(one["at_stake"])) for one in whole]
    supply, (deals, amounts) = supply_by_product(places, on), pipeline_by_product(places)
    for product, learnt in rates_by_product(places, on, assumed_percent, {product for _cell, product in deals}).items():
        for (cell, of), n in deals.items():
            short = coverage.whole(Decimal(n) * learnt.of(cell)) - supply[cell, of] if of == product else 0
            if short > 0:
                found.append(Gap(cell[0], cell[1], product, short, rates.total(amounts[cell, of])))
    return found


def supply_by_product(places: Places, on: date) -> Counter:
    """{(cell, product): people free whose company runs the product}. Two queries."""
    people = available(Contact.objects.all(), on).filter(customer__deployments__referable=True)
    found: Counter = Counter()
    rows = people.order_by().values_list("customer__industry", "customer__country", "customer__deployments__product")
    for industry, country, product, n in rows.annotate(n=Count("pk", distinct=True)):
        found[places.cell(industry, country), product] += n
    return found


def pipeline_by_product(places: Places) -> tuple[Counter, dict[tuple[Cell, int], dict[str, Decimal]]]:
    """Open deals, and their amounts by currency, by (cell, product). One query."""
    deals: Counter = Counter()
    amounts: dict[tuple[Cell, int], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    rows = placed(Opportunity.objects.open().filter(product__isnull=False)).order_by()
    for row in rows.values("sector", "place", "product", "currency").annotate(n=Count("pk"), sum=Sum("amount")):
        key = places.cell(row["sector"], row["place"]), row["product"]
        deals[key] += row["n"]
        amounts[key][row["currency"]] += row["sum"] or Decimal(0)
    return deals, amounts


def rates_by_product(places: Places, on: date, assumed_percent: int, products: set[int]) -> dict[int, RequestRates]:
    """How many requests a deal of each product makes, as `RequestRates.learn` has it. Two queries for all of them."""
    since = on - timedelta(days=LEARNED_DAYS)
    lately = Opportunity.objects.filter(Q(state="open") | Q(closed_on__gt=since), product__in=products)
    asked = ReferenceRequest.objects.filter(opportunity=OuterRef("pk"), submitted_at__isnull=False)
    names = ("sector", "place", "product")
    deals = by_product(places, placed(lately).order_by().values(*names).annotate(n=Count("pk")))
    with_request = placed(lately.filter(Exists(asked))).annotate(asks=F("requests__pk"))
    asks = by_product(places, with_request.order_by().values(*names).annotate(n=Count("asks")))
    return {product: RequestRates.of_counts(deals[product], asks[product], assumed_percent) for product in products}


def by_product(places: Places, rows: Any) -> dict[int, Counter]:
    found: dict[int, Counter] = defaultdict(Counter)
    for row in rows:
        found[row["product"]][places.cell(row["sector"], row["place"])] += row["n"]
    return found
