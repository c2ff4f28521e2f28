"""How evenly references are used: effort used against effort agreed, who carries most, who is never asked."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from metrics.intervals import busiest_share, gini
from metrics.periods import Period
from metrics.scope import Scope
from references.models import Activity, Answer, Contact, CustomerStatus, Willingness

# Limits run over many windows; a year holds them all.
WINDOW = 365
WILLING = (Answer.YES, Answer.ASK_FIRST)
POINTS = DecimalField(max_digits=12, decimal_places=4)


def willing(contacts: QuerySet[Contact], on: date, *, live: bool | None = None) -> QuerySet[Contact]:
    """References one may think of: active customer, consent, not left, a yes or "ask first" that has not run out."""
    answers = Willingness.objects.filter(contact=OuterRef("pk"), answer__in=WILLING).filter(
        Q(until=None) | Q(until__gte=on)
    )
    if live is not None:
        answers = answers.filter(activity_type__live=live)
    people = contacts.filter(Exists(answers), customer__status=CustomerStatus.ACTIVE, left_on=None)
    return people.filter(consent_granted_at__isnull=False, consent_withdrawn_at=None, erased_at=None)


def with_effort(contacts: QuerySet[Contact], on: date) -> QuerySet[Any]:
    """With `used` and `agreed`, in effort points in the 365 days up to `on`; kinds without a limit left out of both."""
    uses = Activity.objects.filter(contact=OuterRef("pk"), on__gt=on - timedelta(days=WINDOW), on__lte=on)
    used = (
        uses.filter(activity_type__limit_count__isnull=False)
        .order_by()
        .values("contact")
        .annotate(points=Sum("effort"))
    )
    count = Cast(Coalesce("limit_count", "activity_type__limit_count"), POINTS)
    span = Coalesce("limit_days", "activity_type__limit_days")
    a_year = ExpressionWrapper(count * Value(Decimal(WINDOW)) / span * F("activity_type__effort"), POINTS)
    answers = Willingness.objects.filter(
        contact=OuterRef("pk"), answer__in=WILLING, activity_type__limit_count__isnull=False
    )
    agreed = answers.filter(Q(until=None) | Q(until__gte=on)).order_by().values("contact").annotate(points=Sum(a_year))
    return contacts.annotate(
        used=Coalesce(Subquery(used.values("points")), 0),
        agreed=Coalesce(Subquery(agreed.values("points"), output_field=POINTS), Value(Decimal(0)), output_field=POINTS),
    )


def asked_lately(contacts: QuerySet[Contact], on: date) -> QuerySet[Contact]:
    """Only those used within the window: the ones who can be overused."""
    uses = Activity.objects.filter(on__gt=on - timedelta(days=WINDOW), on__lte=on).order_by().values("contact")
    return contacts.filter(pk__in=uses)


def overused(contacts: QuerySet[Contact], on: date) -> QuerySet[Any]:
    """Used beyond what they agreed to."""
    return with_effort(asked_lately(contacts, on), on).filter(used__gt=F("agreed"))


def unused(contacts: QuerySet[Contact], on: date, days: int) -> QuerySet[Contact]:
    """Willing, and not asked for so many days."""
    lately = Activity.objects.filter(contact=OuterRef("pk"), on__gt=on - timedelta(days=days), on__lte=on)
    return willing(contacts, on).filter(~Exists(lately))


def carried(scope: Scope, period: Period) -> dict[int, int]:
    """{contact: live activities in the period}."""
    found = scope.activities().filter(live=True, on__range=(period.first, period.last), contact__isnull=False)
    rows = found.order_by().values_list("contact").annotate(n=Count("pk"))
    return dict(rows)


def concentration(scope: Scope, period: Period, on: date) -> dict[str, Any]:
    """{people, taken, n, references, gini, busiest}: what the busiest tenth took of the live activities."""
    taken = carried(scope, period)
    idle = willing(scope.contacts(), on, live=True).exclude(pk__in=list(taken)).count()
    counts = [*taken.values(), *[0] * idle]
    busy, by_busy, n = busiest_share(counts)
    ranked = sorted(taken, key=lambda contact: (-taken[contact], contact))
    return {
        "people": busy, "taken": by_busy, "n": n, "references": len(counts), "gini": gini(counts),
        "busiest": ranked[:busy][:500],
    }  # fmt: skip


def figures(scope: Scope, period: Period, on: date, unused_days: int) -> dict[str, Any]:
    """Concentration, overused, unused, and effort used of agreed, as JSON."""
    willing_people = willing(scope.contacts(), on)
    effort = with_effort(willing_people, on).order_by().aggregate(used_points=Sum("used"), agreed_points=Sum("agreed"))
    return {
        "concentration": concentration(scope, period, on),
        "overused": overused(scope.contacts(), on).count(),
        "unused": unused(scope.contacts(), on, unused_days).count(),
        "willing": willing_people.count(),
        "effort_used": float(effort["used_points"] or 0),
        "effort_agreed": float(effort["agreed_points"] or 0),
        "unused_days": unused_days,
    }
