"""
Health of a customer, 0 to 100: a weighted sum whose parts are shown with their points, and hard gates that override it.

Each part earns a share between 0 and 1 of its weight; what nobody knows earns half, so that silence is neither praise nor
blame. Points = weight ÷ all weights × 100 × share. Formula: ../docs/figures.md.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crp.ui import formats
from references.models import Complaint, Contact, Customer, CustomerStatus, Nomination, Pause, SurveyResponse
from references.models.health_rules import WEIGHTS, HealthRules
from references.models.survey import SurveyKind

YEAR, UNKNOWN = timedelta(days=365), 0.5
FULL_TENURE = 3


@dataclass(frozen=True)
class Part:
    """One part: `points` earned `of` so many, and why."""

    label: str
    points: float
    of: float
    text: str


@dataclass(frozen=True)
class Health:
    """`gates` are sentences that say why the customer can't be a reference now, whatever the score."""

    parts: list[Part]
    gates: list[str]

    @property
    def score(self) -> int:
        return round(sum(part.points for part in self.parts))


def of(customer: Customer, on: date) -> Health:
    """The health of one customer. Five queries."""
    return of_each([customer], on)[customer.pk]


def of_each(customers: Iterable[Customer], on: date, rules: HealthRules | None = None) -> dict[int, Health]:
    """Health by customer id. Five queries, for one customer or a thousand."""
    found = list(customers)
    facts = gather([one.pk for one in found], on)
    rules = rules or HealthRules.current()
    return {one.pk: judge(one, facts[one.pk], on, rules) for one in found}


def gather(ids: list[int], on: date) -> dict[int, dict[str, Any]]:
    """Scores, complaints, ratings and pauses by customer. Four queries."""
    facts: dict[int, dict[str, Any]] = defaultdict(dict)
    said = SurveyResponse.objects.order_by().filter(customer__in=ids, on__gt=on - YEAR, on__lte=on)
    for pk, kind, mean, n in said.values_list("customer", "kind").annotate(mean=Avg("score"), n=Count("pk")):
        facts[pk][kind] = (float(mean), n)
    lately = Q(opened_on__gt=on - YEAR)
    told = Complaint.objects.order_by().filter(customer__in=ids).values_list("customer")
    for pk, year, unsettled in told.annotate(
        year=Count("pk", filter=lately), open=Count("pk", filter=Q(closed_on=None))
    ):
        facts[pk]["complaints"], facts[pk]["open"] = year, unsettled
    rated = Contact.objects.order_by().filter(customer__in=ids, rating_count__gt=0).values_list("customer")
    for pk, total, n in rated.annotate(total=Sum("rating_sum"), n=Sum("rating_count")):
        facts[pk]["rating"] = total / n
    for pk in Pause.objects.whole_customer().covering(on).filter(customer__in=ids).values_list("customer", flat=True):
        facts[pk]["paused"] = True
    return facts


def judge(customer: Customer, facts: dict[str, Any], on: date, rules: HealthRules) -> Health:
    """The parts in the order of WEIGHTS, and the gates."""
    shares = {
        "recommends": recommends(facts), "satisfaction": satisfaction(facts), "tenure": tenure(customer, on),
        "helped": helped(facts), "complaints": complaints(facts), "renewal": renewal(customer, on),
    }  # fmt: skip
    parts = []
    for name in WEIGHTS:
        weight = getattr(rules, name) / rules.total * 100 if rules.total else 0.0
        share, text = shares[name]
        label = str(HealthRules._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        parts.append(Part(label[:1].upper() + label[1:], weight * min(max(share, 0.0), 1.0), weight, text))
    return Health(parts, gates(customer, facts))


def gates(customer: Customer, facts: dict[str, Any]) -> list[str]:
    found = []
    if facts.get("open"):
        found.append(_("A complaint is open."))
    if facts.get("paused") or customer.status == CustomerStatus.PAUSED:
        found.append(_("The customer is paused."))
    if customer.status == CustomerStatus.RETIRED:
        found.append(_("The customer is no reference any more."))
    return found


def recommends(facts: dict[str, Any]) -> tuple[float, str]:
    if SurveyKind.NPS not in facts:
        return UNKNOWN, _("Nobody has said in a year whether he would recommend us.")
    mean, n = facts[SurveyKind.NPS]
    text = ngettext("%(mean)s of 10 in one answer.", "%(mean)s of 10 on average in %(n)s answers.", n)
    return mean / 10, text % {"mean": formats.number(round(mean, 1)), "n": formats.number(n)}


def satisfaction(facts: dict[str, Any]) -> tuple[float, str]:
    if SurveyKind.SATISFACTION not in facts:
        return UNKNOWN, _("Nobody was asked in a year how satisfied he is.")
    mean, n = facts[SurveyKind.SATISFACTION]
    text = ngettext("%(mean)s of 5 in one answer.", "%(mean)s of 5 on average in %(n)s answers.", n)
    return (mean - 1) / 4, text % {"mean": formats.number(round(mean, 1)), "n": formats.number(n)}


def tenure(customer: Customer, on: date) -> tuple[float, str]:
    if not customer.customer_since:
        return UNKNOWN, _("Since when they are a customer is not known.")
    years = max((on - customer.customer_since).days, 0) / 365.25
    return years / FULL_TENURE, _("A customer since %(month)s.") % {"month": formats.month(customer.customer_since)}


def helped(facts: dict[str, Any]) -> tuple[float, str]:
    if "rating" not in facts:
        return UNKNOWN, _("Their help was not rated yet.")
    return (facts["rating"] - 1) / 4, _("Their help was rated %(mean)s of 5.") % {
        "mean": formats.number(round(facts["rating"], 1))
    }


def complaints(facts: dict[str, Any]) -> tuple[float, str]:
    n = facts.get("complaints", 0)
    if not n:
        return 1.0, _("No complaint in a year.")
    text = ngettext("%(n)s complaint in a year.", "%(n)s complaints in a year.", n)
    return 1 - n / 2, text % {"n": formats.number(n)}


def renewal(customer: Customer, on: date) -> tuple[float, str]:
    if not customer.renewal_on:
        return UNKNOWN, _("When they renew is not known.")
    days = (customer.renewal_on - on).days
    text = _("Renewal on %(day)s.") % {"day": formats.day(customer.renewal_on)}
    return (0.0 if 0 <= days <= 30 else 0.5 if 0 <= days <= 90 else 1.0), text


def candidates(on: date, rules: HealthRules) -> Any:
    """Customers that a health rule may nominate: long enough with us, and not nominated lately."""
    since = on - timedelta(days=round(rules.tenure_months * 30.44))
    return not_nominated_lately(on, rules).filter(customer_since__lte=since)


def not_nominated_lately(on: date, rules: HealthRules) -> Any:
    """Candidates that nobody nominated within the rules' days."""
    lately = Nomination.objects.filter(
        customer=OuterRef("pk"), created_at__date__gt=on - timedelta(days=rules.again_days)
    )
    return Customer.objects.filter(~Exists(lately), status=CustomerStatus.CANDIDATE)
