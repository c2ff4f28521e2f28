"""Addresses, sorting and pages by cursor, over real rows."""

import pytest
from django.test import RequestFactory

from crp.accounts.models import User
from crp.ui import lists
from crp.ui.exports import csv_response


def get(**query: str) -> object:
    return RequestFactory().get("/x/", query)


@pytest.fixture
def crowd(db: None) -> list[User]:
    """Seven people, three of whom share a name."""
    names = ["Bea", "Ada", "Cem", "Cem", "Cem", "Dov", "Eli"]
    return [User.objects.create_user(f"u{n}@crp.test", name=name) for n, name in enumerate(names)]


def walk(order: list[str], size: int = 2) -> list[User]:
    """Every row, page by page."""
    found, cursor = [], ""
    while True:
        page = lists.paginate(get(after=cursor), User.objects.all(), order, size)
        found += page.rows
        cursor = page.next
        if not cursor:
            return found


@pytest.mark.parametrize("order", [["name"], ["-name"], ["name", "-pk"], ["-created_at"]])
def test_walking_the_pages_meets_everybody_once_in_order(crowd: list[User], order: list[str]) -> None:
    assert walk(order) == list(User.objects.order_by(*order, *([] if order[-1].endswith("pk") else ["pk"])))


@pytest.mark.parametrize(
    "cursor", ["", "x", "bm9uZQ", "WzAsImEiXQ", "WzEsMSwyLDNd", "WzAsICJBZGEiLCAiXHUwMDAwIl0", "WzAsIkFkYSIsIngiXQ"]
)
def test_a_broken_cursor_gives_the_first_page(crowd: list[User], cursor: str) -> None:
    assert lists.paginate(get(after=cursor), User.objects.all(), ["name"], 2).rows[0].name == "Ada"


def test_a_page_costs_one_query_wherever_it_is(crowd: list[User], django_assert_num_queries: object) -> None:
    cursor = lists.paginate(get(), User.objects.all(), ["name"], 3).next
    with django_assert_num_queries(1):  # type: ignore[operator]
        lists.paginate(get(after=cursor), User.objects.all(), ["name"], 3)


def test_the_total_is_told_on_the_first_page_only(crowd: list[User]) -> None:
    first = lists.paginate(get(), User.objects.all(), ["name"], 3, total=7)
    second = lists.paginate(get(after=first.next), User.objects.all(), ["name"], 3, total=7)
    assert (first.sentence, first.remaining) == ("3 of 7 shown", 4)
    assert second.sentence == ""


def test_sorting_accepts_only_what_is_offered() -> None:
    offered = {"name": ["name"], "due": ["-need_by"]}
    assert lists.sorting(get(sort="due"), offered, "name") == ("due", ["-need_by"])
    assert lists.sorting(get(sort="-due"), offered, "name") == ("-due", ["need_by"])
    assert lists.sorting(get(sort="password"), offered, "-name") == ("-name", ["-name"])


def test_an_address_keeps_filters_and_drops_the_cursor() -> None:
    request = get(country="NL", after="abc")
    assert lists.address(request, {"sort": "name"}) == "?country=NL&sort=name"
    assert lists.address(request, {"country": None}) == "?"
    assert lists.address(request, {"country": ["NL", "DE"]}) == "?country=NL&country=DE"


def test_a_csv_holds_no_formulas() -> None:
    response = csv_response("people", ["Name", "Amount"], [["=cmd|' /C calc'!A0", 5], ["@x", None]])
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert text == "Name,Amount\r\n'=cmd|' /C calc'!A0,5\r\n'@x,\r\n"
