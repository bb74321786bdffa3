"""Cumulative solve curves: problems solved as a function of cost per problem.

What a problem cost is what its passes used, one after the other, up to the end of the one that proved it. So
a curve shows what a smaller budget per problem would have proved, under one assumption: that passes are made
in this order and end at the first success.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from prover.evaluation.store.figures import ProblemFigures


class Spent(enum.StrEnum):
    """What is counted along the axis: the fields of `prover.evaluation.store.figures.Expense`."""

    SECONDS = "seconds"
    EXPANSIONS = "expansions"
    TACTICS = "tactics"


@dataclass(frozen=True, slots=True)
class Curve:
    """`points` are (amount, problems proved with at most that much), rising in both.

    `end` is the most that was spent on any problem.
    """

    spent: Spent
    points: tuple[tuple[float, int], ...]
    end: float


def solve_curve(problems: Iterable[ProblemFigures], spent: Spent) -> Curve:
    """Return the solve curve over `problems`; one point for each amount at which it rises."""
    costs: list[float] = []
    end = 0.0
    for problem in problems:
        total = float(getattr(problem.sums.spent, spent.value))
        if problem.sums.proved_in:
            costs.append(total)
        end = max(end, total)
    rising: dict[float, int] = {}
    for solved, cost in enumerate(sorted(costs), start=1):
        rising[cost] = solved
    return Curve(spent, tuple(rising.items()), end)
