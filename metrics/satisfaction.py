"""What customers say of us and complain of, over time and by segment (docs/figures.md)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sqrt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateField, F, Func, IntegerField, Q, QuerySet, Sum, Value, Window
from django.db.models.functions import Cast, RowNumber

from metrics.coverage import Places
from metrics.dashboard import START, step_months
from metrics.intervals import Z, median_of_counts
from metrics.periods import Period
from references.models import Complaint, SurveyResponse
from references.models.survey import DETRACTOR, PROMOTER, SurveyKind

# Fewer answers say little: they are shown pale and without an interval.
ENOUGH = 10
SEGMENTS = ("industry", "region", "tier", "owner")
PATHS = {
    "industry": "customer__industry",
    "region": "customer__country",
    "tier": "customer__tier",
    "owner": "customer__owner",
}
MOST = 200


@dataclass
class Cell:
    """Answers and complaints of a step of time or of a segment."""

    key: Any
    n: int = 0
    promoters: int = 0
    detractors: int = 0
    csat_n: int = 0
    csat_sum: float = 0.0
    opened: int = 0
    closed: int = 0
    open: int = 0
    days: dict[int, int] = field(default_factory=dict)

    @property
    def nps(self) -> float | None:
        """−100 to 100."""
        return 100 * (self.promoters - self.detractors) / self.n if self.n else None

    @property
    def enough(self) -> bool:
        return self.n >= ENOUGH

    @property
    def margin(self) -> float | None:
        """
        Half the width of the 95% interval of NPS, in points; None below ENOUGH answers.

        The variance of a difference of two shares of one multinomial sample, (p + d − (p − d)²) ÷ n; Goodman LA (1965),
        Technometrics 7: 247-254.
        """
        if not self.enough:
            return None
        p, d = self.promoters / self.n, self.detractors / self.n
        return 100 * Z * sqrt(max(p + d - (p - d) ** 2, 0) / self.n)

    @property
    def satisfaction(self) -> float | None:
        """Mean, 1 to 5."""
        return self.csat_sum / self.csat_n if self.csat_n else None

    @property
    def settled_in(self) -> float | None:
        """Median days from opened to settled, of those settled in the period."""
        return median_of_counts(self.days)

    def told(self) -> dict[str, Any]:
        return {
            "n": self.n, "promoters": self.promoters, "detractors": self.detractors, "nps": self.nps, "margin": self.margin,
            "satisfaction": self.satisfaction, "satisfaction_n": self.csat_n, "complaints_opened": self.opened,
            "complaints_closed": self.closed, "complaints_open": self.open, "median_days_to_settle": self.settled_in,
        }  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Whose answers and complaints, of which period; `narrow` keeps one segment, a condition on the customer."""

    user: Any
    period: Period
    narrow: Q = field(default_factory=Q)

    def answers(self) -> QuerySet[SurveyResponse]:
        """Of people, within the period, that the user may read."""
        inside = {"on__range": (self.period.first, self.period.last), "contact__isnull": False}
        return SurveyResponse.objects.visible_to(self.user).filter(self.narrow, **inside)

    def complaints(self, what: str) -> QuerySet[Complaint]:
        """`opened` or `closed` within the period, or `open` on its last day."""
        mine, (first, last) = Complaint.objects.visible_to(self.user).filter(self.narrow), self.bounds
        if what == "open":
            return mine.filter(Q(closed_on=None) | Q(closed_on__gt=last), opened_on__lte=last)
        return mine.filter(**{f"{what}_on__range": (first, last)})

    @property
    def bounds(self) -> tuple[date, date]:
        return self.period.first, self.period.last


def latest(answers: QuerySet[SurveyResponse], *per: str) -> QuerySet[SurveyResponse]:
    """The latest answer of each contact to each question, in each `per` where given."""
    alike = [F(name) for name in ("kind", "contact_id", *per)]
    place = Window(RowNumber(), partition_by=alike, order_by=[F("on").desc(), F("pk").desc()])
    return SurveyResponse.objects.filter(pk__in=answers.annotate(place=place).filter(place=1).values("pk")).order_by()


def together(asked: Asked) -> Cell:
    """The period as one. Four queries."""
    found = Tally()
    found.take_answers(latest(asked.answers()).annotate(key=Value(0)))
    for what in ("opened", "closed", "open"):
        found.take_complaints(what, asked.complaints(what).annotate(key=Value(0)))
    return found.cell(0)


