"""What a sequence seems to be, by its first terms: steps to be proved, for sketches.

The terms are calculated in Python (`moves.recurrence`). What fits all of them is no more than a guess.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from prover.policy.heuristic.arithmetic import NotArithmeticError, Value, evaluate
from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.move import fresh
from prover.policy.heuristic.moves.recurrence import (
    CONVINCING,
    Recurrence,
    index_of,
    literal,
    read_recurrence,
)
from prover.policy.heuristic.terms import Apply, Term, is_operation, subterms

MAX_DEGREE = 4
MAX_TERMS = 40
MAX_START = 8
MAX_LENGTH = 16
SHOWN_TERMS = 24
"""As many terms have to agree with a period."""


def conjectures(goal: Goal) -> Iterator[tuple[str, ...]]:
    """Yield sketches: a claim about all terms of a sequence, and what follows for the terms in the target."""
    sequences = [each for fact in goal.facts if (each := read_recurrence(goal, fact)) is not None]
    terms = {each.name: each.terms()[:MAX_TERMS] for each in sequences}
    for each in sequences:
        n = fresh(goal, "n")
        for claim, scale, start in _claims(each, terms[each.name], goal.target_term, n):
            yield _sketch(goal, claim, n, [each], scale, start)
    for first in sequences:
        for second in sequences:
            if first is not second and first.first == second.first and first.kind == second.kind:
                n = fresh(goal, "n")
                claim = _difference(first, terms[first.name], second, terms[second.name], n)
                if claim:
                    yield _sketch(goal, claim, n, [first, second], 1, first.first)


def _claims(of: Recurrence, terms: Sequence[Value], target: Term, n: str) -> Iterator[tuple[str, int, int]]:
    """Yield claims with the variable `n`, which are about the terms ``scale * n + start``."""
    f = of.function
    whole = [Fraction(each) for each in terms]
    term = f"{f} {n}" if of.first == 0 else f"{f} ({n} + {of.first})"
    cast = n if of.kind == "Nat" else f"({n} : {of.kind})"
    if (coefficients := _polynomial(whole)) is not None:
        yield (
            _equation(term, [" * ".join([cast] * k) or "1" for k in range(len(coefficients))], coefficients),
            1,
            of.first,
        )
    if (geometric := _geometric(whole)) is not None:
        base, factor, constant = geometric
        power = f"({base} : {of.kind}) ^ {n}" if of.kind != "Nat" else f"{base} ^ {n}"
        yield _equation(term, ["1", power], [constant, factor]), 1, of.first
    for start, length in _period(whole):
        places = range(start, start + length)
        values = [
            f"{f} ({length} * {n} + {of.first + place}) = {literal(terms[place], of.kind)}"
            for place in places
        ]
        yield " ∧ ".join(values), length, of.first + start
    for modulus in _moduli(target, of):
        rests = {int(each) % modulus for each in terms if Fraction(each).denominator == 1}
        if len(rests) == 1 and len(terms) > CONVINCING:
            yield f"{term} % {modulus} = {rests.pop()}", 1, of.first


def _sketch(
    goal: Goal, claim: str, n: str, of: Sequence[Recurrence], scale: int, start: int
) -> tuple[str, ...]:
    """Return the step that states `claim` for all `n`, its instances for the target's terms, and what is left."""
    key = fresh(goal, "key")
    steps = [f"have {key} : ∀ {n} : Nat, {claim} := by\n  sorry"]
    functions = {each.function for each in of}
    wanted = sorted(
        {
            (index - start) // scale
            for part in subterms(goal.target_term)
            if isinstance(part, Apply)
            and part.function.text in functions
            and (index := index_of(part.arguments)) is not None
            and index >= start
        }
    )
    steps += [f"have {fresh(goal, f'key_{index}')} := {key} {index}" for index in wanted]
    if wanted:
        steps.append(f"clear {key} {' '.join(dict.fromkeys(each.name for each in of))}")
    return (*steps, "sorry")


