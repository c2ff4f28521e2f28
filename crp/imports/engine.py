"""The import itself: read, check everything, then write everything or nothing; never more than a chunk of rows in hand."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crp.imports.mapping import Mapping
from crp.imports.mending import Mending
from crp.imports.reading import Table
from crp.imports.spec import Field, Outcome, Row, Spec, Vocabulary, Written
from crp.imports.upsert import Numbers, folded
from crp.imports.values import Bad

CHUNK = 2_000
# So many are kept one by one; beyond them only counted.
MOST_FAULTS = 100_000


@dataclass(frozen=True)
class Fault:
    """One bad cell: data row number (the first is 1), their column, our field, the value, why, and the nearest known value."""

    row: int
    column: str
    field: str
    value: str
    reason: str
    suggestion: str = ""

    def __str__(self) -> str:
        hint = " " + _("Did you mean “%(suggestion)s”?") % {"suggestion": self.suggestion} if self.suggestion else ""
        return (
            _("Row %(row)d (line %(line)d), column %(column)s: “%(value)s” %(reason)s.")
            % {
                "row": self.row,
                "line": self.row + 1,
                "column": self.column,
                "value": self.value[:80],
                "reason": self.reason,
            }
            + hint
        )


@dataclass
class Report:
    """What came of it: counts, faults, the columns nobody asked for. `applied` only when written for good."""

    rows: int = 0
    written: Written = field(default_factory=Written)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    skipped: int = 0
    applied: bool = False

    def unknown_values(self) -> list[tuple[str, str, str, int]]:
        """(our field, their value, suggestion, how many rows), most rows first."""
        counted = Counter((one.field, one.value, one.suggestion) for one in self.faults)
        return [(*key, count) for key, count in counted.most_common()]

    def fault(self, *args: Any) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(*args))


class UndoDryRun(Exception):
    """Raised inside the transaction so that a dry run leaves nothing."""


@dataclass(frozen=True)
class Listener:
    """Hears of progress (rows done, rows in all), outcomes chunk by chunk, and late ones that came on top at the end."""

    progress: Callable[[int, int], None] = lambda done, total: None
    outcomes: Callable[[list[Outcome]], None] = lambda outcomes: None
    late: Callable[[list[Outcome]], None] = lambda outcomes: None


def run(
    spec: Spec, table: Table, mapping: Mapping, *, source: str = "", by: Any = None, dry_run: bool = False,
    mending: Mending | None = None, listener: Listener | None = None,
) -> Report:  # fmt: skip
    """Import the table, all or nothing. A dry run does the very same and then undoes it."""
    report, mending, listener = Report(rows=table.size), mending or Mending(), listener or Listener()
    try:
        with transaction.atomic():
            work = Work(spec, table, mapping, mending, report, listener)
            work.check(source)
            if not report.faults:
                work.write(source, by)
            if report.faults or dry_run:
                raise UndoDryRun
            report.applied = True
    except UndoDryRun:
        pass
    return report


class Work:
    """One passage of a file: checked from beginning to end, then written from beginning to end."""

    def __init__(
        self, spec: Spec, table: Table, mapping: Mapping, mending: Mending, report: Report, listener: Listener
    ) -> None:
        self.spec, self.table, self.mapping = spec, table, mapping
        self.mending, self.report, self.listener = mending, report, listener
        self.wanted = columns_by_field(spec, table, mapping, report)
        settled = {name: list(chosen.values()) for name, chosen in mapping.values.items()}
        self.vocabularies = spec.vocabularies(settled)
        self.book: Any = spec.open() if hasattr(spec, "open") else spec
        self.column_of = {mapping.field_of(column, spec): column for column in table.columns}
        self.seen = Numbers()

    def chunks(self) -> Iterator[list[Row]]:
        """Rows that were read, a chunk at a time; faults go to the report, progress to the listener."""
        chunk: list[Row] = []
        for number, cells in enumerate(self.table.lines(), start=1):
            mended = self.mending.mend(number, cells, self.table.columns)
            if mended is not None and any(cell.strip() for cell in mended):
                chunk.append(self.read_row(number, mended))
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def read_row(self, number: int, cells: list[str]) -> Row:
        beyond = cells[len(self.table.columns) :]
        if any(cell.strip() for cell in beyond):
            self.report.fault(number, _("(beyond the last)"), "", cells[-1], _("has no column"))
        row = Row(number, {})
        for one, (column, position) in self.wanted.items():
            raw = cells[position] if position is not None and position < len(cells) else ""
            read_cell(one, column, raw, row, self.mapping, self.vocabularies, self.report)
        return row

    def note(self, row: Row, name: str, reason: str, suggestion: str = "") -> None:
        """A fault the kind found."""
        value = str(row.get(name, ""))
        self.report.fault(row.number, self.column_of.get(name, name), name, value, reason, suggestion)

    def check(self, source: str) -> None:
        """Every cell, doubles in the file, then the kind's own rules for the rows that can be read."""
        self.report.skipped = len(self.mending.skips)
        for chunk in self.chunks():
            # A row with a bad cell may lack what the rules ask for.
            bad = {fault.row for fault in self.report.faults}
            sound = [row for row in chunk if row.number not in bad and self.is_whole(row)]
            self.find_doubles(sound)
            self.book.check(sound, self.note, source=source)
            self.listener.progress(chunk[-1].number, self.table.size * 2)
        if hasattr(self.book, "check_end") and not self.report.faults:
            self.book.check_end(self.note)

    def is_whole(self, row: Row) -> bool:
        return all(one.name in row.values for one in self.spec.fields if one.required)

    def find_doubles(self, rows: list[Row]) -> None:
        for row in rows:
            key = folded(plain(self.spec.key(row)))
            first = self.seen.get(key)
            if first is not None:
                name = next((name for name in ("external_id", "name") if row.get(name)), self.spec.fields[0].name)
                self.note(row, name, _("repeats row %(row)d") % {"row": first})
            else:
                self.seen.put(key, row.number)

    def write(self, source: str, by: Any) -> None:
        """Each chunk, then what had to wait for the last."""
        self.seen = Numbers()
        for chunk in self.chunks():
            self.take(self.book.write(chunk, source=source, by=by))
            self.listener.progress(self.table.size + chunk[-1].number, self.table.size * 2)
        if hasattr(self.book, "finish"):
            written = self.book.finish(by=by)
            self.report.written.add(written)
            self.listener.late(written.outcomes)

    def take(self, written: Written) -> None:
        self.report.written.add(written)
        self.listener.outcomes(written.outcomes)


