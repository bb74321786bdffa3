"""Moves that bound numbers by nonlinear arguments: products, powers and squares are not negative."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from prover.policy.heuristic.goal_shape import Goal, Hypothesis
from prover.policy.heuristic.moves.move import Move, fresh, fresh_names, lines
from prover.policy.heuristic.moves.ranges import (
    all_subterms,
    closed_value,
    equations,
    integers,
    naturals,
    nonlinear_variables,
    products,
    ranges,
)
from prover.policy.heuristic.terms import Name, Number, Term, is_operation, names_in, subterms

MAX_BOUND = 1000
MAX_DEGREE = 4
MAX_PRODUCTS = 4
RATIONALS = ("Rat", "ℚ")
RAT_SQUARES = """have sq : ∀ t : Rat, 0 ≤ t * t := by
  intro t
  rcases Rat.le_total (a := 0) (b := t) with h | h
  · exact Rat.mul_nonneg h h
  · have := Rat.mul_nonneg (a := -t) (b := -t) (by grind) (by grind)
    grind"""


def upper_bounds(goal: Goal) -> Iterator[Move]:
    """Yield bounds for the unbounded variables of nonlinear equations: the equations' constants."""
    known = ranges(goal)
    constants = {name: _constants_about(goal, name) for name in sorted(nonlinear_variables(goal))}
    unbounded = {name: each for name, each in constants.items() if each and known[name].high is None}
    names = list(itertools.islice(fresh_names(goal, "h"), max(1, len(unbounded))))
    if len(unbounded) > 1:
        steps = [
            f"have {h} : {name} ≤ {each[0]} := by omega"
            for h, (name, each) in zip(names, unbounded.items(), strict=False)
        ]
        yield Move("bound", lines(*steps), 1.3)
    h = names[0]
    for name, each in unbounded.items():
        ways = " | ".join(["omega", *(f"({way}; grind)" for way in _reasons_to_be_small(goal, name))])
        yield Move("bound", f"have {h} : {name} ≤ {each[0]} := by first | {ways}")
        if len(each) > 1:
            yield Move("bound", f"have {h} : {name} ≤ {each[-1]} := by omega", 0.6)
        if name in integers(goal) and known[name].low is None:
            yield Move("bound", f"have {h} : -{each[0]} ≤ {name} := by omega", 0.6)


def _reasons_to_be_small(goal: Goal, name: str) -> Iterator[str]:
    """Yield facts about products with the variable that may bound it."""
    for left, right in products(goal):
        if left.text == name or right.text == name:
            if name in integers(goal):
                signs = f"(show 0 ≤ {left.text} by omega) (show 0 ≤ {right.text} by omega)"
                yield f"have := Int.mul_nonneg {signs}"
            else:
                other = right if left.text == name else left
                yield f"have := Nat.le_mul_of_pos_right {name} (show 0 < {other.text} by grind)"


def smaller_factors(goal: Goal) -> Iterator[Move]:
    """Yield that one factor of a product is at most the square root of the equation's constant."""
    known = ranges(goal)
    h, h1, h2 = itertools.islice(fresh_names(goal, "h"), 3)
    for left, right in products(goal):
        if not (isinstance(left, Name) and isinstance(right, Name)):
            continue
        a, b = left.text, right.text
        constants = [each for each in _constants_about(goal, a) if each in _constants_about(goal, b)]
        if not constants or a not in known or b not in known:
            continue
        root = math.isqrt(constants[0]) + 1
        if any(each is not None and each < root for each in (known[a].high, known[b].high)):
            continue
        kind, signs = ("Int", " (by decide) (by omega)") if a in integers(goal) else ("Nat", "")
        steps = [
            f"have {h} : {a} < {root} ∨ {b} < {root} := by",
            f"  refine Classical.byContradiction fun {h1} => ?_",
            f"  have {h2} := {kind}.mul_le_mul (show {root} ≤ {a} by omega) (show {root} ≤ {b} by omega){signs}",
            "  omega",
            f"rcases {h} with {h} | {h}",
        ]
        yield Move("bound", lines(*steps), 1.4)


def exponent_bounds(goal: Goal) -> Iterator[Move]:
    """Yield bounds for all exponents in an equation between literal powers and a number."""
    for side, other in equations(goal):
        value = closed_value(other)
        if value is None or value < 1:
            continue
        steps = [step for part in subterms(side) if (step := _exponent_bound(goal, side, part, value))]
        if steps:
            yield Move("powers bound exponents", lines(*steps))


def positivity(goal: Goal) -> Iterator[Move]:
    """Yield that a power of a positive literal, or a product of positive integers, is positive."""
    h = fresh(goal, "h")
    steps: dict[str, None] = {}
    for part in all_subterms(goal):
        if is_operation(part, "^"):
            base, exponent = part.operands
            if (
                isinstance(base, Number)
                and base.value > 1
                and names_in(exponent)
                and names_in(exponent) <= naturals(goal)
            ):
                steps[f"have {h} := Nat.pow_pos (n := {exponent.text}) (show 0 < {base.text} by decide)"] = (
                    None
                )
    for left, right in products(goal):
        if names_in(left) | names_in(right) <= integers(goal):
            signs = f"(show 0 < {left.text} by omega) (show 0 < {right.text} by omega)"
            steps[f"have {h} := Int.mul_pos {signs}"] = None
    for step in itertools.islice(steps, 4):
        yield Move("positivity", step)


