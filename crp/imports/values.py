"""Turning a cell into a value, or saying what is wrong with it and what was probably meant."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import jdatetime
from babel import Locale
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django_countries import countries

from crp.search import normalise


class Bad(Exception):
    """A cell can't be read: a sentence, and what was probably meant (or an empty string)."""

    def __init__(self, reason: str, suggestion: str = "") -> None:
        super().__init__(reason)
        self.reason, self.suggestion = reason, suggestion


@dataclass(frozen=True)
class Reading:
    """
    How the file writes things.

    `date_format` as strptime has it, after “jalali ” for the Persian calendar; `decimal` is the sign before the decimals;
    `scale` by field the factor its numbers are in (1000000: millions).
    """

    date_format: str = "%Y-%m-%d"
    decimal: str = "."
    scale: Mapping[str, Decimal] = field(default_factory=dict)


Reader = Callable[[str, Reading], Any]

DIGITS = str.maketrans(
    {**{digit: str(number) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for number, digit in enumerate(digits)}, "−": "-"}
)
# Between thousands, and around amounts.
GAPS = re.compile(r"[\s\u00a0\u202f’'٬_]|[\u200e\u200f\u061c]")
MONEY_SIGNS = re.compile(r"^[$€£¥₺﷼]|[$€£¥₺﷼]$")
TIME_OF_DAY = re.compile(r"[T ]\d{1,2}:\d{2}.*$")
ISO_DAY = re.compile(r"(19|20|21)\d\d-\d\d-\d\d")
JALALI = "jalali "


def plain_number(value: str, reading: Reading) -> str:
    """The number in plain digits with a point, or what is left when it isn't one; Arabic and Persian digits are read."""
    bare = MONEY_SIGNS.sub("", GAPS.sub("", value.translate(DIGITS))).replace("٫", reading.decimal)
    if reading.decimal == ",":
        return (
            bare.replace(".", "").replace(",", ".")
            if re.fullmatch(r"-?\d{1,3}(\.\d{3})*(,\d*)?|-?\d+(,\d*)?", bare)
            else "?"
        )
    return (
        bare.replace(",", "")
        if re.fullmatch(r"-?\d{1,3}(,\d{2,3})*(\.\d*)?(e\d+)?|-?\d*(\.\d*)?(e\d+)?", bare, re.I)
        else bare
    )


@cache
def closest_country(value: str) -> str:
    """The everyday English name nearest to `value`."""
    codes = set(country_codes().values())
    return closest(value, [name for code, name in Locale("en").territories.items() if code in codes])


def closest(value: str, known: Iterable[str]) -> str:
    """The known spelling nearest to `value`, or an empty string."""
    by_key = {normalise(name): name for name in known}
    key = normalise(value)
    squeezed = {one.replace(" ", ""): name for one, name in by_key.items()}
    if key.replace(" ", "") in squeezed:
        return squeezed[key.replace(" ", "")]
    found = difflib.get_close_matches(key, by_key, n=1, cutoff=0.7)
    return by_key[found[0]] if found else ""


