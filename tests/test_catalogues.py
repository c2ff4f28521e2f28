"""Every string people see has words in Arabic and Persian."""

import re
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from crp import extracting

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def templates() -> dict[str, Catalog]:
    return extracting.extracted()


def words(message: Message | None) -> list[str]:
    string: Any = message.string if message else ""
    return list(string) if isinstance(string, tuple | list) else [string]


def names_in(message_id: Any) -> set[str]:
    parts = message_id if isinstance(message_id, tuple | list) else [message_id]
    return {name for part in parts for name in PLACEHOLDER.findall(part)}


@pytest.mark.parametrize("language", extracting.PLURALS)
@pytest.mark.parametrize("name", ["crp", "references", "materials", "requests_app", "metrics"])
def test_the_catalogue_is_complete(name: str, language: str, templates: dict[str, Catalog]) -> None:
    with extracting.po_path(name, language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    missing, wrong = [], []
    for template in templates[name]:
        if not template.id:
            continue
        found = catalogue.get(template.id, template.context)
        if found is None or found.fuzzy or not all(words(found)):
            missing.append(template.id)
        elif any(set(PLACEHOLDER.findall(word)) - names_in(template.id) for word in words(found)) or (
            not template.pluralizable and set(PLACEHOLDER.findall(words(found)[0])) != names_in(template.id)
        ):
            wrong.append(template.id)
    assert not missing, f"{len(missing)} strings without words in {name}/{language}: {missing[:10]}"
    assert not wrong, f"placeholders differ in {name}/{language}: {wrong[:10]}"
