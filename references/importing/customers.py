"""Importing customers."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.events.writing import record_each
from crp.imports import values
from crp.imports.spec import Field, Outcome, Problems, Row, Vocabulary, Written, register
from crp.imports.upsert import Index, Numbers, Upsert, folded
from crp.imports.verbs import Verb
from crp.search import normalise
from references.importing.known import CRP_ID, check_ids, colleagues, companies, industries, taken_ids
from references.models import Customer
from references.models.merge import Merge


class CustomerSpec:
    kind = "customers"
    label = gettext_lazy("Customers")
    derived = ("search_text",)
    fields = (
        CRP_ID,
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
        return row.get("crp_id") or row.get("external_id") or normalise(row.get("name"))

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        """Alone, without a file around: as a file of these rows."""
        book = CustomerBook()
        book.check(rows, report, source=source)
        book.check_end(report)

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        book = CustomerBook()
        written = book.write(rows, source=source, by=by)
        written.add(book.finish(by=by))
        return written

    def open(self) -> "CustomerBook":
        return CustomerBook()

    def undone(self, restored: list[tuple[Any, dict[str, Any]]], removed: list[Any]) -> None:
        for customer, _before in restored:
            derive_search(customer)


class CustomerBook:
    """What is remembered of a file of customers from its first row to its last: the names in it, and whose parent is whom."""

    def __init__(self) -> None:
        self.in_file = Numbers()
        # Of rows with a parent: number, folded name, folded parent; each parent's name once.
        self.children, self.names, self.parents = array("L"), array("Q"), array("Q")
        self.parent_names: dict[int, str] = {}
        self.index: Index | None = None
        self.made = Numbers()
        # (row number, child's pk, parent's name, is it counted as new or changed) of those whose parent stands further down.
        self.late: list[tuple[int, int, str, bool]] = []

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        """Our numbers are ours; names and parents are noted for the end."""
        check_ids(Customer, rows, report)
        for row in rows:
            name = folded(normalise(row.get("name")))
            self.in_file.put(name, row.number)
            if row.get("parent"):
                parent = folded(normalise(row.get("parent")))
                self.parent_names.setdefault(parent, row.get("parent"))
                for kept, value in ((self.children, row.number), (self.names, name), (self.parents, parent)):
                    kept.append(value)

    def check_end(self, report: Problems) -> None:
        """A parent is known or in the file, and nobody is his own ancestor."""
        missing, place_of = self.missing_parents(), Numbers()
        for place, name in enumerate(self.names):
            place_of.put(name, place)
        for number, name, parent in zip(self.children, self.names, self.parents, strict=True):
            row = Row(number, {"parent": self.parent_names[parent]})
            if parent in missing:
                report(row, "parent", _("is neither in the file nor a known customer"), missing[parent])
            if is_own_ancestor(name, self.parents, place_of):
                report(row, "parent", _("would make the company its own parent"))

    def missing_parents(self) -> dict[int, str]:
        """Those that are neither in the file nor known, and what was probably meant."""
        asked = {key: name for key, name in self.parent_names.items() if key not in self.in_file}
        known, found = companies() if asked else None, {}
        for key, name in asked.items():
            try:
                known.find(name)  # type: ignore[union-attr]
            except values.Bad as bad:
                others = (other for one, other in self.parent_names.items() if one not in asked)
                found[key] = bad.suggestion or values.closest(name, others)
        return found

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        """The chunk's customers, with the parents that are there already."""
        self.index = self.index or name_index()
        known = taken_ids(Customer, rows, source)
        unkeyed = [row for row in rows if not row.get("external_id")]
        pks = {row.number: self.index.get(normalise(row.get("name"))) for row in unkeyed}
        named = Customer.objects.in_bulk([pk for pk in pks.values() if pk])
        upsert = Upsert(Customer, lambda row: known(row) or named.get(pks.get(row.number)))
        upsert.take(
            rows,
            lambda row: customer_values(row, self.parent(row)),
            on_create={"source": source},
            fill=("currency", "annual_revenue", values.default_currency()),
        )
        written = upsert.save(derive=derive_search, derived=("search_text",))
        self.note_late(rows, upsert)
        record_each(Verb.CUSTOMER_IMPORTED, upsert.new, by=by, source=source)
        return written

    def parent(self, row: Row) -> int | None:
        """The parent's pk, if it is there already."""
        wanted = row.get("parent", "")
        if wanted.startswith("#") and wanted[1:].isdecimal():
            return int(wanted[1:])
        key = normalise(wanted)
        return (self.made.get(folded(key)) or (self.index.get(key) if self.index else None)) if key else None

    def note_late(self, rows: list[Row], upsert: Upsert) -> None:
        new = {one.pk for one in upsert.new}
        counted = new | {one.pk for one, _before in upsert.changed}
        for row in rows:
            made = upsert.objects[row.number]
            if made.pk in new:
                self.made.put(folded(normalise(made.name)), made.pk)
            parent = row.get("parent")
            if parent and (made.parent_id is None or self.parent(row) != made.parent_id):
                self.late.append((row.number, made.pk, parent, made.pk in counted))

    def finish(self, *, by: Any) -> Written:
        """Parents that stood further down than their children, or are known by another name."""
        written, known = Written(), companies() if self.late else None
        for number, pk, name, is_counted in self.late:
            found = self.parent(Row(number, {"parent": name}))
            parent: Any = found or (known.find(name).pk if known else None)
            child = Customer.objects.select_for_update(of=("self",)).get(pk=pk)
            if child.parent_id == parent:
                continue
            before, child.parent_id = child.parent_id, parent
            child.save(update_fields=["parent"])
            if not is_counted:
                written.updated, written.unchanged = written.updated + 1, written.unchanged - 1
            written.outcomes.append(Outcome(number, "updated", child, {"parent_id": before}, {"parent_id": parent}))
        return written


def name_index() -> Index:
    """All customers by folded name."""
    found = Customer.objects.order_by("pk").values_list("name", "pk").iterator(chunk_size=5_000)
    # Of two with one name the first is kept: those that are there, before those that became another.
    merged = Merge.objects.of_customers().order_by("pk").values_list("folded", "customer").iterator(chunk_size=5_000)
    return Index(chain(((normalise(name), pk) for name, pk in found), ((name, pk) for name, pk in merged if name)))


def is_own_ancestor(name: int, parents: Sequence[int], place_of: Numbers) -> bool:
    """Does following the file's parents lead back to the company? `place_of` a folded name its parent stands."""
    seen, place = set[int](), place_of.get(name)
    while place is not None and place not in seen:
        if parents[place] == name:
            return True
        seen.add(place)
        place = place_of.get(parents[place])
    return False


def customer_values(row: Row, parent: int | None) -> dict[str, Any]:
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
    if parent:
        wanted["parent_id"] = parent
    return wanted


def derive_search(customer: Customer) -> None:
    customer.search_text = normalise(customer.name, customer.website)


register(CustomerSpec())