def inequalities(goal: Goal) -> Iterator[Move]:
    """Yield products of inequalities and squares of differences, for `grind` to combine linearly."""
    target = goal.target_term
    if not is_operation(target, "<", "≤", ">", "≥", "="):
        return
    if not any(is_operation(part, "*", "^") and names_in(part) for part in all_subterms(goal)):
        return
    h, h1, h2 = itertools.islice(fresh_names(goal, "h"), 3)
    ints = [each.name for each in goal.numbers("Int", "ℤ") if each.name in names_in(target)][:3]
    rats = [each.name for each in goal.numbers(*RATIONALS) if each.name in names_in(target)][:3]
    names = (h, h1, h2)
    if ints and not is_operation(target, "="):
        squares = [f"Int.sq_nonnneg ({each})" for each in _differences(ints)]
        steps = [f"have {name} := {square}" for name, square in zip(names, squares, strict=False)]
        yield Move("products", lines(*steps, "grind"))
    if rats and not is_operation(target, "="):
        steps = [f"have {name} := sq ({each})" for name, each in zip(names, _differences(rats), strict=False)]
        yield Move("products", lines(RAT_SQUARES, *steps, "grind"))
    if _highest_power(goal) > MAX_DEGREE:
        return
    facts = [fact for fact in goal.facts if is_operation(fact.term, "<", "≤", ">", "≥")]
    for first, second in itertools.islice(itertools.combinations_with_replacement(facts, 2), MAX_PRODUCTS):
        if product := _product(goal, first, second):
            yield Move("products", lines(f"have {h} := {product}", "grind"), 0.6)


def _highest_power(goal: Goal) -> int:
    exponents = [part.operands[1] for part in all_subterms(goal) if is_operation(part, "^")]
    return max((each.value for each in exponents if isinstance(each, Number)), default=1)


def _constants_about(goal: Goal, name: str) -> list[int]:
    """Return the numbers that equations about `name` have for one side, the smallest first."""
    sides = [(side, closed_value(other)) for side, other in equations(goal)]
    values = {value for side, value in sides if value is not None and name in names_in(side)}
    return sorted(value for value in values if 1 < value <= MAX_BOUND)


def _exponent_bound(goal: Goal, side: Term, power: Term, value: int) -> str:
    """Return the proof that `power`, in `side` which is `value`, has a small exponent; empty for no power."""
    if not is_operation(power, "^"):
        return ""
    base, exponent = power.operands
    if not (isinstance(base, Number) and base.value > 1 and isinstance(exponent, Name)):
        return ""
    limit = next(k for k in itertools.count(1) if base.value**k > value)
    h, h1, h2 = itertools.islice(fresh_names(goal, "h"), 3)
    steps = [
        f"have {fresh(goal, f'{exponent.text}_lt')} : {exponent.text} < {limit} := by",
        "  apply Nat.lt_of_not_le",
        f"  intro {h}",
        f"  have {h1} := Nat.pow_le_pow_right (show 0 < {base.text} by decide) {h}",
    ]
    if is_operation(side, "*") and power in side.operands:
        left, right = side.operands
        positive = f"(show 0 < {(right if power == left else left).text} by grind [Nat.pow_pos])"
        factors = f"{h1} {positive}" if power == left else f"{positive} {h1}"
        steps.append(f"  have {h2} := Nat.mul_le_mul {factors}")
    return lines(*steps, "  omega")


def _differences(names: list[str]) -> list[str]:
    """Return the pairwise differences, or the name itself if there is only one."""
    return [f"{a} - {b}" for a, b in itertools.combinations(names, 2)] or names


def _product(goal: Goal, first: Hypothesis, second: Hypothesis) -> str:
    """Return a proof that the product of two inequalities' differences is not negative."""
    names = names_in(first.term) | names_in(second.term)
    if names <= integers(goal):
        return f"Int.mul_nonneg (Int.sub_nonneg_of_le {first.name}) (Int.sub_nonneg_of_le {second.name})"
    if names <= naturals(goal):
        return f"Nat.mul_le_mul {first.name} {second.name}"
    signs = {_sign_rule(each) for each in (first, second)}
    return f"Rat.{signs.pop()} {first.name} {second.name}" if len(signs) == 1 and "" not in signs else ""


def _sign_rule(fact: Hypothesis) -> str:
    """Return the lemma that multiplies hypotheses of this form: ``0 < a`` or ``0 ≤ a``; empty for others."""
    term = fact.term
    if is_operation(term, "<", "≤") and term.operands[0].text == "0":
        return "mul_pos" if term.operator == "<" else "mul_nonneg"
    return ""
