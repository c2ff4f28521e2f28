"""Sourced revenue: won deals that a reference's referral created. Of its own, never added to influence (docs/figures.md)."""

from metrics.influence import WON
from metrics.money import Rates
from metrics.periods import Period
from metrics.rows import Total, total
from requests_app.models.opportunity import OpportunityQuerySet


def figure(deals: OpportunityQuerySet, period: Period, rates: Rates) -> Total:
    """Of the `deals` that closed in the period, by closing day. One query over the index of referred deals."""
    return total(deals.sourced().filter(state=WON).closed_between(period.first, period.last), rates)
