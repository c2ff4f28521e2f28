"""
The limits: how often a person, a customer and the whole program may be asked, in windows that roll with the day.

A use counts on the days after `on - days`; what is held for an ask under way counts whatever its day, until it is
released or runs out. Days are those of the person's own time zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crp.ui import formats
from references.book import Book, Row
from references.models import ActivityType, Contact, Willingness

CODES = (
    "type_limit", "own_limit", "live_limit", "contact_effort", "customer_effort", "cooldown", "program_type", "program_live",
    "program_effort",
)  # fmt: skip


@dataclass(frozen=True)
class Full:
    """A limit without room for one more ask: which, in a sentence, and the last day it is full (None: not known)."""

    code: str
    text: str
    until: date | None = None


def full(contact: Contact, activity_type: ActivityType, on: date, book: Book, answer: Willingness | None) -> list[Full]:
    """The limits that one more such ask on the day would break. No query: all is in the book."""
    found = [
        type_limit(contact, activity_type, on, book, answer),
        own_limit(contact, activity_type, on, book),
        live_limit(contact, activity_type, on, book),
        contact_effort(contact, activity_type, on, book),
        customer_effort(contact, activity_type, on, book),
        cooldown(contact, activity_type, on, book),
        *program(activity_type, book),
    ]
    return [limit for limit in found if limit]


def type_limit(
    contact: Contact, activity_type: ActivityType, on: date, book: Book, answer: Willingness | None
) -> Full | None:
    limit, days = limit_of(answer, activity_type)
    if limit is None:
        return None
    rows = book.uses(contact, on - timedelta(days=days), activity_type=activity_type)
    if len(rows) < limit:
        return None
    text = ngettext("At the limit: %(n)s use in %(days)s days.", "At the limit: %(n)s uses in %(days)s days.", limit)
    numbers = {"n": formats.number(limit), "days": formats.number(days)}
    return Full("type_limit", text % numbers, room_again(rows, limit, days))


def own_limit(contact: Contact, activity_type: ActivityType, on: date, book: Book) -> Full | None:
    """What the person himself said of all live asks together."""
    most, days = contact.own_count, contact.own_days
    if most is None or not activity_type.live:
        return None
    rows = book.uses(contact, on - timedelta(days=days), live=True)
    if len(rows) < most:
        return None
    text = ngettext(
        "At the person's own limit: %(n)s live ask in %(days)s days.",
        "At the person's own limit: %(n)s live asks in %(days)s days.",
        most,
    )
    numbers = {"n": formats.number(most), "days": formats.number(days)}
    return Full("own_limit", text % numbers, room_again(rows, most, days))


def live_limit(contact: Contact, activity_type: ActivityType, on: date, book: Book) -> Full | None:
    policy = book.policy
    if not activity_type.live:
        return None
    rows = book.uses(contact, on - timedelta(days=policy.live_days), live=True)
    if len(rows) < policy.live_count:
        return None
    text = ngettext(
        "At the program's limit: %(n)s live use in %(days)s days.",
        "At the program's limit: %(n)s live uses in %(days)s days.",
        policy.live_count,
    )
    numbers = {"n": formats.number(policy.live_count), "days": formats.number(policy.live_days)}
    return Full("live_limit", text % numbers, room_again(rows, policy.live_count, policy.live_days))


def contact_effort(contact: Contact, activity_type: ActivityType, on: date, book: Book) -> Full | None:
    top, days = book.policy.contact_effort, book.policy.contact_days
    if top is None:
        return None
    rows = book.uses(contact, on - timedelta(days=days))
    if sum(row.effort for row in rows) + activity_type.effort <= top:
        return None
    text = _("The person's effort is spent: %(spent)s of %(top)s points in %(days)s days.")
    return effort_full("contact_effort", text, rows, activity_type.effort, top, days)


def customer_effort(contact: Contact, activity_type: ActivityType, on: date, book: Book) -> Full | None:
    top, days = book.policy.customer_effort, book.policy.customer_days
    rows = book.efforts(contact.customer_id, on)
    if sum(row.effort for row in rows) + activity_type.effort <= top:
        return None
    text = _("The customer's effort is spent: %(spent)s of %(top)s points in %(days)s days.")
    return effort_full("customer_effort", text, rows, activity_type.effort, top, days)


def cooldown(contact: Contact, activity_type: ActivityType, on: date, book: Book) -> Full | None:
    """Rest, where the policy makes a limit of it."""
    until = rests_until(contact, activity_type, on, book) if book.policy.cooldown_hard else None
    return Full("cooldown", _("Rests until %(day)s.") % {"day": formats.day(until)}, until) if until else None


def rests_until(contact: Contact, activity_type: ActivityType, on: date, book: Book) -> date | None:
    """The last day of rest after the latest use of the type, or the latest live use of any; None when both are over."""
    found = []
    if days := activity_type.cooldown_days:
        rows = book.uses(contact, on - timedelta(days=days + 1), activity_type=activity_type, held=False)
        found = [row.on + timedelta(days=days) for row in rows]
    if activity_type.live and contact.last_live_on and book.policy.cooldown_days:
        found.append(contact.last_live_on + timedelta(days=book.policy.cooldown_days))
    return max((day for day in found if day >= on), default=None)


def effort_full(code: str, text: str, rows: Sequence[Row], more: int, top: int, days: int) -> Full:
    """The sentence with its numbers, and the day on which enough of the past has rolled out."""
    spent = sum(row.effort for row in rows)
    numbers = {"spent": formats.number(spent), "top": formats.number(top), "days": formats.number(days)}
    return Full(code, text % numbers, effort_again(rows, more, top, days))


def program(activity_type: ActivityType, book: Book) -> list[Full]:
    """The limits of the whole program; none is set unless somebody sets it."""
    policy, whole = book.policy, book.program
    found = []
    days = formats.number(policy.program_days)
    if activity_type.program_count is not None and whole.of_type >= activity_type.program_count:
        text = _("The whole program is at its limit for this: %(n)s in %(days)s days.")
        numbers = {"n": formats.number(activity_type.program_count), "days": formats.number(activity_type.limit_days)}
        found.append(Full("program_type", text % numbers))
    if activity_type.live and policy.program_live is not None and whole.live >= policy.program_live:
        text = _("The whole program is at its limit: %(n)s live uses in %(days)s days.")
        found.append(Full("program_live", text % {"n": formats.number(policy.program_live), "days": days}))
    if policy.program_effort is not None and whole.effort + activity_type.effort > policy.program_effort:
        text = _("The whole program's effort is spent: %(spent)s of %(top)s points in %(days)s days.")
        numbers = {"spent": formats.number(whole.effort), "top": formats.number(policy.program_effort), "days": days}
        found.append(Full("program_effort", text % numbers))
    return found


def limit_of(answer: Willingness | None, activity_type: ActivityType) -> tuple[int | None, int]:
    """(most uses or None for no limit, in days): the own limit, else the type's."""
    if answer and answer.limit_count is not None:
        return answer.limit_count, answer.limit_days or activity_type.limit_days
    return activity_type.limit_count, activity_type.limit_days


def room_again(rows: Sequence[Row], limit: int, days: int) -> date | None:
    """The last day the limit is full, if only past uses fill it; None when a hold or a limit of nothing does."""
    past = sorted(row.on for row in rows if not row.held)
    over = len(rows) - limit
    return past[over] + timedelta(days=days - 1) if limit and over < len(past) else None


def effort_again(rows: Sequence[Row], more: int, top: int, days: int) -> date | None:
    """The last day without room for `more` points; None when holds alone leave none."""
    spent = sum(row.effort for row in rows)
    for row in sorted((row for row in rows if not row.held), key=lambda row: row.on):
        spent -= row.effort
        if spent + more <= top:
            return row.on + timedelta(days=days - 1)
    return None
