"""
Capacity: reserving a person for an ask, so that two managers at once can't take the last of it.

Lock order, everywhere: the contact's row, the customer's, the whole program's (taken by the database's own guard).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crp.events import record
from crp.verbs import Forbidden, Refused
from references import availability
from references.book import Book
from references.models import ActivityType, Contact, Customer, Hold
from references.verbs import Verb
from references.waking import wake


@dataclass(frozen=True)
class Usage:
    """Uses of a person, or effort points of a customer, in so many `days`; `limit` None: no limit."""

    used: int
    held: int
    limit: int | None
    days: int = 0

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
    override_by: Any = None,
) -> Hold:
    """
    Reserve the person for one use. `reason` (`assignment:9`) is unique among open holds; a second call renews it.

    Uses and live holds are counted under the locks. Raises LimitReached unless a program manager says why to go over (`by`
    now, or `override_by` when the ask began); Forbidden when anybody else would.
    """
    person = lock(contact)
    now = timezone.now()
    Hold.objects.filter(reason=reason, released_at=None).update(released_at=now)
    let_run_out_go(person, now)
    book = Book.open([person], activity_type, on, now=now)
    found = availability.problems_of([person], activity_type, on, book=book)[person.pk]
    full = [problem for problem in found if problem.code in availability.LIMITS]
    allowed_by = override_by or overriding(full, by=by, reason=override_reason) if full else None
    values = {"override_by": allowed_by, "override_reason": override_reason.strip() if allowed_by else ""}
    try:
        held = Hold.objects.create(
            customer=person.customer, contact=person, activity_type=activity_type, effort=activity_type.effort,
            live=activity_type.live, on=on, reason=reason, label=label, expires_at=now + timedelta(days=book.policy.hold_days),
            **values,
        )  # fmt: skip
    except IntegrityError as error:
        raise refused_by_database(error) from error
    wake(held.customer_id)
    record(Verb.HOLD_PLACED, held, by=by, contact=person, label=label, override=values["override_reason"])
    return held


def overriding(full: list[availability.Problem], *, by: Any, reason: str) -> Any:
    """The program manager who goes over the limits. Raises LimitReached without a reason, Forbidden for others."""
    if not reason.strip():
        raise LimitReached(full)
    if by is None or not by.is_manager:
        raise Forbidden(_("Only a program manager goes over a limit."), code="limit_reached", field="override_reason")
    return by


def refused_by_database(error: IntegrityError) -> Exception:
    """What slipped past our own count, as the refusal it is; any other error as it came."""
    told = getattr(error.__cause__, "diag", None)
    if told is None or told.constraint_name != "hold_within_limits":
        return error
    text = _("A limit was reached meanwhile. Choose somebody else, or look again.")
    return LimitReached([availability.blocker(told.column_name, text)])


def lock(contact: Contact) -> Contact:
    """The contact's row, then the customer's, FOR UPDATE; the program's own lock is the database's. Needs a transaction."""
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


def let_run_out_go(person: Contact, now: datetime) -> None:
    """
    Free the customer's holds whose time is over, so that none of them counts again should the clock be set back
    after its place was given away. Needs the lock.
    """
    for held in Hold.objects.run_out(now).filter(customer=person.customer_id).select_related("contact"):
        let_go(held, Verb.HOLD_EXPIRED)


def let_go(held: Hold, verb: Verb, *, by: Any = None) -> None:
    """Mark it released and say so."""
    held.released_at = timezone.now()
    held.save(update_fields=["released_at"])
    wake(held.customer_id)
    record(verb, held, by=by, contact=held.contact, label=held.label)


def effort(of: Contact, on: date, *, book: Book | None = None) -> Usage:
    """A person's effort points in the policy's window. At most two queries."""
    book = book or Book.of_customer(of.customer_id, on)
    rows = book.uses(of, on - timedelta(days=book.policy.contact_days))
    used, held = (sum(row.effort for row in rows if row.held is held) for held in (False, True))
    return Usage(used, held, book.policy.contact_effort, book.policy.contact_days)


def own(of: Contact, on: date, *, book: Book) -> Usage:
    """A person's live uses in the window of his own limit on them, if he set one. No query; the book reaches back so far."""
    rows = book.uses(of, on - timedelta(days=of.own_days), live=True)
    used, held = (sum(row.held is held for row in rows) for held in (False, True))
    return Usage(used, held, of.own_count, of.own_days)


def usage(of: Contact | Customer, on: date, *, book: Book | None = None) -> Usage:
    """A person's live uses, or a customer's effort points, in the policy's window. At most two queries."""
    if isinstance(of, Contact):
        book = book or Book.of_customer(of.customer_id, on)
        rows = book.uses(of, on - timedelta(days=book.policy.live_days), live=True)
        used, held = sum(not row.held for row in rows), sum(row.held for row in rows)
        return Usage(used, held, book.policy.live_count, book.policy.live_days)
    book = book or Book.of_customer(of.pk, on)
    return Usage(*book.effort_parts(of.pk, on), book.policy.customer_effort, book.policy.customer_days)
