"""The statistics that a run is reported with: pass@k, intervals for proportions, a test for paired runs.

Everything here is exact or in closed form and needs only the standard library.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Proportion:
    """`count` out of `total`, with a confidence interval from `low` to `high`, all three in [0, 1].

    Of nothing, the value is 0 and the interval says that nothing is known.
    """

    count: int
    total: int
    value: float
    low: float
    high: float


def wilson(count: int, total: int, *, confidence: float = CONFIDENCE) -> Proportion:
    """Return `count` of `total` with the score interval of Wilson (1927), without continuity correction.

    The interval consists of the p for which ``|count/total - p| <= z * sqrt(p * (1 - p) / total)``. It stays
    within [0, 1] and is of use at 0, at `total` and for small totals, where the usual one is not. It takes
    the problems for a sample of such problems; it says nothing about the luck of a single run on them.

    Raises:
        ValueError: `count` is not between 0 and `total`, or `confidence` not between 0 and 1.
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} is not a part of {total}")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence of {confidence} is not between 0 and 1")
    if total == 0:
        return Proportion(0, 0, 0.0, 0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    value = count / total
    spread = z * z / total
    centre = (value + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(value * (1 - value) / total + spread / (4 * total))
    low = 0.0 if count == 0 else max(0.0, centre - half)
    high = 1.0 if count == total else min(1.0, centre + half)
    return Proportion(count, total, value, low, high)


def pass_at_k(attempts: int, successes: int, k: int) -> float:
    """Return the unbiased estimate of the chance that at least one of `k` attempts succeeds.

    Of `attempts` that were made, `successes` succeeded; the estimate ``1 - C(n - c, k) / C(n, k)`` is the
    part of the k-subsets of them with a success (Chen et al. 2021, "Evaluating Large Language Models Trained
    on Code", section 2.1). The quotient is a product of k factors in [0, 1], so nothing overflows.

    Raises:
        ValueError: not ``0 <= successes <= attempts``, or not ``1 <= k <= attempts``.
    """
    if not 0 <= successes <= attempts:
        raise ValueError(f"{successes} successes in {attempts} attempts")
    if not 1 <= k <= attempts:
        raise ValueError(f"pass@{k} cannot be estimated from {attempts} attempts")
    failures = attempts - successes
    if failures < k:
        return 1.0
    return 1.0 - math.prod((failures - i) / (attempts - i) for i in range(k))


def mean_pass_at_k(counts: Iterable[tuple[int, int]], k: int) -> float:
    """Return the mean of `pass_at_k` over problems given as (attempts, successes); 0 for no problems."""
    values = [pass_at_k(attempts, successes, k) for attempts, successes in counts]
    return math.fsum(values) / len(values) if values else 0.0


def mcnemar_exact(only_a: int, only_b: int) -> float:
    """Return the two-sided p-value of McNemar's test, from the binomial distribution.

    Of the problems that one run proves and the other does not, as many should fall to either if the runs are
    equally good (McNemar 1947; the exact form, as in Agresti, "Categorical Data Analysis", section 11.1).

    Raises:
        ValueError: a negative count.
    """
    if min(only_a, only_b) < 0:
        raise ValueError(f"negative counts: {only_a}, {only_b}")
    differing = only_a + only_b
    tail = sum(math.comb(differing, i) for i in range(min(only_a, only_b) + 1))
    return float(min(Fraction(1), Fraction(2 * tail, 2**differing)))


def quantile(values: Iterable[float], part: float) -> float:
    """Return the `part` quantile, linear between neighbours (0.5 is the median); 0 of nothing."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    place = part * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
