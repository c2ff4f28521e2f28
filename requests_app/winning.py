"""A won deal nominates its customer, once they have had time to use what they bought."""

from contextlib import suppress
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from crp.ui import formats
from crp.verbs import Refused
from references import health
from references.models import Customer, HealthRules, Nomination, NominationOrigin
from requests_app.models import Opportunity

# A day that beat missed is made up for within a month.
SPAN, MOST = timedelta(days=30), 200


def nominate(on: date) -> int:
    """
    Nominate candidates whose deal was won the rules' days ago and against whom nothing stands; how many.

    What stands against it (a complaint, a pause) is asked again each day of a month. Seven queries and what is written.
    """
    rules, made = HealthRules.current(), 0
    if not rules.won_days:
        return 0
    last = on - timedelta(days=rules.won_days)
    won = (
        Opportunity.objects.won()
        .closed_between(last - SPAN, last)
        .filter(account=OuterRef("pk"))
        .order_by("-closed_on", "pk")
    )
    ripe = health.not_nominated_lately(on, rules).filter(Exists(won))
    rows = list(
        ripe.annotate(deal=Subquery(won.values("name")[:1]), won_on=Subquery(won.values("closed_on")[:1])).order_by(
            "pk"
        )[:MOST]
    )
    found = health.of_each(rows, on, rules)
    for customer in rows:
        if not found[customer.pk].gates:
            made += submit(customer, customer.deal, customer.won_on)
    return made


def submit(customer: Customer, deal: str, won_on: date) -> int:
    """The nomination; 0 when somebody was quicker."""
    words = {"deal": deal, "day": formats.day_year(won_on)}
    with suppress(Refused):
        Nomination.submit(
            by=None,
            customer=customer,
            origin=NominationOrigin.WON_DEAL,
            reason=_("%(deal)s was won on %(day)s.") % words,
        )
        return 1
    return 0
