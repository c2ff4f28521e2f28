"""Rows as CSV or XLSX that a spreadsheet opens safely and the importer reads back as they were."""

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

# A cell that begins so would be run as a formula; one already marked gets one mark more, so that reading back is exact.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
MARKED = re.compile(r"'+[=+\-@\t\r]")
# What XML can't hold.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class _Echo:
    def write(self, line: str) -> str:
        return line


def cell(content: Any) -> Any:
    """The content, kept from being read as a formula; numbers stay numbers."""
    if isinstance(content, str) and FORMULA.match(content):
        return f"'{content}"
    return "" if content is None else content


def unescaped(text: str) -> str:
    """What `cell` was given."""
    return text[1:] if MARKED.match(text) else text


def csv_response(filename: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A streamed attachment, UTF-8 with a mark so that Excel reads Arabic and Persian right."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow([cell(str(name)) for name in header])
        for row in rows:
            yield writer.writerow([cell(content) for content in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}.csv"'
    return response


def xlsx_response(filename: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """The same as a workbook: texts stay texts, numbers and dates are what they are. Written row by row to a file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet")
    sheet.append([typed(sheet, str(name)) for name in header])
    for row in rows:
        sheet.append([typed(sheet, content) for content in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 (FileResponse closes it)
    book.save(file)
    file.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FileResponse(file, as_attachment=True, filename=f"{filename}.xlsx", content_type=kind)


def typed(sheet: Any, content: Any) -> Any:
    """A cell of the content's own type; a text is never a formula, and is marked like in a CSV for when it is saved as one."""
    if content is None or isinstance(content, (int, float, Decimal, date, datetime)):
        return content
    made = WriteOnlyCell(sheet, value=UNWRITABLE.sub("", str(cell(str(content)))))
    made.data_type = "s"
    return made


def table_response(form: str, filename: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """XLSX when `form` says so, else CSV."""
    return (xlsx_response if form == "xlsx" else csv_response)(filename, header, rows)
