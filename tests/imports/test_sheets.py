"""A workbook with several sheets: the first, unless somebody chooses another; the next file of the source follows."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from openpyxl import Workbook

from crp.accounts.models import User
from crp.imports import reading
from crp.imports.models import ImportRun
from crp.imports.shape import Shape
from references.models import Customer

pytestmark = pytest.mark.django_db
Client = Callable[[User], Any]


def book(**sheets: list[list[Any]]) -> bytes:
    made, file = Workbook(), io.BytesIO()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(file)
    return file.getvalue()


TWO = book(Firms=[["name"], ["Acme"]], Others=[["firm", "land"], ["Beta", "FR"], ["Gamma", "DE"]])
COVER = book(Cover=[[], [None, "Our customers"]], Firms=[["name"], ["Acme"]])


def send(client: Any, place: str, content: bytes = TWO, **fields: Any) -> Any:
    file = SimpleUploadedFile("b.xlsx", content)
    return client.post(place, {"kind": "customers", "source": "crm", "file": file, **fields})


def test_the_first_sheet_is_read_or_the_named_one() -> None:
    assert (first := reading.read("b.xlsx", TWO)).columns == ["name"]
    assert (first.sheets, first.shape.sheet) == (["Firms", "Others"], "Firms")
    other = reading.read("b.xlsx", TWO, Shape(sheet=" others "))
    assert (other.shape.sheet, list(other.lines())) == ("Others", [["Beta", "FR"], ["Gamma", "DE"]])
    with pytest.raises(reading.NoSheet, match=r"no sheet “Third”\. It has: “Firms”, “Others”"):
        reading.read("b.xlsx", TWO, Shape(sheet="Third"))


def test_a_cover_sheet_is_refused_with_the_names_of_the_others() -> None:
    with pytest.raises(reading.BadTable, match=r"must name the columns.*“Cover”, “Firms”"):
        reading.read("b.xlsx", COVER)
    assert reading.read("b.xlsx", COVER, Shape(sheet="Firms")).columns == ["name"]


def test_the_sheet_is_chosen_on_the_page(maya: User, as_user: Client) -> None:
    client = as_user(maya)
    page = send(client, "/imports/").url
    assert 'value="Others"' in client.get(page).text
    client.post(f"{page}shape/", {"sheet": "Others"})
    run = ImportRun.objects.get()
    assert (run.columns, "Beta" in client.get(page).text) == (["firm", "land"], True)
    refused = client.post(f"{page}shape/", {"sheet": "Third"}, follow=True)
    assert "no sheet “Third”" in refused.text
    run.refresh_from_db()
    assert run.shape["sheet"] == "Others"
    unknown = send(client, "/imports/", sheet="Third")
    assert (unknown.status_code, "no sheet “Third”" in unknown.text) == (422, True)


def test_the_next_workbook_of_the_source_is_read_from_the_same_sheet(maya: User, as_user: Client) -> None:
    client = as_user(maya)
    page = send(client, "/imports/", sheet="Others").url
    client.post(page, {"column_0": "name", "column_1": "country", "date_format": "%Y-%m-%d"})
    client.post(f"{page}apply/")
    assert dict(Customer.objects.values_list("name", "country")) == {"Beta": "FR", "Gamma": "DE"}
    send(client, "/imports/")
    again = ImportRun.objects.first()
    assert again
    assert (again.shape["sheet"], again.mapping["columns"]) == ("Others", {"firm": "name", "land": "country"})
    send(client, "/imports/", sheet="Firms")
    first = ImportRun.objects.first()
    assert first
    assert first.shape["sheet"] == "Firms"
    send(client, "/imports/", source="erp")
    assert [run.shape["sheet"] for run in ImportRun.objects.filter(source="erp")] == ["Firms"]


def test_the_sheet_is_chosen_over_the_api(maya: User, as_user: Client) -> None:
    client, place = as_user(maya), "/api/v1/imports/"
    made = send(client, place).json()
    assert (made["sheet"], made["sheets"], made["columns"]) == ("Firms", ["Firms", "Others"], ["name"])
    told = {"data": {"sheet": "Others"}, "content_type": "application/json"}
    assert client.post(f"{place}{made['id']}/shape/", **told).json()["columns"] == ["firm", "land"]
    refused = client.post(f"{place}{made['id']}/shape/", {"sheet": "Third"}, content_type="application/json")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "sheet")
    assert send(client, place, sheet="Third").json()["errors"][0] == {
        "field": "sheet", "message": "The workbook has no sheet “Third”. It has: “Firms”, “Others”.",
    }  # fmt: skip
    assert send(client, place, sheet="Others").json()["columns"] == ["firm", "land"]


def test_the_sheet_is_chosen_on_the_command_line(tmp_path: Path) -> None:
    file, mapping = tmp_path / "b.xlsx", tmp_path / "m.json"
    file.write_bytes(TWO)
    mapping.write_text('{"columns": {"firm": "name", "land": "country"}}')
    call_command("import", "customers", file, sheet="Others", mapping=mapping, stdout=io.StringIO())
    assert Customer.objects.count() == 2
