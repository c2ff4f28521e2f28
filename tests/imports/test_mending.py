"""Faults mended in place, in a spreadsheet, or left out; the preview; the whole import taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from crp.imports import reading
from crp.imports.models import ImportRun
from references.models import Contact, Customer, Watch
from tests.conftest import make_contact

pytestmark = pytest.mark.django_db
Client = Callable[[User], Any]


def bring(by: User, text: str, kind: str = "customers", **mapping: Any) -> ImportRun:
    run = ImportRun.upload(
        kind=kind, source="crm", file_name="a.csv", content=text.encode(), mapping=mapping, by=by
    )  # fmt: skip
    return check(run, by)


def check(run: ImportRun, by: User) -> ImportRun:
    run.try_out(by=by)
    run.work()
    run.refresh_from_db()
    return run


def write(run: ImportRun, by: User) -> ImportRun:
    run.apply(by=by)
    run.work()
    run.refresh_from_db()
    return run


DIRTY = "name,country,employees\nAcme,Germny,10\nBeta,France,many\nGamma,Spain,5\n"


def test_a_cell_is_mended_where_it_stands_and_the_file_is_left_alone(maya: User, as_user: Client) -> None:
    run = bring(maya, DIRTY)
    client = as_user(maya)
    page = client.get(f"/imports/{run.pk}/").text
    assert 'name="cell-1-1"' in page
    assert "Did you mean “Germany”?" in page
    client.post(
        f"/imports/{run.pk}/mend/",
        {"cell-1-1": "Germany", "was-1-1": "Germny", "cell-2-2": "12", "was-2-2": "many"},
    )
    run.refresh_from_db()
    assert (run.state, run.report["created"]) == ("checked", 3)
    assert run.mending["cells"] == {"1": {"country": "Germany"}, "2": {"employees": "12"}}
    assert next(run.table().lines())[1] == "Germny"
    write(run, maya)
    assert dict(Customer.objects.values_list("name", "employees")) == {"Acme": 10, "Beta": 12, "Gamma": 5}


def test_one_suggestion_serves_all_rows_and_a_row_can_be_left_out_with_a_reason(maya: User, as_user: Client) -> None:
    rows = "".join(f"C{number},technolgy\n" for number in range(12))
    run = bring(maya, "name,industry,employees\n" + rows.replace("\n", ",1\n") + "Bad,Software,lots\n")
    client = as_user(maya)
    assert "12 rows" in client.get(f"/imports/{run.pk}/").text
    number = next(n for n, one in enumerate(run.report["unknown"]) if one["count"] == 12)
    client.post(
        f"/imports/{run.pk}/mend/", {f"value_{number}": "Technology", "skip-13": "yes", "reason-13": "A test entry"}
    )
    run.refresh_from_db()
    assert (run.report["created"], run.report["skipped"]) == (12, 1)
    assert "A test entry" in client.get(f"/imports/{run.pk}/rows/?outcome=skipped").text
    write(run, maya)
    assert Customer.objects.filter(industry__name="Technology").count() == 12


def test_the_file_of_faults_comes_back_mended(maya: User, as_user: Client) -> None:
    run = bring(maya, DIRTY.replace("Acme", "'=cmd()"))
    client = as_user(maya)
    text = b"".join(client.get(f"/imports/{run.pk}/faults.csv").streaming_content).decode("utf-8-sig")
    assert "'=cmd(),Germny,10" in text
    assert "Gamma" not in text
    mended = text.replace("Germny,10", "Germany,10").replace(",many,", ",12,")
    client.post(f"/imports/{run.pk}/mended/", {"mended": SimpleUploadedFile("m.csv", mended.encode("utf-16"))})
    run.refresh_from_db()
    assert (run.state, run.report["created"], run.report["faults"]) == ("checked", 3, [])
    write(run, maya)
    assert Customer.objects.filter(name="=cmd()", country="DE").exists()


def test_a_mended_file_without_its_row_numbers_is_refused(maya: User, as_user: Client) -> None:
    run = bring(maya, DIRTY)
    answer = as_user(maya).post(f"/imports/{run.pk}/mended/", {"mended": SimpleUploadedFile("m.csv", b"name\nx\n")})
    assert (answer.status_code, "crp_row" in answer.text) == (422, True)


def test_the_preview_shows_every_row_and_each_change(maya: User, as_user: Client) -> None:
    write(bring(maya, "name,country,employees\nAcme,DE,10\nBeta,FR,5\n"), maya)
    run = bring(maya, "name,country,employees\nAcme,ES,10\nBeta,FR,5\nGamma,IT,7\n")
    client = as_user(maya)
    changed = client.get(f"/imports/{run.pk}/rows/?outcome=updated").text
    assert all(part in changed for part in ("Acme", "Germany", "Spain"))
    assert "Beta" not in changed
    assert "Gamma" in client.get(f"/imports/{run.pk}/rows/?outcome=created").text
    assert "Beta" in client.get(f"/imports/{run.pk}/rows/?outcome=unchanged").text
    assert Customer.objects.get(name="Acme").country == "DE"


def undo(run: ImportRun, client: Any, **said: str) -> Any:
    answer = client.post(f"/imports/{run.pk}/undo/", said)
    run.refresh_from_db()
    return answer


def test_a_whole_import_is_taken_back(maya: User, as_user: Client) -> None:
    write(bring(maya, "name,country\nAcme,DE\n"), maya)
    run = write(bring(maya, "name,country,parent\nAcme,FR,Holding\nBeta,IT,Holding\nHolding,,\n"), maya)
    undo(run, as_user(maya))
    assert run.state == "undone"
    assert list(Customer.objects.values_list("name", "country", "parent")) == [("Acme", "DE", None)]
    told = Event.objects.get(verb="import.undone")
    assert (told.by, told.data["removed"], told.data["restored"]) == (maya, 2, 1)


def test_being_watched_is_no_use(maya: User, as_user: Client) -> None:
    write(bring(maya, "name\nAcme\n"), maya)
    run = write(bring(maya, "customer,name\nAcme,Jo Doe\n", "contacts"), maya)
    jo = Contact.objects.get()
    Watch.objects.create(customer=jo.customer, contact=jo, availability="free", seen_at=timezone.now())
    undo(run, as_user(maya))
    assert (run.state, Contact.objects.count(), Watch.objects.count()) == ("undone", 0, 0)


def test_what_was_used_or_changed_since_stays_and_is_shown(maya: User, as_user: Client) -> None:
    write(bring(maya, "name,country\nOld,DE\nAway,DE\n"), maya)
    run = write(bring(maya, "name,country\nOld,FR\nAway,FR\nUsed,IT\nEdited,IT\nFree,IT\n"), maya)
    make_contact(Customer.objects.get(name="Used"))
    Customer.objects.get(name="Edited").edit(by=maya, employees=3)
    Customer.objects.get(name="Old").edit(by=maya, country="ES")
    client = as_user(maya)
    page = client.get(f"/imports/{run.pk}/undo/").text
    assert all(part in page for part in ("Used", "Edited", "Old", "Keep those, undo the rest"))
    assert undo(run, client).status_code == 422
    assert (run.state, Customer.objects.count()) == ("applied", 5)
    undo(run, client, keep_rest="yes")
    assert (run.report["removed"], run.report["restored"], run.report["kept"]) == (1, 1, 3)
    assert dict(Customer.objects.values_list("name", "country")) == {
        "Old": "ES",
        "Away": "DE",
        "Used": "IT",
        "Edited": "IT",
    }


def test_thirty_days_later_nothing_is_taken_back(maya: User, as_user: Client) -> None:
    run = write(bring(maya, "name\nAcme\n"), maya)
    ImportRun.objects.update(
        applied_at=timezone.now() - timedelta(days=31), created_at=timezone.now() - timedelta(days=31)
    )
    assert undo(run, as_user(maya)).status_code == 422
    ImportRun.objects.forget(timezone.now())
    assert (Customer.objects.count(), run.outcomes.count()) == (1, 0)


def test_a_forgotten_person_is_forgotten_by_imports_too(maya: User) -> None:
    write(bring(maya, "name\nAcme\n"), maya)
    run = write(bring(maya, "customer,name,email\nAcme,Jo Doe,jo@example.com\n", "contacts"), maya)
    assert "jo@example.com" in str(list(run.outcomes.values()))
    Contact.objects.get().erase(by=maya)
    assert "jo@example.com" not in str(list(run.outcomes.values()))


def test_an_abandoned_file_is_dropped(maya: User, as_user: Client) -> None:
    run = bring(maya, DIRTY)
    ImportRun.objects.update(created_at=timezone.now() - timedelta(days=31))
    ImportRun.objects.forget(timezone.now())
    run.refresh_from_db()
    assert (bytes(run.content), run.state) == (b"", "failed")
    assert "was dropped" in as_user(maya).get(f"/imports/{run.pk}/").text


def test_deals_taken_back_mark_their_closing_days_again(maya: User, as_user: Client) -> None:
    from requests_app.models import ClosingDay, Opportunity

    run = write(bring(maya, "external_id,stage,closed_on,amount\nA,Won,2017-03-01,100\n", "opportunities"), maya)
    undo(run, as_user(maya))
    assert (Opportunity.objects.count(), ClosingDay.objects.get().version) == (0, 2)


def test_a_table_reads_its_lines_anew_each_time(maya: User) -> None:
    table = reading.read("a.csv", DIRTY.encode())
    assert list(table.lines()) == list(table.lines())
