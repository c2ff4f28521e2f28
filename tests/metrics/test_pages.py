"""The pages: few queries, true sums, every number open."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from crp.verbs import today
from metrics import tasks
from metrics.models import ExchangeRate, InsightSettings, Snapshot
from references.models import Contact
from tests.conftest import make_opportunity, make_request
from tests.metrics.world import call, closed

TODAY = timezone.localdate


def text(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return re.sub(r"\s+", " ", body.decode())


@pytest.fixture
def year(sam: User) -> None:
    closed(sam, 600_000, TODAY(), touched=0)
    closed(sam, 400_000, TODAY())
    closed(sam, None, TODAY(), state="lost")


def test_the_page_states_the_share_the_figure_and_its_caveat(year: None, as_user: Any, eva: User) -> None:
    page = text(as_user(eva).get("/insight/"))
    assert "60% of the revenue won this year had a reference in the deal." in page
    assert "$600 k" in page
    assert "not proof of an effect" in page or "difference, not proof" in page


@pytest.mark.parametrize("size", [1, 40])
def test_the_warm_page_takes_at_most_six_queries(
    size: int, sam: User, as_user: Any, eva: User, django_assert_max_num_queries: Any
) -> None:
    for n in range(size):
        closed(sam, 1000, TODAY() - timedelta(days=n % 20), touched=n % 3)
    client = as_user(eva)
    client.get("/insight/")
    with django_assert_max_num_queries(6):
        assert client.get("/insight/").status_code == 200


def test_a_deal_won_shows_at_once(year: None, as_user: Any, eva: User, sam: User) -> None:
    client = as_user(eva)
    assert "$600 k" in text(client.get("/insight/"))
    deal = make_opportunity(sam, amount=Decimal(5_000_000), currency="USD")
    deal.close(by=sam, state="won", closed_on=TODAY())
    assert "$6 m won" in text(client.get("/insight/"))


def test_a_new_rate_shows_at_once(as_user: Any, eva: User, sam: User, adam: User) -> None:
    closed(sam, 100_000, TODAY(), currency="EUR", touched=0)
    client = as_user(eva)
    assert "there is no rate for EUR" in text(client.get("/insight/"))
    ExchangeRate.set(by=adam, currency="EUR", on=TODAY(), rate=Decimal("1.5"))
    page = text(client.get("/insight/"))
    assert "$150 k" in page
    assert "Converted at EUR 1.5" in page


def test_when_nothing_closed_this_year_the_latest_year_with_deals_is_shown(as_user: Any, eva: User, sam: User) -> None:
    closed(sam, 70_000, date(2017, 12, 20), touched=3)
    page = text(as_user(eva).get("/insight/"))
    assert "21 Dec 2016 to 20 Dec 2017" in page
    assert "No deal closed this year" in page
    assert "$70 k" in page


def test_a_rep_sees_his_own_and_no_coverage(year: None, sofia: User, as_user: Any) -> None:
    closed(sofia, 30_000, TODAY(), touched=0)
    page = text(as_user(sofia).get("/insight/"))
    assert "$30 k" in page
    assert "600" not in page
    assert "Where we are short" not in page


def test_the_page_without_anything_says_so(as_user: Any, eva: User) -> None:
    page = text(as_user(eva).get("/insight/"))
    assert "No deal was won in this period." in page
    assert "Nothing to cover yet." in page


def test_the_rows_add_up_to_the_figure(as_user: Any, eva: User, sam: User, adam: User) -> None:
    ExchangeRate.set(by=adam, currency="EUR", on=date(2020, 1, 1), rate=Decimal("1.08333333"))
    for n in range(7):
        closed(sam, f"{n}13.37", TODAY(), currency=("USD", "EUR")[n % 2], touched=n)
    client = as_user(eva)
    figure = Decimal(client.get("/api/v1/metrics/influence/").json()["influenced_revenue"])
    rows = list(csv.reader(io.StringIO(text_of_file(client.get("/insight/rows/deals/?set=influenced&format=csv")))))
    added = sum((Decimal(row[-1]) for row in rows[1:]), Decimal(0))
    assert len(rows) == 8
    assert added.quantize(Decimal("0.01")) == figure


def text_of_file(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_rows_are_paged_and_each_is_seen_once(as_user: Any, eva: User, sam: User) -> None:
    for n in range(60):
        closed(sam, 1, TODAY() - timedelta(days=n % 3), name=f"Deal {n:03}")
    client, url, seen = as_user(eva), "/insight/rows/deals/?set=won", []
    while url:
        page = client.get(url).content.decode()
        seen += re.findall(r">(Deal \d{3})</a>", page)
        more = re.search(r'rel="next" href="([^"]+)"', page)
        url = "/insight/rows/deals/" + more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == 60


SETS = [
    *(f"rows/deals/?set={name}" for name in ("influenced", "won", "closed", "with", "with_won", "without",
      "without_won", "days_with", "days_without", "no_amount")),
    *(f"rows/requests/?set={name}" for name in ("first_yes", "completed", "due", "in_time", "fulfilled", "unfulfilled",
      "expired", "withdrawn")),
    *(f"rows/asked/?set={name}" for name in ("asked", "said_yes", "rated_rep", "rated_prospect", "rated_reference")),
    *(f"rows/references/?set={name}" for name in ("busiest", "overused", "unused", "willing")),
    "", "?period=all", "coverage/", "coverage/0/0/", "utilisation/", "turnaround/", "materials/", "comparison/",
    "program/", "settings/",
]  # fmt: skip


@pytest.mark.parametrize("path", SETS)
@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_page_and_set_opens(
    path: str, language: str, year: None, hanne: Contact, sam: User, eva: User, as_user: Any
) -> None:
    eva.language = language
    eva.save()
    request = make_request(sam, make_opportunity(sam))
    call(request.opportunity, hanne, TODAY())
    client = as_user(eva)
    assert client.get(f"/insight/{path}").status_code == 200
    if path.startswith("rows"):
        assert client.get(f"/insight/{path}&format=csv").status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-13-01", "from"), ("to=x", "to"), ("from=2026-02-02&to=2026-02-01", "to"),
        ("lookback_days=-1", "lookback_days"), ("lookback_days=9999", "lookback_days"),
    ],
)  # fmt: skip
def test_a_bad_question_names_its_field(query: str, field: str, as_user: Any, eva: User) -> None:
    response = as_user(eva).get(f"/api/v1/metrics/influence/?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_the_api_counts_for_any_look_back(sam: User, as_user: Any, eva: User) -> None:
    closed(sam, 100, date(2026, 3, 1), touched=40)
    client = as_user(eva)
    for lookback, expected in ((39, "0.00"), (40, "100.00")):
        found = client.get(f"/api/v1/metrics/influence/?from=2026-03-01&to=2026-03-01&lookback_days={lookback}").json()
        assert found["influenced_revenue"] == expected
    assert found["currency"] == "USD"
    assert found["win_rate"]["with"] | {"rate": 0, "low": 0, "high": 0} == {
        "won": 1,
        "lost": 0,
        "rate": 0,
        "low": 0,
        "high": 0,
    }


def test_figures_of_a_moment_say_so_until_counted_again(year: None, as_user: Any, eva: User, sam: User) -> None:
    client = as_user(eva)
    client.get("/insight/")
    kept = Snapshot.objects.filter(name="program")
    kept.update(took=5000, stamp="old", counted_at=timezone.now() - timedelta(hours=5))
    assert "Newer changes follow within minutes." in text(client.get("/insight/"))
    row = kept.get()
    tasks.count(name="program", first=str(row.first), last=str(row.last))
    assert "Newer changes follow" not in text(client.get("/insight/"))


def test_slow_coverage_of_yesterday_stands_until_the_worker_has_counted_today(
    year: None, as_user: Any, eva: User
) -> None:
    client = as_user(eva)
    client.get("/insight/")
    yesterday = today(eva) - timedelta(days=1)
    Snapshot.objects.filter(name="coverage").update(took=5000, first=yesterday, last=yesterday)
    client.get("/insight/")
    assert Snapshot.objects.filter(name="coverage").count() == 1
    tasks.nightly()
    assert Snapshot.objects.filter(name="coverage").count() == 2


def test_an_admin_changes_what_is_assumed_and_a_late_one_is_told(as_user: Any, adam: User) -> None:
    client = as_user(adam)
    form = {
        "lookback_days": 90,
        "unused_days": 100,
        "margin_percent": 50,
        "yearly_cost": "",
        "point_hours": "0.5",
        "assumed_request_percent": 5,
    }
    assert client.post("/insight/settings/", {**form, "version": 1}).status_code == 302
    assert InsightSettings.current().lookback_days == 90
    assert Event.objects.filter(verb="insight_settings.changed").count() == 1
    response = client.post("/insight/settings/", {**form, "lookback_days": 10, "version": 1})
    assert response.status_code == 422
    assert "Somebody changed this" in text(response)
    assert InsightSettings.current().lookback_days == 90


def test_a_manager_may_look_at_what_is_assumed_and_not_change_it(as_user: Any, maya: User) -> None:
    form = {
        "lookback_days": 9,
        "unused_days": 1,
        "margin_percent": 5,
        "point_hours": "0.5",
        "assumed_request_percent": 5,
        "version": 1,
    }
    assert as_user(maya).post("/insight/settings/", form).status_code == 403
    assert not InsightSettings.objects.exists()


def test_a_rate_is_set_replaced_and_removed(as_user: Any, adam: User) -> None:
    client = as_user(adam)
    for rate in ("1.1", "1.2"):
        assert (
            client.post("/insight/settings/rates/", {"currency": "eur", "on": "2026-01-01", "rate": rate}).status_code
            == 302
        )
    found = ExchangeRate.objects.get()
    assert (found.currency, found.rate) == ("EUR", Decimal("1.2"))
    for bad in ({"rate": "0"}, {"rate": "-1"}, {"currency": "USD"}, {"currency": "E1"}, {"on": "x"}):
        data = {"currency": "GBP", "on": "2026-01-01", "rate": "1", **bad}
        assert client.post("/insight/settings/rates/", data).status_code == 422
    assert client.post(f"/insight/settings/rates/{found.pk}/remove/").status_code == 302
    assert not ExchangeRate.objects.exists()
