"""Every page of requests and deals opens for those it is for."""

from typing import Any

import pytest
from django.urls import reverse

from crp.accounts.models import User
from references.models import Contact
from requests_app.models import Assignment, ReferenceRequest
from tests.conftest import make_opportunity, make_request


@pytest.fixture
def wanted(sam: User) -> ReferenceRequest:
    """Sam's request for a call with somebody in freight."""
    return make_request(
        sam, make_opportunity(sam), criteria={"industries": ["Freight and ports"], "functions": ["finance"]}
    )


@pytest.fixture
def proposed(wanted: ReferenceRequest, hanne: Contact, maya: User) -> Assignment:
    return wanted.propose(contact=hanne, by=maya)


@pytest.mark.parametrize("name", ["queue", "mine", "deals", "queue_export", "deals_export"])
@pytest.mark.parametrize("who", ["maya", "sam", "adam", "mina", "eva"])
def test_lists_open(name: str, who: str, as_user: Any, proposed: Assignment, request: Any) -> None:
    answer = as_user(request.getfixturevalue(who)).get(reverse(f"requests_app:{name}"))
    assert answer.status_code == 200


def test_who_may_not_ask_gets_no_form(as_user: Any, eva: User, sam: User) -> None:
    assert as_user(eva).get("/requests/new/").status_code == 403
    assert as_user(sam).get("/requests/new/").status_code == 200


@pytest.mark.parametrize("name", ["request", "matches", "compare", "relaxations", "request_criteria"])
@pytest.mark.parametrize("who", ["maya", "sam"])
def test_a_request_s_pages_open(name: str, who: str, as_user: Any, proposed: Assignment, request: Any) -> None:
    url = reverse(f"requests_app:{name}", args=[proposed.request_id])
    answer = as_user(request.getfixturevalue(who)).get(url, {"contact": proposed.contact_id})
    assert answer.status_code == 200
    if name in ("request", "matches", "compare"):
        assert "Hanne Vos" in answer.content.decode()


def test_home_opens_for_everyone(
    as_user: Any, proposed: Assignment, maya: User, sam: User, omar: User, ola: User
) -> None:
    for user in (maya, sam, omar, ola):
        assert as_user(user).get("/").status_code == 200


def test_finding_people_reads_free_words(as_user: Any, proposed: Assignment, sam: User) -> None:
    page = as_user(sam).get("/find/", {"q": "a CFO at a Dutch port in the Netherlands"}).content.decode()
    assert "Hanne Vos" in page
    assert "Netherlands" in page


def test_search_finds_what_one_may_see(as_user: Any, proposed: Assignment, sam: User) -> None:
    page = as_user(sam).get("/search/", {"q": f"R-{proposed.request.number}"}).content.decode()
    assert proposed.request.reference in page
    assert "Vlaardingen" in as_user(sam).get("/search/", {"q": "vlaard"}).content.decode()


@pytest.mark.parametrize("name", ["assignment", "assignment_invite", "assignment_withdraw"])
def test_an_assignment_s_pages_open(name: str, as_user: Any, proposed: Assignment, maya: User) -> None:
    assert as_user(maya).get(reverse(f"requests_app:{name}", args=[proposed.pk])).status_code == 200


@pytest.mark.parametrize("name", ["opportunity", "opportunity_close", "opportunity_own_up", "opportunity_use_material"])
def test_a_deal_s_pages_open(name: str, as_user: Any, wanted: ReferenceRequest, sam: User) -> None:
    url = reverse(f"requests_app:{name}", args=[wanted.opportunity_id])
    assert as_user(sam).get(url, {"q": "x"}).status_code == 200


def test_rules_and_panels_open(as_user: Any, proposed: Assignment, maya: User) -> None:
    customer = proposed.contact.customer_id
    for url in (
        reverse("requests_app:rules"),
        reverse("requests_app:customer_panel", args=[customer]),
        reverse("requests_app:customer_deals_panel", args=[customer]),
        reverse("home_near_limit"),
        reverse("home_nominations"),
    ):
        assert as_user(maya).get(url).status_code == 200
