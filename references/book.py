"""The book of a set of people: all the facts the rules of availability read, fetched at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import models
from django.db.models.functions import Coalesce
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


class Whole(NamedTuple):
    """What the whole program used and holds within its windows."""

    live: int = 0
    effort: int = 0
    of_type: int = 0


class Bar(NamedTuple):
    """A pause or a complaint; `contact` None: the whole customer."""

    customer: int
    contact: int | None
    until: date | None
    complaint: bool


@dataclass
class Book:
    """Uses, holds, answers, pauses and complaints, by customer. Four queries to open, five with limits of the program."""

    policy: UsagePolicy
    rows: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    bars: dict[int, list[Bar]] = field(default_factory=lambda: defaultdict(list))
    people: dict[int, Willingness] = field(default_factory=dict)
    companies: dict[int, Willingness] = field(default_factory=dict)
    # The windows of the people's own limits on all live asks.
    own_days: list[int] = field(default_factory=list)
    program: Whole = field(default_factory=Whole)

    @classmethod
    def open(
        cls,
        contacts: Iterable[Contact],
        activity_type: ActivityType,
        on: date,
        *,
        now: datetime | None = None,
        but: Hold | None = None,
    ) -> "Book":
        """The book for asking these people for this on the day, as if one hold (`but`) were not there."""
        people = list(contacts)
        book = cls(UsagePolicy.current())
        book.own_days = [person.own_days for person in people if person.own_count is not None]
        customers = {person.customer_id for person in people}
        book.read_answers({person.pk for person in people}, customers, activity_type, on)
        now = now or timezone.now()
        holds = Hold.objects.live(now).exclude(pk=but.pk) if but else Hold.objects.live(now)
        book.read_rows(customers, book.earliest(activity_type, on), holds)
        book.read_bars(customers, on)
        book.read_program(activity_type, on, holds)
        return book

    @classmethod
    def of_customer(cls, customer_id: int, on: date, *, now: datetime | None = None, days: int = 0) -> "Book":
        """Policy, uses and holds of one customer's people, `days` back or more: enough for gauges. Two queries."""
        book = cls(UsagePolicy.current())
        since = on - timedelta(days=max(book.policy.window, days))
        book.read_rows({customer_id}, since, Hold.objects.live(now or timezone.now()))
        return book

    @classmethod
    def of_person(cls, contact: Contact, types: Iterable[ActivityType], on: date) -> dict[int, "Book"]:
        """{type: book} of one person for many kinds. Four queries, one more a kind where the whole program has limits."""
        kinds, whole = list(types), cls(UsagePolicy.current())
        whole.own_days = [contact.own_days] if contact.own_count is not None else []
        theirs = models.Q(contact=contact.pk) | models.Q(customer=contact.customer_id)
        said = list(Willingness.objects.standing(on).filter(theirs))
        holds = Hold.objects.live(timezone.now())
        whole.people = {one.pk: one for one in said}
        whole.read_rows({contact.customer_id}, min((whole.earliest(kind, on) for kind in kinds), default=on), holds)
        whole.read_bars({contact.customer_id}, on)
        found = {}
        for kind in kinds:
            own = [one for one in said if one.activity_type_id == kind.pk]
            book = replace(
                whole, people={one.contact_id: one for one in own if one.contact_id},
                companies={one.customer_id: one for one in own if one.customer_id}, program=Whole(),
            )  # fmt: skip
            book.read_program(kind, on, holds)
            found[kind.pk] = book
        return found

    def earliest(self, activity_type: ActivityType, on: date) -> date:
        """The day after which uses matter to any rule."""
        own = [found.limit_days or 0 for found in (*self.people.values(), *self.companies.values())] + self.own_days
        days = max(self.policy.window, activity_type.limit_days, activity_type.cooldown_days + 1, *own)
        return on - timedelta(days=days)

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

    def read_rows(self, customers: Collection[int], since: date, holds: models.QuerySet[Hold]) -> None:
        """Uses after `since` and the live `holds`, in one query."""
        names = ("customer_id", "contact_id", "activity_type_id", "live", "on", "effort")
        used = (
            Activity.objects.order_by()
            .filter(customer__in=customers, on__gt=since)
            .values_list(*names, models.Value(False))
        )
        held = holds.order_by().filter(customer__in=customers).values_list(*names, models.Value(True))
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

    def read_program(self, activity_type: ActivityType, on: date, holds: models.QuerySet[Hold]) -> None:
        """The whole program's uses and holds, in one query; none where nothing limits them."""
        if not self.policy.limits_program and activity_type.program_count is None:
            return
        self.program = whole_program(self.policy, activity_type, on, holds)

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

    def efforts(self, customer: int, on: date) -> list[Row]:
        """The customer's uses in the window that ends with the day, and all that is held."""
        since = on - timedelta(days=self.policy.customer_days)
        return [row for row in self.rows.get(customer, ()) if row.held or row.on > since]

    def effort_parts(self, customer: int, on: date) -> tuple[int, int]:
        """(used, held) points of the customer in the window that ends with the day."""
        rows = self.efforts(customer, on)
        return sum(row.effort for row in rows if not row.held), sum(row.effort for row in rows if row.held)

    def pause_of(self, contact: Contact) -> Bar | None:
        """The pause that lasts longest, of the person or his customer."""
        found = [bar for bar in self.bars_of(contact) if not bar.complaint]
        return max(found, key=lambda bar: bar.until or date.max, default=None)

    def has_complaint(self, contact: Contact) -> bool:
        return any(bar.complaint for bar in self.bars_of(contact))

    def bars_of(self, contact: Contact) -> list[Bar]:
        return [bar for bar in self.bars.get(contact.customer_id, ()) if bar.contact in (None, contact.pk)]

    def answer_of(self, contact: Contact) -> Willingness | None:
        """The person's own answer, else his company's."""
        return self.person_says(contact) or self.company_says(contact)

    def person_says(self, contact: Contact) -> Willingness | None:
        return self.people.get(contact.pk)

    def company_says(self, contact: Contact) -> Willingness | None:
        return self.companies.get(contact.customer_id)


def whole_program(policy: UsagePolicy, activity_type: ActivityType, on: date, holds: models.QuerySet[Hold]) -> Whole:
    """What the program used in its windows, and all it holds. One query."""
    since, of_type = on - timedelta(days=policy.program_days), on - timedelta(days=activity_type.limit_days)

    def sums(rows: models.QuerySet, within: models.Q, within_type: models.Q) -> models.QuerySet:
        """(live uses, points, uses of the type), as one row."""
        live = models.Count("pk", filter=within & models.Q(live=True))
        points = Coalesce(models.Sum("effort", filter=within), 0)
        same = models.Count("pk", filter=within_type & models.Q(activity_type=activity_type))
        one = rows.order_by().annotate(all=models.Value(1)).values("all")
        return one.annotate(n_live=live, points=points, n_type=same).values_list("n_live", "points", "n_type")

    every = models.Q(pk__isnull=False)
    used = sums(Activity.objects.filter(on__gt=min(since, of_type)), models.Q(on__gt=since), models.Q(on__gt=of_type))
    held = sums(holds, every, every)
    return Whole(*(sum(column) for column in zip((0, 0, 0), *used.union(held, all=True), strict=True)))
