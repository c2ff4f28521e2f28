"""Numbers, money, dates and times as the reader's language writes them. Pure functions of value and active language."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal

import jdatetime
from babel.dates import format_timedelta
from django.utils import timezone
from django.utils.translation import get_language, get_language_info

from crp.ui import words

Unit = Literal["minute", "hour", "day"]
Number = int | float | Decimal

_latin_digits: ContextVar[bool] = ContextVar("latin_digits", default=False)


def use_latin_digits(wanted: bool) -> None:
    """Set the reader's own wish for this request; the accounts middleware calls it."""
    _latin_digits.set(wanted)


@contextmanager
def latin_digits(wanted: bool = True) -> Iterator[None]:
    """The same for the length of a block."""
    token = _latin_digits.set(wanted)
    try:
        yield
    finally:
        _latin_digits.reset(token)


def language() -> str:
    """The active language as one of the three we write: en, ar, fa."""
    active = (get_language() or "en")[:2]
    return active if active in words.DIGITS else "en"


def number_locale() -> str:
    """The reader's language and digits as a BCP 47 tag: `ar-u-nu-arab`."""
    return f"{language()}-u-nu-{'latn' if _latin_digits.get() else words.NUMBERING[language()]}"


def localise(text: str, lang: str | None = None) -> str:
    """Latin digits and separators in `text` turned into the reader's."""
    table = words.DIGITS[lang or language()]
    return text.translate(table) if table and not _latin_digits.get() else text


def _signed(text: str, lang: str) -> str:
    """A true minus sign, held to its number in right-to-left text."""
    if not text.startswith("-"):
        return text
    return f"\N{MINUS SIGN}{text[1:]}" if lang == "en" else f"\N{LEFT-TO-RIGHT MARK}\N{MINUS SIGN}{text[1:]}"


def number(value: Number | str | None, places: int | None = None) -> str:
    """`1234.5` → `1,234.5` · `١٬٢٣٤٫٥`. `places` fixes the decimals; None keeps up to two and drops trailing zeros."""
    if value is None or value == "":
        return ""
    lang = language()
    if isinstance(value, int):
        return localise(_signed(f"{value:,}" if not places else f"{value:,.{places}f}", lang), lang)
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    text = f"{_rounded(exact, 2 if places is None else places):,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return localise(_signed(text, lang), lang)


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def percent(ratio: Number | None, places: int = 0) -> str:
    """A ratio, 0.44 → `44%` · `٤٤٪`."""
    if ratio is None:
        return ""
    sign = "%" if _latin_digits.get() else words.PERCENT[language()]
    return number(Decimal(str(ratio)) * 100, places) + sign


def money(amount: Number | str | None, currency: str = "", *, short: bool = False) -> str:
    """
    `412000, "EUR"` → `€412,000` · `٤١٢٬٠٠٠ يورو`; cents only when there are some.

    `short` writes millions and more as `€7.5 m`, and thousands above ten as `€412 k`.
    """
    if amount is None or amount == "":
        return ""
    exact = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    figure, unit = _shortened(exact) if short else (_whole(exact), "")
    return _with_currency(figure, unit, str(currency or "").upper())


def _whole(exact: Decimal) -> str:
    return number(int(exact)) if exact == exact.to_integral_value() else number(exact, 2)


def _shortened(exact: Decimal) -> tuple[str, str]:
    size = abs(exact)
    for limit, divisor, unit in words.SHORT:
        if size >= limit:
            return number(_rounded(exact / divisor, 1 if size < divisor * 100 else 0)), words.UNITS[language()][unit]
    return _whole(exact), ""


def _with_currency(figure: str, unit: str, currency: str) -> str:
    lang = language()
    if unit:
        figure = f"{figure}\N{NO-BREAK SPACE}{unit}"
    if not currency:
        return figure
    if lang == "en":
        sign = words.SYMBOLS.get(currency)
        return _prefixed(sign, figure) if sign else f"{currency}\N{NO-BREAK SPACE}{figure}"
    return f"{figure}\N{NO-BREAK SPACE}{words.CURRENCIES[lang].get(currency, currency)}"


def _prefixed(sign: str, figure: str) -> str:
    gap = "\N{NO-BREAK SPACE}" if sign[-1].isalpha() else ""
    if figure.startswith("\N{MINUS SIGN}"):
        return f"\N{MINUS SIGN}{sign}{gap}{figure[1:]}"
    return f"{sign}{gap}{figure}"


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _day_of(value: date | datetime) -> date:
    value = _local(value)
    return value.date() if isinstance(value, datetime) else value


