"""The manager's rail: what may go wrong, as parts that the home page fetches."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from crp.ui.pages import wants_partial
from crp.verbs import Forbidden, today
from references.availability import quarter_end
from references.book import quarter_start
from references.models import Activity, Customer, Hold, Nomination, UsagePolicy
from requests_app.deciding import runs_program

SHOWN, NEAR, OLD_DAYS = 3, 0.7, 7


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """The part for htmx, a small page around it otherwise."""
    part = f"home/_{name}.html"
    return render(request, part if wants_partial(request) else "home/rail.html", {**context, "part": part})


@require_GET
def near_limit(request: HttpRequest) -> HttpResponse:
    """Customers whose effort for the quarter is nearly spent. Four queries."""
    if not runs_program(request.user):
        raise Forbidden
    day = today(request.user)
    limit = UsagePolicy.current().customer_effort
    span = (quarter_start(day), quarter_end(day))
    used = Activity.objects.order_by().filter(on__range=span).values("customer").annotate(points=Sum("effort"))
    busy = dict(used.order_by("-points").values_list("customer", "points")[: SHOWN * 4])
    held = Hold.objects.order_by().filter(
        released_at=None, expires_at__gt=timezone.now(), on__range=span, customer__in=busy
    )
    holds = dict(held.values("customer").annotate(points=Coalesce(Sum("effort"), 0)).values_list("customer", "points"))
    rows = list(Customer.objects.visible_to(request.user).filter(pk__in=busy))
    for row in rows:
        row.used, row.held = busy[row.pk], holds.get(row.pk, 0)  # type: ignore[attr-defined]
    near = sorted((row for row in rows if row.used + row.held >= NEAR * limit), key=lambda row: -row.used - row.held)  # type: ignore[attr-defined]
    return _page(
        request, "near_limit", {"rows": near[:SHOWN], "limit": limit, "until": quarter_end(day) + timedelta(days=1)}
    )


@require_GET
def nominations(request: HttpRequest) -> HttpResponse:
    """Nominations that wait for longer than a week, the oldest first."""
    if not runs_program(request.user):
        raise Forbidden
    before = timezone.now() - timedelta(days=OLD_DAYS)
    rows = Nomination.objects.visible_to(request.user).waiting_since_before(before).select_related("customer", "by")
    return _page(request, "old_nominations", {"rows": list(rows.order_by(F("created_at").asc(), "pk")[: SHOWN + 1])})
