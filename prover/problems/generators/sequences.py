"""Sequences: recursions given as hypotheses, and recursive definitions proved equal to a closed form by induction."""

from __future__ import annotations

import math
import random
from fractions import Fraction

from prover.problems.generators.draft import (
    FUNCTIONS,
    NUMBERS,
    Draft,
    DrawRejected,
    Names,
    binder,
    wants_true,
)
from prover.problems.generators.polynomial import Polynomial

TERMS = 12
"""The number of terms that are computed; a wrong statement must fail within them."""
_DEFINED = ("total", "s", "partial_sum", "acc", "f", "g", "seq", "S", "step", "grow", "walk")


def recurrences(rng: random.Random, level: int) -> Draft:
    """Draw a sequence by its first terms and its recursion, and a term, a remainder or a bound."""
    names = Names(rng)
    (u,) = names.some(FUNCTIONS, 1)
    (n,) = names.some([each for each in NUMBERS if u not in each.split()], 1)
    natural = rng.random() < 0.7
    order = 2 if level >= 3 and rng.random() < 0.5 else 1
    least = 0 if natural else -2
    start = [rng.randint(least, 4) for _ in range(order)]
    factors = [rng.randint(max(least, -1), 3) for _ in range(order)]
    constant = rng.randint(least, 5)
    slope = rng.choice((0, 0, 1, 2)) if level >= 2 else 0
    if not factors[0]:
        raise DrawRejected
    terms = list(start)
    for index in range(TERMS):
        terms.append(
            sum(factor * each for factor, each in zip(factors, terms[index:], strict=False))
            + slope * index
            + constant
        )
    earlier = [f"{u} {n}", f"{u} ({n} + 1)"][:order]
    parts = [
        each if factor == 1 else f"{factor} * {each}"
        for factor, each in zip(factors, earlier, strict=True)
        if factor
    ]
    parts += [n if slope == 1 else f"{slope} * {n}"] if slope and natural else []
    parts += [str(constant)] if constant else []
    if slope and not natural:
        raise DrawRejected
    next_term = f"{u} ({n} + {order})"
    hypotheses = [f"{u} {index} = {value}" for index, value in enumerate(start)]
    hypotheses.append(f"∀ {n}, {next_term} = {' + '.join(parts)}")
    expected = wants_true(rng)
    index = rng.randint(order + 1, min(TERMS, 2 + 2 * level))
    style = rng.randrange(3)
    if style == 0 or not natural:
        value = terms[index] + (0 if expected else rng.choice((1, -1, 2)))
        if natural and value < 0:
            raise DrawRejected
        claim = f"{u} {index} = {value}"
    elif style == 1:
        modulus = rng.randint(2, 9)
        value = (terms[index] + (0 if expected else rng.randint(1, modulus - 1))) % modulus
        claim = f"{u} {index} % {modulus} = {value}"
    else:
        earlier_index = rng.randrange(index)
        value = terms[index] + terms[earlier_index] + (0 if expected else 1)
        claim = f"{u} {index} + {u} {earlier_index} = {value}"
    return Draft(
        binders=(
            binder([u], f"{names.nat} → {names.nat if natural else names.int}"),
            *(names.hypothesis(each) for each in hypotheses),
        ),
        claim=claim,
        expected=expected,
    )


def induction(rng: random.Random, level: int) -> Draft:
    """Draw a recursive function, and its closed form, a divisor, a bound or its growth for all arguments."""
    return rng.choice((_sum, _sum, _geometric, _hypothetical))(rng, level)


