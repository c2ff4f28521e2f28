"""The figures over HTTP, of what the caller may see."""

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from crp.verbs import today
from metrics import coverage, leads, outcomes, periods, satisfaction, sourced, tier_costs, utilisation
from metrics.counting import Known
from metrics.coverage import Places
from metrics.influence import live, statement
from metrics.library import Library
from metrics.money import Rates
from metrics.periods import BadPeriod, Period
from metrics.scope import deals_and_requests, material_of, whole_program
from metrics.views.insight import table

DAYS = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="First day of the period."),
    OpenApiParameter(
        "to", OpenApiTypes.DATE, description="Last day of the period; without both, the period the page shows first."
    ),
]
LOOKBACK = OpenApiParameter(
    "lookback_days", OpenApiTypes.INT, description="Days before closing in which a touch counts."
)


class Figures(APIView):
    """Reads the question; a bad one is a problem that names the field."""

    def period(self, request: Request) -> tuple[Known, Period]:
        known = Known.now()
        try:
            return known, periods.read(request.query_params, today(), known.closed)
        except BadPeriod as error:
            raise ValidationError({error.field or "": [str(error.message)]}) from error

    def lookback(self, request: Request, known: Known) -> int:
        try:
            return periods.lookback(request.query_params, known.settings.lookback_days)
        except BadPeriod as error:
            raise ValidationError({error.field or "": [str(error.message)]}) from error


class Influence(Figures):
    """Counted from the deals at the moment of asking, for any look-back."""

    @extend_schema(
        parameters=[*DAYS, LOOKBACK],
        responses=OpenApiResponse(
            OpenApiTypes.OBJECT, "Revenue won, influenced revenue, win rates with their 95% intervals."
        ),
    )
    def get(self, request: Request) -> Response:
        scope = deals_and_requests(request.user)
        known, period = self.period(request)
        lookback = self.lookback(request, known)
        rates = Rates.on(period.last)
        told = statement(live(scope.deals(), period, lookback), rates, lookback, period)
        brought = sourced.figure(scope.deals(), period, rates)
        return Response({**told, "sourced_revenue": str(brought.amount), "deals_sourced": brought.n})


class Leads(Figures):
    """Customers that would close coverage gaps, those first that close the dearest; as of today. At most 500."""

    @extend_schema(
        parameters=[OpenApiParameter("limit", OpenApiTypes.INT, description="1 to 500; 50 where it is left out.")],
        responses=OpenApiResponse(OpenApiTypes.OBJECT, "Each with its gaps, whose pipeline adds up to `worth`."),
    )
    def get(self, request: Request) -> Response:
        whole_program(request.user)
        text = request.query_params.get("limit", str(leads.SHOWN))
        if not text.isdecimal() or not 1 <= int(text[:6]) <= leads.MOST:
            raise ValidationError({"limit": [_("A whole number from 1 to 500.")]})
        known, rates = Known.now(), Rates.on(today())
        found = leads.find(today(), rates, known.settings.assumed_request_percent, limit=int(text))
        return Response({"currency": rates.currency, "leads": [lead_told(lead) for lead in found]})


def lead_told(lead: leads.Lead) -> dict[str, Any]:
    """A lead as the API states it; 0 for an industry, region or product stands for “other” or “all”."""
    names = ("industry", "region", "product", "short")
    return {
        "customer": lead.customer.pk, "name": lead.customer.name, "worth": str(lead.worth), "health": lead.health.score,
        "problems": lead.health.gates, "runs": lead.runs,
        "gaps": [{**{name: getattr(gap, name) for name in names}, "at_stake": str(gap.at_stake)} for gap in lead.gaps],
    }  # fmt: skip


class Tiers(Figures):
    """What each tier brings in the period, and what keeping it takes."""

    @extend_schema(
        parameters=DAYS, responses=OpenApiResponse(OpenApiTypes.OBJECT, "A line for each tier; they add up.")
    )
    def get(self, request: Request) -> Response:
        whole_program(request.user)
        known, period = self.period(request)
        return Response(tier_costs.statement(period, Rates.on(period.last), known.settings))


