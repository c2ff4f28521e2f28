"""The import itself: read, check everything, then write everything or nothing."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crp.imports.mapping import Mapping
from crp.imports.reading import Table
from crp.imports.spec import Field, Row, Spec, Vocabulary, Written
from crp.imports.values import Bad


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
    applied: bool = False

    def unknown_values(self) -> list[tuple[str, str, str, int]]:
        """(our field, their value, suggestion, how many rows), most rows first."""
        counted = Counter((one.field, one.value, one.suggestion) for one in self.faults)
        return [(*key, count) for key, count in counted.most_common()]


class UndoDryRun(Exception):
    """Raised inside the transaction so that a dry run leaves nothing."""


def run(
    spec: Spec, table: Table, mapping: Mapping, *, source: str = "", by: Any = None, dry_run: bool = False
) -> Report:
    """Import the table, all or nothing. A dry run does the very same and then undoes it."""
    report = Report(rows=len(table.rows))
    try:
        with transaction.atomic():
            rows = read_rows(spec, table, mapping, report)
            if not report.faults:
                check_rows(spec, rows, mapping, table, report, source)
            if not report.faults:
                report.written = spec.write(rows, source=source, by=by)
            if report.faults or dry_run:
                raise UndoDryRun
            report.applied = True
    except UndoDryRun:
        pass
    return report


def read_rows(spec: Spec, table: Table, mapping: Mapping, report: Report) -> list[Row]:
    """Every row's values; faults go to the report."""
    wanted = columns_by_field(spec, table, mapping, report)
    settled = {name: list(chosen.values()) for name, chosen in mapping.values.items()}
    vocabularies = spec.vocabularies(settled)
    rows = []
    for number, cells in enumerate(table.rows, start=1):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(table.columns) and any(cell.strip() for cell in cells[len(table.columns) :]):
            report.faults.append(Fault(number, _("(beyond the last)"), "", cells[-1], _("has no column")))
        row = Row(number, {})
        for one, (column, position) in wanted.items():
            read_cell(
                one,
                column,
                cells[position] if position is not None and position < len(cells) else "",
                row,
                mapping,
                vocabularies,
                report,
            )
        rows.append(row)
    return rows


def columns_by_field(spec: Spec, table: Table, mapping: Mapping, report: Report) -> dict[Field, tuple[str, int | None]]:
    """Where each field is found; a missing required column is a fault of row 0."""
    for column in mapping.columns:
        if column not in table.columns:
            report.faults.append(
                Fault(0, column, mapping.columns[column], "", _("is mapped, but the file has no such column"))
            )
    found = {mapping.field_of(column, spec): (column, position) for position, column in enumerate(table.columns)}
    report.ignored = [column for column in table.columns if not mapping.field_of(column, spec)]
    for one in spec.fields:
        if one.required and one.name not in found and one.name not in mapping.constants:
            report.faults.append(Fault(0, one.name, one.name, "", _("is needed, but no column is mapped to it")))
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
        report.faults.append(Fault(row.number, column, one.name, raw.strip(), bad.reason, bad.suggestion))


def check_rows(spec: Spec, rows: list[Row], mapping: Mapping, table: Table, report: Report, source: str) -> None:
    """Doubles in the file, then the kind's own rules."""
    column_of = {mapping.field_of(column, spec): column for column in table.columns}

    def note(row: Row, name: str, reason: str, suggestion: str = "") -> None:
        value = str(row.get(name, ""))
        report.faults.append(Fault(row.number, column_of.get(name, name), name, value, reason, suggestion))

    seen: dict[Any, int] = {}
    for row in rows:
        key = spec.key(row)
        if key in seen:
            note(
                row, "external_id" if row.get("external_id") else "name", _("repeats row %(row)d") % {"row": seen[key]}
            )
        seen.setdefault(key, row.number)
    spec.check(rows, note, source=source)
