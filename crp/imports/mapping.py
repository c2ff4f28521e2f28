"""The mapping: how their table becomes our fields."""

import json
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from crp.imports.spec import Spec
from crp.imports.values import Reading, closest, on_day, sample_day

PARTS = ("columns", "values", "date_format", "decimal", "constants", "scale")


class BadMapping(Exception):
    """The mapping is no use; the sentence says where and why."""


@dataclass(frozen=True)
class Mapping:
    """`columns` their column → our field; `values` our field → their value → our value; `constants` our field → value."""

    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)

    def field_of(self, column: str, spec: Spec) -> str:
        """Our field for their column: as mapped, else the one of the same name, else an empty string."""
        if column in self.columns:
            return self.columns[column]
        plain = column.strip().lower().replace(" ", "_")
        taken = set(self.columns.values())
        return plain if plain in {one.name for one in spec.fields} - taken else ""

    def settle(self, name: str, value: str) -> str:
        """Their value as the mapping translates it; upper and lower case are one where no exact entry exists."""
        chosen = self.values.get(name, {})
        if value in chosen:
            return chosen[value]
        return next((ours for theirs, ours in chosen.items() if theirs.casefold() == value.casefold()), value)


@dataclass(frozen=True)
class Problem:
    """What is wrong with how a column of theirs is mapped, or, where `column` is empty, with the whole."""

    column: str
    message: str


def problems(data: dict[str, Any], spec: Spec, columns: list[str]) -> list[Problem]:
    """Why a file of these columns can't be read by the mapping; nothing when it can. Columns and fields are texts."""
    found, first = [], dict[str, str]()
    for column, name in data.get("columns", {}).items():
        if name and column not in columns:
            found.append(Problem(column, _("The file has no such column.")))
        elif name in first:
            found.append(
                Problem(column, _("The column “%(column)s” is mapped to this already.") % {"column": first[name]})
            )
        elif name:
            first[name] = column
    if found:
        return found
    try:
        mapping = from_data(data, spec)
    except BadMapping as error:
        return [Problem("", str(error))]
    given = {mapping.field_of(column, spec) for column in columns} | mapping.constants.keys()
    return [
        Problem("", _("No column is mapped to “%(field)s”, which is needed.") % {"field": one.label})
        for one in spec.fields
        if one.required and one.name not in given
    ]


def with_values(
    data: AbstractMapping[str, Any], chosen: AbstractMapping[str, AbstractMapping[str, str]]
) -> dict[str, Any]:
    """The mapping's data with what more of their values mean: our field → their value → our value."""
    values = {name: dict(known) for name, known in data.get("values", {}).items()}
    for name, known in chosen.items():
        values.setdefault(name, {}).update(known)
    return {**data, "values": values}


def parse(raw: str | bytes, spec: Spec) -> Mapping:
    """A mapping from its JSON text. Raises BadMapping."""
    try:
        data = json.loads(raw)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadMapping(_("The mapping is not JSON: %(error)s") % {"error": error}) from error
    return from_data(data, spec)


def from_data(data: Any, spec: Spec) -> Mapping:
    """A mapping from parsed JSON. Raises BadMapping on unknown parts, fields or types."""
    if not isinstance(data, dict):
        raise BadMapping(_("The mapping must be an object with “columns” and the like."))
    for part in data:
        if part not in PARTS:
            raise BadMapping(
                _("“%(part)s” is no part of a mapping. Known: %(known)s.") % {"part": part, "known": ", ".join(PARTS)}
            )
    columns, constants = texts(data, "columns"), texts(data, "constants")
    known_fields(spec, columns.values(), "columns")
    known_fields(spec, constants, "constants")
    targets = [target for target in columns.values() if target]
    for target in set(targets):
        if targets.count(target) > 1:
            raise BadMapping(_("Two columns are mapped to “%(field)s”.") % {"field": target})
    values = data.get("values", {})
    if not isinstance(values, dict):
        raise BadMapping(_("“values” must be an object."))
    known_fields(spec, values, "values")
    return Mapping(columns, {name: texts(values, name) for name in values}, constants, reading(data, spec))


def texts(data: AbstractMapping[str, Any], part: str) -> dict[str, str]:
    """The part as text → text; null counts as empty."""
    found = data.get(part, {})
    if not isinstance(found, dict) or any(isinstance(value, (dict, list)) for value in found.values()):
        raise BadMapping(_("“%(part)s” must be an object of texts.") % {"part": part})
    return {str(key): "" if value is None else str(value).strip() for key, value in found.items()}


def known_fields(spec: Spec, names: Any, part: str) -> None:
    known = [one.name for one in spec.fields]
    for name in names:
        if name and name not in known:
            near = closest(name, known)
            hint = _(" Did you mean “%(near)s”?") % {"near": near} if near else ""
            raise BadMapping(
                _("“%(part)s” names the field “%(name)s”, which %(kind)s do not have.")
                % {"part": part, "name": name, "kind": spec.kind}
                + hint
            )


def reading(data: AbstractMapping[str, Any], spec: Spec) -> Reading:
    """The date format, the decimal sign and the scales. Raises BadMapping on one that can't be read back."""
    shape = data.get("date_format", "%Y-%m-%d")
    try:
        if on_day(sample_day(shape), shape) != date(2026, 10, 31):
            raise ValueError
    except (TypeError, ValueError, AttributeError):
        raise BadMapping(_("“date_format” must name day, month and year, such as %d-%m-%Y.")) from None
    decimal = data.get("decimal", ".")
    if decimal not in (".", ","):
        raise BadMapping(_("“decimal” is a point or a comma."))
    scale = texts(data, "scale")
    known_fields(spec, scale, "scale")
    try:
        factors = {name: Decimal(value) for name, value in scale.items()}
    except InvalidOperation:
        raise BadMapping(_("“scale” holds numbers only, such as 1000000 for millions.")) from None
    if any(not factor.is_finite() or factor <= 0 for factor in factors.values()):
        raise BadMapping(_("“scale” holds numbers above zero only."))
    return Reading(shape, decimal, factors)
