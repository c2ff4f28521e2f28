"""The other figures, each in a world small enough to count by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crp.accounts.models import User
from materials.models import Material
from metrics import comparison, coverage, credit, outcomes, program, tiers, utilisation
from metrics.money import Rates
from metrics.periods import Period, read, year_before
from metrics.scope import Scope
from references.models import (
    Activity,
    ActivityType,
    Complaint,
    Contact,
    Customer,
    Industry,
    Nomination,
    Pause,
    Region,
    SurveyResponse,
    Willingness,
)  # fmt: skip
from requests_app.models import Assignment, MaterialUse, Opportunity, ReferenceRequest, Touch
from tests.conftest import make_contact, make_customer, make_opportunity, make_request, make_willing
from tests.metrics.world import call, closed

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
ON = date(2026, 11, 20)
DOLLARS = Rates("USD")


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


def asked(sam: User, contact: Contact, **fields: Any) -> ReferenceRequest:
    """A request submitted on 1 May, its fields set past the verbs."""
    request = make_request(sam, make_opportunity(sam), need_by=date(2026, 5, 10))
    ReferenceRequest.objects.filter(pk=request.pk).update(submitted_at=at(1), **fields)
    request.refresh_from_db()
    return request


def assigned(request: ReferenceRequest, contact: Contact, state: str, **fields: Any) -> Assignment:
    made: Assignment = Assignment.objects.create(
        request=request,
        contact=contact,
        state=state,
        proposed_by=request.requested_by,
        requester=request.requested_by,
        **fields,
    )
    return made


# -- outcomes ------------------------------------------------------------------------------------
def test_the_first_yes_leaves_out_the_time_the_clock_stood(sam: User, hanne: Contact) -> None:
    asked(sam, hanne, first_accepted_at=at(3))
    asked(sam, hanne, first_accepted_at=at(5), sla_paused_seconds=86_400)
    asked(sam, hanne, first_accepted_at=at(11))
    asked(sam, hanne, first_accepted_at=datetime(2027, 1, 1, tzinfo=UTC))
    found = outcomes.figures(Scope(), YEAR, ON)["first_yes"]
    assert (found["n"], found["median"], found["p90"]) == (3, 3.0, pytest.approx(8.6))


def test_done_in_time_counts_what_was_due_and_completed_by_then(sam: User, hanne: Contact) -> None:
    for day, state in ((9, "fulfilled"), (10, "fulfilled"), (11, "fulfilled")):
        assigned(asked(sam, hanne, state=state), hanne, "completed", occurred_on=date(2026, 5, day))
    asked(sam, hanne, state="in_review")
    asked(sam, hanne, state="withdrawn")
    asked(sam, hanne, state="in_review", need_by=ON + timedelta(days=1))
    assert outcomes.figures(Scope(), YEAR, ON)["in_time"] == {"n": 4, "met": 2}


def test_withdrawn_requests_are_left_out_of_fulfilment_and_counted(sam: User, hanne: Contact) -> None:
    for state in ("fulfilled", "fulfilled", "unfulfilled", "expired", "withdrawn"):
        asked(sam, hanne, state=state, closed_at=at(9))
    found = outcomes.figures(Scope(), YEAR, ON)["fulfilment"]
    assert found == {"fulfilled": 2, "unfulfilled": 1, "expired": 1, "withdrawn": 1}


def test_acceptance_is_of_those_asked_who_answered_or_let_it_lapse(sam: User, hanne: Contact) -> None:
    request = asked(sam, hanne)
    for state, answer in (
        ("completed", at(4)),
        ("declined", at(4)),
        ("lapsed", None),
        ("withdrawn", at(4)),
        ("invited", None),
    ):
        other = make_contact(hanne.customer, f"Guest {state}")
        assigned(request, other, state, invited_at=at(2), answered_at=answer)
    assigned(request, hanne, "declined", answered_at=None)
    assert outcomes.figures(Scope(), YEAR, ON)["acceptance"] == {"n": 4, "yes": 2}


def test_steps_have_medians_of_their_own(sam: User, hanne: Contact) -> None:
    request = asked(sam, hanne, taken_at=at(1, 12), first_accepted_at=at(4), closed_at=at(9), state="fulfilled")
    assigned(
        request,
        hanne,
        "completed",
        invited_at=at(3),
        answered_at=at(4),
        scheduled_at=at(6),
        occurred_on=date(2026, 5, 9),
    )
    found = {step["step"]: (step["n"], step["median"]) for step in outcomes.steps(Scope(), YEAR)}
    assert found["taken"] == (1, 0.5)
    assert found["answered"] == (1, 1.0)
    assert found["booked"] == (1, 2.0)
    assert found["held"] == (1, 5.0)
    assert found["owner"] == (0, None)


# -- use -----------------------------------------------------------------------------------------
def used(contact: Contact, slug: str, times: int, on: date = ON) -> None:
    kind = ActivityType.objects.get(slug=slug)
    for _time in range(times):
        Activity.objects.create(
            customer=contact.customer, contact=contact, activity_type=kind, on=on, effort=kind.effort, live=kind.live
        )


def test_overused_is_more_effort_than_was_agreed_in_a_year(hanne: Contact) -> None:
    """Four calls a year of two points were agreed."""
    used(hanne, "sales-call", 4)
    assert not utilisation.overused(Contact.objects.all(), ON).exists()
    used(hanne, "sales-call", 1)
    found = utilisation.overused(Contact.objects.all(), ON).get()
    assert (found.used, found.agreed) == (10, Decimal(8))
    assert not utilisation.overused(Contact.objects.all(), ON + timedelta(days=365)).exists()


def test_an_own_limit_replaces_that_of_the_kind(hanne: Contact) -> None:
    Willingness.objects.update(limit_count=1, limit_days=73)
    used(hanne, "sales-call", 1)
    assert utilisation.with_effort(Contact.objects.all(), ON).get().agreed == Decimal(10)


def test_kinds_without_a_limit_are_left_out_on_both_sides(hanne: Contact) -> None:
    make_willing(hanne, "name-drop")
    used(hanne, "name-drop", 30)
    found = utilisation.with_effort(Contact.objects.all(), ON).get()
    assert (found.used, found.agreed) == (0, Decimal(8))


def test_unused_is_willing_and_not_asked_for_so_many_days(hanne: Contact) -> None:
    used(hanne, "sales-call", 1, ON - timedelta(days=180))
    assert utilisation.unused(Contact.objects.all(), ON, 180).get() == hanne
    assert not utilisation.unused(Contact.objects.all(), ON, 181).exists()
    Willingness.objects.update(answer="no")
    assert not utilisation.unused(Contact.objects.all(), ON, 180).exists()


def test_the_busiest_tenth_is_counted_among_all_willing_references(hanne: Contact) -> None:
    used(hanne, "sales-call", 3)
    for n in range(10):
        other = make_contact(hanne.customer, f"Guest {n}")
        make_willing(other)
        if n < 3:
            used(other, "sales-call", 1)
    found = utilisation.concentration(Scope(), YEAR, ON)
    assert (found["references"], found["people"], found["taken"], found["n"]) == (11, 2, 4, 6)
    assert found["busiest"][0] == hanne.pk


# -- coverage ------------------------------------------------------------------------------------
@pytest.fixture
def benelux(db: None) -> Region:
    return Region.objects.create(name="Benelux", countries=["NL", "BE"])


def cells(**options: Any) -> dict:
    found = coverage.figures(ON, DOLLARS, options.pop("assumed", 50), **options)
    return {(cell["industry"], cell["region"]): cell for cell in found["cells"]} | {"all": found}


def test_a_cell_sets_people_free_against_expected_asks(
    hanne: Contact, freight: Industry, benelux: Region, sam: User
) -> None:
    for _n in range(6):
        make_opportunity(sam, industry=freight, country="BE", amount=1000, currency="USD")
    found = cells()
    cell = found[freight.pk if not freight.parent_id else coverage.Places.load().top(freight.pk), benelux.pk]
    assert (cell["supply"], cell["demand"], cell["deals"], cell["at_stake"]) == (1, 3, 6, "6000.00")
    assert found["all"]["assumed"] is True
    assert found["all"]["gaps"][0]["short"] == 2


def test_the_rate_is_learned_from_the_segments_own_requests(
    freight: Industry, benelux: Region, sam: User, hanne: Contact
) -> None:
    deals = [make_opportunity(sam, industry=freight, country="NL") for _n in range(5)]
    make_request(sam, deals[0])
    make_request(sam, deals[1])
    found = cells()["all"]
    assert (found["assumed"], found["rate"]) == (False, 0.4)
    assert found["cells"][0]["demand"] == 2


@pytest.mark.parametrize("why", ["pause", "complaint", "limit", "consent", "left", "no", "retired"])
def test_who_cannot_be_asked_is_no_supply(why: str, hanne: Contact, benelux: Region) -> None:
    assert coverage.available(Contact.objects.all(), ON).count() == 1
    customer = hanne.customer
    tell = {
        "pause": lambda: Pause.objects.create(customer=customer, starts_on=ON, reason="leave"),
        "complaint": lambda: Complaint.objects.create(customer=customer, opened_on=ON, summary="Late"),
        "limit": lambda: used(hanne, "sales-call", 4),
        "consent": lambda: Contact.objects.update(consent_withdrawn_at=at(1)),
        "left": lambda: Contact.objects.update(left_on=ON),
        "no": lambda: Willingness.objects.update(answer="no"),
        "retired": lambda: Customer.objects.update(status="retired"),
    }
    tell[why]()
    assert not coverage.available(Contact.objects.all(), ON).exists()


def test_a_cell_opens_on_its_own_people_and_deals(
    hanne: Contact, freight: Industry, benelux: Region, sam: User
) -> None:
    deal = make_opportunity(sam, account=hanne.customer)
    make_opportunity(sam, country="US")
    places = coverage.Places.load()
    here = places.cell(freight.pk, "NL")
    assert list(coverage.people_in(Scope(), here, ON)) == [hanne]
    assert list(coverage.deals_in(Scope(), here)) == [deal]
    assert coverage.deals_in(Scope(), (0, 0)).count() == 1
    candidate = make_customer("Port of Antwerp", status="candidate", industry=freight, country="BE")
    assert list(coverage.candidates_in(here)) == [candidate]


# -- comparison, credit, tiers, program ----------------------------------------------------------
def test_groups_with_fewer_than_five_on_a_side_are_left_out_and_counted(sam: User, freight: Industry) -> None:
    big, small = make_customer("Big", employees=2000, industry=freight), make_customer("Small", employees=10)
    for n in range(5):
        closed(sam, 1, ON, account=big, touched=1, state="won" if n < 4 else "lost")
        closed(sam, 1, ON, account=big, state="won" if n < 2 else "lost")
        closed(sam, 1, ON, account=small, touched=1)
    found = comparison.figures(Opportunity.objects.all(), YEAR)
    assert found["difference"] == pytest.approx(0.4)
    assert found["low"] < 0.4 < found["high"]
    assert (found["groups"], found["left_out"], found["touched"], found["untouched"]) == (2, 1, 5, 5)


def test_too_few_deals_have_no_difference(sam: User) -> None:
    closed(sam, 1, ON, touched=1)
    assert comparison.figures(Opportunity.objects.all(), YEAR)["difference"] is None


def test_a_deals_amount_is_shared_among_its_touches_and_no_more(sam: User, hanne: Contact) -> None:
    deal = closed(sam, 900, ON)
    call(deal, hanne, ON - timedelta(days=3))
    call(deal, hanne, ON - timedelta(days=2))
    call(deal, hanne, ON - timedelta(days=181))
    material = Material.objects.create(kind="quote", title="A word from Hanne", state="published")
    use = MaterialUse.objects.create(opportunity=deal, material=material, on=ON, by=sam)
    Touch.objects.create(opportunity=deal, on=ON, material_use=use)
    touches = credit.touches_of(Opportunity.objects.all(), YEAR, 180)
    people = credit.shared(touches, DOLLARS, "activity__contact")
    pieces = credit.shared(touches, DOLLARS, "material_use__material")
    assert (people[hanne.pk].amount, pieces[material.pk].amount) == (Decimal(600), Decimal(300))


def test_tiers_go_by_share_of_the_revenue_so_far() -> None:
    revenue = {1: Decimal(70), 2: Decimal(15), 3: Decimal(11), 4: Decimal(4)}
    assert tiers.tiers(revenue) == {1: "A", 2: "A", 3: "B", 4: "C"}


def test_customers_are_sorted_by_the_last_year_only(sam: User) -> None:
    big, small, old = (make_customer(name) for name in ("Big", "Small", "Old"))
    closed(sam, 900, ON, account=big)
    closed(sam, 10, ON, account=small)
    closed(sam, 5000, ON - timedelta(days=366), account=old)
    tiers.sort_customers(ON)
    assert dict(Customer.objects.values_list("name", "tier")) == {"Big": "A", "Small": "C", "Old": "C"}


def test_nps_takes_the_latest_answer_of_each(hanne: Contact) -> None:
    other = make_contact(hanne.customer, "Piet")
    for contact, score, day in ((hanne, 2, 1), (hanne, 9, 5), (other, 7, 1)):
        SurveyResponse.objects.create(customer=hanne.customer, contact=contact, score=score, on=date(2026, 5, day))
    assert program.nps(YEAR) == {"nps": 50.0, "promoters": 1, "detractors": 0, "n": 2}


def test_freshness_nominations_and_satisfaction(hanne: Contact, sam: User) -> None:
    for state, review_on in (("published", None), ("published", ON), ("review_due", None), ("draft", None)):
        Material.objects.create(kind="quote", title=state, state=state, review_on=review_on)
    assert program.freshness(ON) == {"published": 3, "fresh": 1}
    for n, state in enumerate(("approved", "approved", "declined")):
        Nomination.objects.create(customer=make_customer(f"C{n}"), reason="x", state=state, decided_at=at(3))
    assert program.nominations(YEAR) == {"approved": 2, "decided": 3, "waiting": 0}
    assigned(asked(sam, hanne), hanne, "completed", occurred_on=ON, rep_rating=4)
    assert program.satisfaction(Scope(), YEAR)["rep"] == {"mean": 4.0, "n": 1}


def test_the_return_needs_a_cost() -> None:
    assert program.worth(Decimal(1000), 60, None, 365) is None
    assert program.worth(Decimal(1000), 60, Decimal(200), 365) == pytest.approx(2.0)


# -- periods -------------------------------------------------------------------------------------
def test_a_question_without_a_period_gets_the_usual_one() -> None:
    assert read({}, ON, None).kind == "year"
    latest = read({}, ON, (date(2016, 10, 20), date(2017, 12, 31)))
    assert (latest.first, latest.last, latest.fallback) == (date(2017, 1, 1), date(2017, 12, 31), True)
    assert read({"period": "quarter"}, ON, None).first == date(2026, 10, 1)
    assert read({"period": "all"}, ON, (date(2016, 1, 1), date(2017, 1, 1))).first == date(2016, 1, 1)
    assert read({"to": "2026-03-31"}, ON, None).first == date(2025, 4, 1)
    assert year_before(date(2024, 2, 29)) == date(2023, 3, 1)
