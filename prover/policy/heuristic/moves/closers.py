"""Tactics that finish a goal by themselves or fail quickly: tried on every state before any thinking."""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.move import Move
from prover.policy.heuristic.moves.ranges import all_subterms
from prover.policy.heuristic.terms import is_operation, names_in

_RELATIONS = ("=", "≠", "<", "≤", ">", "≥", "∣")


def closers(goal: Goal, goals_left: int) -> Iterator[Move]:
    """Yield what may close `goal`, the first of `goals_left`."""
    target = goal.target_term
    closed = not names_in(target) & {each.name for each in goal.hypotheses}
    if is_operation(target, "=", "↔") or target.text == "True":
        yield Move("compute", "rfl")
    if closed and target.text != "False":
        yield Move("compute", "decide")
        yield Move("compute", "decide +kernel", 0.5)
    if _is_arithmetic(goal):
        yield Move("linear", "omega")
    else:
        yield Move("close", "assumption")
        yield Move("close", "solve_by_elim", 0.9)
    yield Move("grind", "grind")
    yield Move("simplify all", "simp_all")
    if goals_left > 1:
        yield Move("linear", "all_goals omega", 0.6)
        yield Move("grind", "all_goals grind", 0.6)
        yield Move("simplify all", "all_goals simp_all", 0.6)
        yield Move("simplify all", "all_goals try grind", 0.4)


def _is_arithmetic(goal: Goal) -> bool:
    """Say whether `omega` has anything to work with: numbers, or a relation between terms."""
    if goal.numbers("Nat", "ℕ", "Int", "ℤ"):
        return True
    return any(is_operation(part, *_RELATIONS) for part in all_subterms(goal))
