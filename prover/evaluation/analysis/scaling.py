"""How the share of problems that are proved grows with the number of attempts at each.

Brown et al. (2024), "Large Language Monkeys: Scaling Inference Compute with Repeated Sampling", section 3: over orders
of magnitude, coverage c (pass@k) follows ``log c = a * k^-b`` with a < 0 < b, a line of log(-log c) over log k.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from prover.evaluation.analysis.statistics import pass_at_k

RESAMPLES = 1000
FEWEST_POINTS = 3
"""Numbers of attempts at which coverage has to be known, and between 0 and 1, for a fit."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate, and the 2.5 and 97.5 % quantiles of the same for resampled problems."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """The fit: `points` are (k, coverage), `expected` is the coverage that it gives for `next_k` attempts."""

    points: tuple[tuple[int, float], ...]
    a: float
    b: Interval
    next_k: int
    expected: Interval


def fit_scaling(attempts: int, successes: Sequence[int], *, seed: int = 0) -> Scaling | None:
    """Fit coverage over the number of attempts, by least squares on the logarithms.

    Every problem had as many `attempts`; `successes` says how many of them proved it. The intervals are bootstrapped
    over the problems (Efron 1979); they tell what another draw of problems would give, not whether the law holds.
    Problems with as many successes count as one kind: S kinds at most, however many problems there are.

    Returns:
        None where coverage is known at fewer than three k, or is 0 or 1 at some of them.
    """
    ks = sorted({2**i for i in range(attempts.bit_length()) if 2**i <= attempts} | {attempts})
    if attempts < 1 or len(ks) < FEWEST_POINTS or not successes:
        return None
    kinds, sizes_S = np.unique(np.asarray(successes), return_counts=True)
    shares_S = sizes_S / len(successes)
    estimates_SK = np.array([[pass_at_k(attempts, int(each), k) for k in ks] for each in kinds])
    coverage_K = shares_S @ estimates_SK
    fit = _fit(ks, coverage_K)
    if fit is None:
        return None
    random = np.random.default_rng(seed)
    resampled_RS = random.multinomial(len(successes), shares_S, size=RESAMPLES) / len(successes)
    fits = [each for row_K in resampled_RS @ estimates_SK if (each := _fit(ks, row_K)) is not None]
    next_k = 2 * attempts
    return Scaling(
        points=tuple(zip(ks, coverage_K.tolist(), strict=True)),
        a=fit[0],
        b=_interval(fit[1], [b for _, b in fits]),
        next_k=next_k,
        expected=_interval(_coverage(*fit, next_k), [_coverage(*each, next_k) for each in fits]),
    )


def _fit(ks: Sequence[int], coverage_K: np.ndarray) -> tuple[float, float] | None:
    if not ((coverage_K > 0) & (coverage_K < 1)).all():
        return None
    slope, intercept = np.polyfit(np.log(ks), np.log(-np.log(coverage_K)), 1)
    return -float(np.exp(intercept)), -float(slope)


def _coverage(a: float, b: float, k: int) -> float:
    return float(np.exp(a * k**-b))


def _interval(value: float, resampled: Sequence[float]) -> Interval:
    low, high = np.quantile(resampled, [0.025, 0.975]) if resampled else (value, value)
    return Interval(value, float(low), float(high))
