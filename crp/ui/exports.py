"""Rows as CSV that a spreadsheet opens safely."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

# A cell that begins so would be run as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    def write(self, line: str) -> str:
        return line


def cell(content: Any) -> Any:
    """The content, kept from being read as a formula; numbers stay numbers."""
    if isinstance(content, str) and content.startswith(FORMULA):
        return f"'{content}"
    return "" if content is None else content


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
