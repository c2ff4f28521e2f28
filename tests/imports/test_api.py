"""The importer over the API: the same steps as the pages, and what each of them refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from rest_framework.test import APIClient

from crp.accounts.models import User
from crp.events.models import Event
from crp.imports import reading, tasks
from crp.imports.models import ImportRun
from crp.imports.refusing import TooLargeMiddleware
from references.models import Customer
from tests.conftest import make_contact, make_customer
from tests.imports.test_mending import DIRTY, bring, write

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/imports/"


@pytest.fixture
def api() -> Callable[[User], APIClient]:
    def of(user: User) -> APIClient:
        client = APIClient()
        client.default_format = "json"  # type: ignore[attr-defined]
        client.force_login(user)
        return client

    return of


Api = Callable[[User], APIClient]


def file(text: str | bytes = "name\nAcme\n", name: str = "a.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def send(client: Any, text: str | bytes = "name\nAcme\n", **fields: Any) -> Any:
    return client.post(PLACE, {"kind": "customers", "file": file(text), "source": "crm", **fields}, format="multipart")


def errors(answer: Any) -> dict[str, str]:
    return {one["field"]: one["message"] for one in answer.json()["errors"]}


def test_a_dirty_file_comes_in_step_by_step(maya: User, api: Api) -> None:
    client = api(maya)
    made = send(client, "account,sector,size\nAcme,technolgy,10\nBeta,Software,many\nGamma,Software,1\n")
    assert made.status_code == 201
    run = f"{PLACE}{made.json()['id']}/"
    assert (made.json()["state"], made.json()["columns"]) == ("mapping", ["account", "sector", "size"])
    assert made.json()["mapping"]["columns"] == {"account": "name", "sector": "industry", "size": ""}
    columns = {"account": "name", "sector": "industry", "size": "employees"}
    tried = client.post(f"{run}map/", {"columns": columns})
    assert (tried.status_code, tried.json()["state"], tried.json()["counts"]["fault_count"]) == (202, "mapping", 2)
    assert tried.json()["unknown"][0] == {
        "field": "industry", "value": "technolgy", "suggestion": "Technology", "count": 1,
    }  # fmt: skip
    faults = client.get(f"{run}faults/").json()["results"]
    assert [(row["number"], row["name"], row["cells"][0]["column"]) for row in faults] == [
        (1, "Acme", "sector"), (2, "Beta", "size"),
    ]  # fmt: skip
    mended = client.post(
        f"{run}mend/",
        {
            "values": {"industry": {"technolgy": "Technology"}},
            "cells": [{"row": 2, "column": "size", "value": "12"}],
            "skips": [{"row": 3, "reason": "A test entry"}],
        },
    ).json()
    assert (mended["state"], mended["counts"]["created"], mended["counts"]["skipped"]) == ("checked", 2, 1)
    row = client.get(f"{run}rows/").json()["results"][0]
    assert (row["name"], row["id"]) == ("Acme", None)
    assert {"name": "employees", "field": "employees", "before": "–", "after": "10"} in row["changes"]
    assert client.get(f"{run}rows/?outcome=skipped").json()["results"][0]["reason"] == "A test entry"
    assert not Customer.objects.exists()
    assert client.post(f"{run}apply/").status_code == 202
    assert client.get(run).json()["state"] == "applied"
    assert dict(Customer.objects.values_list("name", "employees")) == {"Acme": 10, "Beta": 12}
    assert client.get(f"{run}undo/").json() == []
    assert client.post(f"{run}undo/").status_code == 202
    assert (client.get(PLACE).json()["results"][0]["state"], Customer.objects.count()) == ("undone", 0)


def test_applied_twice_it_is_written_once_and_the_second_hears_why(maya: User, api: Api) -> None:
    client, run = api(maya), bring(maya, "name\nAcme\n")
    assert client.post(f"{PLACE}{run.pk}/apply/").status_code == 202
    again = client.post(f"{PLACE}{run.pk}/apply/")
    assert (again.status_code, again.json()["state"]) == (409, "applied")
    assert "must be “checked”" in again.json()["detail"]
    assert Event.objects.filter(verb="import.applied").count() == 1


def test_an_upload_sent_again_with_its_key_is_one_import(maya: User, api: Api) -> None:
    client = api(maya)
    big = "name\n" + "".join(f"Company number {number}, as long as it takes\n" for number in range(80_000))
    sent = [
        client.post(PLACE, {"kind": "customers", "file": file(text)}, format="multipart", headers={"Idempotency-Key": "k"})
        for text in (big, big, big + "One more\n")
    ]  # fmt: skip
    assert [answer.status_code for answer in sent] == [201, 201, 422]
    assert sent[0].json()["id"] == sent[1].json()["id"] == ImportRun.objects.get().pk


def test_a_large_file_waits_for_the_worker(maya: User, api: Api, monkeypatch: Any) -> None:
    monkeypatch.setattr(tasks, "SMALL_ROWS", 0)
    client, run = api(maya), bring(maya, "name\nAcme\n")
    asked = client.post(f"{PLACE}{run.pk}/apply/")
    assert (asked.status_code, asked.json()["state"], Customer.objects.count()) == (202, "applying", 0)
    assert set(asked.json()["progress"]) == {"done", "total"}
    tasks.work_one()
    assert client.get(f"{PLACE}{run.pk}/").json()["state"] == "applied"


@pytest.mark.parametrize(
    ("fields", "field", "part"),
    [
        ({"kind": "planets"}, "kind", "Select a valid choice"), ({"file": ""}, "file", "required"),
        ({"file": b""}, "file", "empty"), ({"file": b"%PDF-1.7"}, "file", "PDF"), ({"file": b"a,a\n"}, "file", "twice"),
        ({"mapping": '{"colums": {}}'}, "mapping", "colums"), ({"mapping": "no"}, "mapping", "not JSON"),
    ],
)  # fmt: skip
def test_a_bad_upload_is_refused_at_its_field(maya: User, api: Api, fields: Any, field: str, part: str) -> None:
    found = {name: file(value) if isinstance(value, bytes) else value for name, value in fields.items()}
    answer = send(api(maya), **found)
    assert (answer.status_code, list(errors(answer))) == (400, [field])
    assert part in errors(answer)[field]
    assert not ImportRun.objects.exists()


def test_a_file_too_large_is_refused_with_its_limit(maya: User, api: Api, monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 5)
    assert "60 MB" in errors(send(api(maya)))["file"]
    request = RequestFactory().post(PLACE, data={}, CONTENT_LENGTH=str(2 * 1024**3))
    answer = TooLargeMiddleware(lambda request: pytest.fail("The body would have been read."))(request)
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.parametrize(
    ("sent", "field", "part"),
    [
        ({"columns": {"nowhere": "name"}}, "columns.nowhere", "no such column"),
        ({"columns": {"firm": "nme"}}, "", "nme"), ({"columns": {"firm": "name", "land": "name"}}, "columns.land", "already"),
        ({"columns": {"firm": "", "land": "country"}}, "", "which is needed"), ({"decimal": ";"}, "", "decimal"),
        ({"columns": {"firm": ["name"]}}, "columns.firm", "valid string"), ({"date_format": "someday"}, "", "date_format"),
    ],
)  # fmt: skip
def test_a_bad_mapping_is_refused_where_it_is_wrong(maya: User, api: Api, sent: Any, field: str, part: str) -> None:
    client = api(maya)
    made = send(client, "firm,land\nAcme,DE\n").json()
    answer = client.post(f"{PLACE}{made['id']}/map/", sent)
    assert (answer.status_code, list(errors(answer))) == (400, [field])
    assert part in errors(answer)[field]
    assert ImportRun.objects.get().state == "mapping"


def test_dates_that_can_be_read_two_ways_are_asked_for(maya: User, api: Api) -> None:
    client = api(maya)
    made = send(client, "name,stage,close date\nD,Won,01/02/2026\n", kind="opportunities").json()
    run = f"{PLACE}{made['id']}/"
    assert list(errors(client.post(f"{run}map/", {"columns": {"name": "name", "close date": "closed_on"}}))) == [
        "date_format"
    ]
    assert client.post(f"{run}map/", {"date_format": "%d/%m/%Y", "constants": {"currency": "EUR"}}).status_code == 202


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"cells": [{"row": 1, "column": "nowhere", "value": "x"}]}, "cells.0.column"),
        ({"cells": [{"row": 9, "column": "country", "value": "x"}]}, "cells.0.row"),
        ({"skips": [{"row": 0}]}, "skips.0.row"), ({"values": {"planet": {"a": "b"}}}, ""),
    ],
)  # fmt: skip
def test_a_bad_mending_is_refused_where_it_is_wrong(maya: User, api: Api, sent: Any, field: str) -> None:
    answer = api(maya).post(f"{PLACE}{bring(maya, DIRTY).pk}/mend/", sent)
    assert answer.status_code == 400
    assert field in {name.replace("[", ".").replace("]", "") for name in errors(answer)}


def test_faulty_rows_are_paged_saved_and_sent_back_mended(maya: User, api: Api) -> None:
    client = api(maya)
    run = bring(maya, "name,employees\n" + "".join(f"C{number},many\n" for number in range(30)))
    first = client.get(f"{PLACE}{run.pk}/faults/").json()
    second = client.get(first["next"]).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (25, 5, None)
    text = b"".join(client.get(f"{PLACE}{run.pk}/faults/file/").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert client.get(f"{PLACE}{run.pk}/faults/file/?as=xlsx")["Content-Type"].endswith("sheet")
    refused = client.post(f"{PLACE}{run.pk}/mended/", {"mended": file("name\nx\n")}, format="multipart")
    assert "crp_row" in errors(refused)["mended"]
    assert "required" in errors(client.post(f"{PLACE}{run.pk}/mended/", {}, format="multipart"))["mended"]
    back = client.post(f"{PLACE}{run.pk}/mended/", {"mended": file(text.replace(",many,", ",5,"))}, format="multipart")
    assert (back.status_code, back.json()["state"], back.json()["counts"]["created"]) == (202, "checked", 30)


def test_rows_are_paged_by_cursor(maya: User, api: Api) -> None:
    client = api(maya)
    run = bring(maya, "name\nA\nB\nC\n")
    first = client.get(f"{PLACE}{run.pk}/rows/?page_size=2").json()
    assert [row["number"] for row in first["results"]] == [1, 2]
    assert [row["number"] for row in client.get(first["next"]).json()["results"]] == [3]
    assert list(errors(client.get(f"{PLACE}{run.pk}/rows/?outcome=eaten"))) == ["outcome"]


def test_a_file_is_read_in_another_encoding(maya: User, api: Api) -> None:
    client = api(maya)
    made = send(client, "name;land\nشركة;DE\n".encode("cp1256")).json()
    assert (made["encoding"], made["separator"]) == ("cp1256", ";")
    read = client.post(f"{PLACE}{made['id']}/shape/", {"separator": ","}).json()
    assert (read["columns"], read["encoding"]) == (["name;land"], "cp1256")
    answer = client.post(f"{PLACE}{made['id']}/shape/", {"encoding": "klingon"})
    assert (answer.status_code, list(errors(answer))) == (400, ["encoding"])


@pytest.mark.parametrize("verb", ["map", "shape", "mend", "mended", "apply"])
def test_what_is_written_already_answers_with_its_state(maya: User, api: Api, verb: str) -> None:
    run = write(bring(maya, "name\nAcme\n"), maya)
    answer = api(maya).post(f"{PLACE}{run.pk}/{verb}/")
    assert (answer.status_code, answer.json()["state"], answer.json()["code"]) == (409, "applied", "wrong_state")


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_not_written_yet_is_not_undone(maya: User, api: Api, method: str) -> None:
    answer = getattr(api(maya), method)(f"{PLACE}{bring(maya, DIRTY).pk}/undo/")
    assert (answer.status_code, answer.json()["allowed"]) == (409, ["applied"])


def test_what_was_used_since_is_told_and_stays_when_that_is_said(maya: User, api: Api) -> None:
    client, run = api(maya), write(bring(maya, "name\nUsed\nFree\n"), maya)
    make_contact(Customer.objects.get(name="Used"))
    assert [row["name"] for row in client.get(f"{PLACE}{run.pk}/undo/").json()] == ["Used"]
    refused = client.post(f"{PLACE}{run.pk}/undo/")
    assert (refused.status_code, refused.json()["code"]) == (422, "some_stay")
    done = client.post(f"{PLACE}{run.pk}/undo/", {"keep_rest": True}).json()
    assert (done["state"], done["counts"]["removed"], done["counts"]["kept"]) == ("undone", 1, 1)
    assert Customer.objects.get().name == "Used"


def test_who_does_not_import_finds_nothing_and_hears_so_in_his_language(maya: User, sam: User, api: Api) -> None:
    run, client = bring(maya, DIRTY), api(sam)
    sam.language = "fa"
    sam.save()
    assert client.get(PLACE).json()["results"] == []
    for path in ("", "faults/", "rows/", "undo/"):
        assert client.get(f"{PLACE}{run.pk}/{path}").status_code == 404
    for verb in ("map", "shape", "mend", "mended", "apply", "undo"):
        assert client.post(f"{PLACE}{run.pk}/{verb}/").status_code == 404
    refused = send(client)
    assert refused.status_code == 403
    assert refused.json()["detail"] not in ("", "Program managers and admins import.")
    assert not ImportRun.objects.exclude(pk=run.pk).exists()


def test_the_list_is_narrowed_and_counts_without_its_faults(maya: User, api: Api) -> None:
    make_customer("Acme")
    run = bring(maya, DIRTY)
    bring(maya, "name\nAcme\n")
    rows = api(maya).get(f"{PLACE}?state=mapping").json()["results"]
    assert [(row["id"], row["counts"]["fault_count"]) for row in rows] == [(run.pk, 2)]
    assert "mapping" not in rows[0]
