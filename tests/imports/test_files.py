"""Files as people have them: encodings, separators, digits, calendars, and what is no table at all."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import RequestFactory
from openpyxl import Workbook

from crp.accounts.models import User
from crp.imports import headers, reading, values
from crp.imports.models import ImportRun, SavedMapping
from crp.imports.refusing import TooLargeMiddleware
from crp.imports.shape import Shape
from crp.imports.spec import SPECS
from references.models import Customer

WORDS = {
    "utf-8": "name,city\nZażółć,تهران\n", "utf-8-sig": "name,city\nMüller,قم\n",
    "utf-16": "name,city\nمشتری,Zürich\n",
    "cp1252": "name,city\nMüller & Söhne,Zürich\nCafé Réunion,Orléans\n",
    "cp1256": "الاسم,البلد\nشركة النور,مصر\nمؤسسة پارس,إيران\n",
    "iso8859-6": "الاسم,البلد\nشركة النور للتجارة,مصر\nمؤسسة الأمل,السعودية\n",
    "iso8859-2": "nazwa,miasto\nŁódź Spółka,Kraków\nŹródło ścieżka,Gdańsk\n",
}  # fmt: skip


@pytest.mark.parametrize("encoding", list(WORDS))
def test_the_encoding_is_guessed(encoding: str) -> None:
    table = reading.read("a.csv", WORDS[encoding].encode(encoding))
    assert [table.columns, *table.lines()] == [line.split(",") for line in WORDS[encoding].splitlines()]


def test_a_guess_can_be_overruled() -> None:
    raw = "name\nMüller €\n".encode("iso8859-15")
    assert next(reading.read("a.csv", raw, Shape("iso8859-15", ",")).lines()) == ["Müller €"]
    with pytest.raises(reading.BadTable, match="UTF-8 throughout"):
        reading.read("a.csv", raw, Shape("utf-8-sig", ","))


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_is_guessed_past_quotes_and_lines_within_cells(sign: str) -> None:
    raw = f'name{sign}note\n"A, B; C | D"{sign}"two\nlines"\nE{sign}F\n'.encode()
    assert list(reading.read("a.csv", raw).lines()) == [["A, B; C | D", "two\nlines"], ["E", "F"]]


@pytest.mark.parametrize(
    ("text", "decimal", "wanted"),
    [
        ("1,250.50", ".", "1250.50"), ("1.250,50", ",", "1250.50"), ("1250,5", ",", "1250.50"), ("۱۲۵۰٫۵", ".", "1250.50"),
        ("١٬٢٥٠٫٥٠", ",", "1250.50"), ("€ 1 250.50", ".", "1250.50"), ("1’250.50", ".", "1250.50"), ("$1,000", ".", "1000.00"),
    ],
)  # fmt: skip
def test_amounts_are_read_in_any_hand(text: str, decimal: str, wanted: str) -> None:
    assert values.money("amount")(text, values.Reading(decimal=decimal)) == Decimal(wanted)


@pytest.mark.parametrize("text", ["1,5", "1.2.3", "12,34.5,6", "many", "NaN", "-1", "1e400"])
def test_an_amount_that_could_mean_two_things_is_none(text: str) -> None:
    with pytest.raises(values.Bad):
        values.money("amount")(text, values.Reading())


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("31-10-2026", "%d-%m-%Y"), ("٣١/١٠/٢٠٢٦", "%d/%m/%Y"), ("۱۴۰۵/۰۸/۰۹", "jalali %Y/%m/%d"),
        ("1405-08-09", "jalali %Y-%m-%d"),
        ("2026-10-31", "%d-%m-%Y"), ("2026-10-31 00:00", "%Y-%m-%d"), ("31 Oct 2026", "%d %b %Y"),
        ("10/31/2026 08:15", "%m/%d/%Y"),
    ],
)  # fmt: skip
def test_days_are_read_in_any_calendar(text: str, shape: str) -> None:
    assert values.day(text, values.Reading(shape)) == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("13/02/2026,01/02/2026", "%d/%m/%Y"), ("02/13/2026,02/01/2026", "%m/%d/%Y"), ("01/02/2026,03/04/2026", None),
        ("۱۴۰۴/۰۱/۱۵,۱۴۰۴/۱۲/۲۹", "jalali %Y/%m/%d"), ("2026-02-01,2026-02-13", "%Y-%m-%d"),
    ],
)  # fmt: skip
def test_day_first_is_seen_or_asked(days: str, said: str | None) -> None:
    raw = "name,stage,close date\n" + "".join(f"Deal,Won,{day}\n" for day in days.split(","))
    found = headers.guess_mapping(SPECS["opportunities"], reading.read("a.csv", raw.encode()))
    assert found.get("date_format") == said


@pytest.mark.parametrize(
    ("kind", "line", "fields"),
    [
        ("customers", "Account Name,Industry,Billing Country,Account Owner,AnnualRevenue,NumberOfEmployees,Account ID",
         "name,industry,country,owner,annual_revenue,employees,external_id"),
        ("customers", "Company name,Company Domain Name,Country/Region,Record ID,Company owner",
         "name,website,country,external_id,owner"),
        ("contacts", "Full Name,Email,Job Title,Associated Company,Phone Number", "name,email,job_title,customer,phone"),
        ("contacts", "الاسم,البريد الإلكتروني,اسم الشركة,المسمى الوظيفي", "name,email,customer,job_title"),
        ("contacts", "نام,ایمیل,نام شرکت,سمت,شماره تلفن", "name,email,customer,job_title,phone"),
        ("opportunities", "Opportunity Name,Account Name,StageName,CloseDate,Amount,Opportunity Owner,Created Date",
         "name,account,stage,closed_on,amount,owner,opened_on"),
        ("opportunities", "Deal Name,Deal Stage,Close Date,Amount,Deal owner", "name,stage,closed_on,amount,owner"),
    ],
)  # fmt: skip
def test_columns_are_known_by_what_crms_call_them(kind: str, line: str, fields: str) -> None:
    assert list(headers.guess_columns(SPECS[kind], line.split(",")).values()) == fields.split(",")


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * 60_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"%PDF-1.7 ...", "PDF"), (b"\xd0\xcf\x11\xe0rest", "XLS"), (b"\x89PNG\r\n", "PNG"), (b"<html><table>", "web page"),
        (b"PK\x03\x04" + b"\0" * 50, "workbook"), (b"a,b\x00c\n1,2\n", "not text"), (b"\n\n\n", "name the columns"),
        (",".join(f"c{n}" for n in range(300)).encode(), "200 columns"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_by_what_it_is(content: bytes, part: str) -> None:
    with pytest.raises(reading.BadTable, match=part):
        reading.read("renamed.csv", content)


def test_a_bomb_is_refused_unopened() -> None:
    with pytest.raises(reading.BadTable, match="unpacks to more"):
        reading.read("a.xlsx", bomb())


def test_a_workbook_is_read_like_a_csv() -> None:
    book, file = Workbook(), io.BytesIO()
    for row in (["name", "opened", "amount"], ["Acme", date(2026, 10, 31), 12.0], ["'=1+1", None, 1.5]):
        book.active.append(row)
    book.save(file)
    table = reading.read("a.xlsx", file.getvalue())
    assert list(table.lines()) == [["Acme", "2026-10-31", "12"], ["=1+1", "", "1.5"]]


def untouched(request: Any) -> Any:
    raise AssertionError("The body would have been read.")


@pytest.mark.parametrize(
    ("sent", "status"), [({"CONTENT_LENGTH": str(2 * 1024**3)}, 413), ({"HTTP_TRANSFER_ENCODING": "chunked"}, 411)]
)
def test_two_gigabytes_are_refused_before_a_byte_is_read(sent: dict[str, str], status: int) -> None:
    request = RequestFactory().post("/imports/", data={})
    request.META.pop("CONTENT_LENGTH")
    request.META.update(sent)
    assert TooLargeMiddleware(untouched)(request).status_code == status


@pytest.mark.django_db
def test_the_next_file_of_a_source_is_mapped_as_the_last(maya: User, as_user: Callable[[User], Any]) -> None:
    def bring(text: str) -> ImportRun:
        return ImportRun.upload(
            kind="customers", source="crm", file_name="a.csv", content=text.encode(), mapping={}, by=maya
        )

    first = bring("Firma,Land\nAcme,DE\n")
    client = as_user(maya)
    client.post(f"/imports/{first.pk}/", {"column_0": "name", "column_1": "country", "date_format": "%Y-%m-%d"})
    client.post(f"/imports/{first.pk}/apply/")
    assert Customer.objects.get().country == "DE"
    assert SavedMapping.objects.get().source == "crm"
    again = bring("Land,Firma\nFR,Beta\n")
    assert again.mapping["columns"] == {"Firma": "name", "Land": "country"}
    assert "Mapped as the last time" in client.get(f"/imports/{again.pk}/").text
    assert not any(bring("Other\nx\n").mapping["columns"].values())


@pytest.mark.django_db
def test_a_column_mapped_twice_or_missing_is_said_at_its_place(maya: User, as_user: Callable[[User], Any]) -> None:
    run = ImportRun.upload(kind="customers", source="", file_name="a.csv", content=b"a,b\n1,2\n", mapping={}, by=maya)
    twice = as_user(maya).post(
        f"/imports/{run.pk}/", {"column_0": "name", "column_1": "name", "date_format": "%Y-%m-%d"}
    )
    assert (twice.status_code, "is mapped to this already" in twice.text) == (422, True)
    missing = as_user(maya).post(f"/imports/{run.pk}/", {"column_0": "", "column_1": "", "date_format": "%Y-%m-%d"})
    assert "which is needed" in missing.text


@pytest.mark.django_db
def test_letters_that_look_wrong_are_read_another_way(maya: User, as_user: Callable[[User], Any]) -> None:
    raw = "name\nشركة\n".encode("cp1256")
    run = ImportRun.upload(kind="customers", source="", file_name="a.csv", content=raw, mapping={}, by=maya)
    client = as_user(maya)
    client.post(f"/imports/{run.pk}/shape/", {"encoding": "cp1252", "separator": ","})
    assert "شركة" not in client.get(f"/imports/{run.pk}/").text
    client.post(f"/imports/{run.pk}/shape/", {"encoding": "cp1256", "separator": ","})
    assert "شركة" in client.get(f"/imports/{run.pk}/").text
