"""What each tier costs: recomputed by hand over random worlds, and the sums of the rows behind it."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest
from django.urls import reverse

from crp.accounts.models import User
from metrics import tier_costs
from metrics.models import InsightSettings
from metrics.money import Rates
from metrics.periods import Period
from references.models import Activity, ActivityType, Customer, Reward
from requests_app.models import Opportunity
from tests.conftest import make_contact, make_customer
from tests.metrics.world import closed

pytestmark = pytest.mark.django_db
PERIOD = Period(date(2026, 1, 1), date(2026, 6, 30))


def world(seed: int, sam: User) -> None:
    chance = Random(seed)
    kinds = list(ActivityType.objects.all())
    for number in range(15):
        status = chance.choice(["candidate", "active", "paused", "retired"])
        customer = make_customer(f"C{number}", tier=chance.choice(["A", "B", "C", ""]), status=status)
        contact = make_contact(customer, f"P{number} X")
        for _ in range(chance.randint(0, 5)):
            kind, on = chance.choice(kinds), date(2025, 11, 1) + timedelta(days=chance.randint(0, 300))
            hours = chance.choice([None, Decimal("1.25"), Decimal(3)])
            Activity.objects.create(
                customer=customer,
                contact=contact,
                activity_type=kind,
                on=on,
                effort=kind.effort,
                live=kind.live,
                hours=hours,
            )
        on = date(2026, chance.randint(1, 10), 1)
        Reward.objects.create(
            contact=contact,
            customer=customer,
            kind="granted",
            value=Decimal(chance.randint(5, 40)),
            why="x",
            on=on,
            year=2026,
        )
        for _ in range(chance.randint(0, 2)):
            day = date(2026, chance.randint(1, 10), 15)
            closed(sam, chance.randint(1, 900), day, state=chance.choice(["won", "lost"]), account=customer)


@pytest.mark.parametrize("seed", range(4))
def test_every_line_is_what_counting_by_hand_gives_and_they_add_up(seed: int, sam: User) -> None:
    world(seed, sam)
    settings = InsightSettings(hour_cost=Decimal("62.50"), point_hours=Decimal("0.75"))
    lines, together = tier_costs.lines(PERIOD, Rates.on(PERIOD.last), settings)
    for line in lines:
        uses = [one for one in Activity.objects.select_related("customer") if PERIOD.first <= one.on <= PERIOD.last]
        mine = [one for one in uses if one.customer.tier == line.tier]
        hours = sum(
            (Decimal(one.hours) if one.hours is not None else one.effort * Decimal("0.75") for one in mine), Decimal(0)
        )
        hours = hours.quantize(Decimal("0.01"), ROUND_HALF_UP)
        gifts = sum(
            (one.value for one in Reward.objects.select_related("customer")
             if one.customer.tier == line.tier and PERIOD.first <= one.on <= PERIOD.last),
            Decimal(0),
        )  # fmt: skip
        won = [
            deal.amount for deal in Opportunity.objects.won().select_related("account")
            if deal.account.tier == line.tier and PERIOD.first <= deal.closed_on <= PERIOD.last
        ]  # fmt: skip
        theirs = Customer.objects.filter(tier=line.tier)
        assert (line.uses, line.effort, line.hours, line.gifts) == (
            len(mine),
            sum(one.effort for one in mine),
            hours,
            gifts,
        )
        assert line.assumed == sum(one.hours is None for one in mine)
        assert line.revenue == Rates.on(PERIOD.last).total({"USD": sum(won, Decimal(0))})
        assert line.cost == (hours * Decimal("62.50")).quantize(Decimal("0.01"), ROUND_HALF_UP) + gifts
        assert (line.customers, line.references) == (
            theirs.count(),
            theirs.filter(status__in=["active", "paused"]).count(),
        )
    for name in ("customers", "references", "uses", "effort", "hours", "gifts", "revenue", "cost"):
        assert getattr(together, name) == sum(getattr(line, name) for line in lines), name


def test_without_an_hour_s_cost_there_is_none_to_show(sam: User) -> None:
    world(1, sam)
    lines, together = tier_costs.lines(PERIOD, Rates.on(PERIOD.last), InsightSettings())
    assert {line.cost for line in lines} == {None}
    assert together.cost is None


def test_the_page_opens_the_rows_and_their_hours_add_up(sam: User, maya: User, adam: User, as_user: Any) -> None:
    world(2, sam)
    InsightSettings.change(by=adam, version=1, hour_cost=Decimal(60))
    page = as_user(maya).get(reverse("metrics:tiers") + f"?{PERIOD.query}").content.decode()
    assert "Tier A" in page
    told = as_user(maya).get(f"/api/v1/metrics/tiers/?{PERIOD.query}").json()
    line = next(one for one in told["tiers"] if one["uses"])
    address = reverse("metrics:rows_uses") + f"?tier={line['tier'] or ''}&{PERIOD.query}"
    assert as_user(maya).get(address).status_code == 200
    text = b"".join(as_user(maya).get(f"{address}&format=csv").streaming_content).decode()
    rows = [row.split(",") for row in text.strip().splitlines()[1:]]
    assert (len(rows), sum(Decimal(row[-1]) for row in rows)) == (line["uses"], Decimal(line["hours"]))
    assert as_user(maya).get(reverse("metrics:rows_uses") + "?tier=Z").status_code == 404


def test_it_takes_four_queries(sam: User, django_assert_num_queries: Any) -> None:
    world(3, sam)
    rates = Rates.on(PERIOD.last)
    with django_assert_num_queries(4):
        tier_costs.lines(PERIOD, rates, InsightSettings())
