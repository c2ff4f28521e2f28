"""Importing what customers run, and what they did for us in the past."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.events import record
from crp.imports import values
from crp.imports.spec import Field, Outcome, Problems, Row, Vocabulary, Written, register
from crp.imports.upsert import Upsert
from crp.search import normalise
from crp.verbs import today
from references.importing.known import companies, products, words_for
from references.models import Activity, ActivityType, Contact, Customer, Deployment, UseCase
from references.models.activity import ActivityOrigin
from references.models.activity import Outcome as Result
from references.verbs import Verb


def yes(value: str, reading: values.Reading) -> bool:
    """Yes or no, in the languages we speak."""
    folded = normalise(value)
    if folded in {normalise(word) for word in ("yes", "y", "true", "1", "نعم", "بله", "آری")}:
        return True
    if folded in {normalise(word) for word in ("no", "n", "false", "0", "لا", "خیر", "نه")}:
        return False
    raise values.Bad(_("is neither yes nor no"))


class DeploymentSpec:
    kind = "deployments"
    label = gettext_lazy("Products in use")
    fields = (
        Field("customer", gettext_lazy("Customer"), values.text(200), required=True, lookup="customer"),
        Field("product", gettext_lazy("Product"), values.text(120), required=True, lookup="product"),
        Field("since", gettext_lazy("Since"), values.day),
        Field("until", gettext_lazy("Until"), values.day),
        Field("use_case", gettext_lazy("Use case"), values.text(120), lookup="use_case"),
        Field("referable", gettext_lazy("Can be referred to"), yes),
        Field("note", gettext_lazy("Note"), values.text(200)),
    )

    def vocabularies(self, settled: Mapping[str, Iterable[str]]) -> dict[str, Vocabulary]:
        cases = Vocabulary(_("use case"), ((case.name, case) for case in UseCase.objects.all()))
        return {"customer": companies(), "product": products(), "use_case": cases}

    def key(self, row: Row) -> Any:
        return (row.get("customer").pk, row.get("product").pk)

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        """Nothing ends before it began."""
        for row in rows:
            if row.get("since") and row.get("until") and row.get("until") < row.get("since"):
                report(row, "until", _("is before it began"))

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        held = Deployment.objects.filter(customer__in={row.get("customer").pk for row in rows})
        known = {(one.customer_id, one.product_id): one for one in held}
        upsert = Upsert(Deployment, lambda row: known.get(self.key(row)))
        upsert.take(rows, deployment_values, on_create={})
        written = upsert.save()
        names = {row.get("customer").pk: row.get("customer").name for row in rows}
        product_names = {row.get("product").pk: row.get("product").name for row in rows}
        for one in upsert.new:
            customer = Customer(pk=one.customer_id, name=names[one.customer_id])
            product = product_names[one.product_id]
            record(Verb.DEPLOYMENT_ADDED, one, customer, by=by, customer=customer.name, product=product)
        return written


def deployment_values(row: Row) -> dict[str, Any]:
    names = ("since", "until", "referable", "note")
    wanted = {name: row.get(name) for name in names if row.get(name) is not None}
    if row.get("use_case"):
        wanted["use_case_id"] = row.get("use_case").pk
    return {"customer_id": row.get("customer").pk, "product_id": row.get("product").pk, **wanted}


def types() -> Vocabulary:
    """Activity types by slug, by name and by their name in the reader's language."""
    found = Vocabulary(_("activity"), [])
    for one in ActivityType.objects.all():
        for name in {one.slug, one.slug.replace("-", " "), one.name, str(one.label)}:
            found.add(name, one)
    return found


