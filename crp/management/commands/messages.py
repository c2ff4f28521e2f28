"""`manage.py messages`: bring the catalogues up to date with the source."""

from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.core.management.base import BaseCommand

from crp import extracting


class Command(BaseCommand):
    help = "Bring locale/ up to date: new strings come in empty, gone ones leave. Tells how many still need words."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, template in extracting.extracted().items():
            for language in extracting.PLURALS:
                catalogue = self.current(name, language)
                catalogue.update(template, no_fuzzy_matching=True)
                catalogue.obsolete.clear()
                self.save(name, language, catalogue)

    def current(self, name: str, language: str) -> Catalog:
        path = extracting.po_path(name, language)
        if path.exists():
            with path.open("rb") as file:
                return read_po(file, locale=language)
        return Catalog(locale=language, project="CRP", charset="utf-8")

    def save(self, name: str, language: str, catalogue: Catalog) -> None:
        catalogue.fuzzy = False
        path = extracting.po_path(name, language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, omit_header=False, sort_output=True, include_lineno=False)
        empty = sum(
            1
            for message in catalogue
            if (message.id and not message.string) or (message.id and not all(as_list(message.string)))
        )
        self.stdout.write(f"{name} {language}: {len(catalogue)} strings, {empty} without words")


def as_list(string: Any) -> list[str]:
    return list(string) if isinstance(string, tuple | list) else [string]