def plain(key: Any) -> Any:
    """A key of texts and numbers: things stand for their pk."""
    if isinstance(key, tuple):
        return tuple(plain(part) for part in key)
    return getattr(key, "pk", key)


def columns_by_field(spec: Spec, table: Table, mapping: Mapping, report: Report) -> dict[Field, tuple[str, int | None]]:
    """Where each field is found; a missing required column is a fault of row 0."""
    for column in mapping.columns:
        if column not in table.columns and mapping.columns[column]:
            report.fault(0, column, mapping.columns[column], "", _("is mapped, but the file has no such column"))
    found = {mapping.field_of(column, spec): (column, position) for position, column in enumerate(table.columns)}
    report.ignored = [column for column in table.columns if not mapping.field_of(column, spec)]
    for one in spec.fields:
        if one.required and one.name not in found and one.name not in mapping.constants:
            report.fault(0, one.name, one.name, "", _("is needed, but no column is mapped to it"))
    return {
        one: found.get(one.name, (one.name, None))
        for one in spec.fields
        if one.name in found or one.name in mapping.constants
    }


def read_cell(
    one: Field, column: str, raw: str, row: Row, mapping: Mapping, vocabularies: dict[str, Vocabulary], report: Report
) -> None:
    """Read one cell into the row, or note its fault."""
    value = mapping.settle(one.name, raw.strip()) or mapping.constants.get(one.name, "")
    try:
        if not value:
            if one.required:
                raise Bad(_("is needed"))
            return
        read = one.read(value, mapping.reading)
        row.values[one.name] = vocabularies[one.lookup].find(read) if one.lookup else read
    except Bad as bad:
        report.fault(row.number, column, one.name, raw.strip(), bad.reason, bad.suggestion)
