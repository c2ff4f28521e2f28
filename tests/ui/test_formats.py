"""Numbers, money, dates and times in the reader's way."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from crp.ui import formats

THURSDAY = date(2026, 12, 17)
NOON = datetime(2026, 12, 17, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "written"), [("en", "Thu 17 Dec"), ("ar", "الخميس ١٧ ديسمبر"), ("fa", "پنجشنبه ۲۶ آذر")]
)
def test_a_day_this_year_has_its_weekday_and_no_year(language: str, written: str) -> None:
    with translation.override(language):
        assert formats.day(THURSDAY, today=date(2026, 11, 22)) == written


@pytest.mark.parametrize(
    ("language", "written"), [("en", "2 Nov 2027"), ("ar", "٢ نوفمبر ٢٠٢٧"), ("fa", "۱۱ آبان ۱۴۰۶")]
)
def test_a_day_of_another_year_has_its_year_and_no_weekday(language: str, written: str) -> None:
    with translation.override(language):
        assert formats.day(date(2027, 11, 2), today=date(2026, 11, 22)) == written


def test_the_persian_year_turns_in_march() -> None:
    with translation.override("fa"):
        assert formats.day(date(2027, 3, 20), today=date(2027, 1, 1)) == "شنبه ۲۹ اسفند"
        assert formats.day(date(2027, 3, 21), today=date(2027, 1, 1)) == "۱ فروردین ۱۴۰۶"


def test_the_last_day_of_a_persian_leap_year_is_written() -> None:
    with translation.override("fa"):
        assert formats.day_year(date(2025, 3, 20)) == "۳۰ اسفند ۱۴۰۳"


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "€412,000"), ("ar", "٤١٢٬٠٠٠\N{NO-BREAK SPACE}يورو"), ("fa", "۴۱۲٬۰۰۰\N{NO-BREAK SPACE}یورو")],
)
def test_money_is_written_with_the_readers_digits_and_currency(language: str, written: str) -> None:
    with translation.override(language):
        assert formats.money(Decimal("412000.00"), "EUR") == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("7500000", "€7.5 m"),
        ("640000", "€640 k"),
        ("9500", "€9,500"),
        ("1250000000", "€1.3 bn"),
        ("-16900000", "−€16.9 m"),
    ],
)
def test_short_money_keeps_one_decimal_at_most(amount: str, written: str) -> None:
    assert formats.money(Decimal(amount), "EUR", short=True).replace("\N{NO-BREAK SPACE}", " ") == written


def test_money_shows_cents_only_where_there_are_some() -> None:
    assert formats.money(Decimal("12.50"), "USD") == "$12.50"
    assert formats.money(Decimal("12.00"), "USD") == "$12"


def test_an_unknown_currency_keeps_its_code() -> None:
    assert formats.money(10, "XTS") == "XTS\N{NO-BREAK SPACE}10"
    with translation.override("ar"):
        assert formats.money(10, "XTS") == "١٠\N{NO-BREAK SPACE}XTS"


def test_nothing_is_written_as_nothing() -> None:
    assert formats.money(None, "EUR") == formats.number(None) == formats.percent(None) == formats.day(None) == ""
    assert formats.money(0, "EUR") == "€0"


@pytest.mark.parametrize(("language", "written"), [("en", "1,234.5"), ("ar", "١٬٢٣٤٫٥"), ("fa", "۱٬۲۳۴٫۵")])
def test_numbers_have_the_readers_separators(language: str, written: str) -> None:
    with translation.override(language):
        assert formats.number(1234.5) == written


def test_halves_round_up_as_people_expect() -> None:
    assert formats.number(Decimal("2.5"), 0) == "3"
    assert formats.percent(0.445) == "45%"


def test_percent_has_its_own_sign_in_arabic_script() -> None:
    with translation.override("fa"):
        assert formats.percent(0.44) == "۴۴٪"


def test_a_reader_may_choose_latin_digits() -> None:
    with translation.override("fa"), formats.latin_digits():
        assert formats.day(THURSDAY, today=THURSDAY) == "پنجشنبه 26 آذر"
        assert formats.money(412000, "EUR").startswith("412,000")
        assert formats.number_locale() == "fa-u-nu-latn"
    with translation.override("fa"):
        assert formats.number(5) == "۵"


@pytest.mark.parametrize(
    ("past", "en", "ar", "fa"),
    [
        (timedelta(seconds=20), "just now", "الآن", "همین حالا"),
        (timedelta(minutes=5), "5 minutes ago", "قبل ٥ دقائق", "۵ دقیقه پیش"),
        (timedelta(days=1), "yesterday", "أمس", "دیروز"),
        (timedelta(days=2), "2 days ago", "قبل يومين", "۲ روز پیش"),
        (timedelta(days=3), "3 days ago", "قبل ٣ أيام", "۳ روز پیش"),
        (timedelta(days=11), "11 days ago", "قبل ١١ يومًا", "۱۱ روز پیش"),
    ],
)
def test_relative_words_follow_each_languages_plural(past: timedelta, en: str, ar: str, fa: str) -> None:
    for language, written in (("en", en), ("ar", ar), ("fa", fa)):
        with translation.override(language):
            assert formats.ago(NOON - past, now=NOON) == written


def test_relative_words_stop_at_thirty_days() -> None:
    assert formats.ago(NOON - timedelta(days=31), now=NOON) == "Mon 16 Nov"
    assert formats.ago(NOON + timedelta(days=2), now=NOON) == "in 2 days"


def test_a_moment_is_told_in_the_active_time_zone() -> None:
    with timezone.override("Asia/Tehran"):
        assert formats.moment(NOON, today=date(2026, 12, 20)) == "Thu 17 Dec, 15:30"
        assert formats.moment(NOON, today=THURSDAY) == "today 15:30"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Hanne Vos", "HV"), ("Nordfracht", "NO"), ("Anna-Lena Fuchs", "AF"), ("هنا فوس", "ه"),
        ("الخليج للأسمنت", "خ"), ("", "?"),
        ("(unknown) Person", "PE"), ("élan vital", "ÉV"),
    ],
)  # fmt: skip
def test_initials_are_two_letters_in_latin_and_one_in_arabic_script(name: str, letters: str) -> None:
    assert formats.initials(name) == letters
