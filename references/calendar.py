"""
The month of a customer, or of the whole program: every ask, hold and use, every pause and mail, day by day.

Months are the reader's: Jalali in Persian. Floors above add their own entries (`tells_days`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jdatetime
from babel import Locale
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crp.outbox.models import Message, MessageState
from references.models import Activity, Contact, Customer, Hold, Pause

FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)
# Whose weeks a language goes by.
WEEKS = {"ar": "ar_EG", "fa": "fa_IR"}
# As many entries of one kind as a month shows; a month with more is told so.
MOST = 400


@dataclass(frozen=True)
class Month:
    """`first` and `last` are its days; `weeks` cover them, from the reader's first day of the week."""

    first: date
    last: date

    @classmethod
    def of(cls, day: date) -> "Month":
        """The reader's month the day falls in."""
        if _speaks_persian():
            jalali = jdatetime.date.fromgregorian(date=day).replace(day=1)
            after = jalali.replace(year=jalali.year + jalali.month // 12, month=jalali.month % 12 + 1)
            return cls(jalali.togregorian(), after.togregorian() - timedelta(days=1))
        first = day.replace(day=1)
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return cls(first, after - timedelta(days=1))

    @classmethod
    def asked(cls, text: str, today: date) -> "Month":
        """The month of `2026-11-03`; this month when the text is no day between FIRST and LAST."""
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = today
        return cls.of(day if FIRST <= day <= LAST else today)

    @property
    def before(self) -> date:
        return self.first - timedelta(days=1)

    @property
    def after(self) -> date:
        return self.last + timedelta(days=1)

    @property
    def weeks(self) -> list[list[date]]:
        """Whole weeks; their days outside the month included."""
        begins = Locale.parse(WEEKS.get((get_language() or "en")[:2], "en_GB")).first_week_day
        start = self.first - timedelta(days=(self.first.weekday() - begins) % 7)
        count = -(-((self.last - start).days + 1) // 7)
        return [[start + timedelta(days=7 * week + day) for day in range(7)] for week in range(count)]


def _speaks_persian() -> bool:
    return (get_language() or "").startswith("fa")


@dataclass(frozen=True)
class Entry:
    """Something on a day. `kind`: ask, hold, use, pause or mail; `words` say what, `who` whom."""

    day: date
    kind: str
    words: str
    who: str = ""
    url: str = ""


@dataclass(frozen=True)
class Day:
    """A cell of the grid."""

    day: date
    inside: bool
    is_today: bool
    entries: list[Entry] = field(default_factory=list)


Source = Callable[[Month, Any, Customer | None, int | None], Iterable[Entry]]
_sources: list[Source] = []


def tells_days(source: Source) -> Source:
    """Decorator: `source(month, user, customer, contact_id)` → entries the user may see, in constant queries."""
    if source not in _sources:
        _sources.append(source)
    return source


def grid(
    month: Month, user: Any, today: date, customer: Customer | None, contact: int | None = None
) -> list[list[Day]]:
    """The weeks with their entries; of one customer (and person), or of all the user may see."""
    found: dict[date, list[Entry]] = {}
    for source in _sources:
        for entry in source(month, user, customer, contact):
            found.setdefault(entry.day, []).append(entry)
    return [
        [Day(day, month.first <= day <= month.last, day == today, found.get(day, [])) for day in week] for week in month.weeks
    ]  # fmt: skip


def within(rows: Any, customer: Customer | None, contact: int | None) -> Any:
    """Rows of the customer and the person, if they are named."""
    rows = rows.filter(customer=customer) if customer else rows
    return rows.filter(contact=contact) if contact else rows


@tells_days
def uses(month: Month, user: Any, customer: Customer | None, contact: int | None) -> Iterable[Entry]:
    """What took place."""
    seen = within(Activity.objects.visible_to(user).filter(on__range=(month.first, month.last)), customer, contact)
    for row in seen.select_related("activity_type", "contact", "customer").order_by("on", "pk")[:MOST]:
        yield Entry(row.on, "use", str(row.activity_type), whom(row, customer), address(row))


@tells_days
def holds(month: Month, user: Any, customer: Customer | None, contact: int | None) -> Iterable[Entry]:
    """What is held for asks under way, on the day they are for."""
    live = Hold.objects.visible_to(user).live(timezone.now()).filter(on__range=(month.first, month.last))
    rows = within(live, customer, contact).select_related("activity_type", "contact", "customer")
    for row in rows.order_by("on", "pk")[:MOST]:
        yield Entry(row.on, "hold", _("%(what)s held") % {"what": row.activity_type}, whom(row, customer), address(row))


@tells_days
def pauses(month: Month, user: Any, customer: Customer | None, contact: int | None) -> Iterable[Entry]:
    """The days on which somebody is left in peace."""
    seen = Pause.objects.visible_to(user).open().filter(starts_on__lte=month.last).exclude(until__lt=month.first)
    for row in within(seen, customer, contact).select_related("contact", "customer").order_by("starts_on", "pk")[:MOST]:
        first, last = max(row.starts_on, month.first), min(row.until or month.last, month.last)
        days = [first] if customer is None else [first + timedelta(days=n) for n in range((last - first).days + 1)]
        for day in days:
            yield Entry(day, "pause", row.get_reason_display(), whom(row, customer), address(row))


@tells_days
def mails(month: Month, user: Any, customer: Customer | None, contact: int | None) -> Iterable[Entry]:
    """Mail that reached the customer's people; for those alone who see their addresses."""
    if customer is None or not customer.can_be_edited_by(user):
        return
    zone = ZoneInfo(user.timezone)
    begins = datetime.combine(month.first, time(), zone)
    ends = datetime.combine(month.after, time(), zone)
    names = dict(Contact.objects.filter(customer=customer, erased_at=None).values_list("pk", "name"))
    wanted = {contact} & set(names) if contact else set(names)
    sent = Message.objects.filter(contact_id__in=wanted, state=MessageState.SENT, sent_at__gte=begins, sent_at__lt=ends)
    rows: Any = sent.order_by("sent_at").values_list("contact_id", "sent_at")[:MOST]
    for pk, moment in rows:
        yield Entry(moment.astimezone(zone).date(), "mail", _("A mail from us"), names[pk], f"/contacts/{pk}/")


def whom(row: Any, customer: Customer | None) -> str:
    """The person; in the program's calendar the customer, for that is what one looks for there."""
    if customer is None:
        return str(row.customer.name)
    return "" if row.contact is None or row.contact.erased_at else str(row.contact.name)


def address(row: Any) -> str:
    return (
        f"/contacts/{row.contact_id}/"
        if row.contact_id and not row.contact.erased_at
        else f"/customers/{row.customer_id}/"
    )
