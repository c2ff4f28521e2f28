"""What stands behind a number: rows that add up to it, page by page or as a file."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from crp.ui.exports import csv_response
from crp.ui.lists import paginate
from metrics import outcomes, rows, utilisation
from metrics.intervals import median_of_counts
from metrics.money import Rates
from metrics.scope import Scope, deals_and_requests
from metrics.views.asking import question
from requests_app.models import Opportunity


def deals(request: HttpRequest) -> HttpResponseBase:
    """Deals of a set, with amounts whose sum is the figure."""
    found = question(request, deals_and_requests(request.user))
    chosen = rows.chosen(rows.DEALS, request.GET.get("set", "influenced"))
    deals, rates = chosen.rows(found.asked).select_related("account", "owner"), Rates.on(found.period.last)
    if request.GET.get("format") == "csv":
        return csv_response("deals", _deal_header(rates), _deal_lines(deals.order_by("-closed_on", "-pk"), rates))
    page = paginate(request, deals, ["-closed_on"])
    for deal in page:
        deal.converted = rates.convert(deal.amount, deal.currency)
    context = {"chosen": chosen, "page": page, "question": found, "rates": rates, "total": rows.total(deals, rates)}
    if request.GET.get("set", "").startswith("days_"):
        context["median"] = _median_days(deals)
    return render(request, "metrics/rows_deals.html", context)


def _median_days(deals: Any) -> float | None:
    counts: dict[int, int] = {}
    for opened_on, closed_on in deals.order_by().values_list("opened_on", "closed_on"):
        days = (closed_on - opened_on).days
        counts[days] = counts.get(days, 0) + 1
    return median_of_counts(counts)


def _deal_header(rates: Rates) -> list[str]:
    return [
        _("Deal"), _("Id"), _("Company"), _("Owner"), _("State"), _("Opened"), _("Closed"), _("Latest touch"),
        _("Amount"), _("Currency"), _("Amount in %(currency)s") % {"currency": rates.currency},
    ]  # fmt: skip


def _deal_lines(deals: Any, rates: Rates) -> Iterable[Sequence[Any]]:
    for deal in deals.iterator(chunk_size=500):
        yield _deal_line(deal, rates)


def _deal_line(deal: Opportunity, rates: Rates) -> Sequence[Any]:
    company = deal.account.name if deal.account else deal.prospect
    return [
        deal.name, deal.external_id, company, deal.owner.name if deal.owner else "", deal.get_state_display(),
        deal.opened_on, deal.closed_on, deal.touched_on,
        deal.amount, deal.currency, rates.convert(deal.amount, deal.currency),
    ]  # fmt: skip


def requests(request: HttpRequest) -> HttpResponseBase:
    """Requests of a set, with what was measured of each."""
    found = question(request, deals_and_requests(request.user))
    chosen = rows.chosen(rows.REQUESTS, request.GET.get("set", "first_yes"))
    found_rows = chosen.rows(found.asked).select_related("opportunity", "activity_type", "requested_by")
    timed = "days" in found_rows.query.annotations
    if request.GET.get("format") == "csv":
        header = [
            _("Request"),
            _("Deal"),
            _("What"),
            _("Asked by"),
            _("Submitted"),
            _("Needed by"),
            _("State"),
            _("Days"),
        ]
        return csv_response(
            "requests", header, (_request_line(row) for row in found_rows.order_by("-pk").iterator(chunk_size=500))
        )
    context = {
        "chosen": chosen, "page": paginate(request, found_rows, ["-pk"]), "question": found, "timed": timed,
        "spread": outcomes.spread(found_rows) if timed else {"n": found_rows.order_by().count()},
    }  # fmt: skip
    return render(request, "metrics/rows_requests.html", context)


def _request_line(row: Any) -> Sequence[Any]:
    deal = row.opportunity.name if row.opportunity else row.get_purpose_display()
    days = getattr(row, "days", None)
    return [
        row.reference, deal, row.activity_type.label, row.requested_by.name, row.submitted_at, row.need_by,
        row.get_state_display(), None if days is None else round(days, 2),
    ]  # fmt: skip


def assignments(request: HttpRequest) -> HttpResponseBase:
    """People asked, and what became of it."""
    found = question(request, deals_and_requests(request.user))
    chosen = rows.chosen(rows.ASSIGNMENTS, request.GET.get("set", "asked"))
    asked = chosen.rows(found.asked).select_related("contact__customer", "request__activity_type")
    if request.GET.get("format") == "csv":
        header = [_("Request"), _("Reference"), _("Customer"), _("Asked"), _("Answered"), _("State"), _("Took place")]
        return csv_response(
            "asked", header, (_assignment_line(row) for row in asked.order_by("-pk").iterator(chunk_size=500))
        )
    context = {
        "chosen": chosen,
        "page": paginate(request, asked, ["-pk"]),
        "question": found,
        "n": asked.order_by().count(),
    }
    return render(request, "metrics/rows_assignments.html", context)


def _assignment_line(row: Any) -> Sequence[Any]:
    contact = row.contact
    return [
        row.request.reference, contact.name, contact.customer.name, row.invited_at, row.answered_at,
        row.get_state_display(), row.occurred_on,
    ]  # fmt: skip


def people(request: HttpRequest) -> HttpResponseBase:
    """References of a set, with how much each was used."""
    found = question(request, Scope.of(request.user))
    chosen = rows.chosen(rows.PEOPLE, request.GET.get("set", "busiest"))
    contacts = chosen.rows(found.asked).select_related("customer")
    taken = _taken(found.asked)
    if request.GET.get("format") == "csv":
        header = [_("Reference"), _("Customer"), _("Live activities in the period")]
        lines = (
            [row.name, row.customer.name, taken(row.pk)]
            for row in contacts.order_by("name", "pk").iterator(chunk_size=500)
        )
        return csv_response("references", header, lines)
    page = paginate(request, contacts, ["name"])
    for contact in page:
        contact.taken = taken(contact.pk)
    context = {"chosen": chosen, "page": page, "question": found, "n": contacts.order_by().count()}
    return render(request, "metrics/rows_people.html", context)


def _taken(asked: rows.Asked) -> Callable[[int], int]:
    counts = utilisation.carried(asked.scope, asked.period)
    return lambda contact: counts.get(contact, 0)
