"""Writing many rows with few statements: what is new is created, what differs is updated, the rest is left alone."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import models

from crp.imports.spec import Row, Written

BATCH = 1_000


class Upsert:
    """Sorts rows into new, changed and unchanged objects, then saves them in batches."""

    def __init__(self, model: type[models.Model], find: Callable[[Row], models.Model | None]) -> None:
        self.model, self.find = model, find
        self.new: list[Any] = []
        self.changed: list[tuple[Any, dict[str, Any]]] = []
        self.objects: dict[int, Any] = {}
        self.written = Written()

    def take(
        self, rows: Iterable[Row], values: Callable[[Row], dict[str, Any]], *, on_create: dict[str, Any]
    ) -> "Upsert":
        """`values(row)` are the model's fields by attribute name; only those given are compared and written."""
        for row in rows:
            wanted = values(row)
            found = self.find(row)
            if found is None:
                found = self.model(**{**on_create, **wanted})
                self.new.append(found)
                self.written.note("created")
            else:
                before = {name: getattr(found, name) for name, value in wanted.items() if getattr(found, name) != value}
                for name in before:
                    setattr(found, name, wanted[name])
                self.written.note("updated" if before else "unchanged")
                if before:
                    self.changed.append((found, before))
            self.objects[row.number] = found
        return self

    def save(self, *, derive: Callable[[Any], None] | None = None, derived: tuple[str, ...] = ()) -> Written:
        """Write it all; `derive(object)` fills the `derived` columns that saving one by one would."""
        changed = [found for found, _before in self.changed]
        for found in [*self.new, *changed]:
            if derive:
                derive(found)
        self.model._default_manager.bulk_create(self.new, batch_size=BATCH)
        names = {name for _found, before in self.changed for name in before}
        if changed:
            self.model._default_manager.bulk_update(changed, [*names, *derived], batch_size=BATCH)
        return self.written
