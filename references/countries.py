"""Country names in the reader's language, from their ISO 3166 codes."""

from functools import lru_cache

from django.utils.translation import get_language
from django_countries import countries


def country_name(code: str) -> str:
    """`NL` → `Netherlands`; "" for none, the code itself when unknown."""
    return _name(code.upper(), get_language() or "en") if code else ""


@lru_cache(maxsize=1024)
def _name(code: str, language: str) -> str:
    return str(countries.name(code)) if code in countries.countries else code


def choices() -> list[tuple[str, str]]:
    """(code, name) by name."""
    return [(country.code, country.name) for country in countries]


def known(code: str) -> bool:
    """Is it a country's code?"""
    return code.upper() in countries.countries
