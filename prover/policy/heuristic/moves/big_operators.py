"""Moves that use the library's lemmas about sums, products and binomial coefficients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.instances import universals
from prover.policy.heuristic.moves.move import Move, fresh_names, lines
from prover.policy.heuristic.terms import Number, Term, big_operator, is_operation, subterms

_CHOOSE = re.compile(r"\bchoose\b")
SYMMETRIES = "Nat.choose_symm, Nat.choose_symm_of_eq_add, Nat.choose_symm_add, Nat.succ_mul_choose_eq"
VALUES = (
    "Nat.choose_two_right, Nat.choose_one_right, Nat.choose_self, Nat.choose_zero_right, Finset.sum_range_id"
)
CLOSERS = "first | grind | positivity | (apply Nat.mul_le_mul <;> omega)"
MAX_PARTS = 2
LINEAR = (
    "Finset.sum_add_distrib, Finset.sum_sub_distrib, ← Finset.mul_sum, ← Finset.sum_mul, ← Finset.sum_div"
)


def big_operators(goal: Goal) -> Iterator[Move]:
    """Yield comparisons of sums and products by their terms, their signs, and that they are linear."""
    target = goal.target_term
    if not is_operation(target, "=", "≤", "≥", "<", ">"):
        return
    left, right = target.operands
    sides = [big_operator(left), big_operator(right)]
    if target.operator in (">", "≥"):
        sides.reverse()
    kinds = [side.kind if side is not None else None for side in sides]
    for kind, name in (("∑", "sum"), ("∏", "prod")):
        if kind in kinds:
            yield from _by_terms(goal, name, target.operator, both=kinds == [kind, kind])
    if any(big_operator(part) for part in subterms(target)):
        yield Move("simplify with", f"simp only [{LINEAR}]", 1.0)
        if target.operator in ("≤", "≥"):
            yield Move("structural", "exact Finset.sum_mul_sq_le_sq_mul_sq _ _ _", 1.2)


def _by_terms(goal: Goal, name: str, relation: str, *, both: bool) -> Iterator[Move]:
    if relation == "=":
        rules = [f"{name}_congr rfl fun i hi => ?_"] if both else []
    elif both:
        rules = [
            "sum_le_sum fun i hi => ?_" if name == "sum" else "prod_le_prod (fun i hi => ?_) fun i hi => ?_"
        ]
    elif name == "prod":
        rules = ["prod_pos fun i hi => ?_", "prod_nonneg fun i hi => ?_"]
    else:
        rules = ["sum_nonneg fun i hi => ?_", "sum_pos (fun i hi => ?_) ?_"]
    facts = [each.call(["i"], "hi", whole=True) for each in universals(goal) if len(each.names) == 1]
    steps = "; ".join(
        f"try have {h} := {fact}" for h, fact in zip(fresh_names(goal, "h"), facts, strict=False)
    )
    prepared = f"all_goals ({steps})" if steps else "skip"
    for rule in rules:
        yield Move("structural", lines(f"refine Finset.{rule}", prepared, f"all_goals {CLOSERS}"), 1.4)
        yield Move("structural", lines(f"refine Finset.{rule}", prepared), 1.2)


def binomials(goal: Goal) -> Iterator[Move]:
    """Yield the symmetry and values of binomial coefficients, their sums, and the binomial theorem."""
    if not _CHOOSE.search(goal.target):
        return
    yield Move("close", f"solve_by_elim [{SYMMETRIES}, Eq.symm, Nat.choose_pos]", 0.97)
    if any(big_operator(part) for part in subterms(goal.target_term)):
        terms = "Finset.sum_congr rfl fun k hk => by first | grind | (simp only [one_pow]; grind)"
        yield Move("rewrite", lines("rw [add_pow]", f"exact {terms}"), 2.8)
        yield Move("rewrite", "exact Nat.sum_range_choose _", 2.8)
    yield Move("simplify with", f"simp [{VALUES}]", 1.3)
    yield Move("simplify with", f"simp [{VALUES}] <;> grind", 1.3)


def signs(goal: Goal) -> Iterator[Move]:
    """Yield that a product or a quotient is not negative since its parts are not, or is positive since they are."""
    target = goal.target_term
    if not is_operation(target, "≤", "≥", "<", ">"):
        return
    low, high = target.operands if target.operator in ("≤", "<") else target.operands[::-1]
    if low.text == "0" and is_operation(high, "*", "/"):
        proof = _sign(high, "nonneg" if target.operator in ("≤", "≥") else "pos")
        if 0 < proof.count("?_") <= MAX_PARTS:
            yield Move("structural", f"refine {proof}", 1.1)


def _sign(term: Term, kind: str) -> str:
    """Return why the term has that sign, with a hole for each part that is no even power and no product."""
    if is_operation(term, "*", "/") and len(term.operands) == 2:
        first, second = (_sign(each, kind) for each in term.operands)
        return f"({'mul' if term.operator == '*' else 'div'}_{kind} {first} {second})"
    if kind == "nonneg" and is_operation(term, "^"):
        exponent = term.operands[1]
        if isinstance(exponent, Number) and exponent.value % 2 == 0:
            return "(by positivity)"
    return "(by positivity)" if isinstance(term, Number) else "?_"
