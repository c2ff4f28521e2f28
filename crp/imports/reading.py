"""Reading a table from a CSV or XLSX file."""

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook

MOST_BYTES = 60 * 1024 * 1024
MOST_ROWS = 500_000
csv.field_size_limit(1_000_000)


class BadTable(Exception):
    """The file can't be read as a table; the sentence says why."""


@dataclass(frozen=True)
class Table:
    """Column names, and rows of texts as wide as they; `rows[0]` is data row 1."""

    columns: list[str]
    rows: list[list[str]]


def read(name: str, content: bytes) -> Table:
    """The table in the file. Raises BadTable."""
    if len(content) > MOST_BYTES:
        raise BadTable(_("The file is larger than %(most)d MB.") % {"most": MOST_BYTES // 1024 // 1024})
    lines = read_xlsx(content) if content[:4] == b"PK\x03\x04" else read_csv(content)
    try:
        header = [column.strip() for column in next(lines)]
    except StopIteration:
        raise BadTable(_("The file is empty.")) from None
    while header and not header[-1]:
        header.pop()
    check_header(header)
    rows = list(itertools.islice(lines, MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise BadTable(_("The file has more than %(most)d rows. Split it.") % {"most": MOST_ROWS})
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return Table(header, rows)


def check_header(header: list[str]) -> None:
    if not header:
        raise BadTable(_("The first row must name the columns."))
    for column in header:
        if header.count(column) > 1:
            raise BadTable(_("The column “%(column)s” is there twice.") % {"column": column})


def read_csv(content: bytes) -> Iterator[list[str]]:
    """Rows of a CSV in UTF-8 (or UTF-16 with its mark), separated by comma, semicolon or tab."""
    try:
        body = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTable(
            _("The file is not UTF-8 text (byte %(at)d). Save it as “CSV UTF-8”.") % {"at": error.start}
        ) from error
    if "\0" in body:
        raise BadTable(_("The file is not text."))
    first = body.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    except csv.Error as error:
        raise BadTable(_("The file is no proper CSV: %(error)s") % {"error": error}) from error


def read_xlsx(content: bytes) -> Iterator[list[str]]:
    """Rows of the first sheet of a workbook."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES * 8:
                raise BadTable(_("The workbook unpacks to more than we take."))
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
    except (BadZipFile, KeyError, ValueError, OSError, IndexError) as error:
        raise BadTable(_("The file is no proper workbook.")) from error
    for row in sheet.iter_rows(values_only=True):
        yield [as_text(cell) for cell in row]


def as_text(cell: Any) -> str:
    """A workbook's cell as a CSV would write it."""
    if cell is None:
        return ""
    if isinstance(cell, (datetime, date)):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
