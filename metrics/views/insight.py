"""The executive page: what the program is worth; for sales and account owners the same of their own deals."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from crp.ui import formats
from crp.ui.exports import csv_response
from metrics import counting, dashboard, periods
from metrics.counting import Counted
from metrics.influence import live_by_day
from metrics.scope import Scope, only_material
from metrics.views import sentences
from metrics.views.asking import Question, question

SHOWN = 6


def insight(request: HttpRequest) -> HttpResponseBase:
    """At most six queries when warm."""
    if only_material(request.user):
        return redirect("metrics:materials")
    scope = Scope.of(request.user)
    found = question(request, scope)
    counted = counting.for_program(found.known, found.period, found.asked.today) if scope.whole else _own(found)
    if request.GET.get("format") == "csv":
        return csv_response(
            "insight", [_("Figure"), _("Value"), _("Of"), _("From"), _("To"), _("Note")], _lines(found, counted)
        )
    return render(
        request, "metrics/insight.html", _context(found, counted) | {"page_key": _key(request, found, counted)}
    )


def _key(request: HttpRequest, found: Question, counted: dict[str, Counted]) -> str:
    """Names the drawn page: the same figures, address, day and reader's way of writing give the same page."""
    moments = [f"{figures.at.isoformat()}{figures.behind}" for figures in counted.values()]
    reader = [formats.language(), formats.number_locale(), timezone.get_current_timezone_name()]
    return " ".join([*moments, *reader, str(found.asked.today), request.GET.urlencode()])


def _own(found: Question) -> dict[str, Counted]:
    """Counted from the rows themselves: they are few."""
    scope, settings, period = found.asked.scope, found.known.settings, found.period
    days = live_by_day(scope.deals(), period, settings.lookback_days)
    now = timezone.now()
    return {
        "influence": Counted(dashboard.influence_figures(days, settings, period), now),
        "program": Counted(dashboard.program_figures(scope, settings, period, found.asked.today), now),
    }


def _context(found: Question, counted: dict[str, Counted]) -> dict[str, Any]:
    influence, program = sentences.spoken(counted["influence"].figures), sentences.shares(counted["program"].figures)
    coverage = counted["coverage"].figures if "coverage" in counted else None
    return {
        "question": found,
        "period": found.period,
        "kinds": periods.KINDS,
        "influence": influence,
        "program": program,
        "coverage": coverage and table(coverage, SHOWN),
        "counted": counted["program"],
        "summed": counted["influence"],
        "headline": sentences.headline(influence, found.period),
        "shortest": sentences.shortest(coverage),
        "bars": bars(influence, found.period.last),
        "trends": sentences.trends(program),
        "whole": found.asked.scope.whole,
        "comparison_sentence": sentences.comparison(program["comparison"]),
        "rate_note": sentences.rates(influence),
        "left_out": sentences.left_out(influence),
    }


def bars(influence: dict[str, Any], last: date) -> list[dict[str, Any]]:
    """The chart's columns in the reader's calendar: {label, won, influenced, first, last, so_far}."""
    calendar = "jalali" if formats.language() == "fa" else "gregorian"
    months = influence["step_months"]
    found = []
    for step in influence["steps"][calendar]:
        start = date.fromisoformat(step["start"])
        end = dashboard.step_end(start, months, calendar)
        found.append({
            **step, "first": max(start, date.fromisoformat(influence["from"])), "last": min(end, last),
            "so_far": end > last,
            "label": bar_label(start, months),
        })  # fmt: skip
    return found


def bar_label(start: date, months: int) -> str:
    """A step's name: its month, quarter's first month or year."""
    if months == 12:
        return formats.month(start).split()[-1]
    return formats.month(start, with_year=months > 1)


def table(coverage: dict[str, Any], limit: int | None = None) -> dict[str, Any]:
    """The heat table: rows of cells in the order of the regions; the largest `limit` of each axis."""
    cells = {(cell["industry"], cell["region"]): cell for cell in coverage["cells"]}
    industries, regions = coverage["industries"][:limit], coverage["regions"][:limit]
    names = {"industry": {}, "region": {}}  # type: dict[str, dict[int, str]]
    for axis, entries in (("industry", coverage["industries"]), ("region", coverage["regions"])):
        names[axis] = {entry["id"]: sentences.place(axis, entry["name"]) for entry in entries}
    gaps = [
        {**gap, "industry_name": names["industry"][gap["industry"]], "region_name": names["region"][gap["region"]]}
        for gap in coverage["gaps"]
    ]
    rows = [
        {"name": names["industry"][row["id"]], "cells": [cells.get((row["id"], column["id"])) for column in regions]}
        for row in industries
    ]
    return {
        **coverage, "rows": rows, "columns": [names["region"][column["id"]] for column in regions], "named_gaps": gaps,
        "top_gaps": gaps[:4],
        "more": len(coverage["industries"]) > len(industries) or len(coverage["regions"]) > len(regions),
    }  # fmt: skip


def _lines(found: Question, counted: dict[str, Counted]) -> Iterable[Sequence[Any]]:
    influence, program = counted["influence"].figures, counted["program"].figures
    first, last = found.period.first, found.period.last
    currency = influence["currency"]
    yield [_("Revenue won"), influence["revenue_won"], influence["deals_won"], first, last, currency]
    yield [
        _("Influenced revenue"),
        influence["influenced_revenue"],
        influence["deals_influenced"],
        first,
        last,
        currency,
    ]
    for words, side in ((_("Win rate with a reference"), "with"), (_("Win rate without"), "without")):
        rate = influence["win_rate"][side]
        yield [words, rate["rate"], rate["won"] + rate["lost"], first, last, sentences.interval(rate)]
    for words, side in (
        (_("Days from opening to won, with a reference"), "with"),
        (_("Days from opening to won, without"), "without"),
    ):
        yield [words, influence["cycle"][side]["median"], influence["cycle"][side]["n"], first, last, _("median")]
    outcomes, use = program["outcomes"], program["use"]["concentration"]
    yield [_("First yes, days"), outcomes["first_yes"]["median"], outcomes["first_yes"]["n"], first, last, _("median")]
    yield [_("Done in time"), outcomes["in_time"]["met"], outcomes["in_time"]["n"], first, last, ""]
    yield [_("References who said yes"), outcomes["acceptance"]["yes"], outcomes["acceptance"]["n"], first, last, ""]
    yield [_("Taken by the busiest tenth"), use["taken"], use["n"], first, last, ""]
    for step in influence["steps"]["gregorian"]:
        yield [_("Influenced revenue"), step["influenced"], step["won"], step["start"], "", currency]
