"""Marks escape what they are given, and say in words what they show."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from crp.ui import marks
from crp.ui.lists import Page, Tab

EVIL = '"><script>alert(1)</script>'
TODAY = date(2026, 12, 15)


def draw(source: str, **context: Any) -> str:
    """The template's output for a GET of /x/?a=1."""
    request = RequestFactory().get("/x/", {"a": "1"})
    return Template("{% load ui %}" + source).render(Context({"request": request, "evil": EVIL, **context}))


@pytest.mark.parametrize(
    "source",
    [
        '{% face name=evil label=True %}',
        "{% chip evil evil %}",
        "{% availability evil text=evil %}",
        "{% note evil evil evil %}",
        "{% stages 2 evil evil %}",
        "{% gauge 1 1 1 10 evil %}",
        "{% bar 1 2 evil evil %}",
        "{% sparkline line evil %}",
        "{% interval 0.4 0.3 0.5 evil evil %}",
        "{% figure_link evil evil evil %}",
        "{% trend 1 evil good=True %}",
        "{% heat 1 2 evil %}",
        "{% score_parts parts %}",
        "{% tabs tabs label=evil %}",
        "{% segmented choices label=evil %}",
        "{% filter_menu evil 'a' choices %}",
        "{% filter_pill evil 'a' %}",
        "{% sort_header evil evil evil %}",
        "{% confirm_link evil evil css=evil %}",
        "{% empty 'sprout' evil evil evil evil %}",
        "{% progress 1 2 evil evil %}",
        "{{ evil|bdi }}",
        "{% querystring_with sort=evil %}",
    ],
)  # fmt: skip
def test_nothing_given_to_a_mark_becomes_markup(source: str) -> None:
    drawn = draw(
        source,
        line=[1, 2],
        tabs=[Tab(EVIL, EVIL, 1), Tab("b", "b", url=EVIL)],
        choices=[(EVIL, EVIL)],
        parts=[{"criterion": EVIL, "points": 1, "of": 2, "text": EVIL}],
    )
    assert "<script" not in drawn
    assert "alert(1)" not in drawn or "&lt;script&gt;alert(1)" in drawn or "%3Cscript%3Ealert" in drawn


def test_a_face_keeps_its_tint_and_its_shape() -> None:
    hanne = SimpleNamespace(pk=8, name="Hanne Vos")
    assert marks.face(hanne) == marks.face(name="Hanne Vos", id=8)
    assert "f2" in marks.face(hanne)
    assert "c-face-co" in marks.face(hanne, kind="company")
    assert "c-face-none" in marks.face()


def test_a_face_alone_speaks_the_name() -> None:
    assert 'aria-label="Hanne Vos"' in marks.face(name="Hanne Vos", label=True)
    assert "aria-hidden" in marks.face(name="Hanne Vos")


def test_availability_always_has_icon_words_and_colour() -> None:
    for state, (kind, icon) in marks.AVAILABILITY.items():
        drawn = marks.availability(state)
        assert kind in drawn
        assert f"#{icon}" in drawn
        assert "<span>" in drawn


def test_resting_says_until_when() -> None:
    assert "Resting until" in marks.availability("resting", until=TODAY)


def test_a_gauge_shows_each_point_and_says_the_same_in_words() -> None:
    drawn = marks.gauge(3, 1, 2, 10)
    assert drawn.count('class="u"') == 3
    assert drawn.count('class="h"') == 1
    assert drawn.count('class="n"') == 2
    assert drawn.count("<i></i>") == 4
    assert "4 of 10, adds 2" in drawn
    assert "3 used and 1 held of 10; this ask adds 2." in drawn


def test_a_full_gauge_turns_red_and_a_long_one_becomes_a_bar() -> None:
    assert "c-pips full" in marks.gauge(9, 1, 0, 10)
    assert "<svg" in marks.gauge(14, 2, 0, 40)


def test_a_score_has_a_slot_per_part_as_wide_as_its_weight() -> None:
    drawn = marks.score(15, [{"points": 10, "of": 20}, {"points": 5, "of": 5}, {"points": 0, "of": 5}])
    assert drawn.count('class="t"') == 3
    assert drawn.count('class="v"') == 2
    assert "15 of 30 points" in drawn


def test_a_score_without_parts_is_the_figure_alone() -> None:
    assert "<svg" not in marks.score(15, [])


@pytest.mark.parametrize(
    ("days", "words", "kind"),
    [(-2, "2 days over", "stop"), (-1, "1 day over", "stop"), (0, "today", "ask"),
     (1, "tomorrow", "ask"), (3, "in 3 days", "ask"), (6, "in 6 days", "")],
)  # fmt: skip
def test_urgency_is_amber_within_three_days_and_red_only_when_over(days: int, words: str, kind: str) -> None:
    drawn = marks.urgency(TODAY + timedelta(days=days), TODAY)
    assert words in drawn
    assert f'class="c-near {kind}"' in drawn


def test_what_is_done_is_not_urgent() -> None:
    assert "c-near" not in marks.urgency(TODAY, TODAY, done=True)


def test_tabs_mark_the_set_in_view_and_keep_the_rest_of_the_address() -> None:
    drawn = draw("{% tabs tabs %}", tabs=[Tab("", "Mine", 9), Tab("all", "All", 14)])
    assert '<a href="?a=1" aria-current="page">Mine<b>9</b></a>' in drawn
    assert "?a=1&amp;view=all" in drawn


def test_sorting_again_turns_the_order_round() -> None:
    request = RequestFactory().get("/x/", {"sort": "name"})
    drawn = Template('{% load ui %}{% sort_header "name" "Name" %}').render(Context({"request": request}))
    assert 'aria-sort="ascending"' in drawn
    assert "?sort=-name" in drawn


def test_more_says_how_much_is_shown_and_how_much_comes() -> None:
    drawn = draw("{% more page %}", page=Page(rows=[0] * 9, size=9, next="c", total=23))
    assert "9 of 23 shown" in drawn
    assert "Show 9 more" in drawn
    assert "after=c" in drawn


def test_more_is_silent_when_the_whole_list_is_there() -> None:
    assert draw("{% more page %}", page=Page(rows=[0] * 3, size=9)) == ""


def test_heat_names_its_level() -> None:
    for supply, demand, word in ((0, 2, "short"), (1, 2, "thin"), (2, 2, "just enough"), (9, 2, "enough")):
        assert f", {word}</span>" in draw(f"{{% heat {supply} {demand} %}}")
