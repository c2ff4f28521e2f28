"""Importing products, customers and contacts."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.accounts.models import User
from crp.events.writing import record_each
from crp.imports import values
from crp.imports.spec import Field, Problems, Row, Vocabulary, Written, register
from crp.imports.upsert import Upsert
from crp.imports.verbs import Verb
from crp.search import normalise
from references.models import Contact, Customer, Industry, Product


def colleagues() -> Vocabulary:
    """People by name and by address."""
    found = Vocabulary(_("colleague"), [])
    for user in User.objects.active():
        found.add(user.name, user)
        if user.email:
            found.add(user.email, user)
    return found


def companies() -> Vocabulary:
    """Customers by name and by external id."""
    found = Vocabulary(_("customer"), [])
    for customer in Customer.objects.only("pk", "name", "external_id", "currency"):
        found.add(customer.name, customer)
        if customer.external_id:
            found.add(customer.external_id, customer)
    return found


def products() -> Vocabulary:
    return Vocabulary(_("product"), ((product.name, product) for product in Product.objects.all()))


def industries(settled: Iterable[str]) -> Vocabulary:
    """Branches by name; one that the mapping names and nobody knew is made."""
    known = ((industry.name, industry) for industry in Industry.objects.all())
    return Vocabulary(_("industry"), known, create=lambda name: Industry.objects.create(name=name), settled=settled)


def by_external_id(model: Any, source: str, keys: list[str]) -> dict[str, Any]:
    """Objects of the source by external id. One query."""
    return {one.external_id: one for one in model.objects.filter(source=source, external_id__in=keys)}


class ProductSpec:
    kind = "products"
    label = gettext_lazy("Products")
    fields = (
        Field("name", gettext_lazy("Name"), values.text(120), required=True),
        Field("family", gettext_lazy("Family"), values.text(120)),
        Field("list_price", gettext_lazy("List price"), values.money("list_price")),
        Field("currency", gettext_lazy("Currency"), values.currency),
    )

    def vocabularies(self, settled: Mapping[str, Iterable[str]]) -> dict[str, Vocabulary]:
        return {}

    def key(self, row: Row) -> Any:
        return normalise(row.get("name"))

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        """Nothing across cells."""

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        known = {normalise(product.name): product for product in Product.objects.all()}
        upsert = Upsert(Product, lambda row: known.get(self.key(row)))
        upsert.take(rows, product_values, on_create={})
        return upsert.save()


def product_values(row: Row) -> dict[str, Any]:
    wanted = {name: row.get(name) for name in ("name", "family", "list_price", "currency") if row.get(name) is not None}
    return {**({"currency": values.default_currency()} if "list_price" in wanted else {}), **wanted}


class CustomerSpec:
    kind = "customers"
    label = gettext_lazy("Customers")
    fields = (
        Field("external_id", gettext_lazy("External id"), values.text(120)),
        Field("name", gettext_lazy("Name"), values.text(200), required=True),
        Field("industry", gettext_lazy("Industry"), values.text(120), lookup="industry"),
        Field("founded", gettext_lazy("Founded"), values.whole(1000, date.today().year + 1)),
        Field("annual_revenue", gettext_lazy("Annual revenue"), values.money("annual_revenue")),
        Field("currency", gettext_lazy("Currency"), values.currency),
        Field("employees", gettext_lazy("Employees"), values.whole(0, 20_000_000)),
        Field("country", gettext_lazy("Country"), values.country),
        Field("parent", gettext_lazy("Parent company"), values.text(200)),
        Field("website", gettext_lazy("Website"), values.website),
        Field("owner", gettext_lazy("Account owner"), values.text(200), lookup="colleague"),
    )

    def vocabularies(self, settled: Mapping[str, Iterable[str]]) -> dict[str, Vocabulary]:
        return {"industry": industries(settled.get("industry", ())), "colleague": colleagues()}

    def key(self, row: Row) -> Any:
        return row.get("external_id") or normalise(row.get("name"))

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        """A parent is known or in the file, and nobody is his own ancestor."""
        known = companies()
        parents = {normalise(row.get("name")): normalise(row.get("parent", "")) for row in rows}
        names = {normalise(row.get("name")): row.get("name") for row in rows}
        for row in rows:
            parent = row.get("parent")
            if parent and normalise(parent) not in names:
                try:
                    known.find(parent)
                except values.Bad as bad:
                    near = bad.suggestion or values.closest(parent, names.values())
                    report(row, "parent", _("is neither in the file nor a known customer"), near)
            if parent and is_own_ancestor(normalise(row.get("name")), parents):
                report(row, "parent", _("would make the company its own parent"))

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        known = by_external_id(Customer, source, [row.get("external_id") for row in rows if row.get("external_id")])
        named = {normalise(one.name): one for one in Customer.objects.all()}
        upsert = Upsert(
            Customer,
            lambda row: (
                known.get(row.get("external_id")) if row.get("external_id") else named.get(normalise(row.get("name")))
            ),
        )
        upsert.take(rows, customer_values, on_create={"source": source})
        written = upsert.save(derive=derive_search, derived=("search_text",))
        self.place(rows, upsert, named, written)
        record_each(Verb.CUSTOMER_IMPORTED, upsert.new, by=by, source=source)
        return written

    def place(self, rows: list[Row], upsert: Upsert, named: dict[str, Customer], written: Written) -> None:
        """Second pass: parents may stand further down than their children."""
        named = {**named, **{normalise(one.name): one for one in upsert.objects.values()}}
        by_id = companies()
        fresh = {one.pk for one in upsert.new} | {one.pk for one, _before in upsert.changed}
        moved = []
        for row in rows:
            if not row.get("parent"):
                continue
            parent = named.get(normalise(row.get("parent"))) or by_id.find(row.get("parent"))
            customer = upsert.objects[row.number]
            if customer.parent_id != parent.pk:
                customer.parent = parent
                moved.append(customer)
        Customer.objects.bulk_update(moved, ["parent"], batch_size=1_000)
        late = sum(1 for customer in moved if customer.pk not in fresh)
        written.updated, written.unchanged = written.updated + late, written.unchanged - late


def is_own_ancestor(name: str, parents: dict[str, str]) -> bool:
    """Does following the file's parents lead back to the company?"""
    seen, current = set(), parents.get(name, "")
    while current and current not in seen:
        if current == name:
            return True
        seen.add(current)
        current = parents.get(current, "")
    return False


