"""What the hypotheses say about the size of numbers, and which numbers make a problem nonlinear."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Set
from dataclasses import dataclass

from prover.policy.heuristic.arithmetic import Linear, NotArithmeticError, combine, evaluate, linear_form
from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.terms import Term, is_operation, names_in, subterms

PASSES = 3
MAX_VALUE = 10**9
MAX_EXPONENT = 100_000


@dataclass(frozen=True, slots=True)
class Range:
    """Inclusive literal bounds of a number; None where none is known."""

    low: int | None = None
    high: int | None = None

    @property
    def values(self) -> range | None:
        """The values in it, if both bounds are known."""
        return None if self.low is None or self.high is None else range(self.low, self.high + 1)

    def within(self, low: int | None, high: int | None) -> Range:
        """Return the intersection with other bounds."""
        lows = [each for each in (self.low, low) if each is not None]
        highs = [each for each in (self.high, high) if each is not None]
        return Range(max(lows, default=None), min(highs, default=None))


def naturals(goal: Goal) -> set[str]:
    """Return the variables that are natural numbers."""
    return {each.name for each in goal.numbers("Nat", "ℕ")}


def integers(goal: Goal) -> set[str]:
    """Return the variables that are integers."""
    return {each.name for each in goal.numbers("Int", "ℤ")}


def ranges(goal: Goal) -> dict[str, Range]:
    """Return the bounds of every natural number and integer that follow from linear hypotheses.

    Each hypothesis is used on its own, with the bounds found so far, a few times over: enough for what people
    write, and all of it is within reach of ``omega``.
    """
    whole = naturals(goal)
    found = {name: Range(0) for name in whole} | {name: Range() for name in integers(goal)}
    upper_bounds = [
        form for fact in goal.facts for part in conjuncts(fact.term) for form in _not_positive(part, whole)
    ]
    for _ in range(PASSES):
        for coefficients, constant in upper_bounds:
            if coefficients.keys() <= found.keys():
                _propagate(found, coefficients, constant)
    return found


def finite_ranges(goal: Goal) -> dict[str, range]:
    """Return the values of every variable that has some and is bounded on both sides, by numbers of usual size."""
    known = {name: each.values for name, each in ranges(goal).items()}
    return {name: each for name, each in known.items() if each and abs(each.stop) < MAX_VALUE}


def conjuncts(term: Term) -> Iterator[Term]:
    """Yield the propositions that `term` is the conjunction of."""
    if is_operation(term, "∧"):
        for operand in term.operands:
            yield from conjuncts(operand)
    else:
        yield term


def nonlinear_variables(goal: Goal) -> set[str]:
    """Return the variables in products, powers, and divisions by something that is no literal."""
    numbers = naturals(goal) | integers(goal)
    found: set[str] = set()
    for part in all_subterms(goal):
        if is_operation(part, "*", "^", "%", "/", "∣"):
            left, right = part.operands
            linear = {"*": not names_in(left) or not names_in(right), "^": False, "∣": not names_in(left)}
            if not linear.get(part.operator, not names_in(right)):
                found |= names_in(part) & numbers
    return found


def products(goal: Goal) -> list[tuple[Term, Term]]:
    """Return the factors of every product of two terms with variables in them."""
    return [
        (part.operands[0], part.operands[1])
        for part in dict.fromkeys(all_subterms(goal))
        if is_operation(part, "*") and all(names_in(operand) for operand in part.operands)
    ]


def all_subterms(goal: Goal) -> Iterator[Term]:
    """Yield every subterm of the target and of the hypotheses."""
    for term in (goal.target_term, *(fact.term for fact in goal.facts)):
        yield from subterms(term)


def closed_value(term: Term) -> int | None:
    """Return the value of a closed integer term, None if it is not one."""
    try:
        value = evaluate(term, {}, "Int")
    except NotArithmeticError:
        return None
    return value if isinstance(value, int) else None


def has_huge_power(goal: Goal) -> bool:
    """Say whether a power in the goal has an astronomic value: calculating it would end Lean's process."""
    return any(
        is_operation(part, "^")
        and not names_in(part)
        and part.operands[0].text not in ("0", "1")
        and closed_value(part.operands[1]) not in range(MAX_EXPONENT)
        for part in all_subterms(goal)
    )


def equations(goal: Goal) -> Iterator[tuple[Term, Term]]:
    """Yield both sides of every equation among the hypotheses, each way round."""
    for fact in goal.facts:
        for part in conjuncts(fact.term):
            if is_operation(part, "="):
                left, right = part.operands
                yield left, right
                yield right, left


def _not_positive(term: Term, whole: Set[str], *, negated: bool = False) -> Iterator[Linear]:
    """Yield the linear forms that a proposition says are at most 0; `whole` are the natural numbers."""
    if is_operation(term, "¬"):
        yield from _not_positive(term.operands[0], whole, negated=not negated)
        return
    if not is_operation(term, "<", "≤", ">", "≥", "=") or (negated and term.operator == "="):
        return
    left, right = term.operands
    less = term.operator if not negated else {"<": "≥", "≤": ">", ">": "≤", "≥": "<"}[term.operator]
    with contextlib.suppress(NotArithmeticError):
        if less in ("<", "≤", "="):
            yield _difference(_linear_below(left, whole), linear_form(right), int(less == "<"))
    with contextlib.suppress(NotArithmeticError):
        if less in (">", "≥", "="):
            yield _difference(_linear_below(right, whole), linear_form(left), int(less == ">"))


def _linear_below(term: Term, whole: Set[str]) -> Linear:
    """Return a linear form that is at most `term`: summands of natural numbers that are not linear are left out.

    Raises:
        NotArithmeticError: something else in it is not linear.
    """
    try:
        return linear_form(term)
    except NotArithmeticError:
        if is_operation(term, "+"):
            left, right = (_linear_below(each, whole) for each in term.operands)
            return combine(left, right, 1)
        if names_in(term) <= whole and not any(is_operation(each, "-", "↑") for each in subterms(term)):
            return {}, 0
        raise


def _difference(a: Linear, b: Linear, extra: int) -> Linear:
    """Return a - b + extra."""
    return combine(combine(a, b, -1), ({}, extra), 1)


def _propagate(found: dict[str, Range], coefficients: dict[str, int], constant: int) -> None:
    """Narrow each variable by ``sum of coefficients * variables + constant ≤ 0``."""
    least = {name: _least(found[name], each) for name, each in coefficients.items()}
    for name, coefficient in coefficients.items():
        others = [each for other, each in least.items() if other != name]
        if None in others:
            continue
        room = -constant - sum(each for each in others if each is not None)
        if coefficient > 0:
            found[name] = found[name].within(None, room // coefficient)
        else:
            found[name] = found[name].within(-(room // -coefficient), None)


def _least(bounds: Range, coefficient: int) -> int | None:
    """Return the least value of ``coefficient * x`` for x in `bounds`."""
    end = bounds.low if coefficient > 0 else bounds.high
    return None if end is None else coefficient * end
