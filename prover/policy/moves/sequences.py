"""Moves for sequences given by a recurrence: calculate terms, find a period, and prove it by induction.

For ``h : ∀ n ≥ 5, x n = x (n - 1) - x (n - 2) + ...`` with initial values among the hypotheses the sequence is
calculated here, in Python. If its state, as many consecutive terms as the recurrence looks back, returns, Lean
is asked to prove by induction that it does so every period; a single far-away term then follows at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from prover.policy.arithmetic import NotArithmeticError, Value, evaluate, linear_form
from prover.policy.goal_shape import Goal, Hypothesis
from prover.policy.moves.move import Move, fresh, lines
from prover.policy.moves.ranges import conjuncts
from prover.policy.terms import Apply, Binder, Name, Term, is_operation, subterms

MAX_TERMS = 200
MAX_PERIOD = 60
MAX_STEPS = 40
MAX_DIGITS = 40

_KINDS = {"ℕ": "Nat", "Nat": "Nat", "ℤ": "Int", "Int": "Int", "ℚ": "Rat", "Rat": "Rat"}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """``∀ n ≥ start, f (n + offset) = value``, with as many terms known from `first` on as it looks back."""

    function: str
    kind: str
    variable: str
    offset: int
    value: Term
    known: dict[int, Value]
    reach: int

    @property
    def first(self) -> int:
        """The index of the first term that the rest follows from."""
        return min(self.known)

    def terms(self) -> list[Value]:
        """Return the sequence from `first` on, as far as it can be calculated."""
        found = dict(self.known)

        def term(index: int) -> Value:
            if index not in found:
                raise NotArithmeticError
            return found[index]

        for index in range(self.first, self.first + MAX_TERMS):
            if index not in found:
                try:
                    n = {self.variable: index - self.offset}
                    found[index] = evaluate(self.value, n, self.kind, {self.function: term})
                except NotArithmeticError:
                    break
                if len(str(found[index])) > MAX_DIGITS:
                    break
        return [found[index] for index in range(self.first, self.first + len(found)) if index in found]


def recurrences(goal: Goal) -> Iterator[Move]:
    """Yield the values of the terms that the target is about, with their proofs."""
    for fact in goal.facts:
        recurrence = _recurrence(goal, fact)
        if recurrence is None:
            continue
        wanted = sorted(
            {
                index
                for part in subterms(goal.target_term)
                if isinstance(part, Apply)
                and part.function.text == recurrence.function
                and (index := _index(part.arguments)) is not None
                and index not in recurrence.known
            }
        )
        terms = recurrence.terms()
        if not wanted or len(terms) <= recurrence.reach:
            continue
        if period := _period(terms, recurrence.reach):
            yield Move("recurrence", _by_period(goal, recurrence, terms, period, wanted))
        last = recurrence.first + len(terms) - 1
        if wanted[-1] <= min(last, recurrence.first + MAX_STEPS):
            yield Move("recurrence", _step_by_step(goal, recurrence, terms, wanted[-1]))


def _recurrence(goal: Goal, fact: Hypothesis) -> Recurrence | None:
    """Read a hypothesis as a recurrence; None if it is not one, or has no initial values."""
    term = fact.term
    if not (isinstance(term, Binder) and term.kind == "∀" and len(term.names) == 1):
        return None
    variable, equation = term.names[0], term.body
    while is_operation(equation, "→"):
        equation = equation.operands[1]
    if not is_operation(equation, "="):
        return None
    left, value = equation.operands
    if not (isinstance(left, Apply) and isinstance(left.function, Name)):
        return None
    function = left.function.text
    kinds = {each.name: each.type.partition(" → ")[2] for each in goal.variables}
    offset = _offset(left.arguments, variable)
    back = [
        _offset(part.arguments, variable)
        for part in subterms(value)
        if isinstance(part, Apply) and part.function.text == function
    ]
    known = _initial_values(goal, function, _KINDS.get(kinds.get(function, ""), ""))
    if offset is None or not back or None in back or kinds.get(function) not in _KINDS or not known:
        return None
    reach = max(offset - each for each in back if each is not None)
    if reach < 1 or sorted(known) != list(range(min(known), min(known) + len(known))) or len(known) < reach:
        return None
    return Recurrence(function, _KINDS[kinds[function]], variable, offset, value, known, reach)


def _initial_values(goal: Goal, function: str, kind: str) -> dict[int, Value]:
    """Return the terms that hypotheses ``f 1 = 20`` state."""
    found: dict[int, Value] = {}
    for fact in goal.facts:
        for part in conjuncts(fact.term):
            if not is_operation(part, "="):
                continue
            left, right = part.operands
            if isinstance(left, Apply) and left.function.text == function:
                index = _index(left.arguments)
                try:
                    value = evaluate(right, {}, kind)
                except NotArithmeticError:
                    continue
                if index is not None:
                    found[index] = value
    return found


def _offset(arguments: Sequence[Term], variable: str) -> int | None:
    """Return k where the arguments are ``variable + k``; None if they are something else."""
    if len(arguments) != 1:
        return None
    try:
        coefficients, constant = linear_form(arguments[0])
    except NotArithmeticError:
        return None
    return constant if coefficients == {variable: 1} else None


def _index(arguments: Sequence[Term]) -> int | None:
    """Return the natural number that the arguments are; None if they are something else."""
    if len(arguments) != 1:
        return None
    try:
        value = evaluate(arguments[0], {}, "Nat")
    except NotArithmeticError:
        return None
    return value if isinstance(value, int) else None


def _period(terms: Sequence[Value], reach: int) -> int:
    """Return after how many terms the first `reach` of them come again; 0 if they do not."""
    start = terms[:reach]
    lengths = range(1, min(MAX_PERIOD, len(terms) - reach) + 1)
    return next((length for length in lengths if terms[length : length + reach] == start), 0)


def _by_period(
    goal: Goal, recurrence: Recurrence, terms: Sequence[Value], period: int, wanted: Sequence[int]
) -> str:
    f, first, reach = recurrence.function, recurrence.first, recurrence.reach
    key, k, ih = fresh(goal, "key"), fresh(goal, "k"), fresh(goal, "ih")
    states = " ∧ ".join(
        f"{f} ({period} * {k} + {first + i}) = {_literal(terms[i], recurrence.kind)}" for i in range(reach)
    )
    steps = [
        f"have {key} : ∀ {k}, {states} := by",
        f"  intro {k}",
        f"  induction {k} with",
        "  | zero => simp_all",
        f"  | succ {k} {ih} => grind",
    ]
    for index in wanted:
        turns, place = divmod(index - first, period)
        value = _literal(terms[place], recurrence.kind)
        name = fresh(goal, f"{f}_{index}")
        steps.append(f"have {name} : {f} {index} = {value} := by have := {key} {turns}; grind")
    return lines(*steps, _finish(goal, wanted, f))


def _step_by_step(goal: Goal, recurrence: Recurrence, terms: Sequence[Value], last: int) -> str:
    f, first = recurrence.function, recurrence.first
    indices = [index for index in range(first, last + 1) if index not in recurrence.known]
    steps = [
        f"have {fresh(goal, f'{f}_{index}')} : {f} {index} = {_literal(terms[index - first], recurrence.kind)}"
        " := by grind"
        for index in indices
    ]
    return lines(*steps, _finish(goal, indices, f))


def _finish(goal: Goal, indices: Sequence[int], function: str) -> str:
    names = ", ".join(fresh(goal, f"{function}_{index}") for index in indices)
    return f"first | grind | simp [{names}] | (simp only [{names}]; decide +kernel)"


def _literal(value: Value, kind: str) -> str:
    if isinstance(value, Fraction) and value.denominator != 1:
        return f"{value.numerator} / {value.denominator}"
    return str(int(value))
