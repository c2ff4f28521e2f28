"""Upload, map, look, apply in the browser's words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crp.accounts.models import User
from crp.events.models import Event
from crp.imports.models import ImportRun
from references.models import Customer

pytestmark = pytest.mark.django_db


def upload(client: Any, text: str, kind: str = "customers") -> Any:
    file = SimpleUploadedFile("accounts.csv", text.encode())
    return client.post("/imports/", {"kind": kind, "file": file, "source": "crm"})


def test_a_manager_brings_a_dirty_file_in(maya: User, as_user: Callable[[User], Any]) -> None:
    client = as_user(maya)
    page = upload(client, "account,sector\nAcme,technolgy\n")
    run = ImportRun.objects.get()
    assert page.url == f"/imports/{run.pk}/"
    client.post(page.url, {"column_0": "name", "column_1": "industry", "date_format": "%Y-%m-%d"})
    asked = client.get(page.url)
    assert all(part in asked.text for part in ("technolgy", 'value="Technology"'))
    assert not Customer.objects.exists()
    client.post(f"{page.url}mend/", {"value_0": "Technology"})
    assert "1 would be new" in client.get(page.url).text
    client.post(f"{page.url}apply/")
    run.refresh_from_db()
    assert run.state == "applied"
    assert Customer.objects.get().industry.name == "Technology"
    assert Event.objects.filter(verb="import.applied", by=maya).count() == 1
    assert client.get(f"{page.url}mapping.json").json()["values"] == {"industry": {"technolgy": "Technology"}}


def test_applying_twice_is_refused_with_the_state(maya: User, as_user: Callable[[User], Any]) -> None:
    client = as_user(maya)
    page = upload(client, "name\nAcme\n")
    assert client.post(f"{page.url}apply/").status_code == 409
    assert not Customer.objects.exists()


def test_a_file_that_is_no_table_is_refused_at_its_field(maya: User, as_user: Callable[[User], Any]) -> None:
    page = upload(as_user(maya), "name,name\nAcme,x\n")
    assert page.status_code == 422
    assert "is there twice" in page.text
    assert not ImportRun.objects.exists()


def test_a_sales_rep_does_not_import(sam: User, as_user: Callable[[User], Any]) -> None:
    assert as_user(sam).get("/imports/").status_code == 403


def test_what_stands_in_a_file_is_never_markup(maya: User, as_user: Callable[[User], Any]) -> None:
    client = as_user(maya)
    page = upload(client, "name,<b>x</b>\n<script>alert(1)</script>,<i>y</i>\n")
    shown = client.get(page.url).text
    assert "<script>alert(1)" not in shown
    assert "<i>y" not in shown
    assert "&lt;script&gt;alert(1)" in shown
