"""Divisors, digits, factorials, binomials and other functions of naturals; all values calculated."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from prover.problems.generators.draft import NUMBERS, Draft, DrawRejected, Names, binder, wants_true
from prover.problems.generators.terms import MATHLIB


def _divisors(number: int) -> list[int]:
    return [each for each in range(1, number + 1) if number % each == 0]


def arithmetic(rng: random.Random, level: int) -> Draft:
    """Draw values of divisors, digits, factorials, binomials and the like, or numbers from such values."""
    return rng.choice((_value, _value, _digits, _unknown) if level > 1 else (_value, _digits))(rng, level)


def _totient(number: int) -> int:
    return sum(math.gcd(number, each) == 1 for each in range(number))


def _value(rng: random.Random, level: int) -> Draft:
    n = rng.randint(4, 12 * 2**level)
    small = rng.randint(2, 4 + level)
    k = rng.randint(1, small)
    a, b = (rng.randint(2, 6) * rng.randint(2, 5 * 2**level) for _ in range(2))
    divisors = _divisors(n)
    table: list[tuple[str, int]] = [
        (f"(Nat.divisors {n}).card", len(divisors)),
        (f"∑ d ∈ Nat.divisors {n}, d", sum(divisors)),
        (f"∑ d ∈ Nat.properDivisors {n}, d", sum(divisors[:-1])),
        (f"Nat.gcd {a} {b}", math.gcd(a, b)),
        (f"Nat.lcm {a} {b}", math.lcm(a, b)),
        (f"Nat.factorial {small}", math.factorial(small)),
        (f"Nat.choose {small + level} {k}", math.comb(small + level, k)),
        (f"Nat.sqrt {n * n + k}", math.isqrt(n * n + k)),
        (f"Nat.fib {small + 2 * level}", _fibonacci(small + 2 * level)),
    ]
    if level > 1:
        table += [
            (f"Nat.totient {n}", _totient(n)),
            (f"Nat.gcd (Nat.factorial {small}) {n}", math.gcd(math.factorial(small), n)),
            (
                f"Nat.factorial {small + k} / Nat.factorial {small}",
                math.factorial(small + k) // math.factorial(small),
            ),
            (
                f"(Finset.filter (fun d => d % 2 = 1) (Nat.divisors {n})).card",
                sum(each % 2 for each in divisors),
            ),
            (f"Nat.lcm (Nat.lcm {a} {b}) {small}", math.lcm(a, b, small)),
            (f"∑ d ∈ Nat.divisors {n}, d ^ 2", sum(each * each for each in divisors)),
        ]
    text, value = rng.choice(table)
    expected = wants_true(rng)
    shown = value if expected else value + rng.choice((1, 2, small))
    return Draft(binders=(), claim=f"{text} = {shown}", expected=expected, header=MATHLIB)


def _fibonacci(index: int) -> int:
    a, b = 0, 1
    for _ in range(index):
        a, b = b, a + b
    return a


def _digits_of(base: int, number: int) -> list[int]:
    digits = []
    while number:
        number, digit = divmod(number, base)
        digits.append(digit)
    return digits


def _digits(rng: random.Random, level: int) -> Draft:
    base = rng.choice((10, 10, 10, 2, 3, 7))
    number = rng.randint(base, base ** min(2 + level, 5))
    digits = _digits_of(base, number)
    expected = wants_true(rng)
    written = f"Nat.digits {base} {number}"
    if rng.random() < 0.4:
        shown = digits if expected else [*digits[:-1], digits[-1] + 1] if rng.random() < 0.5 else digits[::-1]
        if shown == digits and not expected:
            raise DrawRejected
        return Draft(binders=(), claim=f"{written} = {shown}", expected=expected, header=MATHLIB)
    text, value = rng.choice(((f"({written}).sum", sum(digits)), (f"({written}).length", len(digits))))
    if level > 2:
        exponent = rng.randint(2, 4 + level)
        inner = f"({base} ^ {exponent} - 1)"
        text, value = rng.choice(((f"(Nat.digits {base} {inner}).sum", (base - 1) * exponent), (text, value)))
    shown_value = value + (0 if expected else rng.choice((1, -1)))
    return Draft(binders=(), claim=f"{text} = {shown_value}", expected=expected, header=MATHLIB)


def _unknown(rng: random.Random, level: int) -> Draft:
    """A number from its gcd, lcm, digits, divisors or square root, within bounds that make it one of a few."""
    names = Names(rng)
    (n,) = names.some(NUMBERS, 1)
    a = rng.randint(2, 4 + 2 * level)
    bound = rng.randint(6, 10 + 10 * level)
    witness = rng.randint(1, bound)
    functions: Sequence[tuple[str, Callable[[int], int]]] = (
        (f"Nat.gcd {n} {a * 2}", lambda each: math.gcd(each, a * 2)),
        (f"Nat.lcm {n} {a}", lambda each: math.lcm(each, a)),
        (f"Nat.sqrt {n}", lambda each: math.isqrt(each)),
        (f"{n} % {a}", lambda each: each % a),
        (f"(Nat.divisors {n}).card", lambda each: len(_divisors(each))),
        (f"(Nat.digits 10 {n}).sum", lambda each: sum(_digits_of(10, each))),
        (f"{n}.choose 2", lambda each: math.comb(each, 2)),
    )  # fmt: skip
    (first, value_of), (second, other_of) = rng.sample(list(functions), 2)
    solutions = [
        each
        for each in range(1, bound + 1)
        if value_of(each) == value_of(witness) and other_of(each) == other_of(witness)
    ]
    if len(solutions) > 3:
        raise DrawRejected
    expected = wants_true(rng)
    shown = solutions if expected else solutions[1:] or [solutions[0] + 1]
    given = [
        f"0 < {n}",
        f"{n} ≤ {bound}",
        f"{first} = {value_of(witness)}",
        f"{second} = {other_of(witness)}",
    ]
    return Draft(
        binders=(binder([n], names.nat), *(names.hypothesis(each) for each in given)),
        claim=" ∨ ".join(f"{n} = {each}" for each in shown),
        expected=expected,
        header=MATHLIB,
    )
