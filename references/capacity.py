"""
Capacity: reserving a person for an ask, so that two managers at once can't take the last of it.

Lock order, everywhere: the contact's row, then the customer's.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from crp.events import record
from crp.verbs import Refused
from references import availability
from references.book import Book
from references.models import ActivityType, Contact, Customer, Hold
from references.verbs import Verb


@dataclass(frozen=True)
class Usage:
    """Uses of a person, or effort points of a customer; `limit` None: no limit."""

    used: int
    held: int
    limit: int | None

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(self.limit - self.used - self.held, 0)


class LimitReached(Refused):
    """A limit is full; `problems` say which, and until when."""

    def __init__(self, problems: list[availability.Problem]) -> None:
        super().__init__(" ".join(problem.text for problem in problems), code="limit_reached", field="contact")
        self.problems = problems


@transaction.atomic
def hold(
    contact: Contact,
    activity_type: ActivityType,
    *,
    on: date,
    reason: str,
    label: str,
    by: Any,
    override_reason: str = "",
) -> Hold:
    """
    Reserve the person for one use. `reason` (`assignment:9`) is unique among open holds; a second call renews it.

    Uses and live holds are counted under the locks. Raises LimitReached unless somebody says why to go over.
    """
    person = lock(contact)
    now = timezone.now()
    Hold.objects.filter(reason=reason, released_at=None).update(released_at=now)
    book = Book.open([person], activity_type, on, now=now)
    found = availability.problems_of([person], activity_type, on, book=book)[person.pk]
    full = [problem for problem in found if problem.code in availability.LIMITS]
    if full and not override_reason.strip():
        raise LimitReached(full)
    held = Hold.objects.create(
        customer=person.customer, contact=person, activity_type=activity_type, effort=activity_type.effort,
        live=activity_type.live, on=on, reason=reason, label=label, expires_at=now + timedelta(days=book.policy.hold_days),
    )  # fmt: skip
    record(Verb.HOLD_PLACED, held, by=by, contact=person, label=label, override=override_reason)
    return held


def lock(contact: Contact) -> Contact:
    """The contact's row, then the customer's, FOR UPDATE. Needs an open transaction."""
    person = Contact.objects.select_for_update().get(pk=contact.pk)
    person.customer = Customer.objects.select_for_update().get(pk=person.customer_id)
    return person


@transaction.atomic
def release(reason: str, *, by: Any = None) -> int:
    """Free what is held for the reason; how many were."""
    found = list(Hold.objects.filter(reason=reason, released_at=None).select_for_update())
    for held in found:
        let_go(held, Verb.HOLD_RELEASED, by=by)
    return len(found)


@transaction.atomic
def expire(held: Hold) -> bool:
    """Free a hold whose time is over; False when somebody was quicker."""
    found = Hold.objects.select_for_update(skip_locked=True).run_out(timezone.now()).filter(pk=held.pk).first()
    if found:
        let_go(found, Verb.HOLD_EXPIRED)
    return bool(found)


def let_go(held: Hold, verb: Verb, *, by: Any = None) -> None:
    """Mark it released and say so."""
    held.released_at = timezone.now()
    held.save(update_fields=["released_at"])
    record(verb, held, by=by, contact=held.contact, label=held.label)


def usage(of: Contact | Customer, on: date, *, book: Book | None = None) -> Usage:
    """A person's live uses in the program's period, or a customer's effort points in the quarter. At most two queries."""
    if isinstance(of, Contact):
        book = book or Book.of_customer(of.customer_id, on)
        rows = book.uses(of, on - timedelta(days=book.policy.live_days), live=True)
        return Usage(sum(not row.held for row in rows), sum(row.held for row in rows), book.policy.live_count)
    book = book or Book.of_customer(of.pk, on)
    used, held = book.effort_parts(of.pk, on)
    return Usage(used, held, book.policy.customer_effort)
