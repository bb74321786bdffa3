"""Curriculum: easy problems first, proved ones less often, hard ones with a larger budget.

As in LeanAgent (Kumarappan et al. 2024) problems come from easy to hard: generated ones by their level, others in
their order. What has been proved in several rounds rests, what is false is dropped, and what has failed in two
rounds gets a larger budget, as InternLM2.5-StepProver (Wu et al. 2024) spends its time where proofs are near.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prover.problems.problem import Problem

LEVELS = 5
FAILED_ROUNDS_OF_HARD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A problem's history: rounds that searched it, rounds that proved it; whether it is false."""

    searched: int = 0
    proved: int = 0
    false: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The problems of a round: those with the usual budget, and those with a larger one."""

    usual: tuple[Problem, ...]
    hard: tuple[Problem, ...]


NEW = History()


def choose(
    problems: Sequence[Problem],
    histories: Mapping[str, History],
    *,
    round_number: int,
    rounds: int,
    count: int,
    rest_after: int,
    seed: int,
) -> Choice:
    """Choose at most `count` problems for a round.

    Levels open up round by round, so that the last is open in the last round but one. New problems come before
    ones that failed, and those before ones that were proved; within each, chance decides.
    """
    open_level = LEVELS if rounds < 3 else 2 + round(LEVELS * (round_number + 1) / (rounds - 1))
    chance = random.Random(f"{seed} {round_number}")
    ranked: list[tuple[int, float, Problem]] = []
    for problem in problems:
        history = histories.get(problem.name, NEW)
        drawn = chance.random()
        if history.false or history.proved >= rest_after or (problem.level or 0) > open_level:
            continue
        rank = 0 if not history.searched else 1 if not history.proved else 2
        ranked.append((rank, drawn, problem))
    chosen = [problem for _, _, problem in sorted(ranked, key=lambda each: each[:2])[:count]]
    hard = {problem.name for problem in chosen if _is_hard(histories.get(problem.name, NEW))}
    return Choice(
        usual=tuple(problem for problem in chosen if problem.name not in hard),
        hard=tuple(problem for problem in chosen if problem.name in hard),
    )


def _is_hard(history: History) -> bool:
    return history.searched - history.proved >= FAILED_ROUNDS_OF_HARD and not history.proved
