"""Counting figures once for many readers: what is known now, what was counted from it, and when to count again."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from metrics import coverage, dashboard, rollup
from metrics.influence import live_by_day
from metrics.models import InsightSettings, Snapshot
from metrics.money import Rates
from metrics.periods import Period
from metrics.scope import Scope
from requests_app.models import ClosingDay

# At most this share of time goes into counting again what somebody looks at all the time.
WORTH = 20
SLOW = 1_000  # ms; from here on the worker counts
OLD = timedelta(minutes=10)
# A new day begins with what was counted for the one before, until the worker has counted its own.
EARLIER = timedelta(days=7)
WOKEN = 20  # seconds in which the worker is not asked for the same again


@dataclass(frozen=True)
class Known:
    """What the figures rest on, read in one query."""

    settings: InsightSettings
    closed: tuple[date, date] | None
    last_event: int

    def stamp(self, today: date) -> str:
        """Changes with everything that happens, with what is assumed, and overnight."""
        return f"{self.last_event}.{self.settings.version}.{today}"

    @classmethod
    def now(cls) -> "Known":
        names = [str(field.column) for field in InsightSettings._meta.concrete_fields]
        days = ClosingDay._meta.db_table
        sql = (
            f"SELECT (SELECT min(day) FROM {days}), (SELECT max(day) FROM {days}),"
            f" (SELECT coalesce(max(id), 0) FROM events_event), {', '.join(f's.{name}' for name in names)}"
            f" FROM (SELECT 1) AS one LEFT JOIN {InsightSettings._meta.db_table} AS s ON s.id = 1"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql)
            first, last, event, *values = cursor.fetchone()
        settings = InsightSettings.from_db(connection.alias, names, values) if values[0] else InsightSettings(pk=1)
        return cls(settings, (first, last) if first else None, event)


@dataclass
class Counted:
    """Figures with the moment they were counted at; `behind` when something happened since that is not yet in them."""

    figures: dict[str, Any]
    at: datetime
    behind: bool = False


def for_program(known: Known, period: Period, today: date) -> dict[str, Counted]:
    """`influence` (always true), `program` and `coverage` (as of a moment) for the program. One query when warm."""
    kept = _kept(period, today)
    closing = next((row.closing for row in kept.values() if row.name != "coverage"), None)
    if closing is None:
        closing = closing_stamp(period)
    found = {"influence": _influence(known, period, kept.get("influence"), closing)}
    stamp = known.stamp(today)
    found["program"] = _lately(
        "program",
        period,
        stamp,
        kept.get("program"),
        lambda: dashboard.program_figures(Scope(), known.settings, period, today),
    )
    found["coverage"] = _coverage(known, today, kept.get("coverage"))
    return found


def for_coverage(known: Known, today: date) -> Counted:
    """Coverage alone, over all products."""
    return _coverage(known, today, Snapshot.objects.filter(_of_coverage(today)).order_by("-first").first())


def _coverage(known: Known, today: date, kept: Snapshot | None) -> Counted:
    def count() -> dict[str, Any]:
        return coverage.figures(today, Rates.on(today), known.settings.assumed_request_percent)

    return _lately("coverage", Period(today, today), known.stamp(today), kept, count)


def _kept(period: Period, today: date) -> dict[str, Any]:
    versions = (
        ClosingDay.objects.filter(day__range=(OuterRef("first"), OuterRef("last")))
        .order_by()
        .annotate(one=F("day") - F("day"))
    )
    closing = Subquery(versions.values("one").annotate(sum=Sum("version")).values("sum"))
    wanted = Q(name__in=["influence", "program"], first=period.first, last=period.last) | _of_coverage(today)
    found = Snapshot.objects.filter(wanted).annotate(closing=Coalesce(closing, 0)).order_by("first")
    return {row.name: row for row in found}


def _of_coverage(today: date) -> Q:
    return Q(name="coverage", first=F("last"), first__range=(today - EARLIER, today))


def closing_stamp(period: Period) -> int:
    """Grows with every change to a deal closed in the period."""
    days = ClosingDay.objects.filter(day__range=(period.first, period.last))
    return int(days.aggregate(sum=Sum("version"))["sum"] or 0)


def _influence(known: Known, period: Period, kept: Snapshot | None, closing: int) -> Counted:
    stamp = f"{closing}.{known.settings.version}"
    if kept and kept.stamp == stamp:
        return Counted(kept.figures, kept.counted_at)
    lookback = known.settings.lookback_days
    if not rollup.catch_up(period, lookback):
        wake("metrics.tasks.refresh")
        if kept:
            return Counted(kept.figures, kept.counted_at, behind=True)
        if not rollup.hurry(period, lookback):
            # Nothing to show instead: rather slow once than wrong.
            days = live_by_day(Scope().deals(), period, lookback)
            return Counted(dashboard.influence_figures(days, known.settings, period), timezone.now())
    return _count(
        "influence", period, stamp, lambda: dashboard.influence_figures(rollup.by_day(period), known.settings, period)
    )


def _lately(
    name: str, period: Period, stamp: str, kept: Snapshot | None, count: Callable[[], dict[str, Any]]
) -> Counted:
    """What was kept while it is true or counting again is not worth it yet; the worker counts what takes long."""
    if kept is None:
        return _count(name, period, stamp, count)
    age = timezone.now() - kept.counted_at
    if kept.stamp == stamp and age < OLD:
        return Counted(kept.figures, kept.counted_at)
    if age < timedelta(milliseconds=kept.took * WORTH):
        return Counted(kept.figures, kept.counted_at, behind=True)
    if kept.took >= SLOW:
        wake("metrics.tasks.count", name=name, first=str(period.first), last=str(period.last))
        return Counted(kept.figures, kept.counted_at, behind=True)
    return _count(name, period, stamp, count)


def _count(name: str, period: Period, stamp: str, count: Callable[[], dict[str, Any]]) -> Counted:
    start = monotonic()
    figures, at = count(), timezone.now()
    took = int((monotonic() - start) * 1000)
    # One statement, for two readers may count the same at once.
    Snapshot.objects.bulk_create(
        [
            Snapshot(
                name=name, first=period.first, last=period.last, stamp=stamp, figures=figures, took=took, counted_at=at
            )
        ],
        update_conflicts=True,
        unique_fields=["name", "first", "last"],
        update_fields=["stamp", "figures", "took", "counted_at"],
    )
    return Counted(figures, at)


def recount(name: str, period: Period, today: date) -> None:
    """The worker's part: count slow figures again, whatever was kept."""
    known = Known.now()
    if name == "coverage":
        figures = coverage.figures(today, Rates.on(today), known.settings.assumed_request_percent)
    else:
        figures = dashboard.program_figures(Scope(), known.settings, period, today)
    _count(name, period, known.stamp(today), lambda: figures)


def wake(task: str, **kwargs: str) -> None:
    """Ask the worker, once in a while; with Redis away the page still answers and beat comes round."""
    from celery import current_app

    if cache.add(":".join(["woken", task, *kwargs.values()]), 1, WOKEN):
        with suppress(Exception):
            current_app.send_task(task, kwargs=kwargs)
