"""Inequalities over ℝ and ℚ with a known reason: squares, products of what is not negative, and sums of these.

A true one is `0 ≤ Σ c · L · L' · q²` with factors L that the hypotheses say are not negative, its terms sorted to
both sides, so it is true by construction. A false one has a counterexample that was found, or one with a known witness.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from fractions import Fraction

from prover.problems.generators.draft import (
    NUMBERS,
    Draft,
    DrawRejected,
    Names,
    binder,
    drawn_by_level,
    wants_true,
)
from prover.problems.generators.polynomial import Polynomial
from prover.problems.generators.terms import FIELDS, MATHLIB, constant, variables, written

MOST_TERMS = 12


def real_inequalities(rng: random.Random, level: int) -> Draft:
    """Draw a sum of squares and products, a product's sign, a mean, or an extremum under a condition."""
    return drawn_by_level(
        rng,
        level,
        (_signs, _sum, _monotone),
        (_signs, _sum, _reciprocals, _monotone),
        (_sum, _sum, _reciprocals, _extremum),
        (_sum, _sum, _reciprocals, _extremum),
        (_sum, _sum, _extremum),
    )


def _bounds(rng: random.Random, names: Sequence[str], level: int) -> list[tuple[str, Polynomial]]:
    """Return hypotheses, each with what it says is not negative."""
    count = len(names)
    units = [Polynomial.linear([int(i == j) for j in range(count)], 0) for i in range(count)]
    zero = (0,) * count
    found: list[tuple[str, Polynomial]] = []
    for index, (name, unit) in enumerate(zip(names, units, strict=True)):
        low = rng.choice((0, 0, 0, 1, -rng.randint(1, level)))
        at_least = unit - Polynomial.of([(zero, low)])
        if rng.random() < 0.6:
            found.append((rng.choice((f"{low} ≤ {name}", f"{low} < {name}", f"{name} ≥ {low}")), at_least))
        if rng.random() < 0.3:
            high = max(low, 0) + rng.randint(1, 2 + level)
            found.append((f"{name} ≤ {high}", Polynomial.of([(zero, high)]) - unit))
        if index and rng.random() < 0.25:
            found.append((f"{names[index - 1]} ≤ {name}", unit - units[index - 1]))
    return found


