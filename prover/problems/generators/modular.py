"""Remainders, divisors, parity: statements that depend on their numbers modulo some number alone.

So they are decided exactly, by trying every remainder. Powers `a ^ n % m` are periodic in `n` as well.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prover.problems.generators.draft import NUMBERS, Draft, DrawRejected, Names, binder, wants_true
from prover.problems.generators.polynomial import Polynomial, atom

MOST_POINTS = 6000


@dataclass(frozen=True, slots=True)
class _Fact:
    """A condition on some numbers; it depends on them modulo `modulus`."""

    text: str
    modulus: int
    holds: Callable[..., bool]


def modular(rng: random.Random, level: int) -> Draft:
    """Draw hypotheses about remainders and divisors, and a claim about a polynomial."""
    names = Names(rng)
    natural = rng.random() < 0.65
    count = 1 if level < 3 else rng.choice((1, 1, 2))
    variables = names.some(NUMBERS, count)
    modulus = rng.randint(2, 3 + 2 * level)
    hypotheses = [
        _about(rng, _single(rng, count), _pick_related(rng, modulus), variables)
        for _ in range(rng.choice((0, 1, 1, 2)) if level > 1 else 1)
    ]
    expected = wants_true(rng)
    asked = _polynomial(rng, count, level, natural=natural)
    points = _points([modulus, *(each.modulus for each in hypotheses)], count)
    points = [point for point in points if all(each.holds(*point) for each in hypotheses)]
    remainders = {asked(*point) % modulus for point in points}
    if not remainders or (not hypotheses and asked.is_constant):
        raise DrawRejected
    claim = _claim(rng, asked, modulus, variables, remainders, expected)
    if all(claim.holds(*point) for point in points) != expected:
        raise DrawRejected
    return Draft(
        binders=(
            binder(variables, names.nat if natural else names.int),
            *(names.hypothesis(each.text) for each in hypotheses),
        ),
        claim=claim.text,
        expected=expected,
    )


def parity(rng: random.Random, level: int) -> Draft:
    """Draw a statement about even and odd numbers, with the half written as `∃ k` at times."""
    names = Names(rng)
    natural = rng.random() < 0.65
    count = 1 + (level >= 2) + (level >= 4 and rng.random() < 0.5)
    half, *variables = names.some([each for each in NUMBERS if len(each.split()) > count], count + 1)
    of = names.nat if natural else names.int
    hypotheses = [
        _halve(rng, Polynomial.linear([int(i == j) for j in range(count)], 0), variables, half)
        for i in range(count)
        if rng.random() < 0.6
    ]
    points = [
        point
        for point in itertools.product(range(2), repeat=count)
        if all(each.holds(*point) for each in hypotheses)
    ]
    expected = wants_true(rng)
    asked = _polynomial(rng, count, level, natural=natural)
    claim = _halve(rng, asked, variables, half)
    if asked.is_constant or all(claim.holds(*point) for point in points) != expected:
        raise DrawRejected
    return Draft(
        binders=(binder(variables, of), *(names.hypothesis(each.text) for each in hypotheses)),
        claim=claim.text,
        expected=expected,
    )


def _halve(rng: random.Random, what: Polynomial, variables: Sequence[str], half: str) -> _Fact:
    odd = rng.randint(0, 1)
    written = what.text(variables)
    style = rng.randrange(4)
    text = (
        f"{atom(written)} % 2 = {odd}",
        f"∃ {half}, {written} = 2 * {half}{' + 1' if odd else ''}",
        f"{'¬' if odd else ''}2 ∣ {atom(written)}",
        f"{atom(written)} % 2 {'≠ 0' if odd else '≠ 1'}",
    )[style]
    return _Fact(text, 2, lambda *point: what(*point) % 2 == odd)


def powers(rng: random.Random, level: int) -> Draft:
    """Draw a remainder of a power, of one number or of all of a progression of exponents."""
    names = Names(rng)
    modulus = rng.randint(3, 5 + 3 * level)
    base = rng.randint(2, 4 + 2 * level)
    expected = wants_true(rng)
    if level == 1 or rng.random() < 0.3:
        exponent = rng.randint(3, 4**level + 6)
        remainder = pow(base, exponent, modulus)
        if not expected:
            remainder = (remainder + rng.randint(1, modulus - 1)) % modulus
        return Draft(binders=(), claim=f"{base} ^ {exponent} % {modulus} = {remainder}", expected=expected)
    if math.gcd(base, modulus) != 1:
        raise DrawRejected
    (variable,) = names.some(NUMBERS, 1)
    order = next(n for n in range(1, modulus) if pow(base, n, modulus) == 1)
    step = order if rng.random() < 0.8 else rng.randint(1, 6)
    offset = rng.randrange(step)
    other = rng.randint(1, 9)
    style = rng.randrange(3)
    period = order * modulus * step
    if style == 0:
        exponent_text = f"{step} * {variable}" if step > 1 else variable
        shown = f"({exponent_text} + {offset})" if offset else atom(exponent_text)
        values = {pow(base, step * n + offset, modulus) for n in range(order)}
        hypotheses: list[str] = []
        text = f"{base} ^ {shown} % {modulus} = {{}}"
    elif style == 1:
        values = {pow(base, n, modulus) for n in range(step * order) if n % step == offset}
        hypotheses = [names.hypothesis(f"{variable} % {step} = {offset}")] if step > 1 else []
        text = f"{base} ^ {variable} % {modulus} = {{}}"
    else:
        values = {(pow(base, n, modulus) + other * n) % modulus for n in range(period)}
        hypotheses = []
        text = f"({base} ^ {variable} + {other} * {variable}) % {modulus} = {{}}"
    value = rng.choice(sorted(values))
    if expected and len(values) > 2:
        raise DrawRejected
    if expected:
        claim = " ∨ ".join(text.format(each) for each in sorted(values))
    else:
        claim = text.format(value if len(values) > 1 else (value + 1) % modulus)
    return Draft(binders=(binder([variable], names.nat), *hypotheses), claim=claim, expected=expected)


def _polynomial(rng: random.Random, count: int, level: int, *, natural: bool) -> Polynomial:
    degree = 1 + (level >= 2) + (level >= 4)
    exponents = [each for each in itertools.product(range(degree + 1), repeat=count) if sum(each) <= degree]
    least = 0 if natural else -3
    return Polynomial.of((each, rng.choice((0, 1, rng.randint(least, 3 + level)))) for each in exponents)


def _single(rng: random.Random, count: int) -> Polynomial:
    chosen = rng.randrange(count)
    return Polynomial.linear([int(i == chosen) for i in range(count)], 0)


def _pick_related(rng: random.Random, modulus: int) -> int:
    """Return the modulus or one that has to do with it."""
    divisors = [each for each in range(2, modulus) if modulus % each == 0]
    return rng.choice((modulus, modulus, 2 * modulus, *divisors, rng.randint(2, 6)))


def _about(rng: random.Random, what: Polynomial, modulus: int, variables: Sequence[str]) -> _Fact:
    written = atom(what.text(variables))
    remainder = rng.randrange(modulus)
    if remainder == 0 and rng.random() < 0.6:
        return _Fact(f"{modulus} ∣ {written}", modulus, lambda *point: what(*point) % modulus == 0)
    if rng.random() < 0.15:
        return _Fact(
            f"{written} % {modulus} ≠ {remainder}",
            modulus,
            lambda *point: what(*point) % modulus != remainder,
        )
    return _Fact(
        f"{written} % {modulus} = {remainder}", modulus, lambda *point: what(*point) % modulus == remainder
    )


def _claim(
    rng: random.Random,
    what: Polynomial,
    modulus: int,
    variables: Sequence[str],
    remainders: set[int],
    expected: bool,
) -> _Fact:
    """Return a claim about the remainder of `what`, which is among `remainders`."""
    written = atom(what.text(variables))
    shown = sorted(remainders)
    if not expected and len(shown) > 1 and rng.random() < 0.6:
        shown.remove(rng.choice(shown))
    elif not expected:
        shown = [(each + rng.randint(1, modulus - 1)) % modulus for each in shown[:1]]
    if len(shown) > 3:
        missing = [each for each in range(modulus) if each not in shown]
        if not missing:
            raise DrawRejected
        one = rng.choice(missing)
        return _Fact(f"{written} % {modulus} ≠ {one}", modulus, lambda *point: what(*point) % modulus != one)
    if shown == [0] and rng.random() < 0.6:
        text = f"{modulus} ∣ {written}"
    else:
        text = " ∨ ".join(f"{written} % {modulus} = {each}" for each in shown)
    return _Fact(text, modulus, lambda *point: what(*point) % modulus in shown)


def _points(moduli: Sequence[int], count: int) -> list[tuple[int, ...]]:
    """Return one point for each case, every variable going through all remainders."""
    period = math.lcm(*moduli)
    if period**count > MOST_POINTS:
        raise DrawRejected
    return list(itertools.product(range(period), repeat=count))
