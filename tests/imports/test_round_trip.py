"""A list saved and imported again changes nothing; only what the reader may see is saved."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crp.accounts.models import Role, User
from crp.imports import engine, headers, reading
from crp.imports import mapping as mappings
from crp.imports.spec import SPECS
from crp.ui.exports import cell, unescaped
from references.models import Contact, Customer, Nomination
from requests_app.models import Opportunity
from tests.conftest import make_contact, make_customer, make_user

pytestmark = pytest.mark.django_db
Client = Callable[[User], Any]
PLACES = {
    "customers": "/customers/export/", "contacts": "/contacts/export/", "opportunities": "/deals/export/",
    "people": "/imports/people/export/", "nominations": "/nominations/export/",
}  # fmt: skip
ODD = ["=1+1", "+49 & Co", "-dash", "@home", "'=quoted", "''+two", 'say "hi", now', "two\nlines", "شركة النور", "می\u200cخواهم",
       "Zoë 👩\u200d🚀", "a\u200bb", "tab\there", "'plain", "#12", "a;b|c"]  # fmt: skip


def saved(client: Any, kind: str, form: str = "", language: str = "") -> bytes:
    answer = client.get(PLACES[kind], {"format": form}, headers={"accept-language": language} if language else {})
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def brought_back(kind: str, content: bytes, by: User) -> engine.Report:
    table = reading.read("list", content)
    mapping = mappings.from_data(headers.guess_mapping(SPECS[kind], table), SPECS[kind])
    return engine.run(SPECS[kind], table, mapping, by=by)


def told(report: engine.Report) -> tuple[int, int, list[str]]:
    return report.written.created, report.written.updated, [str(fault) for fault in report.faults]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_formula_stays_the_text_it_was(text: str) -> None:
    marked = cell(text)
    assert unescaped(marked) == text
    assert not marked.startswith(("=", "+", "-", "@", "\t", "\r"))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(
        st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
            lambda name: name == name.strip() and any(letter.isalnum() for letter in name)
        ), min_size=1, max_size=6,
    ),
    form=st.sampled_from(["", "xlsx"]),
)  # fmt: skip
def test_any_name_comes_back_as_it_was(maya: User, as_user: Client, names: list[str], form: str) -> None:
    Contact.objects.all().delete()
    Customer.objects.all().delete()
    for number, name in enumerate(names):
        make_contact(make_customer(name), name, email=f"p{number}@example.com")
    client = as_user(maya)
    for kind in ("customers", "contacts"):
        assert told(brought_back(kind, saved(client, kind, form), maya)) == (0, 0, [])
    assert sorted(Customer.objects.values_list("name", flat=True)) == sorted(names)


@pytest.mark.parametrize("form", ["", "xlsx"])
@pytest.mark.parametrize("language", ["en", "ar", "fa"])
def test_every_list_comes_back_unchanged_in_every_language(as_user: Client, form: str, language: str) -> None:
    both = make_user("Ada Both", Role.ADMIN, Role.MANAGER)
    both.language = language
    both.save()
    twin = User.objects.create_user("twin@crp.test", name="Ada Both", roles=[Role.SALES])
    holding = make_customer("Holding", owner=twin)
    acme = make_customer(
        "Acme", parent=holding, annual_revenue=Decimal("1500000.50"), currency="", website="http://a.example"
    )
    make_customer("Acme", employees=0, country="DE")
    make_contact(acme, "Jo", email="Jo@Example.com")
    for name, stage, state, closed in (("A", "Engaging", "won", date(2026, 1, 2)), ("=B", "Talking", "open", None)):
        Opportunity.objects.create(name=name, stage=stage, state=state, closed_on=closed, amount=Decimal("10.50"), owner=twin,
                                   account=acme, prospect="Acme", currency="EUR")  # fmt: skip
    for state in ("submitted", "in_review", "approved", "declined"):
        bluth = make_customer("Bluth", status="candidate")
        made = Nomination.submit(by=twin, customer=bluth, reason="=SUM(a)\r\nAnd they said “yes” ۱۲ ")
        made.name_contact("@Jo", "", by=twin)
        Nomination.objects.filter(pk=made.pk).update(state=state, decided_at=made.created_at)
    client = as_user(both)
    for kind in PLACES:
        report = brought_back(kind, saved(client, kind, form, language), both)
        assert (kind, *told(report)) == (kind, 0, 0, [])
        assert report.rows >= 2 or kind == "contacts"
    for view in ("approved", "declined"):
        answer = client.get("/nominations/export/", {"view": view, "format": form})
        report = brought_back("nominations", b"".join(answer.streaming_content), both)
        assert (view, *told(report), report.written.unchanged) == (view, 0, 0, [], 1)


def test_a_rep_saves_no_parent_he_may_not_see(sam: User, as_user: Client) -> None:
    make_customer("Open", parent=make_customer("Hidden", status="candidate"))
    text = saved(as_user(sam), "customers").decode("utf-8-sig")
    assert "Open" in text
    assert "Hidden" not in text


def test_a_formula_in_a_file_stays_text(maya: User) -> None:
    brought_back("customers", b"name\n=1+1\n'=2+2\n", maya)
    assert set(Customer.objects.values_list("name", flat=True)) == {"=1+1", "=2+2"}
