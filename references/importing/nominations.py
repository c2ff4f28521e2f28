"""Importing nominations: a new row nominates by the page's own verb; what a known one says may be put better while it waits."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.imports import values
from crp.imports.outcomes import RowOutcome
from crp.imports.spec import Field, Outcome, Problems, Row, Vocabulary, Written, register
from crp.inbox.models import Notification
from crp.search import normalise
from crp.verbs import today
from references.importing.known import CRP_ID, Named, check_ids, companies, words_for
from references.importing.usage import contacts_of, person
from references.models import Contact, Customer, CustomerStatus, Nomination, NominationState
from references.models.nomination import OPEN_STATES

EXPORTED = ("customer", "contact", "reason", "on", "state", "crp_id")
REFERENCES = (CustomerStatus.ACTIVE, CustomerStatus.PAUSED)


class Companies(Vocabulary):
    """The customers we know; any other name is that of a company to be."""

    def find(self, value: str) -> Any:
        is_number = value.startswith("#") and value[1:].isdecimal()
        return super().find(value) if self.knows(value) or is_number else Named(0, " ".join(value.split()))


class NominationSpec:
    kind = "nominations"
    label = gettext_lazy("Nominations")
    fields = (
        CRP_ID,
        Field("customer", gettext_lazy("Customer"), values.text(200), required=True, lookup="company"),
        Field("contact", gettext_lazy("Contact"), values.text(200)),
        Field("reason", gettext_lazy("Why"), values.text(5000), required=True),
        Field("on", gettext_lazy("Nominated on"), values.day),
        Field("state", gettext_lazy("State"), values.text(40), lookup="state"),
    )

    def vocabularies(self, settled: Mapping[str, Iterable[str]]) -> dict[str, Vocabulary]:
        return {"company": companies(Companies), "state": words_for(NominationState, _("state"))}

    def key(self, row: Row) -> Any:
        company = row.get("customer")
        return row.get("crp_id") or f"{company.pk or normalise(company.name)}"

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        """A known one keeps its company, day and state, and once decided all of it; a new one may be nominated."""
        check_ids(Nomination, rows, report)
        known, people = known_nominations(rows), contacts_of(rows)
        held = Customer.objects.in_bulk({row.get("customer").pk for row in rows if row.get("customer").pk})
        for row in rows:
            if found := known.get(row.number):
                check_known(row, found, people, report)
            elif not row.get("crp_id"):
                check_new(row, held.get(row.get("customer").pk), people, report)

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        known, people, written = known_nominations(rows), contacts_of(rows), Written()
        for row in rows:
            found = known.get(row.number)
            told = [edited(row, found, people, by)] if found else submitted(row, people, by)
            written.note(told[-1].outcome)
            written.outcomes += told
        return written

    def undone(self, restored: list[tuple[Any, dict[str, Any]]], removed: list[Any]) -> None:
        """The company is what it was before it was nominated, and nobody is led to what is gone."""
        gone = {one.pk: one for one in removed if isinstance(one, Nomination)}
        Notification.objects.filter(url__in=[address(pk) for pk in gone]).delete()
        kept = RowOutcome.objects.filter(model=Nomination._meta.label_lower, object_id__in=gone, outcome="created")
        for row in kept:
            found = Customer.objects.filter(pk=gone[row.object_id or 0].customer_id, status=CustomerStatus.NOMINATED)
            found.update(status=row.before.get("status", CustomerStatus.CANDIDATE))


def known_nominations(rows: list[Row]) -> dict[int, Nomination]:
    """Row number → the nomination it speaks of: that of our number, else the one of the company that waits. Two queries."""
    seen = Nomination.objects.select_related("contact", "customer")
    ours = seen.in_bulk([row.get("crp_id") for row in rows if row.get("crp_id")])
    waiting = {
        one.customer_id: one for one in seen.open().filter(customer__in={row.get("customer").pk for row in rows})
    }
    found = {
        row.number: ours.get(row.get("crp_id")) if row.get("crp_id") else waiting.get(row.get("customer").pk)
        for row in rows
    }
    return {number: one for number, one in found.items() if one}


def day_of(nomination: Nomination) -> date:
    """The day it was made, where the program is at home: the same for whoever saves and whoever imports."""
    return timezone.localdate(nomination.created_at, ZoneInfo(settings.PROGRAM_TIME_ZONE))


def address(pk: int) -> str:
    return reverse("references:nomination", args=[pk])


def is_same_text(before: str, after: str) -> bool:
    """Spreadsheets end lines in their own way."""
    return before.replace("\r\n", "\n").strip() == after.replace("\r\n", "\n").strip()


def changes(row: Row, found: Nomination, people: dict[tuple[int, str], Contact]) -> dict[str, Any]:
    """What of a nomination the row says otherwise, by field; the contact is None when nobody there is of that name."""
    wanted: dict[str, Any] = {} if is_same_text(found.reason, row.get("reason")) else {"reason": row.get("reason")}
    name = normalise(row.get("contact", ""))
    if name and not (found.contact and name in (normalise(found.contact.name), normalise(found.contact.email or ""))):
        wanted["contact"] = person(row, people)
    return wanted


def check_known(row: Row, found: Nomination, people: dict[tuple[int, str], Contact], report: Problems) -> None:
    if row.get("customer").pk != found.customer_id:
        report(row, "customer", _("is not the company of this nomination"), found.customer.name)
    if row.get("on", day_of(found)) != day_of(found):
        report(row, "on", _("is not the day of this nomination"), day_of(found).isoformat())
    if row.get("state", found.state) != found.state:
        report(row, "state", _("is decided by a program manager, not by a file"), str(found.get_state_display()))
    for name, value in changes(row, found, people).items():
        if found.state not in OPEN_STATES:
            report(row, name, _("can’t be changed: the nomination is decided"))
        elif name == "contact" and value is None:
            check_contact(row, people, report)


def check_new(row: Row, customer: Customer | None, people: dict[tuple[int, str], Contact], report: Problems) -> None:
    if customer and customer.status in REFERENCES:
        report(row, "customer", _("is a reference already"))
    if row.get("on") and row.get("on") > today():
        report(row, "on", _("is still to come"))
    if row.get("state", NominationState.SUBMITTED) != NominationState.SUBMITTED:
        report(row, "state", _("is decided by a program manager, not by a file"), str(NominationState.SUBMITTED.label))
    if customer and row.get("contact") and person(row, people) is None:
        check_contact(row, people, report)


def check_contact(row: Row, people: dict[tuple[int, str], Contact], report: Problems) -> None:
    names = [one.name for one in people.values() if one.customer_id == row.get("customer").pk]
    report(row, "contact", _("is not one of their people"), values.closest(row.get("contact"), names))


def submitted(row: Row, people: dict[tuple[int, str], Contact], by: Any) -> list[Outcome]:
    """Nominate by whoever imports; the new company and its person, where there are such, come before the nomination."""
    company, contact, told = row.get("customer"), person(row, people), list[Outcome]()
    customer = Customer.objects.filter(pk=company.pk).first()
    before = {"status": customer.status} if customer else {}
    made = Nomination.submit(by=by, reason=row.get("reason"), customer=customer, company=company.name, contact=contact)
    facts: dict[str, Any] = {"customer_id": made.customer_id, "reason": made.reason}
    if customer is None:
        told.append(Outcome(row.number, "created", made.customer, {}, {"name": made.customer.name}))
        if row.get("contact"):
            new = made.name_contact(row.get("contact"), "", by=by)
            told.append(Outcome(row.number, "created", new, {}, {"name": new.name}))
    elif contact:
        facts["contact_id"] = contact.pk
    if row.get("on") and row.get("on") != day_of(made):
        made.created_at = datetime.combine(row.get("on"), time(12), ZoneInfo(settings.PROGRAM_TIME_ZONE))
        made.save(update_fields=["created_at"])
    return [*told, Outcome(row.number, "created", made, before, facts)]


def edited(row: Row, found: Nomination, people: dict[tuple[int, str], Contact], by: Any) -> Outcome:
    wanted = changes(row, found, people)
    if "contact" in wanted:
        wanted["contact_id"] = wanted.pop("contact").pk
    before = {name: getattr(found, name) for name in wanted}
    if wanted:
        found.edit(by=by, **wanted)
    return Outcome(row.number, "updated" if wanted else "unchanged", found, before, wanted)


register(NominationSpec())
