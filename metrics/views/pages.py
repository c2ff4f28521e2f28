"""The pages beside the executive one: coverage, use, turnaround, material, comparison, the program itself."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crp.ui import formats
from crp.ui.exports import csv_response
from crp.ui.lists import paginate
from crp.ui.pages import page_or_partial
from metrics import comparison, counting, coverage, credit, outcomes, periods, program, sourced, tiers, utilisation
from metrics.influence import live
from metrics.library import Library
from metrics.money import Rates
from metrics.scope import Scope, deals_and_requests, material_of, whole_program
from metrics.views import insight, sentences
from metrics.views.asking import question
from references.models import Contact, Industry, Product

LONGEST = 50
FEW = 12


def coverage_page(request: HttpRequest) -> HttpResponseBase:
    """Every industry and region, for all products or one."""
    scope = whole_program(request.user)
    found = question(request, scope)
    product = _product(request)
    rates, today = Rates.on(found.asked.today), found.asked.today
    figures = coverage.figures(today, rates, found.known.settings.assumed_request_percent, product)
    drawn = insight.table(figures)
    if request.GET.get("format") == "csv":
        header = [_("Industry"), _("Region"), _("People short"), _("Pipeline at stake"), _("Currency")]
        gaps = drawn["named_gaps"]
        lines = ([g["industry_name"], g["region_name"], g["short"], g["at_stake"], figures["currency"]] for g in gaps)
        return csv_response("coverage-gaps", header, lines)
    context = {
        "coverage": {**drawn, "top_gaps": drawn["named_gaps"][:LONGEST]},
        "products": list(Product.objects.values_list("pk", "name")),
        "shortest": sentences.shortest(figures), "today": today,
    }  # fmt: skip
    return render(request, "metrics/coverage.html", context)


def _product(request: HttpRequest) -> int | None:
    text = request.GET.get("product", "")
    if text and not (text.isdecimal() and len(text) < 10):
        raise Http404
    return int(text) if text else None


def cell(request: HttpRequest, industry: int, region: int) -> HttpResponseBase:
    """One industry in one region: the people free, the open deals, and the customers who could become references."""
    scope = whole_program(request.user)
    found, places = question(request, scope), coverage.Places.load()
    if (industry and industry not in places.industries) or (region and region not in places.regions):
        raise Http404
    here, rates = (industry, region), Rates.on(found.asked.today)
    deals = coverage.deals_in(scope, here).select_related("account", "owner")
    amounts = [(deal, rates.convert(deal.amount, deal.currency)) for deal in deals.order_by("-amount", "pk")[:LONGEST]]
    people = coverage.people_in(scope, here, found.asked.today)
    known = counting.for_coverage(found.known, found.asked.today).figures
    return render(request, "metrics/cell.html", {
        "industry": sentences.place("industry", places.industry_name(industry)),
        "region": sentences.place("region", places.region_name(region)),
        "page": paginate(request, people.select_related("customer"), ["name"]),
        "deals": amounts,
        "candidates": coverage.candidates_in(here)[:LONGEST],
        "cell": next((one for one in known["cells"] if (one["industry"], one["region"]) == here), None),
        "currency": rates.currency,
    })  # fmt: skip


def utilisation_page(request: HttpRequest) -> HttpResponseBase:
    """Who carries the program, who carries too much, who is never asked."""
    scope = deals_and_requests(request.user)
    found = question(request, scope)
    asked = found.asked
    figures = utilisation.figures(scope, found.period, asked.on, asked.settings.unused_days)
    over = utilisation.overused(scope.contacts(), asked.on).select_related("customer").order_by("-used", "name", "pk")
    idle = (
        utilisation.unused(scope.contacts(), asked.on, asked.settings.unused_days)
        .select_related("customer")
        .order_by("name", "pk")
    )
    rates = Rates.on(found.period.last)
    touches = credit.touches_of(scope.deals(), found.period, found.lookback_days)
    return render(request, "metrics/utilisation.html", {
        "question": found, "period": found.period, "kinds": periods.KINDS, "use": sentences.use(figures),
        "over": over[:LONGEST], "idle": idle[:FEW], "credits": _credits(touches, rates), "currency": rates.currency,
    })  # fmt: skip


def _credits(touches: Any, rates: Rates) -> list[tuple[Any, credit.Credit]]:
    shared = credit.shared(touches, rates, "activity__contact")
    largest = sorted(shared, key=lambda pk: (-shared[pk].amount, pk))[:LONGEST]
    people = Contact.objects.select_related("customer").in_bulk(largest)
    return [(people[pk], shared[pk]) for pk in largest]


def turnaround(request: HttpRequest) -> HttpResponseBase:
    """How long each step takes."""
    scope = deals_and_requests(request.user)
    found = question(request, scope)
    steps = outcomes.steps(scope, found.period)
    if request.GET.get("format") == "csv":
        header = [_("Step"), _("Median days"), _("Nine in ten within"), _("Number")]
        return csv_response(
            "turnaround", header, ([sentences.STEPS[s["step"]], s["median"], s["p90"], s["n"]] for s in steps)
        )
    return render(request, "metrics/turnaround.html", {
        "question": found, "period": found.period, "kinds": periods.KINDS,
        "outcomes": outcomes.figures(scope, found.period, found.asked.today),
        "steps": [{**step, "words": sentences.STEPS[step["step"]]} for step in steps],
    })  # fmt: skip


def materials(request: HttpRequest) -> HttpResponseBase:
    """What each piece of material did: used how often, on how many deals, with what share in those won."""
    found = question(request, Scope.of(request.user))
    library = Library(request.user, found.period, found.lookback_days, found.asked.today)
    if request.GET.get("format") == "csv":
        header = [
            _("Material"),
            _("Kind"),
            _("State"),
            _("Uses"),
            _("Deals"),
            _("Won deals it touched"),
            _("Shared credit"),
        ]
        return csv_response("material", header, library.lines(material_of(request.user)))
    page = paginate(request, library.used_first(material_of(request.user)), ["-uses_here"])
    library.fill(page.rows)
    return render(request, "metrics/materials.html", {
        "question": found, "period": found.period, "kinds": periods.KINDS, "page": page, "library": library,
        "freshness": program.freshness(found.asked.today),
    })  # fmt: skip


def comparable(request: HttpRequest) -> HttpResponseBase:
    """The groups behind the comparable difference, those left out too."""
    scope = deals_and_requests(request.user)
    found = question(request, scope)
    groups = sorted(
        comparison.groups(scope.deals(), found.period),
        key=lambda g: (not g.enough, -g.stratum.with_, -g.stratum.without),
    )
    return render(request, "metrics/comparison.html", {
        "question": found, "period": found.period, "kinds": periods.KINDS,
        "groups": sentences.groups(groups[:500], _names(groups)),
        "figures": sentences.compared(comparison.figures(scope.deals(), found.period)),
    })  # fmt: skip


def _names(groups: list[comparison.Group]) -> dict[str, dict[int, str]]:
    segments = {group.segment for group in groups if group.segment}
    products = {group.product for group in groups if group.product}
    return {
        "segment": dict(Industry.objects.filter(pk__in=segments).values_list("pk", "name")),
        "product": dict(Product.objects.filter(pk__in=products).values_list("pk", "name")),
    }


def sourced_page(request: HttpRequest) -> HttpResponse:
    """What referrals brought in: a part of the executive page, or a page of its own."""
    scope = deals_and_requests(request.user)
    found = question(request, scope)
    rates = Rates.on(found.period.last)
    figure = sourced.figure(scope.deals(), found.period, rates)
    address = f"{reverse('metrics:rows_deals')}?set=sourced&{found.period.query}"
    worth = formats.money(figure.amount, rates.currency, short=True)
    context = {"figure": figure, "worth": worth, "url": address, "period": found.period}
    return page_or_partial(request, "metrics/sourced.html", "metrics/_sourced.html", context)


def health(request: HttpRequest) -> HttpResponseBase:
    """Nominations, satisfaction, NPS, freshness, referenceability, tiers and return."""
    scope = whole_program(request.user)
    found = question(request, scope)
    settings, rates = found.known.settings, Rates.on(found.period.last)
    influenced = rates.total(live(scope.deals(), found.period, settings.lookback_days).influenced_amounts)
    return render(request, "metrics/program.html", {
        "question": found, "period": found.period, "kinds": periods.KINDS, "settings": settings,
        "health": program.figures(scope, found.period, found.asked.today), "currency": rates.currency,
        "influenced": influenced,
        "worth": program.worth(influenced, settings.margin_percent, settings.yearly_cost, found.period.days),
        "tiers": tiers.counts(),
    })  # fmt: skip
