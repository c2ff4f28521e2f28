"""Keeping ClosedDay true: only days whose ClosingDay moved on are summed again."""

from collections.abc import Iterable, Sequence
from datetime import date
from time import monotonic

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from metrics.influence import LOST, WON, Sums, grouped
from metrics.models import ClosedDay, InsightSettings
from metrics.periods import Period
from requests_app.models import ClosingDay, Opportunity

# So many days are summed within a page's request; more are the worker's.
AT_ONCE = 40
CHUNK = 200
# Any fixed number: two refreshers must not write the same day at once.
LOCK = 7_403_211


def old_days(lookback_days: int, period: Period | None = None) -> QuerySet[ClosingDay, date]:
    """Closing days without sums of their present version and look-back."""
    current = ClosedDay.objects.filter(day=OuterRef("day"), version=OuterRef("version"), lookback_days=lookback_days)
    days = ClosingDay.objects.filter(~Exists(current)).order_by("day")
    return (days.filter(day__range=(period.first, period.last)) if period else days).values_list("day", flat=True)


@transaction.atomic
def refresh(days: Iterable[date], lookback_days: int) -> None:
    """Sum these days anew."""
    wanted = sorted(set(days))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    # The version is read before the deals: a change in between makes the sums look old, never fresh.
    versions = dict(ClosingDay.objects.filter(day__in=wanted).values_list("day", "version"))
    sums: dict[tuple[date, str], Sums] = {}
    closed = Opportunity.objects.filter(state__in=[WON, LOST], closed_on__in=wanted)
    for group in grouped(closed, lookback_days, "closed_on", "open_for"):
        sums.setdefault((group["closed_on"], group["currency"]), Sums()).count(group)
    for day in versions.keys() - {day for day, _currency in sums}:
        sums[day, ""] = Sums()
    ClosedDay.objects.filter(day__in=wanted).delete()
    ClosedDay.objects.bulk_create(
        _row(day, currency, versions.get(day, 0), lookback_days, found) for (day, currency), found in sums.items()
    )


def _row(day: date, currency: str, version: int, lookback_days: int, sums: Sums) -> ClosedDay:
    return ClosedDay(
        day=day,
        currency=currency,
        version=version,
        lookback_days=lookback_days,
        won_amount=sums.won_amounts[currency],
        influenced_amount=sums.influenced_amounts[currency],
        days_touched=sums.days_touched,
        days_untouched=sums.days_untouched,
        **{name: getattr(sums, name) for name in Sums.COUNTS},
    )


def catch_up(period: Period, lookback_days: int) -> bool:
    """Within a request: sum the old days of the period if they are few. False when they are left to the worker."""
    days = list(old_days(lookback_days, period)[: AT_ONCE + 1])
    if len(days) > AT_ONCE:
        return False
    if days:
        refresh(days, lookback_days)
    return True


def hurry(period: Period, lookback_days: int, seconds: float = 1.0) -> bool:
    """Sum old days of the period for so long at most; for a page with nothing older to show. True: all done."""
    until = monotonic() + seconds
    while days := list(old_days(lookback_days, period)[:CHUNK]):
        if monotonic() > until:
            return False
        refresh(days, lookback_days)
    return True


def refresh_all(limit_chunks: int = 1000) -> int:
    """Sum every old day, a chunk per transaction, the newest first. Returns the number of days."""
    done = 0
    for _chunk in range(limit_chunks):
        lookback_days = InsightSettings.current().lookback_days
        days: Sequence[date] = list(old_days(lookback_days).order_by("-day")[:CHUNK])
        if not days:
            break
        refresh(days, lookback_days)
        done += len(days)
    return done


def reconcile() -> int:
    """Mark closing days that deals have and the marks lack (rows written past the verbs), and sum. Returns how many."""
    missing = (
        Opportunity.objects.filter(state__in=[WON, LOST])
        .exclude(Exists(ClosingDay.objects.filter(day=OuterRef("closed_on"))))
        .order_by()
        .values_list("closed_on", flat=True)
        .distinct()
    )
    days = list(missing)
    ClosingDay.objects.mark(*days)
    refresh_all()
    return len(days)


def by_day(period: Period) -> dict[date, Sums]:
    """The sums of the period by closing day, as kept. One query over the period's days."""
    days: dict[date, Sums] = {}
    for row in ClosedDay.objects.filter(day__range=(period.first, period.last)):
        days.setdefault(row.day, Sums()).__iadd__(_sums(row))
    return days


def _sums(row: ClosedDay) -> Sums:
    found = Sums(**{name: getattr(row, name) for name in Sums.COUNTS})
    if row.won_touched or row.won_untouched:
        found.won_amounts[row.currency] = row.won_amount
        found.influenced_amounts[row.currency] = row.influenced_amount
    for name in ("days_touched", "days_untouched"):
        getattr(found, name).update({int(days): n for days, n in getattr(row, name).items()})
    return found
