"""Which strings people see, and in which catalogue each belongs. Needs no gettext tools, so every machine can ask."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
APPS = ("references", "materials", "requests_app", "metrics")
PLURALS = {
    "ar": (6, "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5)"),
    "fa": (2, "(n > 1)"),
}


def catalogue_of(path: Path) -> str:
    """The catalogue of a source file: the app's own, else the shell's."""
    parts = path.relative_to(settings.BASE_DIR).parts
    names = [part for part in parts[:4] if part in APPS]
    return names[0] if names else "crp"


def sources() -> Iterator[Path]:
    """Every file with strings in it: ours, without tests, migrations and what is built."""
    for folder in ("crp", *APPS):
        yield from (
            path for path in sorted((settings.BASE_DIR / folder).rglob("*.py")) if "migrations" not in path.parts
        )
    for pattern in ("*.html", "*.txt"):
        yield from sorted((settings.BASE_DIR / "templates").rglob(pattern))


def strings(path: Path) -> Iterator[tuple[int, Any, str | None]]:
    """(line, msgid or (singular, plural), context) of one file."""
    text = path.read_text()
    if path.suffix != ".py":
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    for line, message, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
        yield line, message, context


def extracted() -> dict[str, Catalog]:
    """A template catalogue by name, with every string and where it stands."""
    found = {name: Catalog(project="CRP", charset="utf-8") for name in settings.CATALOGUES}
    for path in sources():
        catalogue = found[catalogue_of(path)]
        for _line, message, context in strings(path):
            name = str(path.relative_to(settings.BASE_DIR))
            catalogue.add(message, locations=[(name, None)], context=context)  # type: ignore[list-item]
    return found


def po_path(catalogue: str, language: str) -> Path:
    return Path(settings.BASE_DIR) / "locale" / catalogue / language / "LC_MESSAGES" / "django.po"
