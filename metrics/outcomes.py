"""
What became of requests: how soon somebody said yes, whether it was in time, who agreed.

Named sets, so that a figure's rows are its own.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    Aggregate,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)  # fmt: skip
from django.db.models.functions import Extract, Greatest

from metrics.periods import Period
from metrics.scope import Scope
from requests_app.models import Assignment, AssignmentState, ReferenceRequest, RequestState

DAY = 86_400
S = AssignmentState


class Percentile(Aggregate):
    """PostgreSQL's percentile_cont: interpolated between order statistics."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, expression: Any, share: float) -> None:
        super().__init__(expression, share=float(share))


def moments(period: Period) -> tuple[datetime, datetime]:
    """The period's first moment and the one after its last, in the program's time zone."""
    zone = ZoneInfo(settings.PROGRAM_TIME_ZONE)
    return (
        datetime.combine(period.first, time.min, zone),
        datetime.combine(period.last + timedelta(days=1), time.min, zone),
    )


def within(field: str, period: Period) -> Q:
    start, end = moments(period)
    return Q(**{f"{field}__gte": start, f"{field}__lt": end})


def between(start: str, end: str, *, paused: bool = False) -> Any:
    """Days from one moment to the other; `paused` takes out the time the request's clock stood."""
    seconds: Any = Extract(ExpressionWrapper(F(end) - F(start), DurationField()), "epoch")
    if paused:
        seconds = seconds - F("sla_paused_seconds")
    return ExpressionWrapper(Greatest(seconds, Value(0.0), output_field=FloatField()) / DAY, FloatField())


def first_yes(requests: QuerySet[ReferenceRequest], period: Period) -> QuerySet[Any]:
    """Requests whose first yes came in the period, with `days` since they were submitted."""
    found = requests.filter(within("first_accepted_at", period), submitted_at__isnull=False)
    return found.annotate(days=between("submitted_at", "first_accepted_at", paused=True))


def completed(requests: QuerySet[ReferenceRequest], period: Period) -> QuerySet[Any]:
    """Requests fulfilled in the period, with `days` since they were submitted."""
    found = requests.filter(within("closed_at", period), state=RequestState.FULFILLED, submitted_at__isnull=False)
    return found.annotate(days=between("submitted_at", "closed_at", paused=True))


def due(requests: QuerySet[ReferenceRequest], period: Period, today: date) -> QuerySet[Any]:
    """Requests needed by a day of the period that has come, with `in_time`: something was completed by then."""
    done = Assignment.objects.filter(request=OuterRef("pk"), state=S.COMPLETED, occurred_on__lte=OuterRef("need_by"))
    found = requests.exclude(state__in=[RequestState.DRAFT, RequestState.WITHDRAWN])
    return found.filter(need_by__range=(period.first, min(period.last, today))).annotate(in_time=Exists(done))


def ended(requests: QuerySet[ReferenceRequest], period: Period) -> QuerySet[ReferenceRequest]:
    """Requests that came to an end in the period."""
    return requests.filter(within("closed_at", period))


def answered(assignments: QuerySet[Assignment], period: Period) -> QuerySet[Assignment]:
    """People asked in the period whose answer came or who let the time pass."""
    return assignments.filter(within("invited_at", period)).filter(Q(answered_at__isnull=False) | Q(state=S.LAPSED))


# Somebody we did without after his yes had said yes.
SAID_YES = Q(answered_at__isnull=False) & ~Q(state__in=[S.DECLINED, S.LAPSED])


def spread(rows: QuerySet[Any]) -> dict[str, Any]:
    """{n, median, p90} of the rows' `days`; one query."""
    return rows.order_by().aggregate(n=Count("pk"), median=Percentile("days", 0.5), p90=Percentile("days", 0.9))


def figures(scope: Scope, period: Period, today: date) -> dict[str, Any]:
    """First yes, done in time, fulfilment and acceptance as JSON; five queries."""
    dues = (
        due(scope.requests(), period, today)
        .order_by()
        .aggregate(n=Count("pk"), met=Count("pk", filter=Q(in_time=True)))
    )
    ends = ended(scope.requests(), period).order_by().aggregate(**{
        state: Count("pk", filter=Q(state=state))
        for state in (RequestState.FULFILLED, RequestState.UNFULFILLED, RequestState.EXPIRED, RequestState.WITHDRAWN)
    })  # fmt: skip
    asked = answered(scope.assignments(), period).order_by()
    return {
        "first_yes": spread(first_yes(scope.requests(), period)),
        "completed": spread(completed(scope.requests(), period)),
        "in_time": dues,
        "fulfilment": {str(state): n for state, n in ends.items()},
        "acceptance": asked.aggregate(n=Count("pk"), yes=Count("pk", filter=SAID_YES)),
    }


STEPS = ("taken", "proposed", "owner", "answered", "booked", "held")


def steps(scope: Scope, period: Period) -> list[dict[str, Any]]:
    """[{step, n, median, p90}] in days, each over what ended in the period; six queries."""
    asked = scope.assignments()
    proposed = (
        Assignment.objects.filter(request=OuterRef("pk")).order_by().values("request").annotate(at=Min("created_at"))
    )
    requests = scope.requests().annotate(proposed_at=Subquery(proposed.values("at"), output_field=DateTimeField()))
    sets = {
        "taken": scope.requests().filter(within("taken_at", period)).annotate(days=between("submitted_at", "taken_at")),
        "proposed": requests.filter(within("proposed_at", period)).annotate(days=between("taken_at", "proposed_at")),
        "owner": asked.filter(within("approved_at", period)).annotate(days=between("approval_asked_at", "approved_at")),
        "answered": asked.filter(within("answered_at", period)).annotate(days=between("invited_at", "answered_at")),
        "booked": asked.filter(within("scheduled_at", period)).annotate(days=between("answered_at", "scheduled_at")),
        "held": completed(scope.requests(), period).annotate(days=between("first_accepted_at", "closed_at")),
    }
    return [{"step": name, **spread(sets[name].filter(days__isnull=False))} for name in STEPS]
