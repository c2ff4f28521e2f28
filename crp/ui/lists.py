"""What every list page needs: the rest of the address kept, tabs, sorting, and pages by cursor."""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_filters import FilterSet

from crp.ui import formats

T = TypeVar("T")
CURSOR = "after"
# Parameters that describe one moment of a list, not the view of it.
TRANSIENT = (CURSOR, "partial")


def address(request: HttpRequest, changes: dict[str, Any] | None = None, *, drop: Iterable[str] = TRANSIENT) -> str:
    """The present query string with `changes`; None or "" takes a parameter out. `?` alone when nothing is left."""
    changes = changes or {}
    found = kept(request, *drop, *changes) if request else []
    for name, value in changes.items():
        wanted = value if isinstance(value, list | tuple) else [value]
        found += [(name, str(each)) for each in wanted if each not in (None, "")]
    return f"?{urlencode(found)}"


def kept(request: HttpRequest, *drop: str) -> list[tuple[str, str]]:
    """(name, value) of all the address holds but the parameters to `drop`: the hidden fields of a search beside filters."""
    return [(name, each) for name, values in request.GET.lists() if name not in drop for each in values]


@dataclass(frozen=True)
class Tab:
    """A set in view. `key` "" is the one shown when the address names none; `count` None shows no number."""

    key: str
    label: Any
    count: int | None = None
    url: str = ""


@dataclass
class Page(Generic[T]):
    """One page of rows. `total` is None where counting would cost more than it tells."""

    rows: list[T]
    size: int
    next: str = ""
    start: int = 0
    total: int | None = None
    is_first: bool = True
    order: Sequence[str] = field(default_factory=tuple)

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def sentence(self) -> str:
        """`9 of 23 shown`, only where the total is known."""
        if self.total is None or not self.is_first:
            return ""
        facts = {"shown": formats.number(len(self.rows)), "total": formats.number(self.total)}
        return _("%(shown)s of %(total)s shown") % facts

    @property
    def remaining(self) -> int | None:
        """Rows after this page, if known."""
        return None if self.total is None or not self.is_first else max(self.total - len(self.rows), 0)


def narrowed(
    filters: type[FilterSet], request: HttpRequest, rows: QuerySet[Any, T]
) -> tuple[QuerySet[Any, T], list[str]]:
    """
    The rows the address asks for, and what is wrong with how it asks.

    Most readers set one filter or none; the others, with all their choices, are not even made.
    """
    asked = _asked(filters, request)
    if not asked:
        return rows, []
    found = _only(filters, asked)(request.GET, queryset=rows, request=request)  # type: ignore[arg-type]
    return found.qs, [error for errors in found.errors.values() for error in errors]


@lru_cache(maxsize=512)
def _only(filters: type[FilterSet], asked: frozenset[str]) -> type[FilterSet]:
    """The filter set with these filters alone."""
    found: type[FilterSet] = type(filters.__name__, (filters,), {})
    found.base_filters = {name: filters.base_filters[name] for name in filters.base_filters if name in asked}
    return found


def is_narrowed(filters: type[FilterSet], request: HttpRequest) -> bool:
    """Does the address set any of these filters?"""
    return bool(_asked(filters, request))


def _asked(filters: type[FilterSet], request: HttpRequest) -> frozenset[str]:
    return frozenset(name for name in filters.base_filters if request.GET.get(name))


def sorting(request: HttpRequest, allowed: dict[str, Sequence[str]], default: str) -> tuple[str, Sequence[str]]:
    """
    The chosen key and its ordering: `allowed` maps a key to order_by fields, which a leading "-" turns round.

    Anything not allowed falls back to `default`.
    """
    chosen = request.GET.get("sort", "")
    if chosen.lstrip("-") not in allowed:
        chosen = default
    fields = allowed[chosen.lstrip("-")]
    return chosen, [_turned(name) for name in fields] if chosen.startswith("-") else fields


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def paginate(
    request: HttpRequest, rows: QuerySet[Any, T], order: Sequence[str], size: int = 50, total: int | None = None
) -> Page[T]:
    """
    The page after the cursor in the address, by keyset, so page 1,000 costs what page 1 does.

    `order` are non-null model fields (annotations too); "pk" is added as the tie breaker.
    A broken cursor gives the first page.
    """
    order = [*order, *([] if order and order[-1].lstrip("-") in ("pk", "id") else ["pk"])]
    start, marks = _read(request.GET.get(CURSOR, ""), len(order))
    found = rows.order_by(*order)
    try:
        found = found.filter(_beyond(order, marks)) if marks else found
    except (ValueError, ValidationError):
        marks, start = [], 0
    got = list(found[: size + 1])
    page = Page(got[:size], size, start=start, total=total, is_first=not marks, order=order)
    if len(got) > size:
        page.next = _write(start + size, [_key(got[size - 1], name) for name in order])
    return page


def _beyond(order: Sequence[str], marks: Sequence[Any]) -> Q:
    condition = Q()
    for name, mark in zip(reversed(order), reversed(marks), strict=True):
        bare, step = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        further = Q(**{f"{bare}__{step}": mark})
        condition = further | (Q(**{bare: mark}) & condition) if condition else further
    # The planner walks the index only from a plain bound on its first column.
    return Q(**{f"{bare}__{step}e": mark}) & condition


def _key(row: Any, name: str) -> Any:
    found = row
    for step in name.lstrip("-").split("__"):
        found = found[step] if isinstance(found, dict) else getattr(found, step)
    return str(found) if isinstance(found, date | datetime | Decimal) else found


def _write(start: int, marks: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([start, *marks], separators=(",", ":")).encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> tuple[int, list[Any]]:
    try:
        start, *marks = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError):
        return 0, []
    if len(marks) != length or not isinstance(start, int) or not all(map(_plain, marks)):
        return 0, []
    return start, cast(list[Any], marks)


def _plain(mark: Any) -> bool:
    return isinstance(mark, str | int | float) and "\0" not in str(mark)
