"""Rows with faults: as a table that can be mended in place, as a file that can be mended in a spreadsheet, and back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from crp.imports import reading
from crp.imports.mending import FAULT_COLUMN, ROW_COLUMN, Mending
from crp.imports.models import ImportRun

SHOWN = 25


@dataclass(frozen=True)
class FaultyCell:
    """A cell of a faulty row: its column's position, its value as it counts, what is wrong and what was meant."""

    place: int
    column: str
    value: str
    reason: str
    suggestion: str


@dataclass(frozen=True)
class FaultyRow:
    """`name` says which row it is to a person; `cells` are the bad ones."""

    number: int
    name: str
    cells: list[FaultyCell]

    @property
    def line(self) -> int:
        return self.number + 1


def rows_of(run: ImportRun, table: reading.Table) -> dict[int, list[str]]:
    """The faulty rows as they count now, by number."""
    wanted = {fault["row"] for fault in run.report.get("faults", []) if fault["row"]}
    mending, last, found = Mending(run.mended().cells), max(wanted, default=0), {}
    for number, cells in enumerate(table.lines(), start=1):
        if number > last:
            break
        if number in wanted:
            wide = [*cells, *[""] * (len(table.columns) - len(cells))]
            found[number] = mending.mend(number, wide, table.columns) or wide
    return found


def faulty(run: ImportRun, table: reading.Table, start: int = 0) -> list[FaultyRow]:
    """The next faulty rows, from the `start`th on."""
    by_row = groupby(sorted(run.report.get("faults", []), key=lambda one: one["row"]), key=lambda one: one["row"])
    groups = [(number, list(found)) for number, found in by_row if number][start : start + SHOWN]
    rows = rows_of(run, table)
    return [as_row(number, found, rows.get(number, []), table.columns) for number, found in groups]


def start_of(asked: Mapping[str, str]) -> int:
    """The first faulty row that an address asks for."""
    start = asked.get("from", "")
    return int(start) if start.isdecimal() and len(start) < 7 else 0


def as_row(number: int, faults: list[dict[str, Any]], cells: list[str], columns: list[str]) -> FaultyRow:
    name = next((cell for cell in cells if cell.strip()), "")
    found = []
    for fault in faults:
        place = columns.index(fault["column"]) if fault["column"] in columns else -1
        value = cells[place] if 0 <= place < len(cells) else fault["value"]
        found.append(FaultyCell(place, fault["column"], value, fault.get("reason", ""), fault.get("suggestion", "")))
    return FaultyRow(number, name[:60], found)


def whole_file(run: ImportRun) -> list[str]:
    """What is wrong with the file as such, such as a needed column that is missing."""
    return [fault["text"] for fault in run.report.get("faults", []) if not fault["row"]]


def as_file(run: ImportRun, table: reading.Table) -> tuple[list[str], Iterator[list[Any]]]:
    """(header, rows) of the faulty rows as they are in the file, with their number and what is wrong."""
    reasons: dict[int, list[str]] = {}
    for fault in run.report.get("faults", []):
        reasons.setdefault(fault["row"], []).append(fault["text"])
    rows = rows_of(run, table)
    lines = ([number, *cells[: len(table.columns)], " ".join(reasons[number])] for number, cells in rows.items())
    return [ROW_COLUMN, *table.columns, FAULT_COLUMN], lines


def from_file(run: ImportRun, table: reading.Table, name: str, content: bytes) -> Mending:
    """The run's mending with the cells that differ in the mended file. Raises BadTable."""
    mended = reading.read(name, content)
    if ROW_COLUMN not in mended.columns:
        raise reading.BadTable(
            _("The column “%(column)s” is missing; it says which row is which.") % {"column": ROW_COLUMN}
        )
    now, place = rows_of(run, table), mended.columns.index(ROW_COLUMN)
    changes: dict[int, dict[str, str]] = {}
    for cells in mended.lines():
        number = cells[place].strip() if place < len(cells) else ""
        if number.isdecimal() and int(number) in now:
            pairs = dict(zip(mended.columns, cells, strict=False))
            before = dict(zip(table.columns, now[int(number)], strict=False))
            changes[int(number)] = {
                column: pairs[column] for column in table.columns if column in pairs and pairs[column] != before[column]
            }
    return run.mended().with_cells(changes)
