"""Moves for sums and products of many real numbers: guess what the first n are from their values, and prove it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from prover.policy.heuristic.arithmetic import NotArithmeticError, Value, evaluate, interval
from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.move import Move, fresh, lines
from prover.policy.heuristic.terms import Binder, big_operator, read_term, subterms

MANY = 12
"""Fewer summands are written out."""
TRIED = 9
MAX_POLYNOMIAL = 4
_DOMAIN = re.compile(r"Finset\.(?:range|Icc 1) \d+")


def closed_forms(goal: Goal) -> Iterator[Move]:
    """Yield the value of each sum and product with a numeral for its end, by a formula that holds for all ends."""
    terms = [goal.target_term, *(fact.term for fact in goal.facts)]
    found = dict.fromkeys(big_operator(part) for term in terms for part in subterms(term))
    for part in found:
        if part is None or len(part.names) != 1 or _DOMAIN.fullmatch(part.domain) is None:
            continue
        count, values = _values(part)
        formula = guess(values, "n") if values else None
        if formula is not None:
            yield Move("recurrence", _prove(goal, part, formula, count))


def _values(term: Binder) -> tuple[int, list[Value]]:
    """Return how many numbers are added or multiplied, and the results for the first 0, 1, 2, ... of many of them."""
    try:
        indices = interval(read_term(term.domain), {})
        if len(indices) < MANY:
            return 0, []
        results: list[Value] = [0 if term.kind == "∑" else 1]
        for index in indices[:TRIED]:
            value = evaluate(term.body, {term.names[0]: index}, "Rat")
            results.append(results[-1] + value if term.kind == "∑" else results[-1] * value)
    except NotArithmeticError:
        return 0, []
    return len(indices), results


def _prove(goal: Goal, term: Binder, formula: str, count: int) -> str:
    key, n, ih = fresh(goal, "key"), "n", "ih"
    rule = "Finset.sum_" if term.kind == "∑" else "Finset.prod_"
    shifted = "Icc" in term.domain
    domain = f"Finset.{'Icc 1' if shifted else 'range'} {n}"
    step = f"{rule}Icc_succ_top (by omega)" if shifted else f"{rule}range_succ"
    return lines(
        f"have {key} : ∀ {n} : ℕ, ({term.kind} {term.names[0]} ∈ {domain}, ({term.body.text} : ℝ)) = {formula} := by",
        f"  intro {n}",
        f"  induction {n} with",
        "  | zero => simp <;> grind",
        f"  | succ {n} {ih} =>",
        f"    rw [{step}, {ih}]",
        f"    have : (0 : ℝ) ≤ {n} := by grind",
        "    grind",
        f"simp only [{key} {count}]",
        "all_goals try grind",
    )


def guess(values: Sequence[Value], variable: str) -> str | None:
    """Return a formula in Lean that gives ``values[n]`` for each n: a polynomial, or a quotient of linear ones."""
    exact = [Fraction(each) for each in values]
    return _polynomial(exact, variable) or _quotient(exact, variable)


def _polynomial(values: Sequence[Fraction], variable: str) -> str | None:
    """Newton's form of the polynomial of least degree, by differences."""
    rows = [list(values)]
    while len(rows) <= MAX_POLYNOMIAL + 1 and any(rows[-1]):
        last = rows[-1]
        rows.append([after - before for before, after in itertools.pairwise(last)])
    if any(rows[-1]):
        return None
    text = "0"
    for degree in reversed(range(len(rows) - 1)):
        text = f"({rows[degree][0]} + ({variable} - {degree}) / {degree + 1} * {text})"
    return f"({text} : ℝ)"


def _quotient(values: Sequence[Fraction], variable: str) -> str | None:
    """Return (a n + b) / (c n + 1), where that fits; c is not negative."""
    (b, first, second) = values[:3]
    # a + b - first * (c + 1) = 0 and 2 a + b - second * (2 c + 1) = 0
    determinant = 2 * first - 2 * second
    if determinant == 0:
        return None
    c = (2 * (b - first) - (b - second)) / determinant
    a = first * (c + 1) - b
    if c <= 0 or any((a * n + b) != value * (c * n + 1) for n, value in enumerate(values)):
        return None
    return f"(({a} * {variable} + {b}) / ({c} * {variable} + 1) : ℝ)"
