"""Congruences with `[MOD n]`, `[ZMOD n]` and in `ZMod n`: decided on all remainders that can matter."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable

from prover.problems.generators.draft import NUMBERS, Draft, DrawRejected, Names, binder, wants_true
from prover.problems.generators.polynomial import Polynomial
from prover.problems.generators.terms import MATHLIB

MOST_POINTS = 5000


def congruences(rng: random.Random, level: int) -> Draft:
    """Draw congruences of numbers, or what they say of others, with `[MOD n]`, `[ZMOD n]` or in `ZMod n`."""
    styles = (_numbers, _residues) if level == 1 else (_numbers, _implied, _residues, _implied)
    return rng.choice(styles)(rng, level)


def _numbers(rng: random.Random, level: int) -> Draft:
    natural = rng.random() < 0.5
    modulus = rng.randint(2, 5 + 6 * level)
    base, exponent = rng.randint(2, 10 * level), rng.randint(1, 2 * level)
    a = base**exponent if rng.random() < 0.5 else rng.randint(0, 20 * 5**level)
    a = a if natural or rng.random() < 0.5 else -a
    expected = wants_true(rng)
    b = a % modulus + modulus * rng.choice((0, 0, 1, 2)) + (0 if expected else rng.randint(1, modulus - 1))
    left = f"{base} ^ {exponent}" if a == base**exponent and exponent > 1 else str(a)
    return Draft(
        binders=(),
        claim=f"{left} ≡ {b} [{'' if natural else 'Z'}MOD {modulus}]",
        expected=expected,
        header=MATHLIB,
    )


def _residues(rng: random.Random, level: int) -> Draft:
    """An equation in `ZMod n`, of numbers or of all elements."""
    names = Names(rng)
    (x,) = names.some(NUMBERS, 1)
    modulus = rng.randint(2, 5 + 2 * level)
    expected = wants_true(rng)
    a, b = rng.randint(2, 9 * level), rng.randint(2, 9 * level)
    if level == 1 or rng.random() < 0.5:
        value = (a * b + a) % modulus
        shown = (value + (0 if expected else rng.randint(1, modulus - 1))) % modulus
        claim = f"({a} * {b} + {a} : ZMod {modulus}) = {shown}"
        return Draft(binders=(), claim=claim, expected=expected, header=MATHLIB)
    taken = Polynomial.univariate([rng.randint(0, 3) for _ in range(min(4, level) + 1)])
    values = {taken(each) % modulus for each in range(modulus)}
    if taken.is_constant or len(values) > 4 or len(values) == modulus:
        raise DrawRejected
    shown_values = sorted(values) if expected else sorted(values)[1:]
    claim = " ∨ ".join(f"{taken.text([x])} = {each}" for each in shown_values)
    if not claim:
        raise DrawRejected
    return Draft(binders=(binder([x], f"ZMod {modulus}"),), claim=claim, expected=expected, header=MATHLIB)


def _implied(rng: random.Random, level: int) -> Draft:
    """From congruences of one or two numbers, one of a polynomial in them."""
    names = Names(rng)
    natural = rng.random() < 0.5
    count = 1 if level < 3 else rng.choice((1, 1, 2))
    chosen = names.some(NUMBERS, count)
    sign = "MOD" if natural else "ZMOD"
    modulus = rng.randint(2, 4 + 3 * level)
    given: list[tuple[str, int, Callable[..., bool]]] = []
    for index, name in enumerate(chosen):
        for _ in range(rng.choice((1, 1, 2)) if count == 1 else 1):
            own = modulus if rng.random() < 0.6 else rng.choice((2, 3, 4, 5, modulus * 2))
            factor, remainder = rng.choice((1, 1, rng.randint(2, 4))), rng.randrange(own)
            text = f"{factor} * {name}" if factor > 1 else name
            given.append(
                (f"{text} ≡ {remainder} [{sign} {own}]", own, _congruent(index, factor, remainder, own))
            )
    asked = Polynomial.of(
        (each, rng.choice((0, 1, rng.randint(0, 2 + level))))
        for each in itertools.product(range(min(3, 1 + level // 2) + 1), repeat=count)
        if sum(each) <= 3
    )
    period = math.lcm(modulus, *(each[1] for each in given))
    if asked.is_constant or period**count > MOST_POINTS:
        raise DrawRejected
    points = [
        point
        for point in itertools.product(range(period), repeat=count)
        if all(holds(*point) for _, _, holds in given)
    ]
    values = {asked(*point) % modulus for point in points}
    expected = wants_true(rng)
    if not values or len(values) > 2:
        raise DrawRejected
    shown = sorted(values) if expected else sorted(values)[1:] or [(min(values) + 1) % modulus]
    text = asked.text(chosen)
    return Draft(
        binders=(
            binder(chosen, names.nat if natural else names.int),
            *(names.hypothesis(each) for each, _, _ in given),
        ),
        claim=" ∨ ".join(f"{text} ≡ {each} [{sign} {modulus}]" for each in shown),
        expected=expected,
        header=MATHLIB,
    )


def _congruent(index: int, factor: int, remainder: int, modulus: int) -> Callable[..., bool]:
    return lambda *point: factor * point[index] % modulus == remainder % modulus
