"""The figures of the executive page, composed as JSON so that they can be kept."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import jdatetime

from metrics import comparison, outcomes, program, utilisation
from metrics.influence import Sums, statement
from metrics.intervals import median_of_counts
from metrics.models import InsightSettings
from metrics.money import Rates
from metrics.periods import Period
from metrics.scope import Scope

CALENDARS = ("gregorian", "jalali")


def influence_figures(days: Mapping[date, Sums], settings: InsightSettings, period: Period) -> dict[str, Any]:
    """influence.statement with the medians of days open, and `steps` of the chart in either calendar. One query."""
    rates, total = Rates.on(period.last), Sums()
    for sums in days.values():
        total += sums
    return {
        **statement(total, rates, settings.lookback_days, period),
        "cycle": {
            side: {"median": median_of_counts(counts), "n": sum(counts.values())}
            for side, counts in (("with", total.days_touched), ("without", total.days_untouched))
        },
        "step_months": step_months(period),
        "steps": {calendar: _steps(days, rates, period, calendar) for calendar in CALENDARS},
    }


def step_months(period: Period) -> int:
    """How many months a bar of the chart stands for, so that there are never too many."""
    return 1 if period.days <= 550 else 3 if period.days <= 1500 else 12


def _steps(days: Mapping[date, Sums], rates: Rates, period: Period, calendar: str) -> list[dict[str, Any]]:
    start_of, months = START[calendar], step_months(period)
    bars: dict[date, Sums] = {}
    day = start_of(period.first, months)
    while day <= period.last:
        bars[day] = Sums()
        # The longest month has 31 days: a few more lead into the next step, never past it.
        day = start_of(day + timedelta(days=31 * months + 1), months)
    for on, sums in days.items():
        bars[start_of(on, months)] += sums
    return [
        {
            "start": start.isoformat(),
            "won": str(rates.total(sums.won_amounts)),
            "influenced": str(rates.total(sums.influenced_amounts)),
        }
        for start, sums in bars.items()
    ]


def _gregorian(day: date, months: int) -> date:
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _jalali(day: date, months: int) -> date:
    here = jdatetime.date.fromgregorian(date=day)
    return jdatetime.date(here.year, (here.month - 1) // months * months + 1, 1).togregorian()


START: dict[str, Callable[[date, int], date]] = {"gregorian": _gregorian, "jalali": _jalali}


def step_end(start: date, months: int, calendar: str) -> date:
    """The last day of the step that begins with `start`."""
    return START[calendar](start + timedelta(days=31 * months + 1), months) - timedelta(days=1)


def program_figures(scope: Scope, settings: InsightSettings, period: Period, today: date) -> dict[str, Any]:
    """Outcomes, use, the comparison; `before` holds what moved, for as many days just before."""
    on = min(period.last, today)
    found = {
        "outcomes": outcomes.figures(scope, period, today),
        "use": utilisation.figures(scope, period, on, settings.unused_days),
        "comparison": comparison.figures(scope.deals(), period),
        "before": _before(scope, period, today),
    }
    return {**found, "health": program.figures(scope, period, today)} if scope.whole else found


def _before(scope: Scope, period: Period, today: date) -> dict[str, Any] | None:
    if period.kind == "all":
        return None
    earlier = period.before()
    return {
        "outcomes": outcomes.figures(scope, earlier, today),
        "concentration": utilisation.concentration(scope, earlier, earlier.last),
    }
