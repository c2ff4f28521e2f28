"""Nominations come in by file: new rows nominate, what waits may be put better, what is decided stays."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from crp.accounts.models import Role, User
from crp.events.models import Event
from crp.imports import engine, headers, reading, undoing
from crp.imports import mapping as mappings
from crp.imports.models import ImportRun
from crp.imports.spec import SPECS
from crp.inbox.models import Notification
from references.importing.nominations import day_of
from references.models import Contact, Customer, CustomerStatus, Nomination
from tests.conftest import make_contact, make_customer
from tests.imports.test_mending import bring, write

pytestmark = pytest.mark.django_db
HEAD = "CRP ID,Customer,Contact,Why,Nominated on,State\n"


def take(text: str, by: User) -> engine.Report:
    spec, table = SPECS["nominations"], reading.read("n.csv", (HEAD + text).encode())
    return engine.run(spec, table, mappings.from_data(headers.guess_mapping(spec, table), spec), by=by)


def faults(report: engine.Report) -> list[tuple[int, str]]:
    return [(fault.row, fault.field) for fault in report.faults]


@pytest.fixture
def waiting(sam: User) -> Nomination:
    ida = make_contact(make_customer("Solvento", status=CustomerStatus.CANDIDATE), "Ida Berg")
    return Nomination.submit(by=sam, customer=ida.customer, contact=ida, reason="They run the port on it.")


def test_a_new_row_nominates_a_known_company_or_a_new_one(maya: User, sam: User) -> None:
    ida = make_contact(make_customer("Solvento", status=CustomerStatus.CANDIDATE), "Ida Berg")
    third = make_customer("Third", status=CustomerStatus.CANDIDATE)
    text = ",Solvento,Ida Berg,A 10 in May,۱۴۰۴/۰۱/۱۵,\n,Borealis,Bo Lind,=SUM(1),,\n"
    report = take(f"{text},#{third.pk},,Good,,Submitted\n", maya)
    assert (report.written.created, report.faults) == (3, [])
    first = Nomination.objects.get(contact=ida)
    assert (first.by, first.state, first.reason, str(day_of(first))) == (maya, "submitted", "A 10 in May", "2025-04-04")
    new = Nomination.objects.get(customer__name="Borealis")
    assert (new.reason, new.contact.name, new.customer.status) == ("=SUM(1)", "Bo Lind", "nominated")
    assert Event.objects.filter(verb="nomination.submitted", by=maya).count() == 3


def test_the_same_file_twice_nominates_once(maya: User) -> None:
    text = ",Borealis,,Good,,\n,Solvento,,Better,,\n"
    assert take(text, maya).written.created == 2
    again = take(text, maya).written
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


def test_while_it_waits_the_reason_and_the_person_may_be_put_better(maya: User, waiting: Nomination) -> None:
    ola = make_contact(waiting.customer, "Ola Lind", email="ola@solvento.example")
    text = f"{waiting.pk},Solvento,ola@solvento.example,They run two ports on it.,{day_of(waiting)},\n"
    assert take(text, maya).written.updated == 1
    waiting.refresh_from_db()
    assert (waiting.reason, waiting.contact, waiting.state) == ("They run two ports on it.", ola, "submitted")
    assert Event.objects.about(waiting).filter(verb="nomination.edited", by=maya).count() == 1
    assert take(text, maya).written.unchanged == 1
    assert take(text.replace(str(waiting.pk), "", 1), maya).written.unchanged == 1


def test_arabic_digits_name_the_same_nomination(maya: User, waiting: Nomination) -> None:
    digits = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    text = f"{waiting.pk},Solvento,,They run the port on it.,{day_of(waiting)},\n"
    arabic = f"{str(waiting.pk).translate(digits)},Solvento,,They run the port on it.,{str(day_of(waiting)).translate(digits)},\n"
    assert take(text, maya).written.unchanged == take(arabic, maya).written.unchanged == 1


@pytest.mark.parametrize("decide", ["approve", "decline"])
def test_what_is_decided_stays_and_the_row_and_field_are_named(maya: User, waiting: Nomination, decide: str) -> None:
    getattr(waiting, decide)(by=maya, reason="Because")
    same = f"{waiting.pk},Solvento,Ida Berg,They run the port on it.,,\n"
    assert take(same, maya).written.unchanged == 1
    report = take(same.replace("port", "ship"), maya)
    assert faults(report) == [(1, "reason")]
    assert "Row 1 (line 2), column Why" in str(report.faults[0])
    assert "the nomination is decided" in str(report.faults[0])
    assert Nomination.objects.get().reason == "They run the port on it."


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("PK,Other,,They run the port on it.,,", "customer"), ("PK,Solvento,,They run the port on it.,2020-01-01,", "on"),
        ("PK,Solvento,,They run the port on it.,,Approved", "state"), ("PK,Solvento,Ida Borg,Why,,", "contact"),
        ("99999,Solvento,,Why,,", "crp_id"), (",Active One,,Why,,", "customer"), (",New,,Why,2199-01-01,", "on"),
        (",New,,Why,,Approved", "state"), (",New,,,,", "reason"), (",#99999,,Why,,", "customer"),
        (",Twice,,Why,,", "customer"), (",Other,Nobody,Why,,", "contact"), (",New,,Why,,Eaten", "state"),
    ],
)  # fmt: skip
def test_a_row_that_can_not_be_is_named(maya: User, waiting: Nomination, row: str, field: str) -> None:
    make_customer("Active One", status=CustomerStatus.ACTIVE)
    for name in ("Other", "Twice", "Twice"):
        make_customer(name, status=CustomerStatus.CANDIDATE)
    report = take(row.replace("PK", str(waiting.pk)) + "\n", maya)
    assert faults(report) == [(1, field)]
    assert Nomination.objects.count() == 1


def test_two_rows_of_one_company_are_named(maya: User) -> None:
    assert faults(take(",Borealis,,Good,,\n,BOREALIS,,Better,,\n", maya)) == [(2, "crp_id")]


def undone(run: ImportRun, by: User) -> ImportRun:
    undoing.ask(run, by=by, keep_rest=False)
    run.work()
    return run


def test_an_import_of_nominations_is_taken_back(maya: User, adam: User, waiting: Nomination) -> None:
    retired = make_customer("Retired One", status=CustomerStatus.RETIRED)
    other = User.objects.create_user("other@crp.test", name="Other Manager", roles=[Role.MANAGER])
    text = HEAD + ",Solvento,,Put better,,\n,Retired One,,Again,,\n,Borealis,Bo Lind,New,,\n"
    run = write(bring(maya, text, "nominations"), maya)
    assert (run.state, run.report["created"], run.report["updated"]) == ("applied", 2, 1)
    assert Notification.objects.filter(user=other, at__gte=run.created_at).count() == 2
    undone(run, maya)
    assert (run.state, run.report["removed"], run.report["restored"]) == ("undone", 4, 1)
    assert list(Nomination.objects.values_list("pk", "reason")) == [(waiting.pk, "They run the port on it.")]
    retired.refresh_from_db()
    assert (retired.status, Customer.objects.filter(name="Borealis").exists()) == ("retired", False)
    assert not Contact.objects.filter(name="Bo Lind").exists()
    assert not Notification.objects.filter(user=other, at__gte=run.created_at).exists()


def test_what_was_decided_since_is_not_taken_back(maya: User) -> None:
    run = write(bring(maya, HEAD + ",Borealis,,New,,\n", "nominations"), maya)
    other = User.objects.create_user("other@crp.test", name="Other Manager", roles=[Role.MANAGER])
    Nomination.objects.get().approve(by=other)
    assert [row.name for row, _why in staying(run)] == ["Borealis", "Borealis"]
    undoing.ask(run, by=maya, keep_rest=True)
    run.work()
    assert (run.report["kept"], Nomination.objects.count()) == (2, 1)


def staying(run: ImportRun) -> Any:
    from crp.imports import preview

    found = undoing.staying(run)
    preview.describe([row for row, _why in found])
    return found


def test_the_preview_names_the_company(maya: User, as_user: Callable[[User], Any], waiting: Nomination) -> None:
    run = bring(maya, HEAD + ",Solvento,,Put better,,\n", "nominations")
    page = as_user(maya).get(f"/imports/{run.pk}/rows/?outcome=updated").text
    assert all(part in page for part in ("Solvento", "They run the port on it.", "Put better"))


def test_a_rep_saves_his_own_nominations_only(sam: User, sofia: User, as_user: Any, waiting: Nomination) -> None:
    Nomination.submit(by=sofia, company="Hidden", reason="Secret")
    text = b"".join(as_user(sam).get("/nominations/export/").streaming_content).decode("utf-8-sig")
    assert "Solvento" in text
    assert "Hidden" not in text
    assert timezone.localdate().isoformat()[:4] in text
