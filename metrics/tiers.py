"""Tiers: customers by revenue in the last 12 months; A up to 80% of all of it, B up to 95%, C the rest."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Count

from metrics.influence import WON
from metrics.money import Rates
from metrics.periods import Period, year_before
from references.models import Customer
from requests_app.models import Opportunity

BOUNDS = (("A", Decimal("0.80")), ("B", Decimal("0.95")))


def tiers(revenue: Mapping[int, Decimal]) -> dict[int, str]:
    """{customer: tier} of those with revenue; the customer that crosses a bound still belongs to the better tier."""
    total, before = sum(revenue.values(), Decimal(0)), Decimal(0)
    found = {}
    for customer, amount in sorted(revenue.items(), key=lambda pair: (-pair[1], pair[0])):
        found[customer] = next((tier for tier, bound in BOUNDS if before < bound * total), "C")
        before += amount
    return found


def revenue(on: date) -> dict[int, Decimal]:
    """{customer: revenue won in the 12 months up to `on`}, in our currency; amounts without a rate count nothing."""
    rates, period = Rates.on(on), Period(year_before(on), on)
    won = Opportunity.objects.filter(state=WON, account__isnull=False, amount__gt=0).closed_between(
        period.first, period.last
    )
    found: dict[int, Decimal] = defaultdict(Decimal)
    for account, amount, currency in won.order_by().values_list("account", "amount", "currency"):
        found[account] += rates.convert(amount, currency) or Decimal(0)
    return {account: amount for account, amount in found.items() if amount}


@transaction.atomic
def sort_customers(on: date) -> dict[str, int]:
    """Write every customer's tier anew; customers without revenue are C. Returns {tier: customers changed}."""
    found = tiers(revenue(on))
    changed = {}
    for tier in ("A", "B"):
        members = [customer for customer, their in found.items() if their == tier]
        changed[tier] = Customer.objects.filter(pk__in=members).exclude(tier=tier).update(tier=tier)
    better = [customer for customer, their in found.items() if their != "C"]
    changed["C"] = Customer.objects.exclude(pk__in=better).exclude(tier="C").update(tier="C")
    return changed


def counts() -> dict[str, int]:
    """{tier: customers}, as last sorted."""
    return dict(Customer.objects.exclude(tier="").order_by("tier").values_list("tier").annotate(n=Count("pk")))