def _equation(term: str, powers: Sequence[str], coefficients: Sequence[Fraction]) -> str:
    """Return that `term` is this sum of `powers`, without fractions and without subtraction."""
    scale = math.lcm(*(each.denominator for each in coefficients))
    left = [term if scale == 1 else f"{scale} * {term}"]
    right: list[str] = []
    for power, coefficient in zip(powers, coefficients, strict=True):
        if coefficient:
            factor = abs(int(coefficient * scale))
            (right if coefficient > 0 else left).append(_product(factor, power))
    return f"{' + '.join(left)} = {' + '.join(right) or '0'}"


def _product(factor: int, power: str) -> str:
    if power == "1":
        return str(factor)
    if factor == 1:
        return power
    return f"{factor} * {power}" if power.isidentifier() else f"{factor} * ({power})"


def _polynomial(terms: Sequence[Fraction]) -> list[Fraction] | None:
    """Return the coefficients of the polynomial that gives these terms at 0, 1, ..., the constant first."""
    row, differences = list(terms), []
    while row and any(row):
        differences.append(row[0])
        row = [after - before for before, after in itertools.pairwise(row)]
    if len(row) < CONVINCING or not 2 <= len(differences) <= MAX_DEGREE + 1:
        return None
    coefficients = [Fraction(0)] * len(differences)
    falling = [Fraction(1)]
    for k, difference in enumerate(differences):
        for place, each in enumerate(falling):
            coefficients[place] += difference / math.factorial(k) * each
        falling = [
            (falling[place - 1] if place else Fraction(0)) - k * (falling[place] if place <= k else 0)
            for place in range(k + 2)
        ]
    return coefficients


def _geometric(terms: Sequence[Fraction]) -> tuple[int, Fraction, Fraction] | None:
    """Return base, factor and constant of ``factor * base ^ i + constant``."""
    if len(terms) < 3 + CONVINCING:
        return None
    steps = [after - before for before, after in itertools.pairwise(terms)]
    if not steps[0] or (ratio := steps[1] / steps[0]).denominator != 1 or ratio < 2:
        return None
    factor = steps[0] / (ratio - 1)
    constant = terms[0] - factor
    if any(each != factor * ratio**i + constant for i, each in enumerate(terms)):
        return None
    return int(ratio), factor, constant


def _period(terms: Sequence[Fraction]) -> Iterator[tuple[int, int]]:
    """Yield the first term from which on these seem to be periodic, and after how many they come again."""
    if len(terms) < SHOWN_TERMS:
        return
    for length in range(1, MAX_LENGTH + 1):
        for start in range(MAX_START + 1):
            tail = terms[start:]
            if len(tail) >= 2 * length + CONVINCING and tail[length:] == tail[:-length]:
                yield start, length
                return


def _moduli(target: Term, of: Recurrence) -> list[int]:
    """Return the numbers by which the target divides terms of the sequence."""
    if of.kind == "Rat":
        return []
    found: set[int] = set()
    for part in subterms(target):
        if is_operation(part, "%") and of.function in part.operands[0].text:
            modulus = part.operands[1]
        elif is_operation(part, "∣") and of.function in part.operands[1].text:
            modulus = part.operands[0]
        else:
            continue
        try:
            value = evaluate(modulus, {}, of.kind)
        except NotArithmeticError:
            continue
        if isinstance(value, int) and value > 1:
            found.add(value)
    return sorted(found)


def _difference(
    first: Recurrence, first_terms: Sequence[Value], second: Recurrence, second_terms: Sequence[Value], n: str
) -> str:
    """Return that the terms of the first sequence are those of the second one and something constant; or ""."""
    pairs = list(zip(first_terms, second_terms, strict=False))
    differences = {Fraction(a) - Fraction(b) for a, b in pairs}
    if len(pairs) <= CONVINCING or len(differences) != 1:
        return ""
    [constant] = differences
    if constant < 0:
        return ""
    index = n if first.first == 0 else f"({n} + {first.first})"
    added = f" + {literal(constant, first.kind)}" if constant else ""
    return f"{first.function} {index} = {second.function} {index}{added}"
