"""Equations solved, witnesses, bounded quantifiers, and functions given by a formula.

What holds is found by trying all the numbers that can matter: those below a bound that the statement gives, or
that follows from it as the docstrings say.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from prover.problems.generators.draft import (
    FUNCTIONS,
    NUMBERS,
    Draft,
    DrawRejected,
    Names,
    binder,
    wants_true,
)
from prover.problems.generators.polynomial import Polynomial, atom


def equations(rng: random.Random, level: int) -> Draft:
    """Draw an equation with its solutions: linear, with two factors, or a product and a sum."""
    return rng.choice((_linear, _quadratic, _pair) if level > 1 else (_linear,))(rng, level)


def _linear(rng: random.Random, level: int) -> Draft:
    names = Names(rng)
    (variable,) = names.some(NUMBERS, 1)
    natural = rng.random() < 0.5
    value = rng.randint(0 if natural else -9 * level, 12 * level)
    left = Polynomial.univariate((rng.randint(0, 20), rng.randint(2, 6 + level)))
    right = Polynomial.univariate((0, rng.choice((0, rng.randint(0, level)))))
    constant = left(value) - right(value)
    right = right + Polynomial.univariate((constant, 0))
    if left.coefficients.get((1,)) == right.coefficients.get((1,)) or (natural and constant < 0):
        raise DrawRejected
    expected = wants_true(rng)
    shown = value if expected else max(0, value + rng.choice((-2, -1, 1, 3)))
    if not expected and shown == value:
        raise DrawRejected
    sides = [left.text([variable]), right.text([variable])]
    rng.shuffle(sides)
    return Draft(
        binders=(
            binder([variable], names.nat if natural else names.int),
            names.hypothesis(f"{sides[0]} = {sides[1]}"),
        ),
        claim=f"{variable} = {shown}",
        expected=expected,
    )


def _quadratic(rng: random.Random, level: int) -> Draft:
    """`(x - r) * (x - s) * ... = 0`, expanded; over ℕ the negative roots do not count."""
    names = Names(rng)
    (variable,) = names.some(NUMBERS, 1)
    natural = rng.random() < 0.4
    roots = [rng.randint(-2 * level, 2 * level) for _ in range(3 if level == 5 and rng.random() < 0.4 else 2)]
    total = Polynomial.univariate((1,))
    for root in roots:
        total = total * Polynomial.univariate((-root, 1))
    low = Polynomial.of((each, -value) for each, value in total.coefficients.items() if value < 0)
    high = Polynomial.of((each, value) for each, value in total.coefficients.items() if value > 0)
    solutions = sorted({each for each in roots if not natural or each >= 0})
    if not solutions or (natural and not low.coefficients):
        raise DrawRejected
    expected = wants_true(rng)
    shown = list(solutions)
    if not expected:
        shown.remove(rng.choice(shown))
        if not shown:
            shown = [solutions[0] + 1]
    if natural or rng.random() < 0.4:
        hypothesis = f"{high.text([variable])} = {low.text([variable])}"
    else:
        hypothesis = f"{total.text([variable])} = 0"
    return Draft(
        binders=(binder([variable], names.nat if natural else names.int), names.hypothesis(hypothesis)),
        claim=" ∨ ".join(f"{variable} = {each}" for each in shown),
        expected=expected,
    )


def _pair(rng: random.Random, level: int) -> Draft:
    """A product of two naturals is given; unless one is 0, both are at most the product."""
    names = Names(rng)
    a, b = names.some(NUMBERS, 2)
    x, y = rng.randint(1, 2 * level), rng.randint(1, 3 * level)
    product = x * y
    sum_given = rng.random() < 0.6
    extra = f"{a} + {b} = {x + y}" if sum_given else f"{a} < {b}"
    solutions = [
        (i, product // i)
        for i in range(1, product + 1)
        if product % i == 0 and ((i + product // i == x + y) if sum_given else i < product // i)
    ]
    if not solutions or len(solutions) > 3:
        raise DrawRejected
    questions: Sequence[tuple[str, Callable[[int, int], int]]] = (
        (f"{a} * {a} + {b} * {b}", lambda i, j: i * i + j * j),
        (f"{a} ^ 2 + {b} ^ 2", lambda i, j: i * i + j * j),
        (f"{a} + 2 * {b}", lambda i, j: i + 2 * j),
        (a, lambda i, j: i),
    )  # fmt: skip
    asked, value_of = rng.choice(questions)
    values = sorted({value_of(i, j) for i, j in solutions})
    expected = wants_true(rng)
    if not expected:
        values = values[1:] or [values[0] + rng.randint(1, 3)]
    return Draft(
        binders=(
            binder([a, b], names.nat),
            names.hypothesis(f"{a} * {b} = {product}"),
            names.hypothesis(extra),
        ),
        claim=" ∨ ".join(f"{asked} = {each}" for each in values),
        expected=expected,
    )


def existence(rng: random.Random, level: int) -> Draft:
    """Draw a statement that numbers with some property are there: with a witness, or with none at all."""
    return rng.choice((_root, _combination, _beyond))(rng, level)


def _root(rng: random.Random, level: int) -> Draft:
    """A polynomial over ℕ that grows takes a value once, or steps over it."""
    names = Names(rng)
    (variable,) = names.some(NUMBERS, 1)
    degree = 1 + (level > 1) + (level > 3)
    taken = Polynomial.univariate(
        [
            rng.randint(0, 9),
            *(rng.randint(0, 2 + level) for _ in range(degree - 1)),
            rng.randint(1, 1 + level),
        ]
    )
    witness = rng.randint(1, 4 + 3 * level)
    expected = wants_true(rng)
    gap = taken(witness + 1) - taken(witness)
    if not expected and gap < 2:
        raise DrawRejected
    value = taken(witness) + (0 if expected else rng.randint(1, gap - 1))
    return Draft(
        binders=(), claim=f"∃ {variable} : {names.nat}, {taken.text([variable])} = {value}", expected=expected
    )


def _combination(rng: random.Random, level: int) -> Draft:
    """`a x + b y = c` has integer solutions if and only if gcd(a, b) divides c (Bézout)."""
    names = Names(rng)
    x, y = names.some(NUMBERS, 2)
    a, b = rng.randint(2, 4 + 4 * level), rng.randint(2, 4 + 4 * level)
    divisor = math.gcd(a, b)
    expected = wants_true(rng)
    if not expected and divisor == 1:
        raise DrawRejected
    value = divisor * rng.randint(-level, 3 * level) + (0 if expected else rng.randint(1, divisor - 1))
    sign = rng.choice("+-")
    return Draft(
        binders=(),
        claim=f"∃ {x} {y} : {names.int}, {a} * {x} {sign} {b} * {y} = {value}",
        expected=expected,
    )


def _beyond(rng: random.Random, level: int) -> Draft:
    """Beyond every number there is one of a residue class, but none that is a multiple and is not."""
    names = Names(rng)
    n, m = names.some(NUMBERS, 2)
    modulus = rng.randint(2, 3 + level)
    remainder = rng.randrange(modulus)
    multiple = rng.choice((0, 0, modulus * rng.randint(1, level), rng.randint(2, 3 + level)))
    possible = not multiple or remainder % math.gcd(modulus, multiple) == 0
    if possible != wants_true(rng):
        raise DrawRejected
    conditions = [f"{n} {rng.choice('<≤')} {m}", f"{m} % {modulus} = {remainder}"]
    if multiple:
        conditions.append(f"{multiple} ∣ {m}")
    of = names.nat
    claim = f"∃ {m} : {of}, {' ∧ '.join(conditions)}"
    if rng.random() < 0.5:
        return Draft(binders=(), claim=f"∀ {n} : {of}, {claim}", expected=possible)
    return Draft(binders=(binder([n], of),), claim=claim, expected=possible)


def bounded(rng: random.Random, level: int) -> Draft:
    """Draw a quantifier over the naturals below a bound, and a property that is tried on each of them."""
    names = Names(rng)
    (n,) = names.some(NUMBERS, 1)
    bound = rng.randint(4, 6 + 8 * level)
    modulus = rng.randint(2, 3 + 2 * level)
    remainder = rng.randrange(modulus)
    taken = Polynomial.univariate([rng.randint(0, 5 * level), rng.randint(0, 5), rng.randint(1, 1 + level)])
    high = max(taken(each) for each in range(bound)) + rng.choice((-2, -1, 0, 1, 2, 5))
    written = taken.text([n])
    properties: Sequence[tuple[str, Callable[[int], bool]]] = (
        (f"{atom(written)} % {modulus} = {remainder}", lambda each: taken(each) % modulus == remainder),
        (f"{atom(written)} % {modulus} ≠ {remainder}", lambda each: taken(each) % modulus != remainder),
        (f"{written} ≤ {high}", lambda each: taken(each) <= high),
        (f"{written} < {n} ^ 2 + {high}", lambda each: taken(each) < each**2 + high),
        (
            f"{n} % {modulus} = {remainder} → {written} ≠ {high}",
            lambda each: each % modulus != remainder or taken(each) != high,
        ),
    )  # fmt: skip
    text, holds = rng.choice(properties)
    universal = rng.random() < 0.6
    truths = [holds(each) for each in range(bound)]
    expected = all(truths) if universal else any(truths)
    if expected != wants_true(rng) or (" → " in text and not universal):
        raise DrawRejected
    if universal and rng.random() < 0.5:
        return Draft(
            binders=(binder([n], names.nat), names.hypothesis(f"{n} < {bound}")),
            claim=text,
            expected=expected,
        )
    quantified = f"{'∀' if universal else '∃'} {n} : {names.nat}, {n} < {bound}"
    joined = f"{quantified} → {text}" if universal else f"{quantified} ∧ ({text})"
    return Draft(binders=(), claim=joined, expected=expected)


def formulas(rng: random.Random, level: int) -> Draft:
    """Draw functions given by formulas for all arguments, and one of their values, or an argument from a value."""
    names = Names(rng)
    f, g = names.some(FUNCTIONS, 2)
    (x,) = names.some(("x", "t", "n", "y", "z", "a"), 1)
    of = names.int if rng.random() < 0.6 else names.nat
    natural = of == names.nat
    least = 0 if natural else -4
    first = Polynomial.univariate(
        [rng.randint(least, 9), rng.randint(1, 2 + level), *([rng.randint(0, 2)] if level > 2 else [])]
    )
    second = Polynomial.univariate([rng.randint(least, 9), rng.randint(1, 2 + level)])
    argument = rng.randint(least, 3 + level)
    expected = wants_true(rng)
    defined = [names.hypothesis(f"∀ {x}, {f} {x} = {first.text([x])}")]
    shown = f"({argument})" if argument < 0 else str(argument)
    functions = [f]
    style = rng.randrange(3 if level > 1 else 1)
    if style == 0:
        text, value = f"{f} {shown}", first(argument)
    elif style == 1:
        functions.append(g)
        defined.append(names.hypothesis(f"∀ {x}, {g} {x} = {second.text([x])}"))
        text, value = f"{f} ({g} {shown})", first(second(argument))
        if level > 3:
            text, value = f"{text} + {g} ({f} {shown})", value + second(first(argument))
    else:
        unknown = next(each for each in ("c", "k", "m") if each not in (x, f, g))
        functions = [g]
        defined = [names.hypothesis(f"∀ {x}, {g} {x} = {second.text([x])}")]
        defined.append(names.hypothesis(f"{g} {unknown} = {second(argument)}"))
        value = argument + (0 if expected else rng.randint(1, 3))
        return Draft(
            binders=(binder(functions, f"{of} → {of}"), binder([unknown], of), *defined),
            claim=f"{unknown} = {value}",
            expected=expected,
        )
    value += 0 if expected else rng.choice((1, 2, -1, 10))
    if natural and value < 0:
        raise DrawRejected
    return Draft(
        binders=(binder(functions, f"{of} → {of}"), *defined), claim=f"{text} = {value}", expected=expected
    )