@lru_cache(maxsize=4096)
def _day_text(lang: str, on: date, with_year: bool) -> str:
    if lang == "fa":
        jalali = jdatetime.date.fromgregorian(date=on)
        text, year = f"{jalali.day} {words.JALALI_MONTHS[jalali.month - 1]}", jalali.year
    else:
        text, year = f"{on.day} {words.MONTHS[lang][on.month - 1]}", on.year
    return f"{text} {year}" if with_year else f"{words.WEEKDAYS[lang][on.weekday()]} {text}"


@lru_cache(maxsize=512)
def _year_of(lang: str, on: date) -> int:
    return jdatetime.date.fromgregorian(date=on).year if lang == "fa" else on.year


def day(value: date | datetime | None, today: date | None = None) -> str:
    """`Thu 17 Dec`; with its year and no weekday, `2 Nov 2027`, when that is not the year of `today`."""
    if not value:
        return ""
    on, lang = _day_of(value), language()
    other_year = _year_of(lang, on) != _year_of(lang, today or timezone.localdate())
    return localise(_day_text(lang, on, other_year), lang)


def day_year(value: date | datetime | None) -> str:
    """`17 Dec 2026`, always with its year."""
    if not value:
        return ""
    lang = language()
    return localise(_day_text(lang, _day_of(value), True), lang)


def month(value: date | datetime | None, *, with_year: bool = True) -> str:
    """`Dec 2026` · `ديسمبر ٢٠٢٦` · the Jalali month the day falls in."""
    if not value:
        return ""
    on, lang = _day_of(value), language()
    if lang == "fa":
        jalali = jdatetime.date.fromgregorian(date=on)
        name, year = words.JALALI_MONTHS[jalali.month - 1], jalali.year
    else:
        name, year = words.MONTHS[lang][on.month - 1], on.year
    return localise(f"{name} {year}" if with_year else name, lang)


def clock(value: datetime | None) -> str:
    """`14:00`, in the active time zone."""
    return localise(_local(value).strftime("%H:%M")) if value else ""


def moment(value: datetime | None, today: date | None = None) -> str:
    """`Wed 16 Dec, 14:00`; `today 14:00`, `yesterday 16:20`, `tomorrow 09:30` near now."""
    if not value:
        return ""
    today, lang = today or timezone.localdate(), language()
    near = words.NEAR[lang].get((_day_of(value) - today).days)
    if near:
        return f"{near} {clock(value)}"
    return words.MOMENT[lang].format(day=day(value, today), clock=clock(value))


@lru_cache(maxsize=2048)
def _span(lang: str, unit: Unit, count: int) -> str:
    seconds = {"minute": 60, "hour": 3600, "day": 86400}[unit] * count
    return format_timedelta(timedelta(seconds=seconds), unit, threshold=1e9, add_direction=True, locale=lang)


def ago(value: date | datetime | None, now: datetime | None = None) -> str:
    """`3 days ago`, `in 2 hours`, `yesterday`, `just now`; the day itself beyond 30 days either way."""
    if not value:
        return ""
    now, lang = timezone.localtime(now), language()
    days = (_day_of(value) - now.date()).days
    if abs(days) > 30:
        return day(value, now.date())
    if days == 0 and isinstance(value, datetime):
        return localise(_within_a_day(lang, round((value - now).total_seconds())), lang)
    return words.NEAR[lang].get(days) or localise(_span(lang, "day", days), lang)


def _within_a_day(lang: str, seconds: int) -> str:
    if abs(seconds) < 60:
        return words.NOW[lang]
    if abs(seconds) < 3600:
        return _span(lang, "minute", int(seconds / 60))
    return _span(lang, "hour", int(seconds / 3600))


def initials(name: str | None) -> str:
    """`Hanne Vos` → `HV`; one letter in Arabic script, where letters join and two would read as a word."""
    parts = [part for part in (name or "").replace("-", " ").split() if part[0].isalnum()]
    if not parts:
        return "?"
    first = parts[0]
    if "\u0600" <= first[0] <= "\u06ff":
        bare = first[2:] if first.startswith("\u0627\u0644") and len(first) > 3 else first
        return bare[0]
    return (first[0] + (parts[-1][0] if len(parts) > 1 else first[1:2])).upper()


def language_name(code: str) -> str:
    """`de` → `German`, in the reader's language; a code nobody knows stays as it is."""
    try:
        return str(get_language_info("zh-hans" if code == "zh" else code)["name_translated"])
    except KeyError:
        return code
