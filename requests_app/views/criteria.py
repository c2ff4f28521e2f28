"""The criteria of a request in words."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_countries import countries

from references.models.contact import JobFunction, Seniority
from references.models.taxonomy import industry_name
from requests_app.forms import LANGUAGES, SIZES

NAMES = ("industries", "products", "use_cases", "countries", "company_size", "languages", "functions", "seniority")


def label_of(name: str) -> str:
    """The criterion as people call it."""
    return {
        "industries": _("Industry"), "products": _("Product"), "use_cases": _("Use case"), "countries": _("Country"),
        "company_size": _("Company size"), "languages": _("Language"), "functions": _("Field of work"),
        "seniority": _("Seniority"),
        "notes": _("Anything else"),
    }.get(name, name)  # fmt: skip


SPOKEN: dict[str, Callable[[str], Any]] = {
    "industries": industry_name,
    "countries": lambda code: countries.name(code) or code,
    "languages": lambda code: dict(LANGUAGES).get(code, code),
    "functions": lambda code: dict(JobFunction.choices).get(code, code),
    "seniority": lambda code: dict(Seniority.choices).get(code, code),
    "company_size": lambda code: dict(SIZES).get(code, code),
}


def criteria_words(criteria: dict[str, Any]) -> list[tuple[str, str]]:
    """(label, words) for every criterion that is set, in the order people speak."""
    said = []
    for name in NAMES:
        found = criteria.get(name)
        values = found if isinstance(found, list) else [found] if found else []
        if values:
            speak = SPOKEN.get(name, str)
            words = pgettext("between items of a list", ", ").join(str(speak(str(value))) for value in values)
            said.append((label_of(name), words))
    return said
