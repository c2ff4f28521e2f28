"""The lead finder: the same gaps as coverage, the sums of the gaps, and the order by them."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.urls import reverse

from crp.accounts.models import User
from crp.verbs import today
from metrics import coverage, leads
from metrics.coverage import Places
from metrics.money import Rates
from references.models import Customer, CustomerStatus, Industry, Product, Region
from tests.conftest import make_contact, make_customer, make_opportunity, make_request, make_willing

pytestmark = pytest.mark.django_db


def world(seed: int, sam: User) -> tuple[list[Product], list[Customer]]:
    """Two regions, four branches, three products; references, open and closed deals, requests and candidates by chance."""
    chance = Random(seed)
    Region.objects.create(name="North", countries=["NO", "SE"])
    Region.objects.create(name="South", countries=["ES"])
    industries = [*Industry.objects.filter(name__in=["Banking", "Insurance", "Retail"]), None]
    products = [Product.objects.create(name=f"Product {number}") for number in range(3)]

    def somewhere() -> dict[str, Any]:
        return {"industry": chance.choice(industries), "country": chance.choice(["NO", "SE", "ES", "DE", ""])}

    for number in range(8):
        customer = make_customer(f"Reference {number}", **somewhere())
        make_willing(make_contact(customer, f"P{number} X"))
        for product in chance.sample(products, chance.randint(0, 2)):
            customer.deployments.create(product=product, referable=chance.random() < 0.8)
    for number in range(60):
        facts = {**somewhere(), "product": chance.choice([*products, None]), "amount": chance.randint(1, 900)}
        deal = make_opportunity(sam, f"Deal {number}", currency="USD", **facts)
        if chance.random() < 0.4:
            make_request(sam, deal)
    candidates = []
    for number in range(12):
        customer = make_customer(f"Candidate {number}", status=CustomerStatus.CANDIDATE, **somewhere())
        for product in chance.sample(products, chance.randint(0, 2)):
            customer.deployments.create(product=product, until=chance.choice([None, None, today() - timedelta(days=1)]))
        candidates.append(customer)
    return products, candidates


@pytest.mark.parametrize("seed", range(4))
def test_gaps_are_those_of_coverage_and_leads_close_the_ones_they_lie_in(seed: int, sam: User) -> None:
    products, candidates = world(seed, sam)
    on, rates, places = today(), Rates.on(today()), Places.load()
    wanted = {}
    for product in [None, *products]:
        for gap in coverage.figures(on, rates, 10, product and product.pk)["gaps"]:
            key = (gap["industry"], gap["region"], product.pk if product else leads.ALL)
            wanted[key] = (gap["short"], Decimal(gap["at_stake"]))
    found = {
        (gap.industry, gap.region, gap.product): (gap.short, gap.at_stake)
        for gap in leads.all_gaps(places, on, rates, 10)
    }
    assert found == wanted
    expected = {}
    for customer in candidates:
        cell = places.cell(customer.industry_id, customer.country)
        runs = [
            one.product_id
            for one in customer.deployments.all()
            if one.referable and (one.until is None or one.until >= on)
        ]
        fitting = {key: wanted[key][1] for product in runs if (key := (*cell, product)) in wanted}
        whole = {key: wanted[key][1] for key in [(*cell, leads.ALL)] if key in wanted}
        gaps = whole or fitting
        if gaps:
            expected[customer.pk] = gaps
    listed = leads.find(on, rates, 10)
    assert {
        lead.customer.pk: {(gap.industry, gap.region, gap.product): gap.at_stake for gap in lead.gaps}
        for lead in listed
    } == expected
    assert {lead.customer.pk for lead in listed if lead.runs} <= set(expected)
    assert all(lead.worth == sum(expected[lead.customer.pk].values()) for lead in listed)
    assert [lead.worth for lead in listed] == sorted((lead.worth for lead in listed), reverse=True)
    assert listed


def test_what_stands_against_a_lead_is_said_and_another_action_offered(
    sam: User, omar: User, maya: User, as_user: Any
) -> None:
    world(0, sam)
    first = leads.find(today(), Rates.on(today()), 10)[0].customer
    first.complaints.create(summary="Late", opened_on=today())
    Customer.objects.filter(pk=first.pk).update(owner=omar)
    page = as_user(maya).get(reverse("metrics:leads")).content.decode()
    assert "A complaint is open." in page
    assert reverse("references:task_new", args=[first.pk]) in page
    told = as_user(maya).get("/api/v1/metrics/leads/?limit=1").json()
    assert (told["leads"][0]["customer"], told["leads"][0]["problems"]) == (first.pk, ["A complaint is open."])
    assert Decimal(told["leads"][0]["worth"]) == sum(Decimal(gap["at_stake"]) for gap in told["leads"][0]["gaps"])
    lines = b"".join(as_user(maya).get(reverse("metrics:leads") + "?format=csv").streaming_content).decode()
    assert first.name in lines


def test_references_and_the_nominated_are_no_leads(sam: User) -> None:
    world(1, sam)
    Customer.objects.filter(status=CustomerStatus.CANDIDATE).update(status=CustomerStatus.NOMINATED)
    assert leads.find(today(), Rates.on(today()), 10) == []


def test_without_a_gap_the_page_says_so(as_user: Any, maya: User) -> None:
    assert "No candidate would close a gap." in as_user(maya).get(reverse("metrics:leads")).content.decode()


def test_it_is_the_same_number_of_queries_for_many(sam: User, django_assert_max_num_queries: Any) -> None:
    world(2, sam)
    with django_assert_max_num_queries(24):
        assert leads.find(today(), Rates.on(today()), 10)
