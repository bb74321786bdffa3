"""Fractions over ℝ and ℚ: sums of numbers, cancelled factors, partial fractions, equations between fractions.

In Lean `x / 0` is 0, so an identity of fractions may need that a denominator is not 0 and fail without it. True ones
are true by construction; for false ones there is a counterexample, found by evaluating both sides as Lean would.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
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
from prover.problems.generators.terms import (
    FIELDS,
    MATHLIB,
    Term,
    constant,
    draw_nonzero,
    polynomial,
    quotient,
    typed,
    value_at,
    variables,
    written,
)

LARGEST = 10_000


def fractions(rng: random.Random, level: int) -> Draft:
    """Draw numbers to add and multiply, an identity of fractions, or an equation with fractions."""
    return drawn_by_level(
        rng,
        level,
        (_numbers, _cancelled),
        (_numbers, _cancelled, _partial, _powers),
        (_cancelled, _partial, _equation, _combined),
        (_cancelled, _partial, _equation, _combined),
        (_partial, _equation, _combined),
    )


def _numbers(rng: random.Random, level: int) -> Draft:
    """A value of an expression with numbers alone, or the order of two."""
    of = rng.choice(FIELDS)
    left = _expression(rng, 1 + level)
    value = left.value(())
    expected = wants_true(rng)
    if max(abs(value.numerator), value.denominator) > LARGEST:
        raise DrawRejected
    first = left.text.partition(" ")[0].lstrip("(")
    marked = (
        left.text.replace(first, typed(int(first), of), 1) if first.isdecimal() else f"({left.text} : {of})"
    )
    if rng.random() < 0.7:
        shown = value if expected else value + rng.choice((1, -1, Fraction(1, value.denominator + 1)))
        return Draft(binders=(), claim=f"{marked} = {written(shown)}", expected=expected, header=MATHLIB)
    distance = Fraction(1, rng.randint(1, 12)) * (1 if expected else -1)
    bound = Fraction(round(value * 12), 12) + distance
    if (value < bound) != expected:
        raise DrawRejected
    return Draft(
        binders=(),
        claim=f"{marked} < {written(bound)}",
        expected=expected,
        header=MATHLIB,
    )


def _expression(rng: random.Random, operations: int) -> Term:
    if not operations:
        return constant(rng.randint(1, 12))
    left = rng.randrange(operations)
    a, b = _expression(rng, left), _expression(rng, operations - 1 - left)
    kind = rng.choice("+-*//")
    if kind == "/":
        if not b.value(()):
            raise DrawRejected
        return a / b
    return a + b if kind == "+" else a - b if kind == "-" else a * b


Condition = tuple[str, Callable[..., bool]]


def _state(
    rng: random.Random,
    names: Names,
    chosen: Sequence[str],
    conditions: Sequence[Condition],
    sides: tuple[Term, Term],
    expected: bool,
) -> Draft:
    """State that the sides are equal under the conditions; a false statement must have a counterexample."""
    left, right = sides
    if not expected:
        points = itertools.product(range(-7, 8), repeat=len(chosen))
        rational = (tuple(map(Fraction, each)) for each in points)
        if not any(
            all(holds(*point) for _, holds in conditions) and left.value(point) != right.value(point)
            for point in rational
        ):
            raise DrawRejected
    shown = [left.text, right.text]
    if rng.random() < 0.25:
        shown.reverse()
    return Draft(
        binders=(
            binder(chosen, rng.choice(FIELDS)),
            *(names.hypothesis(text) for text, _ in conditions),
        ),
        claim=" = ".join(shown),
        expected=expected,
        header=MATHLIB,
    )


def _nonzero(rng: random.Random, of: Polynomial, names: Sequence[str]) -> Condition:
    """Return that a linear form in the first variable is not 0, in one of three ways."""
    root = -Fraction(of.coefficients.get((0,) * len(names), 0))
    text = of.text(names)
    monic = of.coefficients.get((1,) + (0,) * (len(names) - 1)) == 1
    style = rng.random()
    if monic and style < 0.3:
        return f"{names[0]} ≠ {written(root)}", lambda *point: point[0] != root
    if monic and style < 0.5:
        return f"{written(root)} < {names[0]}", lambda *point: point[0] > root
    return f"{text} ≠ 0", lambda *point: value_at(of, point) != 0


def _cancelled(rng: random.Random, level: int) -> Draft:
    """A product divided by one of its factors, which must not be 0."""
    names = Names(rng)
    (x,) = names.some(NUMBERS, 1)
    divisor = Polynomial.univariate(
        (rng.choice((-1, 1)) * rng.randint(0, 2 + level), rng.choice((1, 1, level)))
    )
    rest = Polynomial.univariate((1,))
    for _ in range(1 + (level > 3)):
        rest = rest * Polynomial.univariate((rng.randint(-4, 4), rng.randint(1, 1 + level // 2)))
    expected = wants_true(rng)
    product = divisor * rest
    missing = not expected and rng.random() < 0.5
    right = rest if expected or missing else rest + Polynomial.univariate((0, rng.choice((1, -1))))
    conditions = [] if missing else [_nonzero(rng, divisor, [x])]
    sides = polynomial(product, [x]) / polynomial(divisor, [x]), polynomial(right, [x])
    return _state(rng, names, [x], conditions, sides, expected)


def _partial(rng: random.Random, level: int) -> Draft:
    """A sum of fractions with one variable below, brought to one denominator."""
    names = Names(rng)
    (x,) = names.some(NUMBERS, 1)
    a, b = rng.sample(range(-2 - level, 3 + level), 2)
    below = [Polynomial.univariate((each, 1)) for each in (a, b)]
    above = [
        Polynomial.univariate((rng.randint(1, 2 + level), *((rng.randint(0, 1),) if level > 3 else ())))
        for _ in below
    ]
    minus = rng.random() < 0.5
    total = above[0] * below[1] + (above[1] * below[0]).times(-1 if minus else 1)
    expected = wants_true(rng)
    if not expected:
        total = total + Polynomial.univariate((rng.choice((0, 1, -1)), rng.choice((1, -1, 0))))
    tops, bottoms = ([polynomial(each, [x]) for each in group] for group in (above, below))
    first, second = (top / bottom for top, bottom in zip(tops, bottoms, strict=True))
    joined = polynomial(total, [x]) / (bottoms[0] * bottoms[1])
    conditions = [_nonzero(rng, each, [x]) for each in below]
    return _state(
        rng, names, [x], conditions, (first - second if minus else first + second, joined), expected
    )


def _powers(rng: random.Random, level: int) -> Draft:
    """Powers of a number divided, with negative exponents as inverses."""
    names = Names(rng)
    (name,) = names.some(NUMBERS, 1)
    (x,) = variables([name])
    low = rng.randint(1, 2 + level)
    high = low + rng.randint(1, 1 + level)
    k = constant(rng.randint(2, 9))
    difference = high - low
    expected = wants_true(rng)
    shown = difference + (0 if expected else rng.choice((1, 2)))
    power = x if shown == 1 else x**shown
    sides = rng.choice(
        (
            (x**high / x**low, power),
            (k * x**high / x**low, k * power),
            (x**low / x**high, constant(1) / power),
        )
    )
    return _state(rng, names, [name], [(f"{name} ≠ 0", lambda *point: point[0] != 0)], sides, expected)


def _equation(rng: random.Random, level: int) -> Draft:
    """An equation between fractions with one solution."""
    names = Names(rng)
    (x,) = names.some(NUMBERS, 1)
    solution = Fraction(rng.randint(-3 * level, 3 * level), rng.choice((1, 1, 2)))
    a, b = (rng.randint(-3 * level, 3 * level) for _ in range(2))
    left_below = Polynomial.univariate((a, 1))
    left_above = Polynomial.univariate(
        (rng.randint(1, 4 + level), *((rng.randint(0, 2),) if level > 3 else ()))
    )
    value = quotient(value_at(left_above, (solution,)), value_at(left_below, (solution,)))
    if not value or not value_at(left_below, (solution,)):
        raise DrawRejected
    text = (polynomial(left_above, [x]) / polynomial(left_below, [x])).text
    conditions = [f"{left_below.text([x])} ≠ 0"]
    other = Polynomial.univariate((b, 1))
    top = value * value_at(other, (solution,))
    if left_above.is_constant and rng.random() < 0.6 and top and top.denominator == 1 and a != b:
        if top == left_above.coefficients[(0,)]:
            raise DrawRejected
        equation = f"{text} = {(constant(top) / polynomial(other, [x])).text}"
        conditions.append(f"{other.text([x])} ≠ 0")
    else:
        # a constant on the right leaves a linear equation, unless the two sides are the same for every x
        if value == left_above.coefficients.get((1,), 0):
            raise DrawRejected
        equation = f"{text} = {written(value)}"
    expected = wants_true(rng)
    shown = solution + (0 if expected else rng.choice((1, -1, Fraction(1, 2))))
    return Draft(
        binders=(
            binder([x], rng.choice(FIELDS)),
            *(names.hypothesis(each) for each in [*conditions, equation]),
        ),
        claim=f"{x} = {written(shown)}",
        expected=expected,
        header=MATHLIB,
    )


def _combined(rng: random.Random, level: int) -> Draft:
    """Laws of fractions in several variables with numbers put in."""
    names = Names(rng)
    chosen = names.some(NUMBERS, 2)
    x, y = variables(chosen)
    a, b = (constant(draw_nonzero(rng, 3 + level)) for _ in range(2))
    expected = wants_true(rng)
    k = constant(rng.randint(2, 3 + level))
    joined = (a * y + b * x) / (x * y)
    sides = rng.choice((
        (a / x + b / y, joined),
        (x / (a * y) + y / (b * x), (b * x**2 + a * y**2) / (a * b * x * y)),
        ((a / x) / (b / y), a * y / (b * x)),
        (constant(1) / (a / x + b / y), x * y / (a * y + b * x)),
        ((a * x + b * y) / x, a + b * y / x),
        ((x / y) ** 2 - k**2, (x - k * y) * (x + k * y) / y**2),
        ((x + y) / x + (x - y) / y, (x**2 + y**2) / (x * y)),
        (a * x / (k * x), a / k),
    ))  # fmt: skip
    conditions: list[Condition] = [
        (f"{chosen[0]} ≠ 0", lambda *point: point[0] != 0),
        (f"{chosen[1]} ≠ 0", lambda *point: point[1] != 0),
    ]
    if level > 3 and rng.random() < 0.5:
        conditions = [
            (f"0 < {chosen[0]}", lambda *point: point[0] > 0),
            (f"0 < {chosen[1]}", lambda *point: point[1] > 0),
        ]
    if not expected:
        if rng.random() < 0.5:
            conditions.pop(rng.randrange(2))
        else:
            sides = (sides[0], sides[1] + constant(rng.choice((1, 2))))
    return _state(rng, names, chosen, conditions, sides, expected)
