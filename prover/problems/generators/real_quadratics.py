"""Quadratic equations and inequalities over ℝ and ℚ, made from their rational roots or from a completed square."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from fractions import Fraction

from prover.problems.generators.draft import NUMBERS, Draft, DrawRejected, Names, binder, wants_true
from prover.problems.generators.polynomial import Polynomial
from prover.problems.generators.terms import FIELDS, MATHLIB, written


def real_quadratics(rng: random.Random, level: int) -> Draft:
    """Draw roots, bounds or signs of a quadratic polynomial, or a sum of squares that is 0."""
    styles: list[Callable[[random.Random, int], Draft]] = [_roots, _roots, _definite]
    if level > 1:
        styles += [_squares, _between]
    return rng.choice(styles)(rng, level)


def _factor(root: Fraction) -> Polynomial:
    return Polynomial.univariate((-root.numerator, root.denominator))


def _root(rng: random.Random, level: int) -> Fraction:
    return Fraction(rng.randint(-3 * level, 3 * level), 1 if level < 3 else rng.choice((1, 1, 2, 3)))


def _equal(rng: random.Random, total: Polynomial, names: Sequence[str]) -> str:
    """Write that `total` is 0, at times with some of its terms on the other side."""
    if rng.random() < 0.5:
        return f"{total.text(names)} = 0"
    moved = {exponents for exponents in total.coefficients if rng.random() < 0.4}
    left = Polynomial.of((each, value) for each, value in total.coefficients.items() if each not in moved)
    right = Polynomial.of((each, -value) for each, value in total.coefficients.items() if each in moved)
    if left.is_constant:
        left, right = right, left
    return f"{left.text(names)} = {right.text(names)}"


def _roots(rng: random.Random, level: int) -> Draft:
    """All the roots, or the only one that a condition leaves."""
    names = Names(rng)
    (x,) = names.some(NUMBERS, 1)
    roots = [_root(rng, level), _root(rng, level)]
    if level == 1 or rng.random() < 0.15:
        roots[1] = -roots[0]
    total = (_factor(roots[0]) * _factor(roots[1])).times(rng.choice((1, 1, rng.randint(1, level))))
    equation = _equal(rng, total, [x])
    low, *high = sorted(set(roots))
    expected = wants_true(rng)
    conditions = []
    if high and rng.random() < 0.4:
        right = rng.random() < 0.6
        border = math.floor(low) + rng.randint(1, max(1, math.ceil(high[0]) - math.floor(low) - 1))
        if not low < border < high[0]:
            raise DrawRejected
        conditions = [f"{border} < {x}" if right else f"{x} < {border}"]
        wanted = [high[0] if right else low] if expected else [low if right else high[0]]
    else:
        wanted = [low, *high] if expected else [low + 1] if not high else [rng.choice((low, high[0]))]
    rng.shuffle(wanted)
    claim = " ∨ ".join(f"{x} = {written(each)}" for each in wanted)
    binders = [binder([x], rng.choice(FIELDS))]
    if not conditions and rng.random() < 0.25:
        claim = f"{equation} ↔ {claim}"
    else:
        given = [equation, *conditions]
        rng.shuffle(given)
        binders += [names.hypothesis(each) for each in given]
    return Draft(binders=binders, claim=claim, expected=expected, header=MATHLIB)


def _definite(rng: random.Random, level: int) -> Draft:
    """`a (x - p)² + q` with its minimum, or without a root."""
    names = Names(rng)
    (x,) = names.some(NUMBERS, 1)
    a = rng.choice((1, 1, rng.randint(1, 1 + level)))
    vertex = Fraction(rng.randint(-3 * level, 3 * level), 1 if level < 3 else rng.choice((1, 2)))
    square = (_factor(vertex) * _factor(vertex)).times(a)
    least = rng.randint(-4 * level, 4 * level)
    total = square + Polynomial.univariate((least,))
    upside_down = rng.random() < 0.3
    expected = wants_true(rng)
    if least > 0 and rng.random() < 0.5:
        shown = total if expected else total + Polynomial.univariate((-least - rng.randint(0, 3),))
        written_out = (shown.times(-1) if upside_down else shown).text([x])
        sign = f"{written_out} < 0" if upside_down else f"0 < {written_out}"
        claim = f"{written_out} ≠ 0" if expected and rng.random() < 0.5 else sign
    else:
        bound = least if expected else least + rng.randint(1, 3)
        moved = Polynomial.univariate((bound,)) - Polynomial.of(
            (each, value) for each, value in total.coefficients.items() if value < 0
        )
        kept = Polynomial.of((each, value) for each, value in total.coefficients.items() if value > 0)
        claim = rng.choice((
            f"{total.text([x])} ≥ {bound}",
            f"{total.times(-1).text([x])} ≤ {-bound}",
            f"{moved.text([x])} ≤ {kept.text([x])}",
        ))  # fmt: skip
    return Draft(binders=(binder([x], rng.choice(FIELDS)),), claim=claim, expected=expected, header=MATHLIB)


def _squares(rng: random.Random, level: int) -> Draft:
    """Two squares with the sum 0, so that both are 0."""
    names = Names(rng)
    x, y = names.some(NUMBERS, 2)
    p, q = (rng.randint(-2 * level, 2 * level) for _ in range(2))
    a, b, c, d = (rng.choice((1, rng.randint(-level, level))) for _ in range(4))
    if level < 4:
        b = c = 0
    if not a * d - b * c:
        raise DrawRejected
    forms = Polynomial.linear((a, b), -a * p - b * q), Polynomial.linear((c, d), -c * p - d * q)
    if level < 3 or rng.random() < 0.3:
        equation = " + ".join(f"({each.text([x, y])}) ^ 2" for each in forms) + " = 0"
    else:
        equation = _equal(rng, forms[0] * forms[0] + forms[1] * forms[1], [x, y])
    expected = wants_true(rng)
    asked, value = rng.choice(
        ((x, p), (y, q), (f"{x} + {y}", p + q), (f"{x} * {y}", p * q), (f"{x} - {y}", p - q))
    )
    value += 0 if expected else rng.choice((-1, 1, 2))
    claim = f"{asked} = {value}"
    if expected and rng.random() < 0.3:
        claim = f"{x} = {p} ∧ {y} = {q}"
    return Draft(
        binders=(binder([x, y], rng.choice(FIELDS)), names.hypothesis(equation)),
        claim=claim,
        expected=expected,
        header=MATHLIB,
    )


def _between(rng: random.Random, level: int) -> Draft:
    """`(x - r) (x - s)` is negative between the roots and only there."""
    names = Names(rng)
    (x,) = names.some(NUMBERS, 1)
    low, high = sorted((_root(rng, level), _root(rng, level)))
    if low == high:
        raise DrawRejected
    total = (_factor(low) * _factor(high)).text([x])
    strict = rng.random() < 0.5
    less = "<" if strict else "≤"
    expected = wants_true(rng)
    shown = (low, high) if expected else rng.choice(((low + 1, high), (low, high - Fraction(1, 2))))
    inside = f"{written(shown[0])} {less} {x} ∧ {x} {less} {written(shown[1])}"
    of = rng.choice(FIELDS)
    style = rng.randrange(3)
    if style == 0:
        return Draft(
            binders=(binder([x], of),),
            claim=f"{total} {less} 0 ↔ {inside}",
            expected=expected,
            header=MATHLIB,
        )
    if style == 1:
        given, claim = [f"{total} {less} 0"], inside
    else:
        shown = (low, high) if expected else rng.choice(((low - 1, high), (low, high + Fraction(1, 2))))
        given = [f"{written(shown[0])} {less} {x}", f"{x} {less} {written(shown[1])}"]
        claim = f"{total} {less} 0"
    return Draft(
        binders=(binder([x], of), *(names.hypothesis(each) for each in given)),
        claim=claim,
        expected=expected,
        header=MATHLIB,
    )
