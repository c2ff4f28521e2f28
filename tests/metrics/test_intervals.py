"""Against what the literature printed, and what must always hold."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from metrics.intervals import (
    Rate,
    Stratum,
    busiest_share,
    gini,
    median_of_counts,
    newcombe,
    quantile,
    weighted_difference,
    wilson,
)  # fmt: skip

counts = some.integers(1, 400).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n)))


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_newcombes_table_of_1998(hits: int, n: int, low: float, high: float) -> None:
    """Statistics in Medicine 17: 857-872, table I, method 3."""
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("a", "m", "b", "n", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_newcombe_gives_his_table_of_differences(a: int, m: int, b: int, n: int, low: float, high: float) -> None:
    """Statistics in Medicine 17: 873-890, table II, method 10."""
    found = newcombe(a, m, b, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@given(counts)
def test_a_rate_lies_in_its_interval(pair: tuple[int, int]) -> None:
    rate = Rate(*pair)
    assert 0 <= rate.low <= rate.rate <= rate.high <= 1


def test_a_rate_of_nothing_is_unknown() -> None:
    assert (Rate(0, 0).rate, Rate(0, 0).low, Rate(0, 0).high) == (None, None, None)


@given(counts, counts)
def test_turning_the_sides_round_turns_the_difference_round(a: tuple[int, int], b: tuple[int, int]) -> None:
    there, back = newcombe(*a, *b), newcombe(*b, *a)
    assert there.low <= there.value <= there.high
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


@given(some.lists(some.tuples(counts, counts), min_size=1, max_size=6))
def test_strata_are_weighted_by_their_touched_deals(pairs: list) -> None:
    strata = [Stratum(*a, *b) for a, b in pairs]
    touched = sum(stratum.with_ for stratum in strata)
    exact = sum(
        Fraction(s.with_, touched) * (Fraction(s.won_with, s.with_) - Fraction(s.won_without, s.without))
        for s in strata
    )
    found = weighted_difference(strata)
    assert found.value == pytest.approx(float(exact))
    assert -1 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


@given(some.lists(some.integers(0, 500), min_size=1))
def test_the_median_of_counts_is_the_median_of_the_values(values: list[int]) -> None:
    tally = {value: values.count(value) for value in set(values)}
    assert median_of_counts(tally) == quantile(values, 0.5)


def test_no_counts_have_no_median() -> None:
    assert median_of_counts({}) is None


@given(some.lists(some.integers(0, 30), min_size=1, max_size=60))
def test_the_busiest_tenth_takes_at_least_its_even_share(values: list[int]) -> None:
    people, taken, total = busiest_share(values)
    assert people == -(-len(values) // 10)
    assert taken * len(values) >= total * people
    found = gini(values)
    assert (found is None) == (total == 0)
    assert found is None or -1e-12 <= found < 1


def test_gini_of_even_use_is_nothing_and_of_one_alone_nearly_all() -> None:
    assert gini([3, 3, 3, 3]) == pytest.approx(0)
    assert gini([0, 0, 0, 8]) == pytest.approx(0.75)
