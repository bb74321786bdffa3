"""Sequences given by a recurrence: read it from a hypothesis, calculate terms, look for a pattern in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from prover.policy.heuristic.arithmetic import NotArithmeticError, Value, evaluate, linear_form
from prover.policy.heuristic.goal_shape import Goal, Hypothesis
from prover.policy.heuristic.moves.ranges import conjuncts
from prover.policy.heuristic.terms import Apply, Binder, Name, Term, is_operation, subterms

MAX_TERMS = 200
MAX_PERIOD = 60
MAX_DIGITS = 40
CONVINCING = 4
"""A formula must be right for this many terms more than it takes to find it."""

_KINDS = {"ℕ": "Nat", "Nat": "Nat", "ℤ": "Int", "Int": "Int", "ℚ": "Rat", "Rat": "Rat"}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Hypothesis `name`: ``∀ n ≥ start, f (n + offset) = value``, with at least `reach` initial terms `known`.

    `reach` is how far it looks back; `premises` counts the premises of an instance, such as ``n ≥ start``.
    """

    name: str
    premises: int
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

    def instance(self, base: str, place: int) -> str:
        """Return the instance that defines the term with index `place`, counted from `base` if that is given."""
        steps = place - self.offset
        index = f"({base} + {steps})" if base else str(steps)
        return f"{self.name} {index}{' (by omega)' * self.premises}"

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


def read_recurrence(goal: Goal, fact: Hypothesis) -> Recurrence | None:
    """Read a hypothesis as a recurrence; None if it is not one, or has no initial values."""
    term = fact.term
    if not (isinstance(term, Binder) and term.kind == "∀" and len(term.names) == 1):
        return None
    variable, equation = term.names[0], term.body
    premises = int(term.relation not in ("", ":"))
    while is_operation(equation, "→"):
        premises += 1
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
    return Recurrence(
        fact.name, premises, function, _KINDS[kinds[function]], variable, offset, value, known, reach
    )


def _initial_values(goal: Goal, function: str, kind: str) -> dict[int, Value]:
    """Return the terms that hypotheses ``f 1 = 20`` state."""
    found: dict[int, Value] = {}
    for fact in goal.facts:
        for part in conjuncts(fact.term):
            if not is_operation(part, "="):
                continue
            left, right = part.operands
            if isinstance(left, Apply) and left.function.text == function:
                index = index_of(left.arguments)
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


def index_of(arguments: Sequence[Term]) -> int | None:
    """Return the natural number that the arguments are; None if they are something else."""
    if len(arguments) != 1:
        return None
    try:
        value = evaluate(arguments[0], {}, "Nat")
    except NotArithmeticError:
        return None
    return value if isinstance(value, int) else None


def period(terms: Sequence[Value], reach: int) -> int:
    """Return after how many terms the first `reach` of them come again; 0 if they do not."""
    start = terms[:reach]
    lengths = range(1, min(MAX_PERIOD, len(terms) - reach) + 1)
    return next((length for length in lengths if terms[length : length + reach] == start), 0)


@dataclass(frozen=True, slots=True)
class Formula:
    """A closed form of the terms: of term ``i`` after the first one, as a value and as text.

    ``linear``: p * i + q. ``reciprocal``: c / (p * i + q). ``geometric``: c * p ^ i.
    """

    shape: str
    p: int
    q: int
    c: int = 1

    def value(self, i: int) -> Value:
        """Return the value of term `i`."""
        match self.shape:
            case "linear":
                return self.p * i + self.q
            case "reciprocal":
                return Fraction(self.c, self.p * i + self.q)
            case _:
                return self.c * int(self.p**i)

    def text(self, variable: str, further: int) -> str:
        """Return term ``variable + further`` in Lean."""
        match self.shape:
            case "linear":
                return f"{self.p} * {variable} + {self.p * further + self.q}"
            case "reciprocal":
                return f"{self.c} / ({self.p} * {variable} + {self.p * further + self.q})"
            case _:
                return f"{self.c} * {self.p} ^ ({variable} + {further})"


def formula(terms: Sequence[Value]) -> Formula | None:
    """Return a closed form that fits all of `terms`; None if they are too few or fit none."""
    if len(terms) < 2 + CONVINCING:
        return None
    guesses: list[Formula] = []
    first, second = Fraction(terms[0]), Fraction(terms[1])
    step = second - first
    if first.denominator == step.denominator == 1 and step >= 0 and first >= 0:
        guesses.append(Formula("linear", int(step), int(first)))
    if first > 0 and second > 0 and 1 / second > 1 / first:
        c = (1 / first).denominator * (1 / second).denominator
        step = c / second - c / first
        guesses.append(Formula("reciprocal", int(step), int(c / first), c))
    if first > 0 and (second / first).denominator == first.denominator == 1 and second > first:
        guesses.append(Formula("geometric", int(second / first), 0, int(first)))
    fitting = (guess for guess in guesses if all(guess.value(i) == term for i, term in enumerate(terms)))
    return next(fitting, None)


def literal(value: Value, kind: str) -> str:
    """Return the value as Lean reads it in the sequence's type."""
    if isinstance(value, Fraction) and value.denominator != 1:
        return f"{value.numerator} / {value.denominator}"
    return str(int(value))
