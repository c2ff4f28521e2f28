"""The manager's rail: what may go wrong, as parts that the home page fetches."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from crp.ui.pages import wants_partial
from crp.verbs import Forbidden
from references.alarms import FULL
from references.models import Nomination, Watch
from requests_app.deciding import runs_program

SHOWN, OLD_DAYS = 3, 7


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """The part for htmx, a small page around it otherwise."""
    part = f"home/_{name}.html"
    return render(request, part if wants_partial(request) else "home/rail.html", {**context, "part": part})


@require_GET
def near_limit(request: HttpRequest) -> HttpResponse:
    """Customers whose effort is spent or nearly so, the fullest first. One query."""
    if not runs_program(request.user):
        raise Forbidden
    rows = Watch.objects.of_customers().filter(alarm__in=FULL).select_related("customer")
    fullest = rows.annotate(taken=F("used") + F("held")).order_by("-taken", "pk")
    return _page(request, "near_limit", {"rows": list(fullest[:SHOWN])})


@require_GET
def nominations(request: HttpRequest) -> HttpResponse:
    """Nominations that wait for longer than a week, the oldest first."""
    if not runs_program(request.user):
        raise Forbidden
    before = timezone.now() - timedelta(days=OLD_DAYS)
    rows = Nomination.objects.visible_to(request.user).waiting_since_before(before).select_related("customer", "by")
    return _page(request, "old_nominations", {"rows": list(rows.order_by(F("created_at").asc(), "pk")[: SHOWN + 1])})
