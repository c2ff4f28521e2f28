"""
May this person be asked? The rules answer with data: one list of problems serves pages, matching, the guard and the API.

A blocker says no, an approval names who must agree first, a warning asks for tact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from crp.search import normalise
from crp.ui import formats
from references import limits
from references.book import Book
from references.models import ActivityType, Answer, Contact, CustomerStatus, Publicity, Willingness


class Severity(StrEnum):
    BLOCKER = "blocker"
    APPROVAL = "approval"
    WARNING = "warning"


ORDER = {Severity.BLOCKER: 0, Severity.APPROVAL: 1, Severity.WARNING: 2}
LIMITS = frozenset(limits.CODES)
# What a sales rep may not know; he reads `not_now` instead.
RESERVED = frozenset({"open_complaint"})
# What he does not read at all.
UNTOLD = frozenset({"health_low"})


@dataclass(frozen=True)
class Problem:
    """`until` is the last day it holds, if that is known; `text` one sentence in the reader's language."""

    code: str
    severity: str
    text: str
    until: date | None = None


@dataclass(frozen=True)
class Standing:
    """How somebody stands in one word, as the availability component has it: free, ask, resting, paused, limit, barred."""

    state: str
    until: date | None = None


def problems(contact: Contact, activity_type: ActivityType, on: date, *, prospect: str = "") -> list[Problem]:
    """What stands against asking the person for this on the day: blockers first. Constant queries."""
    return problems_of([contact], activity_type, on, prospect=prospect)[contact.pk]


def problems_of(
    contacts: Iterable[Contact], activity_type: ActivityType, on: date, *, prospect: str = "", book: Book | None = None
) -> dict[int, list[Problem]]:
    """The problems of many people by contact id: at most seven queries, for ten people or a hundred."""
    people = list(contacts)
    prefetch_related_objects(people, "customer__owner")
    book = book or Book.open(people, activity_type, on)
    return {person.pk: Check(person, activity_type, on, prospect, book).run() for person in people}


def problems_by_type(contact: Contact, types: Sequence[ActivityType], on: date) -> dict[int, list[Problem]]:
    """The problems of one person by the pk of each type. Four queries, however many types."""
    prefetch_related_objects([contact], "customer__owner")
    books = Book.of_person(contact, types, on)
    return {kind.pk: Check(contact, kind, on, "", books[kind.pk]).run() for kind in types}


def standing(found: Sequence[Problem]) -> Standing:
    """The one word for a list of problems."""
    by_code = {problem.code: problem for problem in found}
    blockers = [problem for problem in found if problem.severity == Severity.BLOCKER]
    if blockers and all(problem.code == "paused" for problem in blockers):
        return Standing("paused", last_day(blockers))
    if blockers and all(problem.code == "cooldown" for problem in blockers):
        return Standing("resting", last_day(blockers))
    if blockers:
        state = "limit" if all(problem.code in LIMITS for problem in blockers) else "barred"
        return Standing(state, last_day(blockers) if state == "limit" else None)
    if "resting" in by_code:
        return Standing("resting", by_code["resting"].until)
    return Standing("ask" if any(problem.severity == Severity.APPROVAL for problem in found) else "free")


def last_day(blockers: Sequence[Problem]) -> date | None:
    """The last day on which any of them holds; None when of one it is not known."""
    days = [problem.until for problem in blockers]
    return None if None in days else max(day for day in days if day)


def told_to(found: Sequence[Problem], contact: Contact, user: Any) -> list[Problem]:
    """The problems as the user may read them: complaints become “not now” for those who may not know of them."""
    if contact.customer.shows_health_to(user):
        return list(found)
    hidden = Problem("not_now", Severity.BLOCKER, _("Not to be asked at present."))
    plain = [hidden if problem.code in RESERVED else problem for problem in found if problem.code not in UNTOLD]
    return list(dict.fromkeys(plain))


