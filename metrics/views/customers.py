"""Pages about customers: the leads worth recruiting, what each tier costs, and how satisfied they are."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.accounts.models import User
from crp.ui import formats
from crp.ui.exports import csv_response
from crp.ui.lists import paginate
from metrics import leads, periods, satisfaction, tier_costs
from metrics.coverage import Places
from metrics.dashboard import step_months
from metrics.money import Rates
from metrics.periods import Period
from metrics.satisfaction import Asked
from metrics.scope import Scope, whole_program
from metrics.views import insight, sentences
from metrics.views.asking import question
from references.models import Customer, Product
from references.models.access import allow
from references.models.survey import DETRACTOR, PROMOTER

SEGMENTS = {
    "industry": gettext_lazy("Industry"), "region": gettext_lazy("Region"), "tier": gettext_lazy("Tier"),
    "owner": gettext_lazy("Account owner"),
}  # fmt: skip


def lead_list(request: HttpRequest) -> HttpResponseBase:
    """Whom to recruit next, and which gaps that would close."""
    scope = whole_program(request.user)
    found = question(request, scope)
    rates, on = Rates.on(found.asked.today), found.asked.today
    as_file = request.GET.get("format") == "csv"
    most = leads.MOST if as_file else leads.SHOWN
    listed = named(leads.find(on, rates, found.known.settings.assumed_request_percent, limit=most))
    if as_file:
        header = [
            _("Customer"), _("Industry"), _("Region"), _("Product"), _("People short"), _("Pipeline at stake"), _("Currency"),
        ]  # fmt: skip
        return csv_response("leads", header, lead_lines(listed, rates.currency))
    context = {"leads": listed, "currency": rates.currency, "today": on, "most": leads.SHOWN}
    return render(request, "metrics/leads.html", context)


def named(found: list[leads.Lead]) -> list[dict[str, Any]]:
    """Each lead with the names of its gaps, and whether anything stands against it."""
    places = Places.load() if found else Places({}, {})
    products = dict(Product.objects.values_list("pk", "name")) if found else {}
    return [
        {
            "runs": [products[product] for product in lead.runs],
            "customer": lead.customer, "worth": lead.worth, "health": lead.health, "gates": lead.health.gates,
            "gaps": [
                {
                    "gap": gap, "industry": sentences.place("industry", places.industry_name(gap.industry)),
                    "region": sentences.place("region", places.region_name(gap.region)),
                    "product": products.get(gap.product, ""),
                }
                for gap in lead.gaps
            ],
        }
        for lead in found
    ]  # fmt: skip


def lead_lines(listed: list[dict[str, Any]], currency: str) -> Iterable[Sequence[Any]]:
    for lead in listed:
        for gap in lead["gaps"]:
            yield (
                lead["customer"].name, gap["industry"], gap["region"], gap["product"], gap["gap"].short, gap["gap"].at_stake,
                currency,
            )  # fmt: skip


def tiers_page(request: HttpRequest) -> HttpResponseBase:
    """ABC: what each tier brings and what keeping it takes."""
    found = question(request, whole_program(request.user))
    settings, rates = found.known.settings, Rates.on(found.period.last)
    shown, together = tier_costs.lines(found.period, rates, settings)
    if request.GET.get("format") == "csv":
        header = [
            _("Tier"), _("Customers"), _("References"), _("Revenue won"), _("Uses"), _("Effort"), _("Hours"), _("Gifts"),
            _("Cost"), _("Currency"),
        ]  # fmt: skip
        return csv_response("tiers", header, (
            (line.tier, line.customers, line.references, line.revenue, line.uses, line.effort, line.hours, line.gifts, line.cost,
                rates.currency)
            for line in shown
        ))  # fmt: skip
    return render(request, "metrics/tiers.html", {
        "question": found, "period": found.period, "kinds": periods.KINDS, "lines": shown, "together": together,
        "currency": rates.currency, "settings": settings,
    })  # fmt: skip


def uses(request: HttpRequest) -> HttpResponseBase:
    """The uses of a tier in the period; their hours add up to the line's."""
    found = question(request, whole_program(request.user))
    tier = request.GET.get("tier", "")
    if tier not in tier_costs.TIERS:
        raise Http404
    wanted = tier_costs.uses(found.period, tier).select_related("customer", "contact", "activity_type")
    counted = tier_costs.counted_hours(wanted, found.known.settings.point_hours)
    if request.GET.get("format") == "csv":
        header = [
            _("Day"),
            _("Customer"),
            _("Reference"),
            _("Activity"),
            _("Effort"),
            _("Hours noted"),
            _("Hours counted"),
        ]
        return csv_response("uses", header, use_lines(counted.order_by("-on", "-pk")))
    context = {
        "question": found,
        "tier": tier,
        "page": paginate(request, counted, ["-on"]),
        "n": wanted.order_by().count(),
    }
    return render(request, "metrics/rows_uses.html", context)