class ActivitySpec:
    kind = "activities"
    label = gettext_lazy("Past activities")
    fields = (
        Field("external_id", gettext_lazy("External id"), values.text(40)),
        Field("customer", gettext_lazy("Customer"), values.text(200), required=True, lookup="customer"),
        Field("contact", gettext_lazy("Contact"), values.text(200)),
        Field("activity_type", gettext_lazy("Activity"), values.text(80), required=True, lookup="activity_type"),
        Field("on", gettext_lazy("Day"), values.day, required=True),
        Field("outcome", gettext_lazy("Outcome"), values.text(40), lookup="outcome"),
        Field("prospect", gettext_lazy("For"), values.text(200)),
        Field("hours", gettext_lazy("Hours"), values.money("hours")),
        Field("note", gettext_lazy("Note"), values.text(500)),
    )

    def vocabularies(self, settled: Mapping[str, Iterable[str]]) -> dict[str, Vocabulary]:
        return {"customer": companies(), "activity_type": types(), "outcome": words_for(Result, _("outcome"))}

    def key(self, row: Row) -> Any:
        person = normalise(row.get("contact", ""))
        prospect = normalise(row.get("prospect", ""))
        return row.get("external_id") or (
            row.get("customer").pk, person, row.get("activity_type").pk, row.get("on").isoformat(), prospect,
        )  # fmt: skip

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        """It happened already, with somebody we know there."""
        people = contacts_of(rows)
        for row in rows:
            if row.get("on") > today():
                report(row, "on", _("is still to come"))
            if row.get("contact") and person(row, people) is None:
                names = [one.name for one in people.values() if one.customer_id == row.get("customer").pk]
                report(row, "contact", _("is not one of their people"), values.closest(row.get("contact"), names))

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        """New ones into the ledger by its own verb; of known ones, how it went is brought up to date."""
        people, written = contacts_of(rows), Written()
        known = self.known(rows, people, source)
        for row in rows:
            contact = person(row, people)
            found = known.get(row.number)
            told = self.update(row, found) if found else self.log(row, contact, source, by)
            written.note(told.outcome)
            written.outcomes.append(told)
        return written

    def known(self, rows: list[Row], people: dict[tuple[int, str], Contact], source: str) -> dict[int, Activity]:
        """Row number → the activity it speaks of, by the source's id, else by who, what and when."""
        held = Activity.objects.filter(customer__in={row.get("customer").pk for row in rows})
        by_ref = {one.origin_ref: one for one in held if one.origin_ref}
        by_fact = {(one.customer_id, one.contact_id, one.activity_type_id, one.on, one.prospect): one for one in held}
        found: dict[int, Activity] = {}
        for row in rows:
            contact = person(row, people)
            fact = (
                row.get("customer").pk, contact.pk if contact else None, row.get("activity_type").pk, row.get("on"),
                row.get("prospect", ""),
            )  # fmt: skip
            one = by_ref.get(reference(row, source)) if row.get("external_id") else by_fact.get(fact)
            if one is not None:
                found[row.number] = one
        return found

    def log(self, row: Row, contact: Contact | None, source: str, by: Any) -> Outcome:
        names = ("outcome", "prospect", "hours", "note")
        facts = {name: row.get(name) for name in names if row.get(name) is not None}
        made = Activity.objects.log(
            activity_type=row.get("activity_type"), on=row.get("on"), by=by, contact=contact,
            customer=Customer.objects.get(pk=row.get("customer").pk), origin=ActivityOrigin.IMPORT,
            origin_ref=reference(row, source), **facts,
        )  # fmt: skip
        return Outcome(row.number, "created", made, {}, {"on": made.on, **facts})

    def update(self, row: Row, found: Activity) -> Outcome:
        wanted = {name: row.get(name) for name in ("outcome", "hours", "note") if row.get(name) is not None}
        before = {name: getattr(found, name) for name, value in wanted.items() if getattr(found, name) != value}
        after = {name: wanted[name] for name in before}
        for name, value in after.items():
            setattr(found, name, value)
        if before:
            found.save(update_fields=list(before))
        return Outcome(row.number, "updated" if before else "unchanged", found, before, after)

    def undone(self, restored: list[tuple[Any, dict[str, Any]]], removed: list[Any]) -> None:
        """Who was asked last when: counted anew without what is gone."""
        people = Contact.objects.filter(pk__in={one.contact_id for one in removed if one.contact_id})
        latest = dict(
            Activity.objects.filter(contact__in=people, live=True).values_list("contact").annotate(day=Max("on"))
        )
        for contact in people:
            contact.last_live_on = latest.get(contact.pk)
        Contact.objects.bulk_update(people, ["last_live_on"], batch_size=1_000)


def reference(row: Row, source: str) -> str:
    return f"import:{source[:10]}:{row.get('external_id')}" if row.get("external_id") else ""


def contacts_of(rows: list[Row]) -> dict[tuple[int, str], Contact]:
    """The people of the rows' customers by customer and folded name, and by customer and address."""
    found: dict[tuple[int, str], Contact] = {}
    held = Contact.objects.filter(customer__in={row.get("customer").pk for row in rows}, erased_at=None)
    for one in held.select_related("customer"):
        found[(one.customer_id, normalise(one.name))] = one
        if one.email:
            found[(one.customer_id, normalise(one.email))] = one
    return found


def person(row: Row, people: dict[tuple[int, str], Contact]) -> Contact | None:
    return people.get((row.get("customer").pk, normalise(row.get("contact", "")))) if row.get("contact") else None


for spec in (DeploymentSpec(), ActivitySpec()):
    register(spec)
