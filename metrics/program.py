"""How the program itself is doing: nominations, satisfaction, NPS, freshness, and how many customers speak for us."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Q
from django.utils import timezone

from materials.models import Material, MaterialState
from metrics.outcomes import within
from metrics.periods import Period
from metrics.scope import Scope
from references.models import Customer, CustomerStatus, Nomination, NominationState, SurveyResponse
from references.models.nomination import OPEN_STATES
from references.models.survey import SurveyKind
from requests_app.models import AssignmentState

STALE_NOMINATION = timedelta(days=7)


def nominations(period: Period) -> dict[str, int]:
    """{approved, decided, waiting}: decided in the period; waiting over seven days now."""
    decided = Nomination.objects.filter(within("decided_at", period))
    found = decided.aggregate(
        approved=Count("pk", filter=Q(state=NominationState.APPROVED)),
        decided=Count("pk", filter=Q(state__in=[NominationState.APPROVED, NominationState.DECLINED])),
    )
    waiting = Nomination.objects.filter(state__in=OPEN_STATES, created_at__lt=timezone.now() - STALE_NOMINATION)
    return {**found, "waiting": waiting.count()}


def satisfaction(scope: Scope, period: Period) -> dict[str, Any]:
    """{rep, prospect, reference}: {mean, n} of the debrief ratings, 1 to 5."""
    held = scope.assignments().filter(state=AssignmentState.COMPLETED, occurred_on__range=(period.first, period.last))
    sides = {"rep": "rep_rating", "prospect": "prospect_rating", "reference": "contact_rating"}
    asked = {
        f"{side}_{what}": kind(name) for side, name in sides.items() for what, kind in (("mean", Avg), ("n", Count))
    }
    found = held.order_by().aggregate(**asked)
    return {side: {"mean": _number(found[f"{side}_mean"]), "n": found[f"{side}_n"]} for side in sides}


def nps(period: Period) -> dict[str, Any]:
    """{nps, promoters, detractors, n} of the latest answer of each contact in the period; nps −100..100 or None."""
    answers = SurveyResponse.objects.filter(
        kind=SurveyKind.NPS, on__range=(period.first, period.last), contact__isnull=False
    )
    latest = answers.order_by("contact_id", "-on", "-pk").distinct("contact_id").values_list("score", flat=True)
    scores = list(latest)
    promoters, detractors = sum(score >= 9 for score in scores), sum(score <= 6 for score in scores)
    share = round(100 * (promoters - detractors) / len(scores), 1) if scores else None
    return {"nps": share, "promoters": promoters, "detractors": detractors, "n": len(scores)}


def freshness(today: date) -> dict[str, int]:
    """{fresh, published}: of what is published, how much is not due for review."""
    published = Material.objects.filter(state__in=[MaterialState.PUBLISHED, MaterialState.REVIEW_DUE])
    fresh = Q(state=MaterialState.PUBLISHED) & (Q(review_on=None) | Q(review_on__gt=today))
    return published.aggregate(published=Count("pk"), fresh=Count("pk", filter=fresh))


def referenceability() -> dict[str, int]:
    """{active, customers}."""
    return Customer.objects.aggregate(customers=Count("pk"), active=Count("pk", filter=Q(status=CustomerStatus.ACTIVE)))


def figures(scope: Scope, period: Period, today: date) -> dict[str, Any]:
    """All of the above as JSON; six queries."""
    return {
        "nominations": nominations(period),
        "satisfaction": satisfaction(scope, period),
        "nps": nps(period),
        "freshness": freshness(today),
        "referenceability": referenceability(),
    }


def worth(influenced: Decimal, margin_percent: int, yearly_cost: Decimal | None, days: int) -> float | None:
    """(influenced revenue × margin − cost) ÷ cost, the yearly cost in proportion to the period. None without a cost."""
    cost = (yearly_cost or Decimal(0)) * days / 365
    return float((influenced * margin_percent / 100 - cost) / cost) if cost else None


def _number(mean: Any) -> float | None:
    return None if mean is None else round(float(mean), 2)
