"""What pages may cost: queries and bytes, the same for ten rows or a hundred."""

from typing import Any

import pytest
from django.urls import reverse

from crp.accounts.models import User
from references.models import Contact, Industry, Product
from requests_app.models import Opportunity
from tests.conftest import make_contact, make_customer, make_opportunity, make_request, make_willing


@pytest.fixture(params=[3, 60])
def many(request: Any, sam: User, freight: Industry, flow: Product, hanne: Contact) -> int:
    """So many deals with a request each, deals without one, and people who could help."""
    for number in range(request.param):
        deal = make_opportunity(sam, f"Deal {number}", industry=freight, product=flow)
        make_request(sam, deal, criteria={"industries": ["Freight and ports"], "products": ["Halden Flow"]})
        make_opportunity(sam, f"Bare {number}", industry=freight)
        if number < 30:
            customer = make_customer(f"Customer {number}", industry=freight)
            make_willing(make_contact(customer, f"Person {number}"))
    return int(request.param)


@pytest.mark.parametrize(
    ("who", "path", "budget"),
    [
        ("sam", "/", 6),
        ("maya", "/", 6),
        ("maya", "/requests/", 6),
        ("sam", "/requests/mine/", 6),
        ("sam", "/deals/", 6),
        ("sam", "/search/?q=deal", 8),
        ("sam", "/find/?q=freight", 12),
    ],
)
def test_lists_cost_the_same_for_few_and_many(
    who: str, path: str, budget: int, many: int, as_user: Any, request: Any, maya: User,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    client = as_user(request.getfixturevalue(who))
    client.get(path)
    with django_assert_max_num_queries(budget):
        page = client.get(path)
    assert page.status_code == 200
    assert len(page.content) <= 60_000


@pytest.mark.parametrize(
    ("name", "budget"), [("request", 10), ("matches", 12), ("relaxations", 15), ("opportunity", 10)]
)
def test_records_cost_the_same_for_few_and_many(
    name: str, budget: int, many: int, as_user: Any, maya: User, django_assert_max_num_queries: Any
) -> None:
    deal = Opportunity.objects.filter(requests__isnull=False).first()
    assert deal
    wanted = deal.requests.get()
    wanted.criteria |= {"countries": ["NL"], "use_cases": ["Close"], "company_size": "100-1000"}
    wanted.save()
    wanted.propose(contact=Contact.objects.get(name="Hanne Vos"), by=maya)
    pk = deal.pk if name == "opportunity" else deal.requests.get().pk
    url = reverse(f"requests_app:{name}", args=[pk])
    client = as_user(maya)
    client.get(url)
    with django_assert_max_num_queries(budget):
        assert client.get(url).status_code == 200
