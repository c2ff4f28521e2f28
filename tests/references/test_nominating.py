"""Nominating in under a minute, and known companies noticed before anything is saved."""

from typing import Any

import pytest

from crp.accounts.models import User
from crp.events.models import Event
from crp.inbox.models import Notification
from references import likeness
from references.likeness import Why
from references.models import Customer, CustomerStatus, Nomination
from tests.conftest import make_contact, make_customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Acme GmbH & Co. KG", "acme"), ("ACME, Inc.", "acme"), ("شركة المراعي", "المراعی"), ("شرکت فولاد", "فولاد"),
        ("Société Générale S.A.", "societe generale"), ("AG", "ag"), ("🚢", "🚢"),
    ],
)  # fmt: skip
def test_a_name_is_compared_without_its_legal_form(written: str, meant: str) -> None:
    assert likeness.bare(written) == meant


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.Acme.example/about?x=1", "acme.example"), ("acme.example", "acme.example"),
        ("eva@acme.example", "acme.example"), ("eva@gmail.com", ""), ("https://[broken", ""), ("nonsense", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_domain_is_read_from_web_and_mail_addresses(address: str, domain: str) -> None:
    assert likeness.domain_of(address) == domain


def test_the_same_name_domain_and_a_near_name_are_found_closest_first() -> None:
    near = make_customer("Vlaardingen Terminals North", status=CustomerStatus.CANDIDATE)
    domain = make_customer("Maas Havengroep", website="https://www.vlaardingen.example/en")
    same = make_customer("Vlaardingen Terminals B.V.")
    make_customer("Vlaardingen Bakery")
    make_customer("Other", website="https://notvlaardingen.example")
    found = likeness.alike("Vlaardingen Terminals", email="hanne@vlaardingen.example")
    assert [(one.customer, one.why) for one in found] == [
        (same, Why.SAME_NAME), (domain, Why.SAME_DOMAIN), (near, Why.NEAR_NAME),
    ]  # fmt: skip
    assert likeness.alike("Vlaardingen Terminals", but=[same.pk, near.pk]) == []


def test_looking_for_doubles_is_one_query(django_assert_num_queries: Any) -> None:
    for number in range(30):
        make_customer(f"Nordfracht {number}")
    with django_assert_num_queries(1):
        assert len(likeness.alike("Nordfracht 3")) == likeness.SHOWN


def test_a_typo_is_noticed_before_a_double_is_made(as_user: Any, maya: User) -> None:
    known = make_customer("Solvento Pharma", status=CustomerStatus.CANDIDATE)
    posted = {"company": "Solvento Farma", "reason": "They run the plant on it."}
    page = as_user(maya).post("/nominations/new/", posted)
    assert page.status_code == 422
    assert "Is it one of these?" in page.content.decode()
    assert "They run the plant on it." in page.content.decode()
    assert Customer.objects.count() == 1

    chosen = as_user(maya).post("/nominations/new/", {**posted, "which": str(known.pk)})
    assert chosen.status_code == 302
    assert Nomination.objects.get().customer == known
    assert Event.objects.filter(verb="nomination.submitted").count() == 1


def test_somebody_who_says_it_is_new_is_believed(as_user: Any, maya: User) -> None:
    make_customer("Solvento Pharma", status=CustomerStatus.CANDIDATE)
    posted = {"company": "Solvento Farma", "website": "solvento-farma.example", "reason": "New.", "which": "new"}
    assert as_user(maya).post("/nominations/new/", posted).status_code == 302
    assert Nomination.objects.get().customer.website == "https://solvento-farma.example"


def test_the_same_name_in_another_legal_form_is_the_company_we_know(as_user: Any, maya: User) -> None:
    known = make_customer("Solvento Pharma GmbH", status=CustomerStatus.CANDIDATE)
    posted = {"company": "solvento pharma", "reason": "A 10 in May"}
    assert as_user(maya).post("/nominations/new/", posted).status_code == 302
    assert Nomination.objects.get().customer == known


def test_a_choice_out_of_sight_counts_as_none(as_user: Any, sam: User) -> None:
    """A rep may not see candidates: neither shown to him nor chosen by their id."""
    hidden = make_customer("Solvento Pharma", status=CustomerStatus.CANDIDATE)
    page = as_user(sam).get("/nominations/alike/?company=Solvento")
    assert b"Solvento Pharma" not in page.content
    posted = {"company": "Solventi", "reason": "A 10 in May", "which": str(hidden.pk)}
    assert as_user(sam).post("/nominations/new/", posted).status_code == 302
    assert Nomination.objects.get().customer != hidden


def test_a_reference_is_shown_as_one_and_refused(as_user: Any, sam: User) -> None:
    known = make_customer("Solvento Pharma")
    part = (
        as_user(sam).get("/nominations/alike/?company=solvento+pharma", headers={"HX-Request": "true"}).content.decode()
    )
    assert "Active reference" in part
    assert f'value="{known.pk}"' not in part
    refused = as_user(sam).post("/nominations/new/", {"company": "Solvento Pharma", "reason": "Still good"})
    assert refused.status_code == 422
    assert "reference already" in refused.content.decode()


def test_managers_hear_of_it_and_the_reviewer_sees_doubles(as_user: Any, maya: User, sam: User) -> None:
    double = make_customer("Solvento", website="https://solvento.example")
    made = Nomination.submit(
        by=sam, company="Solvento Holding Basel", website="https://solvento.example", reason="Good"
    )
    made.name_contact("Ida Berg", "ida@solvento.example", by=sam)
    assert list(Notification.objects.values_list("user", "kind")) == [(maya.pk, "nomination.submitted")]
    page = as_user(maya).get(f"/nominations/{made.pk}/").content.decode()
    assert "May be the same company" in page
    assert f"/customers/{double.pk}/" in page


@pytest.mark.parametrize("novel", ["x" * 5_001, " ", ""])
def test_a_novel_and_nothing_at_all_are_named_at_the_field(as_user: Any, sam: User, novel: str) -> None:
    page = as_user(sam).post(
        "/nominations/new/", {"company": "Solvento", "reason": novel, "website": "ht!tp://", "contact_email": "x"}
    )
    assert page.status_code == 422
    assert page.content.decode().count('aria-invalid="true"') == 3
    assert not Customer.objects.exists()


def test_a_search_for_somebody_unknown_leads_to_a_nomination(as_user: Any, sam: User) -> None:
    page = as_user(sam).get("/search/?q=Solvento").content.decode()
    assert "/nominations/new/?company=Solvento" in page
    assert 'value="Solvento"' in as_user(sam).get("/nominations/new/?company=Solvento").content.decode()


def test_the_api_names_doubles_and_takes_a_website(as_user: Any, maya: User) -> None:
    known = make_customer("Solvento", website="https://solvento.example")
    make_contact(known)
    found = as_user(maya).get("/api/v1/nominations/alike/?email=ida@solvento.example&company=Soli").json()
    assert found == [{"customer": known.pk, "name": "Solvento", "status": "active", "why": "same_domain"}]
    made = as_user(maya).post(
        "/api/v1/nominations/",
        {"company": "Acme", "website": "https://acme.example", "reason": "Good"},
        "application/json",
    )
    assert made.status_code == 201
    assert Customer.objects.get(name="Acme").website == "https://acme.example"
