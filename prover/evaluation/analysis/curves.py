"""Cumulative solve curves: problems solved as a function of cost per problem.

What a problem cost is what its passes used, one after the other, up to the end of the one that proved it. So
a curve shows what a smaller budget per problem would have proved, under one assumption: that passes are made
in this order and end at the first success.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prover.evaluation.analysis.problem_outcome import is_proved, proof_attempts
from prover.evaluation.store.rows import AttemptRow, ProblemRow


class Spent(enum.StrEnum):
    """What is counted along the axis."""

    SECONDS = "seconds"
    EXPANSIONS = "expansions"
    TACTICS = "tactics"


_AMOUNTS: dict[Spent, Callable[[AttemptRow], float]] = {
    Spent.SECONDS: lambda attempt: attempt.wall_s,
    Spent.EXPANSIONS: lambda attempt: float(attempt.expansions),
    Spent.TACTICS: lambda attempt: float(attempt.tactics),
}


@dataclass(frozen=True, slots=True)
class Curve:
    """`points` are (amount, problems proved with at most that much), rising in both.

    `end` is the most that was spent on any problem.
    """

    spent: Spent
    points: tuple[tuple[float, int], ...]
    end: float


def solve_curve(problems: Iterable[ProblemRow], spent: Spent) -> Curve:
    """Return the solve curve over `problems`; one point for each amount at which it rises."""
    amount = _AMOUNTS[spent]
    costs: list[float] = []
    end = 0.0
    for problem in problems:
        total = 0.0
        for attempt in proof_attempts(problem):
            total += amount(attempt)
            if is_proved(attempt):
                costs.append(total)
                break
        end = max(end, total)
    rising: dict[float, int] = {}
    for solved, cost in enumerate(sorted(costs), start=1):
        rising[cost] = solved
    return Curve(spent, tuple(rising.items()), end)
