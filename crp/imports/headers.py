"""Which of our fields a column is, by what CRMs and people call it, and how its dates and amounts are written."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation

from crp.imports import mapping as mappings
from crp.imports import values
from crp.imports.reading import Table
from crp.imports.spec import Spec
from crp.search import normalise

NAMES = Path(__file__).with_name("headers.txt")


@cache
def names_of(kind: str) -> dict[str, list[str]]:
    """Our field → what others call it; the kind's own entries stand first in the file."""
    found: dict[str, list[str]] = {}
    for line in NAMES.read_text(encoding="utf-8").splitlines():
        field, _colon, names = line.partition(": ")
        owner, _dot, plain = field.rpartition(".")
        if not line.startswith("#") and owner in ("", kind):
            found.setdefault(plain, []).extend(names.split("|"))
    return found


def words(header: str) -> str:
    """The header folded: camel case parted, custom-field endings, signs and underscores gone."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"__[cr]$", "", header.strip(), flags=re.IGNORECASE))
    return normalise(re.sub(r"[\W_]+", " ", parted))


@lru_cache(maxsize=64)
def known_names(kind: str, fields: tuple[Any, ...]) -> dict[str, str]:
    """Folded header → field. Our own names and labels in every language come before what others call it."""
    found: dict[str, str] = {}

    def know(field: str, names: Iterable[str]) -> None:
        for name in names:
            for folded in (words(name), words(name).replace(" ", "")):
                found.setdefault(folded, field)

    for one in fields:
        know(one.name, [one.name])
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            for one in fields:
                know(one.name, [str(one.label)])
    present = {one.name for one in fields}
    for field, names in names_of(kind).items():
        if field in present:
            know(field, names)
    return found


def guess_columns(spec: Spec, columns: Iterable[str]) -> dict[str, str]:
    """Their column → our field or an empty string; a field goes to the first column that claims it."""
    known, taken, found = known_names(spec.kind, spec.fields), set(), {}
    for column in columns:
        folded = words(column)
        field = known.get(folded) or known.get(folded.replace(" ", ""), "")
        found[column] = "" if field in taken else field
        taken.add(field)
    return found


DATE_FORMATS = (
    "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%m-%d-%Y", "%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%d.%m.%y",
    "%d/%m/%y", "%m/%d/%y", "jalali %Y/%m/%d", "jalali %Y-%m-%d", "jalali %d/%m/%Y",
)  # fmt: skip


def fitting_formats(samples: Iterable[str]) -> list[str]:
    """The formats that read every sample as a day of our times, in the order above; all of them without samples."""
    found = list(DATE_FORMATS)
    for sample in samples:
        found = [shape for shape in found if reads(sample, shape)]
    return found


def reads(sample: str, shape: str) -> bool:
    try:
        values.day(sample, values.Reading(shape))
    except values.Bad:
        return False
    return True


def cells_of(table: Table, column: str, most: int = 2_000) -> list[str]:
    """What stands in a column, empty cells left out, of the first rows."""
    position = table.columns.index(column)
    rows = zip(range(most), table.lines(), strict=False)
    return [row[position].strip() for _number, row in rows if position < len(row) and row[position].strip()]


def date_formats(spec: Spec, table: Table, columns: dict[str, str]) -> list[str]:
    """Formats that fit all the dates of the file: one when it is clear, several when a person must say, none without dates."""
    days = {one.name for one in spec.fields if one.read is values.day}
    samples = {cell for column, field in columns.items() if field in days for cell in cells_of(table, column)}
    return fitting_formats(samples) if samples else []


def undecided(spec: Spec, table: Table, data: Mapping[str, Any]) -> list[str]:
    """The formats that fit the dates of the file when the mapping names none and there are several."""
    mapping = mappings.from_data(data, spec)
    mapped = {column: mapping.field_of(column, spec) for column in table.columns}
    fitting = [] if data.get("date_format") else date_formats(spec, table, mapped)
    return fitting if len(fitting) > 1 else []


def decimal_sign(spec: Spec, table: Table, columns: dict[str, str]) -> str:
    """A comma where the amounts can only be read with one before the decimals, else a point."""
    amounts = {one.name for one in spec.fields if getattr(one.read, "is_amount", False)}
    for column, field in columns.items():
        if field in amounts:
            for cell in cells_of(table, column, 500):
                bare = values.GAPS.sub("", cell.translate(values.DIGITS))
                if re.search(r",\d{1,2}$", bare) or re.search(r"\.\d{3}(\.|,)", bare) or "٫" in bare:
                    return "," if not re.search(r"\.\d{1,2}$", bare) else "."
    return "."


def guess_mapping(spec: Spec, table: Table) -> dict[str, Any]:
    """A mapping to begin with. Dates that can be read two ways get no format: somebody must say."""
    columns = guess_columns(spec, table.columns)
    found: dict[str, Any] = {"columns": columns}
    shapes = date_formats(spec, table, columns)
    if len(shapes) == 1 or (shapes and shapes[0] == "%Y-%m-%d"):
        found["date_format"] = shapes[0]
    if decimal_sign(spec, table, columns) == ",":
        found["decimal"] = ","
    return found
