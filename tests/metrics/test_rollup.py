"""The sums kept by day say what the deals say, whatever happened in between."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from crp.accounts.models import User
from metrics import dashboard, rollup
from metrics.influence import Sums, live_by_day
from metrics.models import ClosedDay, InsightSettings
from metrics.periods import Period
from references.models import ActivityType, Contact
from requests_app.models import ClosingDay, Opportunity, OpportunityState
from tests.conftest import make_opportunity
from tests.metrics.world import closed

YEAR = Period(date(2025, 1, 1), date(2026, 12, 31))
FIRST = date(2025, 3, 1)
LOOKBACK = 30


def as_kept() -> dict[date, Sums]:
    rollup.refresh_all()
    return {
        day: sums for day, sums in rollup.by_day(YEAR).items() if sums.won or sums.lost_touched or sums.lost_untouched
    }


def as_they_are(lookback: int = 180) -> dict[date, Sums]:
    return live_by_day(Opportunity.objects.all(), YEAR, lookback)


steps = some.lists(
    some.tuples(
        some.sampled_from(["win", "lose", "reopen", "call", "look"]),
        some.integers(0, 3),
        some.integers(0, 60),
        some.integers(1, 9999),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_after_any_story_the_sums_are_those_of_the_deals(sam: User, hanne: Contact, story: list) -> None:
    deals = [make_opportunity(sam, f"Deal {n}", opened_on=FIRST, currency=("USD", "EUR")[n % 2]) for n in range(4)]
    for what, which, day, amount in story:
        tell(deals[which], what, FIRST + timedelta(days=day), Decimal(amount), hanne)
    assert as_kept() == as_they_are()
    for sums in as_kept().values():
        assert sums.influenced <= sums.won_touched
        assert all(sums.influenced_amounts[currency] <= sums.won_amounts[currency] for currency in sums.won_amounts)


def tell(deal: Opportunity, what: str, day: date, amount: Decimal, contact: Contact) -> None:
    """One step of a story, by the deals' own verbs; what the state forbids is left out."""
    deal.refresh_from_db()
    if what == "look":
        rollup.catch_up(YEAR, InsightSettings.current().lookback_days)
    elif what == "call":
        kind = ActivityType.objects.get(slug="sales-call")
        deal.own_up(by=deal.owner, contact=contact, activity_type=kind, on=day)
    elif what == "reopen" and deal.state != OpportunityState.OPEN:
        deal.reopen(by=deal.owner)
    elif what in ("win", "lose") and deal.state == OpportunityState.OPEN:
        deal.close(by=deal.owner, state="won" if what == "win" else "lost", closed_on=day, amount=amount)


def test_only_days_that_moved_on_are_summed_again(sam: User) -> None:
    for day in range(3):
        closed(sam, 10, FIRST + timedelta(days=day))
    assert rollup.refresh_all() == 3
    assert rollup.refresh_all() == 0
    ClosingDay.objects.mark(FIRST)
    assert list(rollup.old_days(180)) == [FIRST]


def test_another_look_back_sums_every_day_anew(sam: User, adam: User) -> None:
    closed(sam, 10, FIRST, touched=100)
    rollup.refresh_all()
    assert ClosedDay.objects.get().influenced == 1
    InsightSettings.change(by=adam, version=1, lookback_days=LOOKBACK)
    assert rollup.refresh_all() == 1
    assert ClosedDay.objects.get().influenced == 0


def test_a_day_left_empty_by_a_reopened_deal_keeps_an_empty_row(sam: User) -> None:
    deal = closed(sam, 10, FIRST)
    rollup.refresh_all()
    deal.reopen(by=sam)
    rollup.refresh_all()
    assert ClosedDay.objects.get().won_untouched == 0
    assert rollup.refresh_all() == 0


def test_a_request_sums_a_few_days_and_leaves_many_to_the_worker(sam: User) -> None:
    for day in range(rollup.AT_ONCE + 1):
        closed(sam, 1, FIRST + timedelta(days=day))
    assert rollup.catch_up(YEAR, 180) is False
    assert not ClosedDay.objects.exists()
    assert rollup.catch_up(Period(FIRST, FIRST + timedelta(days=9)), 180) is True
    assert ClosedDay.objects.count() == 10
    assert rollup.hurry(YEAR, 180) is True
    assert as_kept() == as_they_are()


def test_deals_written_past_the_verbs_are_found_overnight(sam: User) -> None:
    make_opportunity(sam, state="won", closed_on=FIRST, amount=7, currency="USD")
    assert rollup.reconcile() == 1
    assert as_kept() == as_they_are()


@pytest.mark.parametrize("calendar", dashboard.CALENDARS)
@pytest.mark.parametrize("months", [1, 3, 12])
def test_the_steps_of_a_chart_cover_every_day_once(calendar: str, months: int) -> None:
    start_of, day = dashboard.START[calendar], date(2019, 1, 1)
    while day < date(2025, 1, 1):
        start = start_of(day, months)
        assert start <= day <= dashboard.step_end(start, months, calendar)
        assert start_of(dashboard.step_end(start, months, calendar) + timedelta(days=1), months) > start
        day += timedelta(days=1)


def test_the_steps_add_up_to_the_figure(sam: User) -> None:
    for n, day in enumerate((date(2026, 1, 1), date(2026, 2, 28), date(2026, 12, 31))):
        closed(sam, 100 + n, day, touched=n)
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    figures = dashboard.influence_figures(
        live_by_day(Opportunity.objects.all(), period, 180), InsightSettings(), period
    )
    for calendar in dashboard.CALENDARS:
        steps = figures["steps"][calendar]
        assert sum(Decimal(step["won"]) for step in steps) == Decimal(figures["revenue_won"]) == 303
        assert sum(Decimal(step["influenced"]) for step in steps) == Decimal(figures["influenced_revenue"])
    assert len(figures["steps"]["gregorian"]) == 12
