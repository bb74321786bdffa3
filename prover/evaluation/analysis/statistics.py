"""The statistics that a run is reported with: pass@k, intervals for proportions, a test for paired runs.

Everything here is exact or in closed form and needs only the standard library.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
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


def stopped_pass_at_k(attempts: int, proved_in: Sequence[int], stop_at: int, k: int) -> float:
    """Return the unbiased estimate of pass@k from attempts that end at the success number `stop_at`.

    At most `attempts` are made one after the other; `proved_in` are the places, from 0, of those that succeeded. What
    lies behind the end, because it had begun before, is left out. The estimate of the chance that k attempts fail
    is the number of ways to the same end that begin with k failures, over the number of all ways to it: the path ratio
    of Girshick, Mosteller and Savage (1946), "Unbiased estimates for certain binomial sampling problems with
    applications"; as the end is a complete statistic, no other function of it is unbiased. With t attempts up to the
    success number s that is ``C(t - k - 1, s - 1) / C(t - 1, s - 1)``; for k = 1 it gives ``(s - 1) / (t - 1)`` for the
    chance to succeed (Haldane 1945, "On a method of estimating frequencies"). With fewer successes all attempts
    were made, and it is `pass_at_k`. Beyond k = `attempts` there is none: the mean of any estimate is a polynomial in
    the chance of a success, of degree `attempts` at most.

    Raises:
        ValueError: not ``1 <= k <= attempts``, or `stop_at` is not positive.
    """
    if not (1 <= k <= attempts and stop_at >= 1):
        raise ValueError(
            f"pass@{k} cannot be estimated from {attempts} attempts that end at success {stop_at}"
        )
    places = sorted(proved_in)[:stop_at]
    if len(places) < stop_at:
        return pass_at_k(attempts, len(places), k)
    made = places[-1] + 1
    return 1.0 - _choose(made - k - 1, stop_at - 1) / math.comb(made - 1, stop_at - 1)


def _choose(n: int, k: int) -> int:
    return math.comb(n, k) if n >= k else 0


def mean(values: Collection[float]) -> float:
    """Return the mean; 0 of nothing."""
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