def customer_values(row: Row) -> dict[str, Any]:
    names = (
        "external_id",
        "name",
        "industry",
        "founded",
        "annual_revenue",
        "currency",
        "employees",
        "country",
        "website",
        "owner",
    )
    wanted = {name: row.get(name) for name in names if row.get(name) is not None}
    for link in ("industry", "owner"):
        if link in wanted:
            wanted[f"{link}_id"] = wanted.pop(link).pk
    return {**({"currency": values.default_currency()} if "annual_revenue" in wanted else {}), **wanted}


def derive_search(customer: Customer) -> None:
    customer.search_text = normalise(customer.name, customer.website)


class ContactSpec:
    kind = "contacts"
    label = gettext_lazy("Contacts")
    fields = (
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
        return row.get("external_id") or (getattr(row.get("customer"), "pk", None), normalise(row.get("name")))

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        """Nothing across cells."""

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        known = by_external_id(Contact, source, [row.get("external_id") for row in rows if row.get("external_id")])
        employers = {row.get("customer").pk for row in rows}
        named = {
            (one.customer_id, normalise(one.name)): one
            for one in Contact.objects.filter(customer__in=employers, erased_at=None)
        }
        upsert = Upsert(
            Contact,
            lambda row: known.get(row.get("external_id")) if row.get("external_id") else named.get(self.key(row)),
        )
        upsert.take(rows, contact_values, on_create={"source": source})
        return upsert.save(derive=derive_contact_search, derived=("search_text",))


def contact_values(row: Row) -> dict[str, Any]:
    names = ("external_id", "name", "job_title", "email", "phone", "language", "timezone")
    wanted = {name: row.get(name) for name in names if row.get(name) is not None}
    return {"customer_id": row.get("customer").pk, **wanted}


def derive_contact_search(contact: Contact) -> None:
    contact.search_text = normalise(contact.name, contact.job_title)


for spec in (ProductSpec(), CustomerSpec(), ContactSpec()):
    register(spec)
