"""Moves that use hypotheses as rewrite rules, and simplification in general."""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.heuristic.goal_shape import Goal, Hypothesis
from prover.policy.heuristic.moves.move import Move, fresh, lines
from prover.policy.heuristic.terms import Binder, Name, Operation, Term, is_operation

MAX_RULES = 6


def simplifications(goal: Goal) -> Iterator[Move]:
    """Yield ``simp`` alone, with what is known, and at the hypotheses."""
    yield Move("simplify", "simp")
    if goal.facts:
        yield Move("simplify", "simp at *", 0.7)
        yield Move("simplify", "simp [*]", 0.5)
    for fact in goal.facts[-3:]:
        if not isinstance(fact.term, Name) and not is_operation(fact.term, "="):
            yield Move("simplify", f"simp at {fact.name}", 0.5)
    if "↑" in goal.target or any("↑" in fact.type for fact in goal.facts):
        yield Move("casts", "push_cast at *")
        yield Move("casts", "norm_cast at *")
        if is_operation(goal.target_term, "=", "<", "≤") and "↑" not in goal.target:
            left, right = goal.target_term.operands
            relation = goal.target_term.operator
            cast = f"have {fresh(goal, 'h')} : ({left.text} : Rat) {relation} {right.text} := by grind"
            yield Move("casts", lines(cast, f"exact_mod_cast {fresh(goal, 'h')}"), 1.2)
        for fact in goal.facts:
            yield Move("casts", f"exact_mod_cast {fact.name}", 0.6)


def rewriting(goal: Goal) -> Iterator[Move]:
    """Yield rewriting with each equation among the hypotheses, both ways, and ``simp`` with all of them."""
    rules = [fact for fact in goal.facts if _conclusion_is_equation(fact.term)]
    if rules:
        names = ", ".join(fact.name for fact in rules)
        yield Move("simplify with", f"simp [{names}]", 1.5)
        yield Move("simplify with", f"simp only [{names}]", 0.5)
        yield Move("simplify with", f"simp [{names}] <;> omega", 0.6)
    for fact in rules[:MAX_RULES]:
        yield Move("rewrite", f"rw [{fact.name}]")
        yield Move("rewrite backwards", f"rw [← {fact.name}]")
        for other in goal.facts[:MAX_RULES]:
            if other is not fact and _mentions_left_side(fact, other):
                yield Move("rewrite", f"rw [{fact.name}] at {other.name}", 0.8)


def _conclusion_is_equation(term: Term) -> bool:
    match term:
        case Binder(kind="∀", body=body):
            return _conclusion_is_equation(body)
        case Operation(operator="→", operands=(_, conclusion)):
            return _conclusion_is_equation(conclusion)
        case _:
            return is_operation(term, "=", "↔")


def _mentions_left_side(rule: Hypothesis, other: Hypothesis) -> bool:
    term = rule.term
    return is_operation(term, "=") and term.operands[0].text in other.type
