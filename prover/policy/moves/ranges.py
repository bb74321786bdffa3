"""What the hypotheses say about the size of numbers, and which numbers make a problem nonlinear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prover.policy.arithmetic import NotArithmeticError, evaluate
from prover.policy.goal_shape import Goal
from prover.policy.terms import Name, Term, is_operation, names_in, subterms

_MIRRORED = {"<": ">", "≤": "≥", ">": "<", "≥": "≤", "=": "="}


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
    """Return what the hypotheses say of every natural number and integer."""
    found = {name: Range(0) for name in naturals(goal)} | {name: Range() for name in integers(goal)}
    for fact in goal.facts:
        for part in conjuncts(fact.term):
            if is_operation(part, *_MIRRORED):
                left, right = part.operands
                _narrow(found, left, part.operator, right)
                _narrow(found, right, _MIRRORED[part.operator], left)
    return found


def finite_ranges(goal: Goal) -> dict[str, range]:
    """Return the values of every variable that is bounded on both sides."""
    return {name: each.values for name, each in ranges(goal).items() if each.values is not None}


def conjuncts(term: Term) -> Iterator[Term]:
    """Yield the propositions that `term` is the conjunction of."""
    if is_operation(term, "∧"):
        for operand in term.operands:
            yield from conjuncts(operand)
    else:
        yield term


def hard_variables(goal: Goal) -> set[str]:
    """Return the variables in products, powers, and divisions by something that is no literal."""
    numbers = naturals(goal) | integers(goal)
    found: set[str] = set()
    for part in everything(goal):
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
        for part in dict.fromkeys(everything(goal))
        if is_operation(part, "*") and all(names_in(operand) for operand in part.operands)
    ]


def everything(goal: Goal) -> Iterator[Term]:
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


def equations(goal: Goal) -> Iterator[tuple[Term, Term]]:
    """Yield both sides of every equation among the hypotheses, each way round."""
    for fact in goal.facts:
        for part in conjuncts(fact.term):
            if is_operation(part, "="):
                left, right = part.operands
                yield left, right
                yield right, left


def _narrow(found: dict[str, Range], variable: Term, relation: str, bound: Term) -> None:
    if not isinstance(variable, Name) or variable.text not in found:
        return
    value = closed_value(bound)
    if value is None:
        return
    low = {">": value + 1, "≥": value, "=": value}.get(relation)
    high = {"<": value - 1, "≤": value, "=": value}.get(relation)
    found[variable.text] = found[variable.text].within(low, high)