def use_lines(counted: Any) -> Iterable[Sequence[Any]]:
    for row in counted.iterator(chunk_size=500):
        who = row.contact.name if row.contact else ""
        yield row.on, row.customer.name, who, row.activity_type.label, row.effort, row.hours, row.counted


def allow_reader(user: Any) -> None:
    """Health is for those who see every customer, and for account owners of their own. Raises Forbidden."""
    allow(user.sees_whole_program or Customer.objects.filter(owner=user).exists())


def satisfaction_page(request: HttpRequest) -> HttpResponseBase:
    """NPS, satisfaction and complaints over time, and by segment."""
    allow_reader(request.user)
    found, places = question(request, Scope()), Places.load()
    by, narrow, only = asked_segment(request, places)
    asked = Asked(request.user, found.period, narrow)
    calendar = "jalali" if formats.language() == "fa" else "gregorian"
    steps = satisfaction.over_time(asked, calendar)
    segments = satisfaction.by_segment(asked, by, places)
    names = segment_names(by, [cell.key for cell in segments], places)
    if request.GET.get("format") == "csv":
        return csv_response("satisfaction", csv_header(), csv_lines([*steps, *segments], names))
    return render(request, "metrics/satisfaction.html", {
        "question": found, "period": found.period, "kinds": periods.KINDS, "by": by, "only": only,
        "whole": satisfaction.together(asked), "enough": satisfaction.ENOUGH,
        "steps": [*step_rows(steps, found.period, narrowed_to(request))],
        "segments": [
            {"cell": cell, "name": names[cell.key], "key": cell.key or 0,
                "where": f"{found.period.query}&{urlencode({'of': by, 'segment': cell.key or 0})}"}
            for cell in segments
        ],
        "choices": list(SEGMENTS.items()), "segment_label": SEGMENTS[by],
    })  # fmt: skip


def step_rows(steps: list[satisfaction.Cell], period: Period, narrowed: str) -> Iterator[dict[str, Any]]:
    """Each step with its name and the address of the rows behind it."""
    months = step_months(period)
    for cell, after in zip(steps, [*[step.key for step in steps[1:]], None], strict=True):
        last = after - timedelta(days=1) if after else period.last
        where = f"from={cell.key}&to={last}{narrowed}"
        yield {"cell": cell, "label": insight.bar_label(cell.key, months), "where": where}


def narrowed_to(request: HttpRequest) -> str:
    """The segment the page is narrowed to, as the end of an address."""
    only = request.GET.get("segment", "")
    return (
        f"&{urlencode({'of': request.GET.get('of', request.GET.get('by', 'industry')), 'segment': only})}"
        if only
        else ""
    )


