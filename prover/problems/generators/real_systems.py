"""Equations and systems over ℝ and ℚ: from hypotheses that have a solution to the value of something.

The solution is drawn first and the hypotheses are made to fit it, so they never contradict each other, and what is
asked for is settled by them; a wrong value is false.
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
from prover.problems.generators.linear import determinant
from prover.problems.generators.polynomial import Polynomial
from prover.problems.generators.terms import (
    FIELDS,
    MATHLIB,
    Point,
    Term,
    constant,
    draw,
    draw_nonzero,
    polynomial,
    value_at,
    variables,
    written,
)


def real_systems(rng: random.Random, level: int) -> Draft:
    """Draw an equation, a system, symmetric functions of two numbers, or proportions."""
    return drawn_by_level(
        rng,
        level,
        (_unknown, _unknown, _ratio),
        (_unknown, _system, _ratio),
        (_system, _symmetric, _ratio),
        (_system, _symmetric, _reciprocal),
        (_system, _symmetric, _reciprocal),
    )


def _draft(
    rng: random.Random,
    names: Names,
    variables_: Sequence[str],
    hypotheses: Sequence[str],
    asked: Term,
    value: Fraction,
) -> Draft:
    """State that `asked` has this value, or another one."""
    expected = wants_true(rng)
    shown = value if expected else value + rng.choice((1, -1, 2, Fraction(1, 2), -2 * value or 3))
    return Draft(
        binders=(binder(variables_, rng.choice(FIELDS)), *(names.hypothesis(each) for each in hypotheses)),
        claim=f"{asked.text} = {written(shown)}",
        expected=expected,
        header=MATHLIB,
    )


def _unknown(rng: random.Random, level: int) -> Draft:
    """A linear equation with one unknown, written with fractions and brackets."""
    names = Names(rng)
    (name,) = names.some(NUMBERS, 1)
    (x,) = variables([name])
    solution = draw(rng, 6 * level, 1 + level)
    left = _side(rng, x, level)
    right = _side(rng, x, level) if level > 1 and rng.random() < 0.6 else constant(draw(rng, 9))
    missing = left.value((solution,)) - right.value((solution,))
    right = right + constant(missing) if missing > 0 else right - constant(-missing) if missing else right
    at_zero, at_one = ((left.value((each,)) - right.value((each,))) for each in (Fraction(0), Fraction(1)))
    if at_zero == at_one:
        raise DrawRejected
    asked = x
    if level > 1 and rng.random() < 0.4:
        asked = constant(draw_nonzero(rng, 5)) * x + constant(rng.randint(1, 9))
    sides = [left.text, right.text]
    rng.shuffle(sides)
    return _draft(rng, names, [name], [" = ".join(sides)], asked, asked.value((solution,)))


def _side(rng: random.Random, x: Term, level: int) -> Term:
    a, b, c = (constant(rng.randint(2, 4 + 2 * level)) for _ in range(3))
    forms = [a * x + b, a * x - b, x / a + b, (x - b) / a, a * (x + b), b - x / a, b - a * x]
    if level > 2:
        forms += [
            a * x / b - c,
            (a * x + b) / c,
            x / a + x / b,
            a * (x - b) + c * x,
            (x + a) / b - (x - b) / c,
        ]
    return rng.choice(forms)


def _system(rng: random.Random, level: int) -> Draft:
    """Linear equations with one solution, terms on both sides of them."""
    names = Names(rng)
    count = 2 if level < 4 else rng.choice((2, 3))
    chosen = names.some(NUMBERS, count)
    point = [draw(rng, 3 + 3 * level, max(1, level - 1)) for _ in chosen]
    rows = [[rng.randint(-3 - level, 3 + level) for _ in chosen] for _ in chosen]
    if not determinant(rows) or not all(any(row) for row in rows):
        raise DrawRejected
    hypotheses = [_equation(rng, row, chosen, point) for row in rows]
    terms = variables(chosen)
    asked = rng.choice(terms)
    if level > 2 and rng.random() < 0.6:
        x, y = rng.sample(terms, 2)
        a, b = (constant(rng.randint(2, 5)) for _ in range(2))
        asked = rng.choice((x + y, x - y, a * x + y, a * x - b * y, x * y, x**2 + y**2, (x + y) ** 2))
    return _draft(rng, names, chosen, hypotheses, asked, asked.value(point))


def _equation(rng: random.Random, row: Sequence[int], names: Sequence[str], point: Point) -> str:
    stays = [rng.random() < 0.75 for _ in row]
    left = Polynomial.linear([each if here else 0 for each, here in zip(row, stays, strict=True)], 0)
    right = Polynomial.linear([0 if here else -each for each, here in zip(row, stays, strict=True)], 0)
    if not left.coefficients:
        left, right = right, left
    missing = value_at(left, point) - value_at(right, point)
    if not right.coefficients:
        return f"{left.text(names)} = {written(missing)}"
    shown = polynomial(right, names)
    shown = shown + constant(missing) if missing > 0 else shown - constant(-missing) if missing else shown
    return f"{left.text(names)} = {shown.text}"


def _symmetric(rng: random.Random, level: int) -> Draft:
    """Two symmetric functions of two numbers are given, which settle all the others."""
    names = Names(rng)
    chosen = names.some(NUMBERS, 2)
    x, y = variables(chosen)
    point = [draw(rng, 2 + 2 * level, 2 if level > 3 else 1) for _ in chosen]
    k = constant(rng.randint(2, 3 + level))
    even = [x**2 + y**2, x**2 * y + x * y**2, (x + k) * (y + k), x * y * (x + y), (x - y) ** 2, k * x * y]
    even += [x**3 + y**3, x**4 + y**4, x**2 + k * x * y + y**2, (k * x + y) * (x + k * y)]
    odd = [x**2 + y**2, (x + y) ** 2, x**3 - y**3, (x - k) * (y + k), x**2 * y - x * y**2]
    if all(point):
        even += [constant(1) / x + constant(1) / y, x / y + y / x, k / x + k / y]
        odd += [k / x - k / y, x / y + y / x]
    # sums of powers and the product; differences and the product
    given, asked_for = rng.choice((
        ((x + y, x * y), even),
        ((x + y, x**2 + y**2), even),
        ((x - y, x * y), odd),
        ((x - y, x**2 + y**2), odd),
    ))  # fmt: skip
    asked = rng.choice(asked_for)
    if asked.text in [each.text for each in given]:
        raise DrawRejected
    hypotheses = [f"{each.text} = {written(each.value(point))}" for each in given]
    if "/" in asked.text and rng.random() < 0.7:
        hypotheses += [f"{each.text} ≠ 0" for each in (x, y)]
    return _draft(rng, names, chosen, hypotheses, asked, asked.value(point))


def _reciprocal(rng: random.Random, level: int) -> Draft:
    """`a x + b / x` is given, and with it `a² x² + b² / x²` and the like."""
    names = Names(rng)
    chosen = names.some(NUMBERS, 1)
    (x,) = variables(chosen)
    point = [draw_nonzero(rng, 1 + level, 3)]
    a, b = (rng.choice((1, 1, rng.randint(2, 4))) for _ in range(2))
    first, second = (x if a == 1 else constant(a) * x), constant(b) / x
    sign = rng.choice((1, -1))
    given = first + second if sign > 0 else first - second
    squares = (x**2 if a == 1 else constant(a * a) * x**2), constant(b * b) / x**2
    cubes = (x**3 if a == 1 else constant(a**3) * x**3), constant(b**3) / x**3
    asked = rng.choice((
        squares[0] + squares[1],
        (first - second if sign > 0 else first + second) ** 2,
        *((cubes[0] + cubes[1] if sign > 0 else cubes[0] - cubes[1],) if level > 4 else ()),
        given**2,
    ))  # fmt: skip
    hypotheses = [f"{given.text} = {written(given.value(point))}"]
    sign_of_x = f"0 < {x.text}" if point[0] > 0 else f"{x.text} < 0"
    hypotheses.insert(rng.randint(0, 1), rng.choice((f"{x.text} ≠ 0", sign_of_x)))
    return _draft(rng, names, chosen, hypotheses, asked, asked.value(point))


def _ratio(rng: random.Random, level: int) -> Draft:
    """The ratio of two numbers is given, and with it those of their multiples and sums."""
    names = Names(rng)
    count = 2 if level < 3 else rng.choice((2, 3))
    chosen = names.some(NUMBERS, count)
    terms = variables(chosen)
    point = [draw_nonzero(rng, 3 + 3 * level) for _ in chosen]
    x, y, z = terms[0], terms[1], terms[-1]
    a, b = (constant(rng.randint(2, 3 + level)) for _ in range(2))
    asked = rng.choice(
        (a * x / y, (x + y) / y, (a * x - y) / y, (a * x + b * y) / y, y / x, x / (a * y), x / y + a)
    )
    if count == 3:
        asked = rng.choice((x / z, a * x / z, (x + y) / z, z / x, (x - z) / z))
    hypotheses = [f"{each.text} ≠ 0" for each in terms]
    for left, right in itertools.pairwise(terms):
        ratio = written((left / right).value(point))
        hypotheses.append(
            f"{(left / right).text} = {ratio}"
            if rng.random() < 0.7
            else f"{left.text} = {ratio} * {right.text}"
        )
    return _draft(rng, names, chosen, hypotheses, asked, asked.value(point))
