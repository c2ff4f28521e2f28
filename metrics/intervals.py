"""The statistics of the figures: intervals of rates and differences, medians, inequality. Pure functions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

# The 0.975 quantile of the standard normal distribution: two-sided 95%.
Z = 1.959963984540054


@dataclass(frozen=True)
class Rate:
    """`hits` of `n` (0 ≤ hits ≤ n) with its Wilson interval; all three are None when n is 0."""

    hits: int
    n: int

    @property
    def rate(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def low(self) -> float | None:
        return wilson(self.hits, self.n)[0] if self.n else None

    @property
    def high(self) -> float | None:
        return wilson(self.hits, self.n)[1] if self.n else None


def wilson(hits: int, n: int) -> tuple[float, float]:
    """
    The 95% score interval of a proportion, without continuity correction, as (low, high) in 0..1.

    Wilson EB (1927), Journal of the American Statistical Association 22: 209-212; checked against method 3 of
    Newcombe RG (1998), Statistics in Medicine 17: 857-872. Raises ValueError unless 0 ≤ hits ≤ n and n > 0.
    """
    if n <= 0 or not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} is no proportion")
    share, z2 = hits / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    # The exact ends; in floating point they come out a hair beside.
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == n else min(1.0, middle + half)
    return low, high


@dataclass(frozen=True)
class Stratum:
    """Deals alike: won and all of those with a touch, won and all of those without."""

    won_with: int
    with_: int
    won_without: int
    without: int


@dataclass(frozen=True)
class Difference:
    """A difference of rates with its 95% interval (fractions, −1..1)."""

    value: float
    low: float
    high: float


def newcombe(hits_a: int, n_a: int, hits_b: int, n_b: int) -> Difference:
    """
    The difference of two independent proportions, a − b, with the hybrid score interval.

    Method 10 of Newcombe RG (1998), Statistics in Medicine 17: 873-890. Raises ValueError on an empty side.
    """
    return weighted_difference([Stratum(hits_a, n_a, hits_b, n_b)])


def weighted_difference(strata: Sequence[Stratum]) -> Difference:
    """
    The difference with − without within strata, weighted by each stratum's deals with a touch.

    The interval carries Newcombe's hybrid over to a weighted sum by recovering the variance of each part from its own
    Wilson limits: Zou GY, Donner A (2008), Statistics in Medicine 27: 1693-1702; Yan X, Su XG (2010), Statistics in
    Biopharmaceutical Research 2: 329-335. One stratum gives `newcombe` exactly. Raises ValueError without strata.
    """
    total = sum(stratum.with_ for stratum in strata)
    if not total:
        raise ValueError("nothing to compare")
    value = below = above = 0.0
    for stratum in strata:
        weight = stratum.with_ / total
        a, b = stratum.won_with / stratum.with_, stratum.won_without / stratum.without
        (low_a, high_a), (low_b, high_b) = (
            wilson(stratum.won_with, stratum.with_),
            wilson(stratum.won_without, stratum.without),
        )
        value += weight * (a - b)
        below += weight**2 * ((a - low_a) ** 2 + (high_b - b) ** 2)
        above += weight**2 * ((high_a - a) ** 2 + (b - low_b) ** 2)
    return Difference(value, max(-1.0, value - sqrt(below)), min(1.0, value + sqrt(above)))


def median_of_counts(counts: Mapping[int, int]) -> float | None:
    """The median of whole numbers given as {number: how often}; of an even number the mean of the middle two."""
    n = sum(counts.values())
    if not n:
        return None
    lower, upper = _at(counts, (n + 1) // 2), _at(counts, n // 2 + 1)
    return (lower + upper) / 2


def _at(counts: Mapping[int, int], place: int) -> int:
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= place:
            return value
    raise ValueError(f"no {place}th value")


def quantile(values: Iterable[float], share: float) -> float | None:
    """The quantile by linear interpolation (type 7 of Hyndman RJ, Fan Y (1996)), as percentile_cont."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def gini(counts: Iterable[int]) -> float | None:
    """
    The Gini coefficient of counts ≥ 0, zeros included: 0 all alike, near 1 all on one. None without any count.

    From the ordered values: Σ (2i − n − 1) xᵢ ÷ (n Σ xᵢ); Dixon PM et al. (1987), Ecology 68: 1548-1551.
    """
    ordered = sorted(counts)
    n, total = len(ordered), sum(ordered)
    if not total:
        return None
    return sum((2 * place - n - 1) * count for place, count in enumerate(ordered, start=1)) / (n * total)


def busiest_share(counts: Iterable[int], tenth: float = 0.1) -> tuple[int, int, int]:
    """(people, taken, all): how many people the busiest tenth is, rounded up, what they took, and of how much."""
    ordered = sorted(counts, reverse=True)
    people = ceil(len(ordered) * tenth - 1e-9)
    return people, sum(ordered[:people]), sum(ordered)
