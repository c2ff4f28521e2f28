"""Reading a table from a CSV or XLSX file, a row at a time: the file may be larger than what we want to hold."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from crp.imports.shape import HEAD, Shape, encoding_label, guess
from crp.ui.exports import unescaped

MOST_BYTES = 60 * 1024 * 1024
MOST_ROWS = 500_000
MOST_COLUMNS = 200
csv.field_size_limit(1_000_000)
Opener = Callable[[], IO[bytes]]


class BadTable(Exception):
    """The file can't be read as a table; the sentence says why."""


class NoSheet(BadTable):
    """The workbook has no sheet of that name."""


@dataclass(frozen=True)
class Table:
    """Column names and how many rows; `lines()` reads them anew each time, data row 1 first. `sheets`: all of a workbook."""

    columns: list[str]
    shape: Shape
    lines: Callable[[], Iterator[list[str]]]
    size: int = 0
    first: list[list[str]] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)


def read(name: str, content: bytes | Opener, shape: Shape | None = None) -> Table:
    """The table in the file, read through once to see that it can be. Raises BadTable."""
    opener: Opener = (lambda: io.BytesIO(content)) if isinstance(content, bytes) else content
    with opener() as file:
        head = file.read(HEAD)
    if not head:
        raise BadTable(_("The file is empty."))
    refuse_others(head)
    is_book = head[:4] == b"PK\x03\x04"
    sheets = sheets_of(opener) if is_book else []
    said = shape or Shape()
    known = Shape("xlsx", sheet=chosen_sheet(sheets, said.sheet)) if is_book else guess(head, said)

    def rows() -> Iterator[list[str]]:
        return read_xlsx(opener, known.sheet) if is_book else read_csv(opener, known)

    try:
        header, size, first = walk(rows)
    except BadTable as error:
        if len(sheets) < 2:
            raise
        which = _("The workbook has several sheets: %(sheets)s. Say which.") % {"sheets": listed(sheets)}
        raise BadTable(f"{error} {which}") from error

    def lines() -> Iterator[list[str]]:
        found = rows()
        next(found)
        yield from (row for _number, row in zip(range(size), found, strict=False))

    return Table(header, known, lines, size, first, sheets)


# What people upload by mistake, by its first bytes.
OTHERS = (
    (b"%PDF", "PDF"), (b"\xd0\xcf\x11\xe0", "XLS"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"\x1f\x8b", "GZIP"),
    (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7Z"), (b"GIF8", "GIF"), (b"{\\rtf", "RTF"),
)  # fmt: skip


def refuse_others(head: bytes) -> None:
    """Raise BadTable for what is plainly no table, whatever its name says."""
    for mark, label in OTHERS:
        if head.startswith(mark):
            raise BadTable(
                _("This is a file of the kind %(kind)s, whatever its name. Save it as CSV or XLSX.") % {"kind": label}
            )
    if head.lstrip()[:15].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise BadTable(_("This is a web page, not a table. Save it as CSV or XLSX."))


def walk(rows: Callable[[], Iterator[list[str]]]) -> tuple[list[str], int, list[list[str]]]:
    """(header, rows up to the last that holds something, the first fifty). Raises BadTable."""
    lines = rows()
    header = [column.strip() for column in next(lines, [])]
    while header and not header[-1]:
        header.pop()
    check_header(header)
    size, first = 0, []
    for total, row in enumerate(lines, start=1):
        if total > MOST_ROWS:
            raise BadTable(_("The file has more than %(most)d rows. Split it.") % {"most": MOST_ROWS})
        if total <= 50:
            first.append(row)
        if any(cell.strip() for cell in row):
            size = total
    return header, size, first[:size]


def check_header(header: list[str]) -> None:
    if not header:
        raise BadTable(_("The first row must name the columns."))
    if len(header) > MOST_COLUMNS:
        raise BadTable(_("The file has more than %(most)d columns.") % {"most": MOST_COLUMNS})
    for column in header:
        if header.count(column) > 1:
            raise BadTable(_("The column “%(column)s” is there twice.") % {"column": column})


def read_csv(opener: Opener, shape: Shape) -> Iterator[list[str]]:
    """Rows of a CSV as the shape says. Raises BadTable."""
    try:
        with opener() as raw, io.TextIOWrapper(raw, encoding=shape.encoding, newline="") as text:
            for row in csv.reader(text, delimiter=shape.separator, strict=True):
                if any("\0" in cell for cell in row):
                    raise BadTable(_("The file is not text."))
                yield [unescaped(cell) for cell in row]
    except UnicodeError as error:
        raise BadTable(
            _("The file is not written in %(encoding)s throughout. Choose another, or save it as “CSV UTF-8”.")
            % {"encoding": encoding_label(shape.encoding)}
        ) from error
    except LookupError as error:
        raise BadTable(_("Nobody knows this encoding.")) from error
    except csv.Error as error:
        if "NUL" in str(error):
            raise BadTable(_("The file is not text.")) from error
        raise BadTable(_("The file is no proper CSV: %(error)s") % {"error": error}) from error


def sheets_of(opener: Opener) -> list[str]:
    """The workbook's sheets by name. Raises BadTable."""
    with opened(opener) as book:
        return [sheet.title for sheet in book.worksheets]


def chosen_sheet(sheets: list[str], wanted: str) -> str:
    """The wanted sheet's name, upper and lower case being one as in a spreadsheet; the first if none is. Raises BadTable."""
    if not sheets:
        raise BadTable(_("The file is no proper workbook."))
    found = next((sheet for sheet in sheets if sheet.casefold() == wanted.strip().casefold()), "")
    if wanted.strip() and not found:
        raise NoSheet(
            _("The workbook has no sheet “%(sheet)s”. It has: %(sheets)s.")
            % {"sheet": wanted, "sheets": listed(sheets)}
        )
    return found or sheets[0]


def listed(sheets: list[str]) -> str:
    return ", ".join(f"“{sheet}”" for sheet in sheets)


def read_xlsx(opener: Opener, sheet: str) -> Iterator[list[str]]:
    """Rows of a sheet of a workbook. Raises BadTable."""
    with opened(opener) as book:
        for row in book[sheet].iter_rows(values_only=True):
            yield [unescaped(as_text(cell)) for cell in row]


@contextmanager
def opened(opener: Opener) -> Iterator[Any]:
    """The workbook, read as it is asked for. Raises BadTable, also for what goes wrong while it is read."""
    with tempfile.TemporaryFile() as file:
        with opener() as source:
            while piece := source.read(HEAD):
                file.write(piece)
        try:
            with ZipFile(file) as archive:
                refuse_bomb(archive)
            yield load_workbook(file, read_only=True, data_only=True)
        except (BadZipFile, KeyError, ValueError, OSError, IndexError, SyntaxError, EOFError) as error:
            raise BadTable(_("The file is no proper workbook.")) from error


def refuse_bomb(archive: ZipFile) -> None:
    """Raise BadTable for a workbook that unpacks to more than we take, or far more than its size explains."""
    parts = archive.infolist()
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if unpacked > MOST_BYTES * 8 or (unpacked > 50_000_000 and unpacked > packed * 200):
        raise BadTable(_("The workbook unpacks to more than we take."))


def as_text(cell: Any) -> str:
    """A workbook's cell as a CSV would write it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d") if cell.time() == time() else cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
