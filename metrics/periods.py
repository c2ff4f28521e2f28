"""The stretch of days a figure is about. Whole days in the program's time zone, both ends included."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.ui import formats
from crp.verbs import Refused

KINDS = (
    ("quarter", gettext_lazy("Quarter")),
    ("year", gettext_lazy("This year")),
    ("months", gettext_lazy("12 months")),
    ("all", gettext_lazy("All time")),
)
EARLIEST, LATEST = date(1970, 1, 1), date(2999, 12, 31)


class BadPeriod(Refused):
    """What was asked for is no period; `field` names the part."""

    status = 400


@dataclass(frozen=True)
class Period:
    """`first` to `last`; `kind` is how it was chosen, `fallback` that nothing closed in the one shown by default."""

    first: date
    last: date
    kind: str = "custom"
    fallback: bool = False

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def query(self) -> str:
        """The period as part of an address."""
        return f"from={self.first}&to={self.last}"

    @property
    def label(self) -> str:
        """`1 Jan 2017 to 31 Dec 2017`."""
        return _("%(first)s to %(last)s") % {"first": formats.day_year(self.first), "last": formats.day_year(self.last)}

    def before(self) -> Self:
        """As many days, just before."""
        return type(self)(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    @classmethod
    def of_kind(cls, kind: str, today: date, closed: tuple[date, date] | None = None) -> Self:
        """A named period. `closed` are the first and the last closing day known, for `all`."""
        first, last = closed or (today, today)
        if kind == "all":
            return cls(min(first, today), max(last, today), kind)
        if kind == "quarter":
            return cls(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), today, kind)
        if kind == "months":
            return cls(year_before(today), today, kind)
        return cls(date(today.year, 1, 1), today, "year")

    @classmethod
    def usual(cls, today: date, closed: tuple[date, date] | None) -> Self:
        """This year; when nothing closed in it, the latest 12 months in which deals closed."""
        if closed and closed[1] < date(today.year, 1, 1):
            return cls(year_before(closed[1]), closed[1], "custom", fallback=True)
        return cls.of_kind("year", today)


def year_before(day: date) -> date:
    """The first day of the 12 months that end with `day`."""
    try:
        return day.replace(year=day.year - 1) + timedelta(days=1)
    except ValueError:  # 29 February
        return date(day.year - 1, 3, 1)


def read(query: Mapping[str, Any], today: date, closed: tuple[date, date] | None) -> Period:
    """The period an address asks for: `from` and `to`, else `period`, else the usual one. Raises BadPeriod."""
    first, last = _day(query, "from"), _day(query, "to")
    if first or last:
        end = last or max(today, first or today)
        return _checked(first or year_before(end), end)
    kind = query.get("period", "")
    if kind and kind not in dict(KINDS):
        raise BadPeriod(_("There is no such period."), code="bad_period", field="period")
    return Period.of_kind(kind, today, closed) if kind else Period.usual(today, closed)


def _day(query: Mapping[str, Any], name: str) -> date | None:
    text = str(query.get(name, "")).strip()
    try:
        day = parse_date(text) if text else None
    except ValueError:
        day = None
    if text and (day is None or not EARLIEST <= day <= LATEST):
        raise BadPeriod(_("Write the day as 2026-12-31."), code="bad_date", field=name)
    return day


def _checked(first: date, last: date) -> Period:
    if first > last:
        raise BadPeriod(_("The period ends before it begins."), code="bad_period", field="to")
    return Period(first, last)


def lookback(query: Mapping[str, Any], usual: int) -> int:
    """The look-back in days an address asks for, 0 to 3,650. Raises BadPeriod."""
    text = str(query.get("lookback_days", "")).strip()
    if not text:
        return usual
    # isdecimal alone lets Arabic digits pass, which int() reads as well.
    if not text.isdecimal() or len(text) > 4 or int(text) > 3650:
        raise BadPeriod(
            _("The look-back is a whole number of days from 0 to 3650."), code="bad_lookback", field="lookback_days"
        )
    return int(text)
