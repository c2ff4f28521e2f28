"""Importing contacts."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.imports import values
from crp.imports.spec import Field, Problems, Row, Vocabulary, Written, register
from crp.imports.upsert import Upsert
from crp.search import normalise
from references import forgetting
from references.importing.known import CRP_ID, check_ids, companies, taken_ids
from references.models import Contact
from references.models.merge import Merge


class ContactSpec:
    kind = "contacts"
    label = gettext_lazy("Contacts")
    derived = ("search_text",)
    fields = (
        CRP_ID,
        Field("external_id", gettext_lazy("External id"), values.text(120)),
        Field("customer", gettext_lazy("Customer"), values.text(200), required=True, lookup="customer"),
        Field("name", gettext_lazy("Name"), values.text(200), required=True),
        Field("job_title", gettext_lazy("Job title"), values.text(200)),
        Field("email", gettext_lazy("Email"), values.email),
        Field("phone", gettext_lazy("Phone"), values.text(40)),
        Field("language", gettext_lazy("Language"), values.language),
        Field("timezone", gettext_lazy("Time zone"), values.time_zone),
    )

    def vocabularies(self, settled: Mapping[str, Iterable[str]]) -> dict[str, Vocabulary]:
        return {"customer": companies()}

    def key(self, row: Row) -> Any:
        return (
            row.get("crp_id")
            or row.get("external_id")
            or (getattr(row.get("customer"), "pk", None), normalise(row.get("name")))
        )

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        """Our numbers are ours, and of somebody who was not forgotten."""
        check_ids(Contact, rows, report)
        forgotten = forgetting.Forgotten.read()
        for row in rows:
            customer = getattr(row.get("customer"), "pk", None)
            if customer and forgotten.knows(customer, row.get("name") or "", row.get("email") or ""):
                report(row, "name", _("was forgotten at this person’s own request; leave the row out"))

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        known = taken_ids(Contact, rows, source)
        named = named_people([row for row in rows if not row.get("external_id")])
        upsert = Upsert(
            Contact,
            lambda row: known(row) or (None if row.get("external_id") else named.get(by_name(row))),
        )
        upsert.take(rows, contact_values, on_create={"source": source})
        return upsert.save(derive=derive_contact_search, derived=("search_text",))

    def undone(self, restored: list[tuple[Any, dict[str, Any]]], removed: list[Any]) -> None:
        for contact, _before in restored:
            derive_contact_search(contact)


def named_people(rows: list[Row]) -> dict[tuple[int, str], Contact]:
    """Those the rows name, by customer and folded name, also the one they had before a merge; of the rest only names are read."""
    wanted, pks = {by_name(row) for row in rows}, dict[tuple[int, str], int]()
    employers = {customer for customer, _name in wanted}
    merged = Merge.objects.filter(contact__customer__in=employers).exclude(folded="")
    for pk, customer, folded in merged.values_list("contact", "contact__customer", "folded").iterator():
        if (customer, folded) in wanted:
            pks[customer, folded] = pk
    people = Contact.objects.filter(customer__in=employers, erased_at=None).order_by("pk")
    for pk, customer, name in people.values_list("pk", "customer", "name").iterator():
        if (customer, normalise(name)) in wanted:
            pks[customer, normalise(name)] = pk
    found = Contact.objects.in_bulk(pks.values())
    return {key: found[pk] for key, pk in pks.items()}


def by_name(row: Row) -> tuple[int, str]:
    return row.get("customer").pk, normalise(row.get("name"))


def contact_values(row: Row) -> dict[str, Any]:
    names = ("external_id", "name", "job_title", "email", "phone", "language", "timezone")
    wanted = {name: row.get(name) for name in names if row.get(name) is not None}
    return {"customer_id": row.get("customer").pk, **wanted}


def derive_contact_search(contact: Contact) -> None:
    contact.search_text = normalise(contact.name, contact.job_title)


register(ContactSpec())