def _sum(rng: random.Random, level: int) -> Draft:
    names = Names(rng)
    count = min(3, 1 + (level + 1) // 2)
    chosen = names.some(NUMBERS, count)
    bounds = _bounds(rng, chosen, level) if rng.random() < 0.6 else []
    total = Polynomial({})
    used: set[str] = set()
    for _ in range(rng.randint(1, 1 + level // 2)):
        factors = rng.sample(bounds, min(len(bounds), rng.choice((0, 1, 2) if level > 1 else (0, 2))))
        piece = Polynomial.of([((0,) * count, rng.choice((1, 1, rng.randint(1, level))))])
        for text, factor in factors:
            piece = piece * factor
            used.add(text)
        if len(factors) < 2:
            root = _linear(rng, count, level)
            piece = piece * root * root
        total = total + piece
    expected = wants_true(rng)
    slack = rng.choice((0, 0, rng.randint(1, 5))) if expected else -rng.randint(1, 3)
    total = total + Polynomial.of([((0,) * count, slack)])
    given = [each for each in bounds if each[0] in used]
    if total.is_constant or len(total.coefficients) > MOST_TERMS:
        raise DrawRejected
    if not expected and not _fails(total, given, count):
        raise DrawRejected
    return Draft(
        binders=(
            binder(list(chosen), rng.choice(FIELDS)),
            *(names.hypothesis(text) for text, _ in given),
        ),
        claim=_sides(rng, total, chosen, strict=slack > 0),
        expected=expected,
        header=MATHLIB,
    )


def _linear(rng: random.Random, count: int, level: int) -> Polynomial:
    form = Polynomial.linear(
        [rng.choice((0, 1, -1, rng.randint(-level, level))) for _ in range(count)],
        rng.choice((0, 0, rng.randint(-level, level))),
    )
    if form.is_constant:
        raise DrawRejected
    return form


def _fails(total: Polynomial, given: Sequence[tuple[str, Polynomial]], count: int) -> bool:
    """Whether `total` is negative at some point where the hypotheses hold, strictly."""
    return any(
        total(*point) < 0
        and all(each(*point) > 0 or ("<" not in text and each(*point) == 0) for text, each in given)
        for point in itertools.product(range(-4, 6), repeat=count)
    )


def _sides(rng: random.Random, total: Polynomial, names: Sequence[str], *, strict: bool) -> str:
    less, more = ("<", ">") if strict and rng.random() < 0.6 else ("≤", "≥")
    low = Polynomial.of((each, -value) for each, value in total.coefficients.items() if value < 0)
    high = Polynomial.of((each, value) for each, value in total.coefficients.items() if value > 0)
    style = rng.random()
    if style < 0.3:
        return f"0 {less} {total.text(names, rng=rng)}"
    if style < 0.8:
        return f"{low.text(names, rng=rng)} {less} {high.text(names, rng=rng)}"
    return f"{high.text(names, rng=rng)} {more} {low.text(names, rng=rng)}"


def _signs(rng: random.Random, level: int) -> Draft:
    """The sign of a product of powers of numbers whose signs are given."""
    names = Names(rng)
    chosen = names.some(NUMBERS, 2 if level == 1 else 3)
    signs = [rng.choice((1, -1)) for _ in chosen]
    powers = [rng.choice((1, 1, 2, 3) if level > 1 else (1, 1, 2)) for _ in chosen]
    multiple = rng.choice((1, 1, rng.randint(2, 9)))
    positive = (-1) ** sum(power for sign, power in zip(signs, powers, strict=True) if sign < 0) > 0
    expected = wants_true(rng)
    product = " * ".join(
        [*([str(multiple)] if multiple > 1 else ())]
        + [each if power == 1 else f"{each} ^ {power}" for each, power in zip(chosen, powers, strict=True)]
    )
    less = rng.choice("<≤")
    shown_positive = positive == expected
    claim = f"0 {less} {product}" if shown_positive else f"{product} {less} 0"
    given = [f"0 < {each}" if sign > 0 else f"{each} < 0" for each, sign in zip(chosen, signs, strict=True)]
    return Draft(
        binders=(binder(chosen, rng.choice(FIELDS)), *(names.hypothesis(each) for each in given)),
        claim=claim,
        expected=expected,
        header=MATHLIB,
    )


def _monotone(rng: random.Random, level: int) -> Draft:
    """`a < b` multiplied by a number, or raised to a power where `a` is not negative."""
    names = Names(rng)
    a, b, c = names.some(NUMBERS, 3)
    expected = wants_true(rng)
    used, given = [a, b], [f"{a} < {b}"]
    if rng.random() < 0.5:
        used.append(c)
        negative = rng.random() < 0.5
        given.append(f"{c} < 0" if negative else f"0 < {c}")
        factor = rng.choice(("", f"{rng.randint(2, 9)} * "))
        low, high = f"{factor}{a} * {c}", f"{factor}{b} * {c}"
        low, high = (high, low) if negative else (low, high)
        added = rng.randint(1, 9)
        low, high = f"{low} + {added}", f"{high} + {added + rng.randint(0, 2)}"
        low, high = (low, high) if expected else (high, low)
    else:
        power = rng.randint(2, 2 + level)
        multiple = rng.choice(("", f"{rng.randint(2, 5)} * "))
        if expected:
            given.append(rng.choice((f"0 ≤ {a}", f"0 < {a}")))
        elif power % 2:
            raise DrawRejected
        low, high = f"{multiple}{a} ^ {power}", f"{multiple}{b} ^ {power}"
    return Draft(
        binders=(binder(used, rng.choice(FIELDS)), *(names.hypothesis(each) for each in given)),
        claim=f"{low} < {high}",
        expected=expected,
        header=MATHLIB,
    )


def _reciprocals(rng: random.Random, level: int) -> Draft:
    """`p² t + q² / t ≥ 2 p q` for a positive t, a number or a ratio; false with more than 2 p q, at t = q / p."""
    names = Names(rng)
    chosen = names.some(NUMBERS, rng.choice((1, 2)) if level > 2 else 1)
    p, q = rng.randint(1, 1 + level), rng.randint(1, 1 + level)
    terms = variables(chosen)
    x = terms[0]
    first, second = (
        (x, constant(q * q) / x) if len(terms) == 1 else (x / terms[1], constant(q * q) * terms[1] / x)
    )
    if p > 1:
        first = constant(p * p) * x if len(terms) == 1 else constant(p * p) * x / terms[1]
    if len(terms) > 1 and q == 1:
        second = terms[1] / x
    expected = wants_true(rng)
    bound = 2 * p * q - (rng.choice((0, 0, 1)) if expected else -rng.randint(1, 3))
    total = (first + second).text
    return Draft(
        binders=(
            binder(chosen, rng.choice(FIELDS)),
            *(names.hypothesis(f"0 < {each}") for each in chosen),
        ),
        claim=f"{bound} ≤ {total}" if rng.random() < 0.6 else f"{total} ≥ {bound}",
        expected=expected,
        header=MATHLIB,
    )


def _extremum(rng: random.Random, level: int) -> Draft:
    """The most or the least that something can be under a linear or quadratic condition, reached at a known point."""
    names = Names(rng)
    x, y, z = names.some(NUMBERS, 3)
    a, b, c, s = (rng.randint(1, 1 + level) for _ in range(4))
    s *= rng.randint(1, 3)
    linear = Polynomial.linear((a, b), 0).text([x, y])
    three = Polynomial.linear((a, b, c), 0).text([x, y, z])
    pairs = Polynomial.of([((1, 1, 0), a * b), ((0, 1, 1), b * c), ((1, 0, 1), a * c)]).text([x, y, z])
    squares = Polynomial.of((((2, 0), a * a), ((0, 2), b * b))).text([x, y])
    table: list[tuple[list[str], str, str, str, Fraction]] = [
        ([x, y], f"{linear} = {s}", f"{x} * {y}", "≤", Fraction(s * s, 4 * a * b)),
        ([x, y], f"{linear} = {s}", f"{x} ^ 2 + {y} ^ 2", "≥", Fraction(s * s, a * a + b * b)),
        ([x, y], f"{x} * {y} = {a * b * s * s}", squares, "≥", Fraction(2 * (a * b * s) ** 2)),
        ([x, y], f"{x} ^ 2 + {y} ^ 2 = {(a * a + b * b) * s * s}", linear, "≤", Fraction((a * a + b * b) * s)),
        ([x, y, z], f"{three} = {s}", f"{x} ^ 2 + {y} ^ 2 + {z} ^ 2", "≥", Fraction(s * s, a * a + b * b + c * c)),
        ([x, y, z], f"{three} = {s}", pairs, "≤", Fraction(s * s, 3)),
    ]  # fmt: skip
    used, condition, asked, relation, value = rng.choice(table)
    expected = wants_true(rng)
    step = (
        rng.choice((Fraction(0), Fraction(1, 2), Fraction(2)))
        if expected
        else Fraction(-1, rng.randint(1, 4))
    )
    shown = value + step if relation == "≤" else value - step
    return Draft(
        binders=(binder(used, rng.choice(FIELDS)), names.hypothesis(condition)),
        claim=f"{asked} {relation} {written(shown)}",
        expected=expected,
        header=MATHLIB,
    )