def text(most: int) -> Reader:
    """Text of at most so many characters, without control characters."""

    def read(value: str, reading: Reading) -> str:
        if len(value) > most:
            raise Bad(_("is longer than %(most)d characters") % {"most": most})
        # Half-spaces of Persian, joined emoji and lines within a cell are writing; other controls are not.
        if any(unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\r\t" for letter in value):
            raise Bad(_("has characters that can't be shown"))
        return value

    return read


def whole(least: int, most: int) -> Reader:
    """A whole number within bounds."""

    def read(value: str, reading: Reading) -> int:
        try:
            amount = Decimal(plain_number(value, reading))
            number = int(amount)
            if amount != number:
                raise ValueError
        except (ValueError, InvalidOperation, OverflowError):
            raise Bad(_("is not a whole number")) from None
        if not least <= number <= most:
            raise Bad(_("must be from %(least)d to %(most)d") % {"least": least, "most": most})
        return number

    return read


def money(name: str) -> Reader:
    """An amount of at least 0 with at most two decimals after scaling."""

    def read(value: str, reading: Reading) -> Decimal:
        try:
            amount = Decimal(plain_number(value, reading)) * reading.scale.get(name, Decimal(1))
        except InvalidOperation:
            raise Bad(_("is not an amount, such as 1250.50")) from None
        if not amount.is_finite() or amount >= Decimal("1e14"):
            raise Bad(_("is not an amount anybody pays"))
        if amount < 0:
            raise Bad(_("is below zero"))
        return amount.quantize(Decimal("0.01"))

    read.is_amount = True  # type: ignore[attr-defined]
    return read


def day(value: str, reading: Reading) -> date:
    """A date in the file's format; a time of day behind it is left out, and what a workbook calls a date is one."""
    bare = TIME_OF_DAY.sub("", GAPS.sub(" ", value.translate(DIGITS)).strip())
    try:
        if ISO_DAY.fullmatch(bare):
            found = date.fromisoformat(bare)
        else:
            found = on_day(bare, reading.date_format)
    except (ValueError, OverflowError):
        sample = sample_day(reading.date_format)
        raise Bad(
            _("is not a date like %(sample)s; the mapping's date_format says how the file writes them")
            % {"sample": sample}
        ) from None
    if not 1900 <= found.year <= 2200:
        raise Bad(_("is not a year of our times"))
    return found


def on_day(bare: str, shape: str) -> date:
    """The date in plain digits by its format. Raises ValueError."""
    if shape.startswith(JALALI):
        found: date = jdatetime.datetime.strptime(bare, shape.removeprefix(JALALI)).togregorian().date()
        return found
    return datetime.strptime(bare, shape).date()


def sample_day(shape: str) -> str:
    """31 October 2026 in the format."""
    if shape.startswith(JALALI):
        return str(jdatetime.date.fromgregorian(date=date(2026, 10, 31)).strftime(shape.removeprefix(JALALI)))
    return date(2026, 10, 31).strftime(shape)


def email(value: str, reading: Reading) -> str:
    """An address in lower case."""
    try:
        validate_email(value)
    except ValidationError:
        raise Bad(_("is not an email address")) from None
    return value.lower()


def website(value: str, reading: Reading) -> str:
    """An http(s) address; a bare host gets https://."""
    url = value if "://" in value else f"https://{value}"
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or "." not in (parts.hostname or "") or len(url) > 300:
        raise Bad(_("is not a web address"))
    return url


def currency(value: str, reading: Reading) -> str:
    """An ISO 4217 code of three letters."""
    if len(value) != 3 or not value.isascii() or not value.isalpha():
        raise Bad(_("is not a currency code of three letters, such as EUR"))
    return value.upper()


COUNTRY_ALIASES = {
    "usa": "US", "us": "US", "u.s.": "US", "united states of america": "US", "america": "US", "uk": "GB", "great britain": "GB",
    "england": "GB", "korea": "KR", "republic of korea": "KR", "uae": "AE", "holland": "NL", "czech republic": "CZ",
    "russia": "RU", "vietnam": "VN", "iran": "IR", "syria": "SY", "turkey": "TR", "taiwan": "TW",
}  # fmt: skip


@cache
def country_codes() -> dict[str, str]:
    """ISO codes by folded formal and everyday name in our languages, two- and three-letter code and common alias."""
    codes = {code for code, _name in countries}
    everyday = ((code, name) for tag in ("fa", "ar", "en") for code, name in Locale(tag).territories.items())
    names = {normalise(name): code for code, name in everyday if code in codes}
    names |= {normalise(str(name)): code for code, name in countries}
    alphas = {countries.alpha3(code).lower(): code for code, _name in countries}
    return {**names, **alphas, **{code.lower(): code for code, _name in countries}, **COUNTRY_ALIASES}


def country(value: str, reading: Reading) -> str:
    """An ISO 3166 two-letter code, from a code or an English name."""
    found = country_codes().get(normalise(value))
    if found is None:
        raise Bad(_("is not a country we know"), closest_country(value))
    return found


def language(value: str, reading: Reading) -> str:
    """A language code such as en or pt-br."""
    code = value.lower().replace("_", "-")
    if not 2 <= len(code) <= 5 or not code.replace("-", "").isalpha():
        raise Bad(_("is not a language code, such as en, ar or fa"))
    return code


def time_zone(value: str, reading: Reading) -> str:
    """An IANA time zone."""
    if value not in available_timezones():
        raise Bad(_("is not a time zone, such as Europe/Berlin"), closest(value, available_timezones()))
    return value


def default_currency() -> str:
    """The program's own."""
    return str(settings.PROGRAM_CURRENCY)
