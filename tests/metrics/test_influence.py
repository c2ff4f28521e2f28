"""Influenced revenue and win rates, counted by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crp.accounts.models import User
from metrics.influence import live, statement
from metrics.models import ExchangeRate
from metrics.money import Rates
from metrics.periods import Period
from metrics.scope import Scope
from requests_app.models import Opportunity
from tests.metrics.world import closed

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
DAY = date(2026, 6, 30)


def stated(lookback: int = 180, period: Period = YEAR) -> dict:
    return statement(live(Opportunity.objects.all(), period, lookback), Rates.on(period.last), lookback, period)


@pytest.fixture
def year(sam: User) -> None:
    """Three won: one touched 10 days before, one 200 days before, one never. Two lost: one touched."""
    closed(sam, 1000, DAY, touched=10)
    closed(sam, 500, DAY, touched=200)
    closed(sam, 250, DAY)
    closed(sam, None, DAY, state="lost", touched=5)
    closed(sam, 90, DAY, state="lost")


def test_a_deal_touched_within_the_look_back_is_influenced_once(year: None) -> None:
    found = stated()
    assert (found["revenue_won"], found["deals_won"]) == ("1750.00", 3)
    assert (found["influenced_revenue"], found["deals_influenced"]) == ("1000.00", 1)


def test_win_rates_ask_for_any_touch_up_to_closing_whatever_the_look_back(year: None) -> None:
    for lookback in (0, 180, 3650):
        rates = stated(lookback)["win_rate"]
        assert (rates["with"]["won"], rates["with"]["lost"]) == (2, 1)
        assert (rates["without"]["won"], rates["without"]["lost"]) == (1, 1)
        assert rates["with"]["low"] < rates["with"]["rate"] < rates["with"]["high"]


@pytest.mark.parametrize(("lookback", "influenced"), [(0, 0), (9, 0), (10, 1), (199, 1), (200, 2), (3650, 2)])
def test_the_look_back_counts_its_last_day(year: None, lookback: int, influenced: int) -> None:
    assert stated(lookback)["deals_influenced"] == influenced


def test_a_touch_on_the_closing_day_counts_with_no_look_back_at_all(sam: User) -> None:
    closed(sam, 10, DAY, touched=0)
    assert stated(0)["influenced_revenue"] == "10.00"


def test_the_period_holds_both_its_ends_and_nothing_else(sam: User) -> None:
    for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)):
        closed(sam, 1, day)
    assert stated()["revenue_won"] == "2.00"


def test_open_deals_count_nowhere(sam: User) -> None:
    Opportunity.objects.create(name="Open", owner=sam, amount=5, currency="USD")
    assert stated()["deals_won"] == 0


def test_an_empty_side_has_no_rate(db: None) -> None:
    side = {"won": 0, "lost": 0, "rate": None, "low": None, "high": None}
    assert stated()["win_rate"] == {"with": side, "without": side}


def test_foreign_money_is_converted_by_the_newest_rate_of_the_period(sam: User) -> None:
    ExchangeRate.objects.create(currency="EUR", on=date(2026, 1, 1), rate=Decimal("1.05"))
    ExchangeRate.objects.create(currency="EUR", on=date(2026, 6, 1), rate=Decimal("1.10"))
    ExchangeRate.objects.create(currency="EUR", on=date(2027, 1, 1), rate=Decimal("9"))
    closed(sam, 100, DAY, currency="EUR", touched=1)
    found = stated()
    assert found["influenced_revenue"] == "110.00"
    assert found["rates"] == [{"currency": "EUR", "rate": "1.1", "on": "2026-06-01"}]


def test_what_has_no_rate_is_named_and_not_added(sam: User) -> None:
    closed(sam, 100, DAY, currency="CHF", touched=1)
    closed(sam, 50, DAY)
    found = stated()
    assert (found["revenue_won"], found["deals_won"]) == ("50.00", 2)
    assert found["left_out"] == [{"currency": "CHF", "amount": "100.00"}]


def test_a_won_deal_without_an_amount_is_counted_and_said(sam: User) -> None:
    closed(sam, None, DAY, touched=1)
    found = stated()
    assert (found["deals_influenced"], found["influenced_revenue"], found["deals_without_amount"]) == (1, "0.00", 1)


def test_each_sees_the_figures_of_his_own_deals(sam: User, sofia: User, omar: User, mina: User, eva: User) -> None:
    deal = closed(sam, 100, DAY, touched=1)
    closed(sofia, 20, DAY)
    won = {user.name.split()[0]: live(Scope.of(user).deals(), YEAR, 180).won for user in (sam, sofia, omar, mina, eva)}
    assert won == {"Sam": 1, "Sofia": 1, "Omar": 0, "Mina": 0, "Eva": 2}
    assert deal.closed_on + timedelta(days=0) == DAY