@dataclass
class Check:
    """The rules for one person; each yields at most one problem."""

    contact: Contact
    activity_type: ActivityType
    on: date
    prospect: str
    book: Book

    def run(self) -> list[Problem]:
        rules = (
            self.gone, self.consent, self.customer_status, self.paused, self.complaint, self.willing, self.competitor,
            self.owner_agrees, self.ask_first, self.resting, self.caution, self.renewal, self.conditions, self.publicity,
        )  # fmt: skip
        found = [*(problem for rule in rules if (problem := rule())), *self.limits()]
        return sorted(found, key=lambda problem: ORDER[Severity(problem.severity)])

    # Blockers

    def gone(self) -> Problem | None:
        if self.contact.erased_at:
            return blocker("erased", _("This person was forgotten on request."))
        if self.contact.left_on and self.contact.left_on <= self.on:
            return blocker("contact_left", _("No longer works there."))
        return None

    def consent(self) -> Problem | None:
        if self.contact.erased_at or self.contact.has_consent:
            return None
        if self.contact.consent_withdrawn_at:
            return blocker("no_consent", _("Withdrew consent to be asked."))
        return blocker("no_consent", _("Has not consented to be asked."))

    def customer_status(self) -> Problem | None:
        # A pause says more than the status it leads to.
        if self.contact.customer.is_active or self.book.pause_of(self.contact):
            return None
        if self.contact.customer.status == CustomerStatus.PAUSED:
            return blocker("customer_not_active", _("The customer is paused."))
        return blocker("customer_not_active", _("The customer is not an active reference."))

    def paused(self) -> Problem | None:
        pause = self.book.pause_of(self.contact)
        if not pause:
            return None
        if pause.until:
            return blocker("paused", _("Paused until %(day)s.") % {"day": formats.day(pause.until)}, pause.until)
        return blocker("paused", _("Paused until somebody lifts it."))

    def complaint(self) -> Problem | None:
        return blocker("open_complaint", _("A complaint is open.")) if self.book.has_complaint(self.contact) else None

    def willing(self) -> Problem | None:
        company = self.book.company_says(self.contact)
        if company and company.answer == Answer.NO:
            return blocker("said_no", _("The company said no to this."))
        own = self.answer
        if own is None:
            return blocker("no_willingness", _("Has not agreed to do this."))
        if own.answer == Answer.NO:
            return blocker("said_no", _("Said no to this."))
        return None

    def competitor(self) -> Problem | None:
        customer = self.contact.customer
        if not self.prospect:
            return None
        if normalise(self.prospect) == normalise(customer.name):
            return blocker("same_company", _("Works for the prospect."))
        return (
            blocker("competitor", _("Competes with the prospect.")) if customer.competes_with(self.prospect) else None
        )

    def limits(self) -> list[Problem]:
        full = limits.full(self.contact, self.activity_type, self.on, self.book, self.answer)
        return [blocker(limit.code, limit.text, limit.until) for limit in full]

    # Approvals

    def owner_agrees(self) -> Problem | None:
        owner = self.contact.customer.owner
        if not owner:
            return None
        return Problem("owner_agrees", Severity.APPROVAL, _("%(name)s agrees first.") % {"name": owner.name})

    def ask_first(self) -> Problem | None:
        answers = (self.answer, self.book.company_says(self.contact))
        if any(found and found.answer == Answer.ASK_FIRST for found in answers):
            return Problem("ask_first", Severity.APPROVAL, _("Wants to be asked each time."))
        return None

    # Warnings

    def resting(self) -> Problem | None:
        until = limits.rests_until(self.contact, self.activity_type, self.on, self.book)
        if until is None or self.book.policy.cooldown_hard:
            return None
        return warning(
            "resting", _("Rested less than usual; rests until %(day)s.") % {"day": formats.day(until)}, until
        )

    def caution(self) -> Problem | None:
        if not self.contact.customer.health_low:
            return None
        return warning("health_low", _("Health is low: ask the account owner how things stand first."))

    def renewal(self) -> Problem | None:
        renewal = self.contact.customer.renewal_on
        if not renewal or not 0 <= (renewal - self.on).days <= self.book.policy.renewal_days:
            return None
        return warning("renewal_near", _("Renewal on %(day)s: keep it light.") % {"day": formats.day(renewal)}, renewal)

    def conditions(self) -> Problem | None:
        words = self.answer.conditions if self.answer else ""
        return warning("conditions", _("On a condition: %(words)s") % {"words": words}) if words else None

    def publicity(self) -> Problem | None:
        customer = self.contact.customer
        if not self.activity_type.naming:
            return None
        if customer.publicity == Publicity.NONE:
            return warning("publicity", _("The contract does not let us name them."))
        if customer.publicity == Publicity.ASK or (customer.publicity_until and customer.publicity_until < self.on):
            return warning("publicity", _("The contract says to ask before naming them."))
        return None

    # Facts

    @property
    def answer(self) -> Willingness | None:
        """The person's own answer, else his company's."""
        return self.book.answer_of(self.contact)


def blocker(code: str, text: str, until: date | None = None) -> Problem:
    return Problem(code, Severity.BLOCKER, text, until)


def warning(code: str, text: str, until: date | None = None) -> Problem:
    return Problem(code, Severity.WARNING, text, until)