def over_time(asked: Asked, calendar: str) -> list[Cell]:
    """
    A cell for each step (month, quarter or year of the calendar) of the period, `key` its first day; the latest answers
    within each. What is open is counted at each step's end. Four queries.
    """
    starts = step_starts(asked.period, calendar)
    found = Tally()
    answers = asked.answers().annotate(key=step_of("on", starts))
    found.take_answers(latest(answers, "key").annotate(key=step_of("on", starts)))
    for what in ("opened", "closed"):
        found.take_complaints(what, asked.complaints(what).annotate(key=step_of(f"{what}_on", starts)))
    before = Asked(asked.user, Period(asked.period.first, asked.period.first - timedelta(days=1)), asked.narrow)
    still = before.complaints("open").count()
    cells = [found.cell(place) for place in range(1, len(starts) + 1)]
    for start, cell in zip(starts, cells, strict=True):
        still += cell.opened - cell.closed
        cell.key, cell.open = start, still
    return cells


def step_starts(period: Period, calendar: str) -> list[date]:
    """First days of the steps; the first one is the period's own when it begins within a step."""
    months, start_of = step_months(period), START[calendar]
    found, day = [], start_of(period.first, months)
    while day <= period.last:
        found.append(max(day, period.first))
        # The longest month has 31 days: a few more lead into the next step, never past it.
        day = start_of(day + timedelta(days=31 * months + 1), months)
    return found


def step_of(path: str, starts: list[date]) -> Func:
    """SQL: which step a day falls in, counted from 1."""
    days = Value(starts, ArrayField(DateField()))
    return Func(F(path), Cast(days, ArrayField(DateField())), function="width_bucket", output_field=IntegerField())


def by_segment(asked: Asked, segment: str, places: Places) -> list[Cell]:
    """A cell for each segment that has anything, those with most answers first; `key` None: not known. Four queries."""
    found, path, to_key = Tally(), PATHS[segment], key_of(segment, places)
    found.take_answers(latest(asked.answers()).annotate(key=F(path)), to_key)
    for what in ("opened", "closed", "open"):
        found.take_complaints(what, asked.complaints(what).annotate(key=F(path)), to_key)
    return sorted(found.cells.values(), key=lambda cell: (-cell.n, -cell.csat_n, -cell.opened, str(cell.key)))[:MOST]


def key_of(segment: str, places: Places) -> Callable[[Any], Any]:
    """From what the customer's column holds to the segment's key: 0 or None for what is not known."""
    if segment == "industry":
        return places.top
    return (lambda code: places.of_country.get(code or "", 0)) if segment == "region" else (lambda key: key or None)


def narrowing(segment: str, key: str, places: Places) -> Q:
    """The condition on the customer that keeps one segment. Raises KeyError, ValueError on nonsense."""
    if segment == "industry":
        return Q(customer__industry__in=places.below(int(key))) if int(key) else Q(customer__industry=None)
    if segment == "region":
        codes = [code for code, region in places.of_country.items() if not int(key) or region == int(key)]
        return Q(customer__country__in=codes) if int(key) else ~Q(customer__country__in=codes)
    if segment == "owner":
        return Q(customer__owner=int(key)) if int(key) else Q(customer__owner=None)
    return Q(customer__tier={"A": "A", "B": "B", "C": "C", "0": ""}[key])


class Tally:
    """Cells filled from grouped rows."""

    def __init__(self) -> None:
        self.cells: dict[Any, Cell] = {}

    def cell(self, key: Any) -> Cell:
        return self.cells.setdefault(key, Cell(key))

    def take_answers(self, rows: QuerySet[Any], to_key: Callable[[Any], Any] = lambda key: key) -> None:
        """One query."""
        counts = {
            "n": Count("pk"), "promoters": Count("pk", filter=Q(score__gte=PROMOTER)),
            "detractors": Count("pk", filter=Q(score__lte=DETRACTOR)), "sum": Sum("score"),
        }  # fmt: skip
        for row in rows.values("key", "kind").annotate(**counts):
            cell = self.cell(to_key(row["key"]))
            if row["kind"] == SurveyKind.NPS:
                cell.n += row["n"]
                cell.promoters += row["promoters"]
                cell.detractors += row["detractors"]
            else:
                cell.csat_n += row["n"]
                cell.csat_sum += row["sum"]

    def take_complaints(self, what: str, rows: QuerySet[Any], to_key: Callable[[Any], Any] = lambda key: key) -> None:
        """One query; of settled ones also how many days they took."""
        grouped = rows.order_by().values("key")
        if what == "closed":
            grouped = grouped.annotate(took=F("closed_on") - F("opened_on"))
        for row in grouped.annotate(n=Count("pk")):
            cell = self.cell(to_key(row["key"]))
            setattr(cell, what, getattr(cell, what) + row["n"])
            if what == "closed":
                days = row["took"].days
                cell.days[days] = cell.days.get(days, 0) + row["n"]
