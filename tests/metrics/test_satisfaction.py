"""NPS, satisfaction and complaints over time and by segment, recomputed by hand over random worlds."""

from datetime import date, timedelta
from random import Random
from statistics import median
from typing import Any

import pytest
from django.urls import reverse

from crp.accounts.models import User
from metrics import satisfaction
from metrics.coverage import Places
from metrics.periods import Period
from metrics.satisfaction import Asked, Cell
from references.models import Complaint, Industry, Region, SurveyResponse
from tests.conftest import make_contact, make_customer

pytestmark = pytest.mark.django_db
PERIOD = Period(date(2026, 1, 10), date(2026, 7, 20))


def world(seed: int, omar: User) -> None:
    chance = Random(seed)
    Region.objects.create(name="North", countries=["NO", "SE"])
    industries = [*Industry.objects.filter(name__in=["Banking", "Insurance", "Retail"]), None]
    for number in range(10):
        customer = make_customer(
            f"C{number}", industry=chance.choice(industries), country=chance.choice(["NO", "DE", ""]),
            tier=chance.choice(["A", "B", ""]), owner=chance.choice([omar, None]),
        )  # fmt: skip
        for _ in range(2):
            contact = make_contact(customer, f"P{chance.random()} X")
            for _ in range(chance.randint(0, 6)):
                kind = chance.choice(["nps", "nps", "satisfaction"])
                score = chance.randint(0, 10) if kind == "nps" else chance.randint(1, 5)
                on = date(2025, 12, 1) + timedelta(days=chance.randint(0, 260))
                SurveyResponse.objects.create(customer=customer, contact=contact, kind=kind, score=score, on=on)
        SurveyResponse.objects.create(customer=customer, kind="nps", score=0, on=date(2026, 3, 1))
        for _ in range(chance.randint(0, 3)):
            opened = date(2025, 12, 1) + timedelta(days=chance.randint(0, 240))
            ends = chance.choice([None, opened + timedelta(days=chance.randint(0, 60))])
            Complaint.objects.create(customer=customer, summary="x", opened_on=opened, closed_on=ends)


def by_hand(first: date, last: date, fits: Any = lambda customer: True) -> dict[str, Any]:
    """The same figures from plain lists."""
    said: dict[tuple[str, int], SurveyResponse] = {}
    for one in SurveyResponse.objects.select_related("customer").order_by("on", "pk"):
        if one.contact_id and first <= one.on <= last and fits(one.customer):
            said[one.kind, one.contact_id] = one
    nps = [one.score for (kind, _pk), one in said.items() if kind == "nps"]
    csat = [one.score for (kind, _pk), one in said.items() if kind == "satisfaction"]
    told = [one for one in Complaint.objects.select_related("customer") if fits(one.customer)]
    settled = [one for one in told if one.closed_on and first <= one.closed_on <= last]
    return {
        "n": len(nps), "promoters": sum(score >= 9 for score in nps), "detractors": sum(score <= 6 for score in nps),
        "csat_n": len(csat), "csat_sum": sum(csat), "opened": sum(first <= one.opened_on <= last for one in told),
        "closed": len(settled),
        "open": sum(one.opened_on <= last and (one.closed_on is None or one.closed_on > last) for one in told),
        "settled_in": median((one.closed_on - one.opened_on).days for one in settled) if settled else None,
    }  # fmt: skip


def as_told(cell: Cell) -> dict[str, Any]:
    names = ("n", "promoters", "detractors", "csat_n", "csat_sum", "opened", "closed", "open", "settled_in")
    return {name: getattr(cell, name) for name in names}