def asked_segment(request: HttpRequest, places: Places) -> tuple[str, Any, str]:
    """(segments by which, the condition that keeps one of them, its name). Raises Http404 on nonsense."""
    by, key = request.GET.get("by", "industry"), request.GET.get("segment", "")
    of = request.GET.get("of", by)
    if by not in SEGMENTS or of not in SEGMENTS:
        raise Http404
    if not key:
        return by, Q(), ""
    try:
        narrow = satisfaction.narrowing(of, key, places)
    except (KeyError, ValueError) as error:
        raise Http404 from error
    wanted: Any = None if key == "0" else key if of == "tier" else int(key)
    return by, narrow, segment_names(of, [wanted], places)[wanted]


def segment_names(by: str, keys: list[Any], places: Places) -> dict[Any, str]:
    """Each key's name for the reader. One query at most."""
    owners = (
        dict(User.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "name"))
        if by == "owner"
        else {}
    )
    known: dict[str, Any] = {
        "industry": lambda key: sentences.place("industry", places.industry_name(key or 0)),
        "region": lambda key: sentences.place("region", places.region_name(key or 0)),
        "tier": lambda key: _("Tier %(letter)s") % {"letter": key} if key else _("Not sorted yet"),
        "owner": lambda key: owners.get(key, "") if key else _("Nobody"),
    }
    return {key: known[by](key) for key in keys}


def csv_header() -> list[str]:
    return [
        _("Step or segment"), _("NPS"), _("Answers"), _("Promoters"), _("Detractors"), _("Satisfaction"), _("Answers"),
        _("Complaints opened"), _("Complaints settled"), _("Complaints open"),
    ]  # fmt: skip


def csv_lines(cells: list[satisfaction.Cell], names: dict[Any, str]) -> Iterable[Sequence[Any]]:
    for cell in cells:
        yield (
            names.get(cell.key, cell.key), cell.nps, cell.n, cell.promoters, cell.detractors, cell.satisfaction, cell.csat_n,
            cell.opened, cell.closed, cell.open,
        )  # fmt: skip


def answers(request: HttpRequest) -> HttpResponseBase:
    """The answers a figure is made of: the latest of each contact to the question, in the period and the segment."""
    allow_reader(request.user)
    found, places = question(request, Scope()), Places.load()
    _by, narrow, only = asked_segment(request, places)
    chosen = request.GET.get("set", "nps")
    if chosen not in ANSWERS:
        raise Http404
    kept = satisfaction.latest(Asked(request.user, found.period, narrow).answers()).filter(ANSWERS[chosen][1])
    page = paginate(request, kept.select_related("customer", "contact"), ["-on"])
    context = {"question": found, "title": ANSWERS[chosen][0], "only": only, "page": page, "n": kept.count()}
    return render(request, "metrics/rows_answers.html", context)


ANSWERS: dict[str, tuple[Any, Any]] = {
    "nps": (gettext_lazy("Answers to “would you recommend us?”"), Q(kind="nps")),
    "promoters": (gettext_lazy("Promoters"), Q(kind="nps", score__gte=PROMOTER)),
    "detractors": (gettext_lazy("Detractors"), Q(kind="nps", score__lte=DETRACTOR)),
    "satisfaction": (gettext_lazy("Answers about satisfaction"), Q(kind="satisfaction")),
}


def complaints(request: HttpRequest) -> HttpResponseBase:
    """The complaints a figure is made of."""
    allow_reader(request.user)
    found, places = question(request, Scope()), Places.load()
    _by, narrow, only = asked_segment(request, places)
    chosen = request.GET.get("set", "opened")
    if chosen not in COMPLAINTS:
        raise Http404
    kept = Asked(request.user, found.period, narrow).complaints(chosen)
    page = paginate(request, kept.select_related("customer"), ["-opened_on"])
    context = {"question": found, "title": COMPLAINTS[chosen], "only": only, "page": page, "n": kept.order_by().count()}
    return render(request, "metrics/rows_complaints.html", context)


COMPLAINTS = {
    "opened": gettext_lazy("Complaints opened"), "closed": gettext_lazy("Complaints settled"),
    "open": gettext_lazy("Complaints open"),
}  # fmt: skip
