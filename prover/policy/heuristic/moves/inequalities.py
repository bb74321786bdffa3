"""Moves for inequalities between real numbers: what `grind` has to add up, as hypotheses in front of it.

`grind` combines inequalities linearly, after multiplying out; which squares and products to combine it does not find.
They are found here by completing squares, and multiplying the denied claim with what is known.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from fractions import Fraction

from prover.policy.heuristic.goal_shape import Goal, Hypothesis
from prover.policy.heuristic.moves.move import Move, fresh_names, lines
from prover.policy.heuristic.polynomials import (
    ONE,
    Monomial,
    NotPolynomialError,
    add,
    difference,
    scale,
    show,
    squares_in,
)
from prover.policy.heuristic.terms import Operation, Term, is_operation, names_in

REAL = ("Real", "ℝ")
RELATIONS = ("<", "≤", ">", "≥")
MAX_VARIABLES = 4
MAX_SQUARES = 12
MAX_PRODUCTS = 6
MAX_COMBINATIONS = 12


def inequalities(goal: Goal) -> Iterator[Move]:
    """Yield proofs of an inequality from squares and products."""
    if not real_variables(goal) and "ℝ" not in goal.target:
        return
    yield from _squares_of_sums(goal)
    yield from _signs(goal)
    if is_operation(goal.target_term, *RELATIONS):
        yield from _complete_squares(goal, goal.target_term)
        yield from _deny(goal, goal.target_term)


def low_and_high(relation: Operation) -> tuple[Term, Term]:
    """Return the side of an inequality that is said to be the lower one, and the other."""
    left, right = relation.operands
    return (left, right) if relation.operator in ("<", "≤") else (right, left)


def real_variables(goal: Goal) -> list[str]:
    """Return the names of the first real variables."""
    return [each.name for each in goal.numbers(*REAL)][:MAX_VARIABLES]


def with_facts(goal: Goal, facts: list[str], closer: str = "grind") -> str:
    """Return a tactic that has these facts and then calls `closer`."""
    names = fresh_names(goal, "h")
    return lines(*(f"have {name} := {fact}" for name, fact in zip(names, facts, strict=False)), closer)


def _squares_of_sums(goal: Goal) -> Iterator[Move]:
    """Yield that squares of differences and sums are not negative, few at first, then many."""
    names = real_variables(goal)
    if not names or not is_operation(goal.target_term, *RELATIONS, "=", "∧", "≠"):
        return
    differences = [f"{a} - {b}" for a, b in itertools.combinations(names, 2)]
    products = [f"{a} * {b}" for a, b in itertools.combinations(names, 2)]
    sums = [f"{a} + {b}" for a, b in itertools.combinations(names, 2)]
    bundles = [
        differences or [f"{names[0]} - 1"],
        [*differences, *names],
        [*differences, *sums, *names, *products],
    ]
    for rank, bundle in enumerate(bundles):
        facts = [f"sq_nonneg ({each})" for each in bundle[:MAX_SQUARES]]
        yield Move("products", with_facts(goal, facts), 1.6 - 0.3 * rank)
    if re.search(r"\^ [4-9]", goal.target):
        factors = [*names, *sums]
        pairs = [
            f"mul_nonneg (sq_nonneg ({a})) (sq_nonneg ({b}))" for a in differences[:3] for b in factors[:4]
        ]
        yield Move("products", with_facts(goal, pairs), 1.2)


def _signs(goal: Goal) -> Iterator[Move]:
    """Yield products of hypotheses ``0 < a`` and ``0 ≤ a``, and the same with the squares of differences."""
    facts = [(fact.name, rule) for fact in goal.facts if (rule := _sign(fact))]
    if len(facts) < 2:
        return
    strict = [name for name, rule in facts if rule == "<"]
    weak = [name if rule == "≤" else f"(Std.le_of_lt {name})" for name, rule in facts]
    products = [f"mul_pos {a} {b}" for a, b in itertools.combinations(strict, 2)]
    products += [f"mul_nonneg {a} {b}" for a, b in itertools.combinations(weak, 2)] if not products else []
    products = products[:MAX_PRODUCTS]
    yield Move("products", with_facts(goal, products), 1.2)
    squares = [f"(sq_nonneg ({a} - {b}))" for a, b in itertools.combinations(real_variables(goal), 2)]
    if squares:
        yield Move("products", with_facts(goal, [*products, *squares]), 1.1)
        scaled = [f"mul_nonneg {name} {square}" for name in weak[:3] for square in squares[:3]]
        yield Move("products", with_facts(goal, scaled), 1.1)


def _sign(fact: Hypothesis) -> str:
    term = fact.term
    if is_operation(term, "<", "≤") and term.operands[0].text == "0" and names_in(term.operands[1]):
        return term.operator
    if is_operation(term, ">", "≥") and term.operands[1].text == "0" and names_in(term.operands[0]):
        return "<" if term.operator == ">" else "≤"
    return ""


def _complete_squares(goal: Goal, target: Operation) -> Iterator[Move]:
    """Yield the squares that the claim is made of, by itself or less a multiple of what is known."""
    try:
        claim = difference(target)
    except NotPolynomialError:
        return
    others: list[str] = []
    for combination in itertools.islice(_combinations(goal, claim), MAX_COMBINATIONS):
        squares, rest = squares_in(combination)
        facts = [f"sq_nonneg ({show(each)})" for each in squares]
        signs = _positive_monomials(goal, rest)
        if facts and len(signs) == len(rest.keys() - {ONE}) and rest.get(ONE, 0) >= 0:
            yield Move("products", with_facts(goal, [*facts, *signs]), 2.2)
        others += facts
    if others:
        yield Move("products", with_facts(goal, list(dict.fromkeys(others))[:MAX_SQUARES]), 1.3)


def _combinations(goal: Goal, claim: dict[Monomial, Fraction]) -> Iterator[dict[Monomial, Fraction]]:
    """Yield `claim`, then `claim` less a multiple of each hypothesis in which a monomial cancels, then these."""
    yield claim
    for fact in goal.facts:
        if not is_operation(fact.term, "=", *RELATIONS):
            continue
        try:
            known = difference(fact.term)
        except NotPolynomialError:
            continue
        ratios = {claim[monomial] / known[monomial] for monomial in claim.keys() & known.keys()}
        for ratio in sorted(ratios, reverse=True):
            if fact.term.operator == "=" or ratio > 0:
                yield add(claim, scale(known, -ratio))
        if fact.term.operator == "=":
            yield known
            yield scale(known, Fraction(-1))


def _positive_monomials(goal: Goal, polynomial: dict[Monomial, Fraction]) -> list[str]:
    """Return proofs that the monomials with positive factors are not negative, for those where this is known."""
    signs = {
        fact.term.operands[fact.term.operator in ("<", "≤")].text
        for fact in goal.facts
        if isinstance(fact.term, Operation) and _sign(fact)
    }
    proofs = []
    for monomial, coefficient in polynomial.items():
        known = all(name in signs or exponent % 2 == 0 for name, exponent in monomial)
        if monomial != ONE and coefficient > 0 and known:
            proofs.append(f"(show (0 : ℝ) ≤ {show({monomial: Fraction(1)})} by positivity)")
    return proofs


def _deny(goal: Goal, target: Operation) -> Iterator[Move]:
    """Yield a contradiction from the denied claim, times itself and times what is known."""
    above, below = low_and_high(target)  # as the denied claim has it
    h, h1 = itertools.islice(fresh_names(goal, "hn"), 2)
    gap = f"(show (0 : ℝ) ≤ {above.text} - ({below.text}) by grind)"
    known = []
    for fact in goal.facts:
        if is_operation(fact.term, *RELATIONS):
            low, high = low_and_high(fact.term)
            known.append(f"(show (0 : ℝ) ≤ {high.text} - ({low.text}) by grind)")
    start = f"refine Classical.byContradiction fun {h} => ?_"
    strict = f"have {h1} : (0 : ℝ) < {above.text} - ({below.text}) := by grind"
    square = f"mul_pos {h1} {h1}" if target.operator in ("≤", "≥") else f"mul_nonneg {gap} {gap}"
    steps = [start, strict] if target.operator in ("≤", "≥") else [start]
    yield Move("products", lines(*steps, with_facts(goal, [square])), 1.2)
    if known:
        products = [square, *(f"mul_nonneg {gap} {each}" for each in known[:MAX_PRODUCTS])]
        yield Move("products", lines(*steps, with_facts(goal, products)), 1.0)