@pytest.mark.parametrize("seed", range(3))
def test_the_whole_each_month_and_each_segment_are_what_counting_by_hand_gives(
    seed: int, maya: User, omar: User
) -> None:
    world(seed, omar)
    asked, places = Asked(maya, PERIOD), Places.load()
    assert as_told(satisfaction.together(asked)) == by_hand(PERIOD.first, PERIOD.last)
    steps = satisfaction.over_time(asked, "gregorian")
    starts = [step.key for step in steps]
    assert starts[:2] == [date(2026, 1, 10), date(2026, 2, 1)]
    for step, after in zip(steps, [*starts[1:], None], strict=True):
        last = after - timedelta(days=1) if after else PERIOD.last
        assert as_told(step) == by_hand(step.key, last), step.key
    keys = {
        "industry": lambda customer: places.top(customer.industry_id),
        "region": lambda customer: places.of_country.get(customer.country, 0),
        "tier": lambda customer: customer.tier or None, "owner": lambda customer: customer.owner_id,
    }  # fmt: skip
    for segment, key in keys.items():
        for cell in satisfaction.by_segment(asked, segment, places):
            hand = by_hand(PERIOD.first, PERIOD.last, lambda customer, key=key, cell=cell: key(customer) == cell.key)
            assert as_told(cell) == hand, (segment, cell.key)
            kept = Asked(maya, PERIOD, satisfaction.narrowing(segment, str(cell.key or 0), places))
            assert as_told(satisfaction.together(kept)) == hand, (segment, cell.key)


def test_jalali_months_begin_where_the_reader_s_do(maya: User, omar: User) -> None:
    world(1, omar)
    steps = satisfaction.over_time(Asked(maya, PERIOD), "jalali")
    assert [step.key for step in steps][:3] == [date(2026, 1, 10), date(2026, 1, 21), date(2026, 2, 20)]
    assert sum(step.opened for step in steps) == by_hand(PERIOD.first, PERIOD.last)["opened"]


def test_few_answers_have_no_interval_and_many_have_a_narrow_one() -> None:
    assert Cell("x", n=9, promoters=5, detractors=1).margin is None
    assert Cell("x", n=100, promoters=50, detractors=20).margin == pytest.approx(15.3, abs=0.1)
    assert Cell("x", n=20, promoters=20).margin == 0
    assert Cell("x").nps is None


def test_an_account_owner_reads_his_own_customers_alone_and_a_rep_nothing(omar: User, sam: User, as_user: Any) -> None:
    world(0, omar)
    told = as_user(omar).get(f"/api/v1/metrics/satisfaction/?{PERIOD.query}").json()
    assert (
        told["together"]["n"]
        == by_hand(PERIOD.first, PERIOD.last, lambda customer: customer.owner_id == omar.pk)["n"]
        > 0
    )
    nothing = as_user(sam).get(f"/api/v1/metrics/satisfaction/?{PERIOD.query}").json()
    assert (nothing["together"]["n"], nothing["segments"]) == (0, [])
    assert as_user(sam).get(reverse("metrics:satisfaction")).status_code == 403


def test_the_page_s_numbers_open_as_many_rows(maya: User, omar: User, as_user: Any) -> None:
    world(2, omar)
    client = as_user(maya)
    page = client.get(reverse("metrics:satisfaction") + f"?{PERIOD.query}")
    assert page.status_code == 200
    whole = by_hand(PERIOD.first, PERIOD.last)
    pairs = [("rows_answers", "nps", "n"), ("rows_answers", "promoters", "promoters"), ("rows_answers", "satisfaction", "csat_n"),
             ("rows_complaints", "opened", "opened"), ("rows_complaints", "open", "open")]  # fmt: skip
    for name, chosen, figure in pairs:
        rows = client.get(reverse(f"metrics:{name}") + f"?set={chosen}&{PERIOD.query}")
        assert rows.context["n"] == whole[figure], chosen
    text = b"".join(
        client.get(reverse("metrics:satisfaction") + f"?{PERIOD.query}&format=csv").streaming_content
    ).decode()
    assert len(text.strip().splitlines()) > 8
    narrowed = client.get(reverse("metrics:satisfaction") + f"?{PERIOD.query}&of=tier&segment=A")
    assert "Tier A" in narrowed.content.decode()
    for wrong in ("?by=x", "?segment=abc", "?of=tier&segment=Z"):
        assert client.get(reverse("metrics:satisfaction") + wrong).status_code == 404


def test_a_year_takes_as_many_queries_as_a_month(maya: User, omar: User, django_assert_max_num_queries: Any) -> None:
    world(0, omar)
    places = Places.load()
    with django_assert_max_num_queries(12):
        asked = Asked(maya, PERIOD)
        satisfaction.together(asked)
        satisfaction.over_time(asked, "gregorian")
        satisfaction.by_segment(asked, "owner", places)