class Satisfaction(Figures):
    """NPS, satisfaction and complaints over time and by segment, of the customers whose health the caller may know."""

    @extend_schema(
        parameters=[*DAYS, OpenApiParameter("by", str, enum=satisfaction.SEGMENTS)],
        responses=OpenApiResponse(
            OpenApiTypes.OBJECT, "`together`, `steps` by month, quarter or year, and `segments`."
        ),
    )
    def get(self, request: Request) -> Response:
        _known, period = self.period(request)
        by = request.query_params.get("by", "industry")
        if by not in satisfaction.SEGMENTS:
            raise ValidationError({"by": [_("There is no such segment.")]})
        asked = satisfaction.Asked(request.user, period)
        steps = satisfaction.over_time(asked, "gregorian")
        return Response({
            "from": period.first, "to": period.last, "together": satisfaction.together(asked).told(),
            "steps": [{"from": cell.key, **cell.told()} for cell in steps],
            "segments": [{"key": cell.key, **cell.told()} for cell in satisfaction.by_segment(asked, by, Places.load())],
        })  # fmt: skip


class Coverage(Figures):
    """People free to ask against the asks the open pipeline lets expect; as of today."""

    @extend_schema(
        parameters=[OpenApiParameter("product", OpenApiTypes.INT)],
        responses=OpenApiResponse(OpenApiTypes.OBJECT, "Cells by industry and region, gaps by pipeline at stake."),
    )
    def get(self, request: Request) -> Response:
        whole_program(request.user)
        text = request.query_params.get("product", "")
        if text and not (text.isdecimal() and len(text) < 10):
            raise ValidationError({"product": [_("A product is named by its number.")]})
        known = Known.now()
        figures = coverage.figures(
            today(), Rates.on(today()), known.settings.assumed_request_percent, int(text) if text else None
        )
        gaps = [_gap(gap) for gap in table(figures)["named_gaps"]]
        return Response({**figures, "gaps": gaps, "on": today().isoformat()})


def _gap(gap: dict[str, Any]) -> dict[str, Any]:
    return {**gap, "industry_name": str(gap["industry_name"]), "region_name": str(gap["region_name"])}


class Utilisation(Figures):
    """Effort used against effort agreed, concentration, overused and unused references."""

    @extend_schema(parameters=DAYS, responses=OpenApiResponse(OpenApiTypes.OBJECT, "Use of references."))
    def get(self, request: Request) -> Response:
        scope = deals_and_requests(request.user)
        known, period = self.period(request)
        on, days = min(period.last, today()), known.settings.unused_days
        figures = utilisation.figures(scope, period, on, days)
        over = utilisation.overused(scope.contacts(), on).order_by("-used", "pk").values("pk", "used", "agreed")[:200]
        idle = utilisation.unused(scope.contacts(), on, days).order_by("pk").values_list("pk", flat=True)[:200]
        return Response({
            **_span(period), **figures,
            "overused_contacts": [
                {"contact": one["pk"], "used": one["used"], "agreed": float(one["agreed"])} for one in over
            ],
            "unused_contacts": list(idle),
        })  # fmt: skip


class Turnaround(Figures):
    """Days to the first yes and to done, and per step."""

    @extend_schema(
        parameters=DAYS, responses=OpenApiResponse(OpenApiTypes.OBJECT, "Medians and 90th percentiles in days.")
    )
    def get(self, request: Request) -> Response:
        scope = deals_and_requests(request.user)
        _known, period = self.period(request)
        figures = outcomes.figures(scope, period, today())
        return Response({**_span(period), **figures, "steps": outcomes.steps(scope, period)})


class Materials(Figures):
    """What each piece of material did; amounts only for those who may see them."""

    @extend_schema(
        parameters=[*DAYS, LOOKBACK], responses=OpenApiResponse(OpenApiTypes.OBJECT, "Uses, deals and shared credit.")
    )
    def get(self, request: Request) -> Response:
        known, period = self.period(request)
        lookback = self.lookback(request, known)
        library = Library(request.user, period, lookback, today())
        return Response({
            **_span(period), "lookback_days": lookback, "currency": library.rates.currency,
            "materials": library.figures(material_of(request.user)),
        })  # fmt: skip


def _span(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def register(router: SimpleRouter) -> None:
    """Figures are no collections: they have addresses of their own below."""


urlpatterns: list[URLPattern] = [
    path("metrics/influence/", Influence.as_view(), name="metrics-influence"),
    path("metrics/coverage/", Coverage.as_view(), name="metrics-coverage"),
    path("metrics/leads/", Leads.as_view(), name="metrics-leads"),
    path("metrics/tiers/", Tiers.as_view(), name="metrics-tiers"),
    path("metrics/satisfaction/", Satisfaction.as_view(), name="metrics-satisfaction"),
    path("metrics/utilisation/", Utilisation.as_view(), name="metrics-utilisation"),
    path("metrics/turnaround/", Turnaround.as_view(), name="metrics-turnaround"),
    path("metrics/materials/", Materials.as_view(), name="metrics-materials"),
]
