"""What an import of one kind knows: its fields, what values may refer to, and how rows are written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crp.imports.values import Bad, Reader, closest
from crp.search import normalise


@dataclass(frozen=True)
class Field:
    """One of our fields. `lookup` names a vocabulary (Vocabulary) in which the value must be found."""

    name: str
    label: str | Promise
    read: Reader
    required: bool = False
    lookup: str = ""


class Vocabulary:
    """Known values by folded name: `find` answers the value's object or raises Bad with the nearest name."""

    def __init__(
        self,
        what: str,
        known: Iterable[tuple[str, Any]],
        *,
        create: Callable[[str], Any] | None = None,
        settled: Iterable[str] = (),
    ) -> None:
        """`create` makes the values in `settled`, which a person chose in the mapping, when they are new."""
        self.what, self.create = what, create
        self.names: dict[str, str] = {}
        self.found: dict[str, Any] = {}
        self.ambiguous: set[str] = set()
        self.settled = {normalise(name) for name in settled}
        # One wrong name often stands in a thousand rows.
        self.nearest: dict[str, str] = {}
        for name, value in known:
            self.add(name, value)

    def add(self, name: str, value: Any) -> None:
        """Make a name known; a second owner of it makes it ambiguous."""
        key = normalise(name)
        if key in self.found and self.found[key] != value:
            self.ambiguous.add(key)
        self.names[key], self.found[key] = name, value

    def knows(self, name: str) -> bool:
        return normalise(name) in self.found

    def find(self, value: str) -> Any:
        """The object named so. Raises Bad."""
        key = normalise(value)
        if key in self.ambiguous:
            raise Bad(_("names several; give the external id instead"))
        if key not in self.found:
            if self.create is None or key not in self.settled:
                reason = _("is not a known %(what)s") % {"what": self.what}
                if key not in self.nearest:
                    self.nearest[key] = closest(value, self.names.values())
                raise Bad(reason, self.nearest[key])
            self.add(value, self.create(value))
        return self.found[key]


@dataclass
class Row:
    """A row that was read: its number (first data row is 1) and our fields' values; empty cells are absent."""

    number: int
    values: dict[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


@dataclass
class Outcome:
    """What became of a row: created, updated or unchanged; the object, and the values of each field it changed."""

    number: int
    outcome: str
    thing: Any = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass
class Written:
    """How many rows were new, changed and as before, and what became of each. `aside`: things made on the way."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    outcomes: list[Outcome] = field(default_factory=list)

    def note(self, kind: str) -> None:
        """`kind` is created, updated or unchanged."""
        setattr(self, kind, getattr(self, kind) + 1)

    def add(self, other: "Written") -> None:
        """Count another chunk's rows too; its outcomes are told elsewhere."""
        for name in ("created", "updated", "unchanged"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Problems(Protocol):
    """Notes a fault of a row's field."""

    def __call__(self, row: Row, name: str, reason: str, suggestion: str = "") -> None: ...


class Spec(Protocol):
    """
    One importable kind. `check` and `write` get the file in chunks, in its order, each row once.

    A kind that needs to remember across chunks has `open()`, which answers an object with the same two methods and, if it
    likes, `check_end(report)` and `finish(by) -> Written`. One whose rows can be undone has
    `undone(restored, removed)` to bring up to date what hangs on them: (object, values before) and objects.
    """

    @property
    def kind(self) -> str: ...

    @property
    def label(self) -> str | Promise: ...

    @property
    def fields(self) -> tuple[Field, ...]: ...

    def vocabularies(self, settled: Mapping[str, Iterable[str]]) -> dict[str, Vocabulary]:
        """The vocabularies its fields look up in; `settled` holds by field what the mapping chose."""

    def key(self, row: Row) -> Any:
        """What makes a row the same thing as another."""

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        """Rules across cells and rows."""

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        """Upsert, in the caller's transaction."""


SPECS: dict[str, Spec] = {}


def register(spec: Spec) -> None:
    """Make a kind importable."""
    SPECS[spec.kind] = spec


ORDER = (
    "people",
    "products",
    "customers",
    "contacts",
    "nominations",
    "deployments",
    "opportunities",
    "activities",
    "surveys",
)


def kinds() -> list[Spec]:
    """The importable kinds, in the order one imports them."""
    return [SPECS[kind] for kind in ORDER if kind in SPECS]
