"""The book of a set of people: all the facts the rules of availability read, fetched at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import models
from django.utils import timezone

from references.models import Activity, ActivityType, Complaint, Contact, Hold, Pause, UsagePolicy, Willingness


class Row(NamedTuple):
    """One use, or capacity held for one (`held`)."""

    customer: int
    contact: int | None
    activity_type: int
    live: bool
    on: date
    effort: int
    held: bool


class Bar(NamedTuple):
    """A pause or a complaint; `contact` None: the whole customer."""

    customer: int
    contact: int | None
    until: date | None
    complaint: bool


@dataclass
class Book:
    """Uses, holds, answers, pauses and complaints, by customer. Four queries to open."""

    policy: UsagePolicy
    rows: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    bars: dict[int, list[Bar]] = field(default_factory=lambda: defaultdict(list))
    people: dict[int, Willingness] = field(default_factory=dict)
    companies: dict[int, Willingness] = field(default_factory=dict)

    @classmethod
    def open(
        cls, contacts: Iterable[Contact], activity_type: ActivityType, on: date, *, now: datetime | None = None
    ) -> "Book":
        """The book for asking these people for this on the day."""
        people = list(contacts)
        book = cls(UsagePolicy.current())
        customers = {person.customer_id for person in people}
        book.read_answers({person.pk for person in people}, customers, activity_type, on)
        book.read_rows(customers, book.earliest(activity_type, on), now or timezone.now())
        book.read_bars(customers, on)
        return book

    @classmethod
    def of_customer(cls, customer_id: int, on: date, *, now: datetime | None = None) -> "Book":
        """Policy, uses and holds of one customer's people: enough for gauges. Two queries."""
        book = cls(UsagePolicy.current())
        since = min(quarter_start(on) - timedelta(days=1), on - timedelta(days=book.policy.live_days))
        book.read_rows({customer_id}, since, now or timezone.now())
        return book

    def earliest(self, activity_type: ActivityType, on: date) -> date:
        """The day after which uses matter to any rule."""
        own = [found.limit_days or 0 for found in (*self.people.values(), *self.companies.values())]
        days = max(self.policy.live_days, activity_type.limit_days, activity_type.cooldown_days + 1, *own)
        return min(on - timedelta(days=days), quarter_start(on) - timedelta(days=1))

    def read_answers(
        self, people: Collection[int], customers: Collection[int], activity_type: ActivityType, on: date
    ) -> None:
        """Answers for the type that have not run out."""
        theirs = models.Q(contact__in=people) | models.Q(customer__in=customers)
        for said in Willingness.objects.standing(on).filter(theirs, activity_type=activity_type):
            if said.contact_id:
                self.people[said.contact_id] = said
            elif said.customer_id:
                self.companies[said.customer_id] = said

    def read_rows(self, customers: Collection[int], since: date, now: datetime) -> None:
        """Uses after `since` and live holds, in one query."""
        names = ("customer_id", "contact_id", "activity_type_id", "live", "on", "effort")
        used = (
            Activity.objects.order_by()
            .filter(customer__in=customers, on__gt=since)
            .values_list(*names, models.Value(False))
        )
        held = Hold.objects.order_by().filter(customer__in=customers).live(now).values_list(*names, models.Value(True))
        for values in used.union(held, all=True):
            self.rows[values[0]].append(Row(*values))

    def read_bars(self, customers: Collection[int], on: date) -> None:
        """Pauses in force on the day and open complaints, in one query."""
        names = ("customer_id", "contact_id")
        nothing = models.Value(None, models.DateField())
        pauses = (
            Pause.objects.order_by()
            .filter(customer__in=customers)
            .covering(on)
            .values_list(*names, "until", models.Value(False))
        )
        complaints = (
            Complaint.objects.order_by()
            .filter(customer__in=customers)
            .open()
            .values_list(*names, nothing, models.Value(True))
        )
        for values in pauses.union(complaints, all=True):
            self.bars[values[0]].append(Bar(*values))

    def uses(
        self,
        contact: Contact,
        since: date,
        *,
        activity_type: ActivityType | None = None,
        live: bool = False,
        held: bool = True,
    ) -> list[Row]:
        """The person's uses after `since`, and his holds whatever their day (unless not `held`)."""
        return [
            row
            for row in self.rows.get(contact.customer_id, ())
            if row.contact == contact.pk
            and ((row.held and held) or (not row.held and row.on > since))
            and (activity_type is None or row.activity_type == activity_type.pk)
            and (row.live or not live)
        ]

    def effort(self, customer: int, on: date) -> int:
        """Points used and held in the calendar quarter of the day."""
        return sum(self.effort_parts(customer, on))

    def effort_parts(self, customer: int, on: date) -> tuple[int, int]:
        """(used, held) points in the calendar quarter of the day."""
        wanted = [row for row in self.rows.get(customer, ()) if quarter_start(row.on) == quarter_start(on)]
        return sum(row.effort for row in wanted if not row.held), sum(row.effort for row in wanted if row.held)

    def pause_of(self, contact: Contact) -> Bar | None:
        """The pause that lasts longest, of the person or his customer."""
        found = [bar for bar in self.bars_of(contact) if not bar.complaint]
        return max(found, key=lambda bar: bar.until or date.max, default=None)

    def has_complaint(self, contact: Contact) -> bool:
        return any(bar.complaint for bar in self.bars_of(contact))

    def bars_of(self, contact: Contact) -> list[Bar]:
        return [bar for bar in self.bars.get(contact.customer_id, ()) if bar.contact in (None, contact.pk)]

    def person_says(self, contact: Contact) -> Willingness | None:
        return self.people.get(contact.pk)

    def company_says(self, contact: Contact) -> Willingness | None:
        return self.companies.get(contact.customer_id)


def quarter_start(on: date) -> date:
    """The first day of the calendar quarter."""
    return date(on.year, (on.month - 1) // 3 * 3 + 1, 1)
