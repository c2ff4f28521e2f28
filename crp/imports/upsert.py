"""Writing many rows with few statements: what is new is created, what differs is updated, the rest is left alone."""

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any

from django.db import models

from crp.imports.spec import Outcome, Row, Written

BATCH = 1_000


class Index:
    """Keys of what exists → its pk, at sixteen bytes each: a chunk's objects are then fetched by pk."""

    def __init__(self, pairs: Iterable[tuple[Any, int]]) -> None:
        """`pairs` of key and pk; of two with one key the first is kept."""
        hashes, pks = array("Q"), array("q")
        for key, pk in pairs:
            hashes.append(folded(key))
            pks.append(pk)
        order = array("L", sorted(range(len(hashes)), key=hashes.__getitem__))
        self.hashes = array("Q", (hashes[place] for place in order))
        self.pks = array("q", (pks[place] for place in order))

    def get(self, key: Any) -> int | None:
        wanted = folded(key)
        place = bisect_left(self.hashes, wanted)
        return self.pks[place] if place < len(self.hashes) and self.hashes[place] == wanted else None


class Numbers:
    """Keys that `folded` made → a number of at least 0, some thirty bytes each: a dict would take six times as much."""

    def __init__(self) -> None:
        self.keys, self.numbers, self.size = array("Q", [0]) * 64, array("q", [-1]) * 64, 0

    def place(self, key: int) -> int:
        """Where the key is, or would be put."""
        most = len(self.keys) - 1
        found = key & most
        while self.numbers[found] >= 0 and self.keys[found] != key:
            found = (found + 1) & most
        return found

    def get(self, key: int) -> int | None:
        number = self.numbers[self.place(key)]
        return number if number >= 0 else None

    def __contains__(self, key: int) -> bool:
        return self.numbers[self.place(key)] >= 0

    def put(self, key: int, number: int) -> None:
        """Keep the key's number, in place of the one before."""
        if self.size * 3 > len(self.keys) * 2:
            self.grow()
        place = self.place(key)
        self.size += self.numbers[place] < 0
        self.keys[place], self.numbers[place] = key, number

    def grow(self) -> None:
        kept = zip(self.keys, self.numbers, strict=True)
        size = len(self.keys) * 2
        self.keys, self.numbers = array("Q", [0]) * size, array("q", [-1]) * size
        for key, number in kept:
            if number >= 0:
                place = self.place(key)
                self.keys[place], self.numbers[place] = key, number


def folded(key: Any) -> int:
    """64 bits for a key: texts, numbers and tuples of them."""
    return int.from_bytes(hashlib.blake2b(repr(key).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def differs(name: str, before: Any, after: Any) -> bool:
    """Addresses and language codes are the same in any case."""
    if name in ("email", "language") and isinstance(before, str) and isinstance(after, str):
        return before.casefold() != after.casefold()
    return bool(before != after)


def filled(found: Any, wanted: dict[str, Any], name: str, owner: str, default: Any) -> dict[str, Any]:
    """The wanted values, with the default where its owner is about to be written and neither side names one."""
    if owner not in wanted or wanted.get(name) or (found is not None and getattr(found, name)):
        return wanted
    is_new = found is None or getattr(found, owner) != wanted[owner]
    return {**wanted, name: default} if is_new else wanted


class Upsert:
    """Sorts rows into new, changed and unchanged objects, then saves them in batches."""

    def __init__(self, model: type[models.Model], find: Callable[[Row], models.Model | None]) -> None:
        self.model, self.find = model, find
        self.new: list[Any] = []
        self.changed: list[tuple[Any, dict[str, Any]]] = []
        self.objects: dict[int, Any] = {}
        self.written = Written()

    def take(
        self, rows: Iterable[Row], values: Callable[[Row], dict[str, Any]], *, on_create: dict[str, Any],
        fill: tuple[str, str, Any] | None = None,
    ) -> "Upsert":  # fmt: skip
        """
        `values(row)` are the model's fields by attribute name; only those given are compared and written.

        `fill` (field, field it belongs to, default): an amount that is new or changed gets a currency if it has none.
        """
        for row in rows:
            wanted = values(row)
            found = self.find(row)
            if fill:
                wanted = filled(found, wanted, *fill)
            if found is None:
                found = self.model(**{**on_create, **wanted})
                self.new.append(found)
                self.tell(row, "created", found, {}, wanted)
            else:
                before = {
                    name: getattr(found, name)
                    for name, value in wanted.items()
                    if differs(name, getattr(found, name), value)
                }
                after = {name: wanted[name] for name in before}
                for name, value in after.items():
                    setattr(found, name, value)
                self.tell(row, "updated" if before else "unchanged", found, before, after)
                if before:
                    self.changed.append((found, before))
            self.objects[row.number] = found
        return self

    def tell(self, row: Row, outcome: str, thing: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
        self.written.note(outcome)
        self.written.outcomes.append(Outcome(row.number, outcome, thing, before, after))

    def save(self, *, derive: Callable[[Any], None] | None = None, derived: tuple[str, ...] = ()) -> Written:
        """Write it all; `derive(object)` fills the `derived` columns that saving one by one would."""
        changed = [found for found, _before in self.changed]
        for found in [*self.new, *changed]:
            if derive:
                derive(found)
        self.model._default_manager.bulk_create(self.new, batch_size=BATCH)
        names = {name for _found, before in self.changed for name in before}
        if changed:
            names |= self.count_versions(changed)
            self.model._default_manager.bulk_update(changed, [*names, *derived], batch_size=BATCH)
        return self.written

    def count_versions(self, changed: list[Any]) -> set[str]:
        """A page open for editing must notice that the file was quicker."""
        if not any(one.name == "version" for one in self.model._meta.concrete_fields):
            return set()
        for found in changed:
            found.version += 1
        return {"version"}
