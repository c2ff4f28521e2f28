"""What would become, or became, of every row: by outcome, page by page, field by field."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _
from django_countries import countries

from crp.imports.models import ImportRun
from crp.imports.outcomes import OutcomeKind, RowOutcome
from crp.ui import lists

# Derived columns say nothing to a person.
SILENT = {"search_text", "touched_on", "version"}


@dataclass(frozen=True)
class Change:
    """A field, by our name for it and as a person reads it, and its values."""

    name: str
    field: str
    before: str
    after: str


def tabs(run: ImportRun) -> list[lists.Tab]:
    """The outcomes with their counts."""
    return [lists.Tab(kind, OutcomeKind(kind).label, run.report.get(kind, 0)) for kind in OutcomeKind.values]


def first_outcome(run: ImportRun) -> str:
    """The first set that holds something."""
    return next((kind for kind in OutcomeKind.values if run.report.get(kind)), "created")


def describe(rows: list[RowOutcome]) -> None:
    """Give each row `name` and `changes`. A few queries for the page, whatever its length."""
    for row in rows:
        row.name, row.changes = "", []  # type: ignore[attr-defined]
    for label in {row.model for row in rows if row.model}:
        model = apps.get_model(label)
        those = [row for row in rows if row.model == label]
        links = [one.name for one in model._meta.concrete_fields if one.name == "customer"]
        things = model._base_manager.select_related(*links).in_bulk([row.object_id for row in those if row.object_id])
        linked = linked_names(model, those)
        for row in those:
            thing = things.get(row.object_id)
            row.name = str(thing) if thing else str(row.after.get("name") or row.after.get("external_id") or "")  # type: ignore[attr-defined]
            row.name = row.name or linked.get(("customer_id", row.after.get("customer_id")), "")  # type: ignore[attr-defined]
            row.changes = list(changes(model, row, linked))  # type: ignore[attr-defined]


def linked_names(model: type[models.Model], rows: Iterable[RowOutcome]) -> dict[tuple[str, Any], str]:
    """(field, pk) → the name of what it points to."""
    wanted: dict[str, set[Any]] = {}
    for row in rows:
        for name, value in [*row.before.items(), *row.after.items()]:
            if value is not None and model._meta.get_field(name).is_relation:
                wanted.setdefault(name, set()).add(value)
    return {
        (name, thing.pk): str(thing)
        for name, pks in wanted.items()
        for thing in model._meta.get_field(name).related_model._base_manager.filter(pk__in=pks)  # type: ignore[union-attr]
    }


def changes(model: type[models.Model], row: RowOutcome, linked: dict[tuple[str, Any], str]) -> Iterable[Change]:
    for name, after in row.after.items():
        if name not in SILENT:
            field = model._meta.get_field(name)
            label = str(getattr(field, "verbose_name", name))
            yield Change(
                name, label, shown(field, name, row.before.get(name), linked), shown(field, name, after, linked)
            )


def shown(field: Any, name: str, value: Any, linked: dict[tuple[str, Any], str]) -> str:
    """The value as a person reads it; nothing is a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "country":
        return str(countries.name(value) or value)
    if field.is_relation:
        return linked.get((name, value), f"#{value}")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(dict(field.flatchoices).get(value, value))