def _sum(rng: random.Random, level: int) -> Draft:
    """`f 0 = c` and `f (n + 1) = f n + p n`, with `p` a polynomial; the closed form by interpolation."""
    names = Names(rng)
    name = rng.choice(_DEFINED)
    (n,) = names.some([each for each in NUMBERS if name not in each.split()], 1)
    degree = min(3, (level + 1) // 2)
    added = Polynomial.univariate(
        [*(rng.randint(0, 2 + level) for _ in range(degree)), rng.randint(1, 1 + level)]
    )
    start = rng.choice((0, 0, rng.randint(0, 5)))
    values = [start]
    for index in range(TERMS):
        values.append(values[-1] + added(index))
    multiple, closed = interpolate(values[: degree + 2])
    if any(multiple * value != closed(index) for index, value in enumerate(values)):
        raise AssertionError("a sum of values of a polynomial is a polynomial of one degree more")
    if any(each < 0 for each in closed.coefficients.values()):
        negative = Polynomial.of((each, -value) for each, value in closed.coefficients.items() if value < 0)
    else:
        negative = Polynomial({})
    header = _definition(rng, name, n, names.nat, str(start), f"{name} {n} + ({added.text([n])})")
    expected = wants_true(rng)
    if not expected:
        closed = closed + Polynomial.univariate((0, rng.choice((1, 2))))
    left = f"{multiple} * {name} {n}" if multiple > 1 else f"{name} {n}"
    if negative.coefficients:
        left = (
            f"{left} + {negative.text([n])}"
            if len(negative.coefficients) == 1
            else f"{left} + ({negative.text([n])})"
        )
    claim = f"{left} = {(closed + negative).text([n])}"
    if expected and rng.random() < 0.25:
        claim = rng.choice(
            (f"{name} {n} ≤ {name} ({n} + 1)", f"{n} ≤ {name} {n} + {n}", f"{start} ≤ {name} {n}")
        )
    return Draft(binders=(binder([n], names.nat),), claim=claim, expected=expected, header=header)


def interpolate(values: list[int]) -> tuple[int, Polynomial]:
    """Return d and the integer polynomial that is d times the one with these values at 0, 1, ... (Lagrange)."""
    total = [Fraction(0)] * len(values)
    for i, value in enumerate(values):
        basis = [Fraction(1)]
        for j in range(len(values)):
            if j != i:
                shifted = [Fraction(0), *basis]
                basis = [a - j * b for a, b in zip(shifted, [*basis, Fraction(0)], strict=True)]
                basis = [each / (i - j) for each in basis]
        total = [each + value * part for each, part in zip(total, basis, strict=True)]
    multiple = math.lcm(*(each.denominator for each in total))
    return multiple, Polynomial.univariate([int(each * multiple) for each in total])


def _definition(rng: random.Random, name: str, n: str, nat: str, start: str, step: str) -> str:
    if rng.random() < 0.7:
        return f"def {name} : {nat} → {nat}\n  | 0 => {start}\n  | {n} + 1 => {step}\n"
    return f"def {name} ({n} : {nat}) : {nat} :=\n  match {n} with\n  | 0 => {start}\n  | {n} + 1 => {step}\n"


def _geometric(rng: random.Random, level: int) -> Draft:
    """`f (n + 1) = r * f n + s`: then `(r - 1) * f n + s = ((r - 1) * f 0 + s) * r ^ n`."""
    names = Names(rng)
    name = rng.choice(_DEFINED)
    (n,) = names.some([each for each in NUMBERS if name not in each.split()], 1)
    ratio, added = rng.randint(2, 2 + level), rng.choice((0, rng.randint(1, 2 * level)))
    start = rng.randint(0 if added else 1, 1 + level)
    values = [start]
    for _ in range(TERMS):
        values.append(ratio * values[-1] + added)
    header = _definition(
        rng, name, n, names.nat, str(start), f"{ratio} * {name} {n}" + (f" + {added}" if added else "")
    )
    expected = wants_true(rng)
    factor = (ratio - 1) * start + added
    if rng.random() < 0.6:
        times = f"{ratio - 1} * {name} {n}" if ratio > 2 else f"{name} {n}"
        power = f"{ratio} ^ {n}" if factor == 1 else f"{factor} * {ratio} ^ {n}"
        claim = f"{times} + {added} = {power}" if added else f"{name} {n} = {start} * {ratio} ^ {n}"
        if not expected:
            claim += " + 1" if rng.random() < 0.5 else f" + {n}"
    else:
        modulus = rng.choice([ratio, ratio - 1, rng.randint(2, 6), 2])
        if modulus < 2:
            raise DrawRejected
        remainders = sorted({each % modulus for each in values})
        if expected == (len(remainders) > 2):
            raise DrawRejected
        shown = remainders if expected else remainders[1:]
        claim = " ∨ ".join(f"{name} {n} % {modulus} = {each}" for each in shown)
    return Draft(binders=(binder([n], names.nat),), claim=claim, expected=expected, header=header)


def _hypothetical(rng: random.Random, level: int) -> Draft:
    """The same without a definition: the recursion is a hypothesis, the claim is about all arguments."""
    names = Names(rng)
    (u,) = names.some(FUNCTIONS, 1)
    (n,) = names.some([each for each in NUMBERS if u not in each.split()], 1)
    start, step = rng.randint(0, 3 * level), rng.randint(1, 3 * level)
    ratio = rng.choice((1, 1, 2)) if level > 1 else 1
    if ratio == 1:
        recursion, closed = f"{u} {n} + {step}", f"{step} * {n} + {start}"
    else:
        recursion, closed = f"2 * {u} {n} + {step}", f"{start + step} * 2 ^ {n}"
    expected = wants_true(rng)
    left = f"{u} {n}" if ratio == 1 else f"{u} {n} + {step}"
    right = closed if expected else f"{closed} + {rng.choice((n, '1'))}"
    hypotheses = [f"{u} 0 = {start}", f"∀ {n}, {u} ({n} + 1) = {recursion}"]
    return Draft(
        binders=(
            binder([u], f"{names.nat} → {names.nat}"),
            *(names.hypothesis(each) for each in hypotheses),
        ),
        claim=f"∀ {n}, {left} = {right}",
        expected=expected,
    )
