"""The policy without a model: what a Lean user would try first, given what the goal looks like.

It works in core Lean, without Mathlib. Each idea is a *move* (see `prover.policy.heuristic.moves`): a tactic with the
kind of idea it is, and the table `PRIORS` says how often each kind is right. The policy collects the moves
that fit the main goal, ranks them, and keeps the best `limit`; a search that comes back gets the next ones. It is
deterministic and has no state.

The moves were chosen and their priors set by hand, by looking at what proves statements over ℕ, ℤ and ℚ,
functions, lists and propositions in general; none looks for a particular statement.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Iterator, Sequence

from prover.policy.base import PolicyInput, Suggestion, merge_duplicates
from prover.policy.heuristic.declared import read_declared
from prover.policy.heuristic.goal_shape import Goal, parse_goal
from prover.policy.heuristic.moves import (
    bounds,
    certificates,
    classical,
    closers,
    counterexamples,
    definitions,
    divisibility,
    equations,
    finite,
    induction,
    instances,
    logic,
    pocket,
    powers,
    residues,
    sequences,
    trigonometry,
    witnesses,
)
from prover.policy.heuristic.moves.move import Move
from prover.policy.heuristic.moves.ranges import has_huge_power

SOURCES = (
    logic.introductions,
    logic.hypothesis_forms,
    logic.target_forms,
    classical.negations,
    logic.case_splits,
    equations.simplifications,
    equations.rewriting,
    definitions.definitions,
    definitions.earlier_theorems,
    definitions.structural,
    definitions.functional,
    definitions.inductive_propositions,
    definitions.inaccessible,
    instances.instances,
    instances.applications,
    induction.inductions,
    residues.residue_cases,
    residues.power_periods,
    divisibility.divisibility,
    divisibility.parities,
    divisibility.gcds,
    powers.differences,
    powers.common_bases,
    finite.boxes,
    finite.splits,
    bounds.upper_bounds,
    bounds.smaller_factors,
    bounds.exponent_bounds,
    finite.divisors,
    bounds.positivity,
    bounds.inequalities,
    certificates.certificates,
    certificates.bounds_of_integers,
    sequences.recurrences,
    witnesses.witnesses,
    classical.arbitrary_witnesses,
    classical.of_logic,
    counterexamples.counterexamples,
    trigonometry.trigonometry,
    pocket.moves,
)
LATER = (
    classical.cases,
    classical.predicates,
    classical.contradictions,
)
"""What is only tried when a search comes back to a state, since it fits nearly everywhere and seldom helps."""


class HeuristicPolicy:
    """Implements :class:`prover.policy.base.Policy`; `limit` is the most suggestions a state gets."""

    name = "heuristic"
    tokens = 0

    def __init__(self, *, limit: int = 60) -> None:
        if limit < 1:
            raise ValueError(f"a policy must suggest at least one tactic, not {limit}")
        self._limit = limit

    async def suggest(self, states: Sequence[PolicyInput]) -> list[list[Suggestion]]:
        """Return the best moves for each state's main goal."""
        return [await asyncio.to_thread(self._suggest, state) for state in states]

    def _suggest(self, state: PolicyInput) -> list[Suggestion]:
        goal = parse_goal(state.goals[0], read_declared(state.header))
        if has_huge_power(goal):
            return []
        ranked = _rank(moves(goal, len(state.goals)))
        if state.round == 0:
            return ranked[: self._limit]
        later = _rank(move for source in LATER for move in source(goal))
        rest = merge_duplicates([*ranked[self._limit :], *later])
        return rest[(state.round - 1) * self._limit : state.round * self._limit]


def _rank(found: Iterable[Move]) -> list[Suggestion]:
    return merge_duplicates(
        Suggestion(move.tactic, math.log(min(move.prior, 1.0))) for move in found if move.prior > 0
    )


def moves(goal: Goal, goals_left: int) -> Iterator[Move]:
    """Yield every move that fits `goal`, the first of `goals_left`; some may turn up twice."""
    yield from closers.closers(goal, goals_left)
    for source in SOURCES:
        yield from source(goal)
