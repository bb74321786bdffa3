"""Primes: which numbers are prime, and what follows from that.

The laws are well known, or they fail at small primes.
"""

# ruff: noqa: E501  (tables, one law a line)
from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence

from prover.problems.generators.draft import (
    NUMBERS,
    Draft,
    DrawRejected,
    Names,
    binder,
    drawn_by_level,
    premises_of,
    wants_true,
)
from prover.problems.generators.terms import MATHLIB


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % each for each in range(2, math.isqrt(number) + 1))


def primes(rng: random.Random, level: int) -> Draft:
    """Draw whether a number is prime, which primes fulfil a condition, or a law of primes."""
    return drawn_by_level(
        rng,
        level,
        (_tested,),
        (_tested, _found, _prime_laws),
        (_tested, _found, _dividing, _prime_laws),
        (_found, _dividing, _prime_laws),
        (_found, _dividing, _prime_laws),
    )


def _tested(rng: random.Random, level: int) -> Draft:
    number = rng.randint(2, 15 * 3**level)
    expected = wants_true(rng)
    written = rng.choice((f"Nat.Prime {number}", f"({number}).Prime"))
    return Draft(
        binders=(),
        claim=written if _is_prime(number) == expected else f"¬ {written}",
        expected=expected,
        header=MATHLIB,
    )


def _found(rng: random.Random, level: int) -> Draft:
    """The primes between two numbers, or with a remainder: all of them, or that there is one."""
    names = Names(rng)
    (p,) = names.some([each for each in NUMBERS if each.startswith(("p", "n", "m", "x"))], 1)
    low = rng.randint(0, 8 * level)
    high = low + rng.randint(4, 4 + 6 * level)
    modulus = rng.randint(3, 3 + level)
    remainder = rng.randrange(modulus)
    found = [each for each in range(low, high + 1) if _is_prime(each)]
    expected = wants_true(rng)
    style = rng.randrange(3)
    if style == 0:
        some = [each for each in found if each % modulus == remainder]
        if bool(some) != expected:
            raise DrawRejected
        claim = f"∃ {p}, Nat.Prime {p} ∧ {low} ≤ {p} ∧ {p} ≤ {high} ∧ {p} % {modulus} = {remainder}"
        return Draft(binders=(), claim=claim, expected=expected, header=MATHLIB)
    if not found or len(found) > 6:
        raise DrawRejected
    if style == 1:
        count = len(found) + (0 if expected else 1)
        claim = f"(Finset.filter Nat.Prime (Finset.Icc {low} {high})).card = {count}"
        return Draft(binders=(), claim=claim, expected=expected, header=MATHLIB)
    shown = found if expected else found[1:] or [found[0] + 2]
    given = [f"Nat.Prime {p}", f"{low} ≤ {p}", f"{p} ≤ {high}"]
    return Draft(
        binders=(binder([p], names.nat), *(names.hypothesis(each) for each in given)),
        claim=" ∨ ".join(f"{p} = {each}" for each in shown),
        expected=expected,
        header=MATHLIB,
    )


def _dividing(rng: random.Random, level: int) -> Draft:
    """A prime that divides a number, or primes with a given product or sum."""
    names = Names(rng)
    p, q = names.some(("p q", "p q r", "a b", "m n", "x y"), 2)
    small = [each for each in range(2, 4 + 6 * level) if _is_prime(each)]
    first, second = sorted((rng.choice(small), rng.choice(small)))
    expected = wants_true(rng)
    style = rng.randrange(3)
    if style == 0:
        number = first * second * rng.choice((1, first, 2))
        divisors = [each for each in range(2, number + 1) if _is_prime(each) and number % each == 0]
        shown = divisors if expected else divisors[1:] or [divisors[0] + 1]
        given = [f"Nat.Prime {p}", f"{p} ∣ {number}"]
        claim, used = " ∨ ".join(f"{p} = {each}" for each in shown), [p]
    elif style == 1:
        if first == second:
            raise DrawRejected
        total = first + second + (0 if expected else 1)
        given = [f"Nat.Prime {p}", f"Nat.Prime {q}", f"{p} * {q} = {first * second}"]
        claim, used = f"{p} + {q} = {total}", [p, q]
    else:
        total = first + second
        if total % 2 == 0 or total == 4:
            raise DrawRejected
        given = [f"Nat.Prime {p}", f"Nat.Prime {q}", f"{p} + {q} = {total}", f"{p} < {q}"]
        claim, used = f"{q} = {total - 2 + (0 if expected else 1)}", [p, q]
    return Draft(
        binders=(binder(used, names.nat), *(names.hypothesis(each) for each in given)),
        claim=claim,
        expected=expected,
        header=MATHLIB,
    )


_P = _is_prime
_PRIME_LAWS: Sequence[tuple[str, Callable[..., bool]]] = (
    ("Nat.Prime p → {k} < p → ¬ 2 ∣ p", lambda p, a, b, k: not _P(p) or p <= k or p % 2 != 0),
    ("Nat.Prime p → {k} < p → p % 3 = 1 ∨ p % 3 = 2", lambda p, a, b, k: not _P(p) or p <= k or p % 3 in (1, 2)),
    ("Nat.Prime p → {k} < p → p % 6 = 1 ∨ p % 6 = 5", lambda p, a, b, k: not _P(p) or p <= k or p % 6 in (1, 5)),
    ("Nat.Prime p → {k} < p → p % 4 = 1", lambda p, a, b, k: not _P(p) or p <= k or p % 4 == 1),
    ("Nat.Prime p → p ∣ a * b → p ∣ a ∨ p ∣ b", lambda p, a, b, k: not _P(p) or a * b % p != 0 or a % p == 0 or b % p == 0),
    ("p ∣ a * b → p ∣ a ∨ p ∣ b", lambda p, a, b, k: _off(a * b, p) or not _off(a, p) or not _off(b, p)),
    ("Nat.Prime p → p ∣ a ^ {k} → p ∣ a", lambda p, a, b, k: not _P(p) or a**k % p != 0 or a % p == 0),
    ("p ∣ a ^ {k} → p ∣ a", lambda p, a, b, k: _off(a**k, p) or not _off(a, p)),
    ("Nat.Prime p → p ∣ {k} * a → ¬ p ∣ a → p ≤ {k}", lambda p, a, b, k: not _P(p) or k * a % p != 0 or a % p == 0 or p <= k),
    ("Nat.Prime p → p ∣ a → p ∣ b → p ∣ {k} * a + b ^ 2", lambda p, a, b, k: not _P(p) or a % p != 0 or b % p != 0 or (k * a + b * b) % p == 0),
    ("Nat.Prime p → p ∣ a + b → p ∣ a → p ∣ b", lambda p, a, b, k: not _P(p) or (a + b) % p != 0 or a % p != 0 or b % p == 0),
    ("Nat.Prime p → p ∣ a + b → p ∣ a", lambda p, a, b, k: not _P(p) or (a + b) % p != 0 or a % p == 0),
    ("Nat.Prime p → a * b = p → a = 1 ∨ b = 1", lambda p, a, b, k: not _P(p) or a * b != p or a == 1 or b == 1),
    ("Nat.Prime p → ¬ p ∣ a → Nat.Coprime p a", lambda p, a, b, k: not _P(p) or a % p == 0 or math.gcd(p, a) == 1),
    ("Nat.Prime p → Nat.gcd p a = 1 ∨ Nat.gcd p a = p", lambda p, a, b, k: not _P(p) or math.gcd(p, a) in (1, p)),
    ("Nat.Prime p → Nat.gcd p a = 1", lambda p, a, b, k: not _P(p) or math.gcd(p, a) == 1),
    ("Nat.Prime p → {k} ≤ p + p", lambda p, a, b, k: not _P(p) or k <= 2 * p),
    ("Nat.Prime p → ¬ Nat.Prime ({k} * p)", lambda p, a, b, k: not _P(p) or not _P(k * p)),
    ("Nat.Prime p → ¬ Nat.Prime (p + {k})", lambda p, a, b, k: not _P(p) or not _P(p + k)),
    ("Nat.Prime p → Nat.Prime (p + 1) → p = 2", lambda p, a, b, k: not _P(p) or not _P(p + 1) or p == 2),
    ("Nat.Prime p → ¬ Nat.Prime (p ^ 2 + {k} * p)", lambda p, a, b, k: not _P(p) or not _P(p * p + k * p)),
    ("1 < a → 1 < b → ¬ Nat.Prime (a * b)", lambda p, a, b, k: a <= 1 or b <= 1 or not _P(a * b)),
    ("1 < a → ¬ Nat.Prime (a ^ 2 + {k} * a)", lambda p, a, b, k: a <= 1 or not _P(a * a + k * a)),
    ("Nat.Prime (a * b) → a = 1 ∨ b = 1", lambda p, a, b, k: not _P(a * b) or a == 1 or b == 1),
    ("Nat.Prime p → p ∣ {k} ^ a → p ∣ {k}", lambda p, a, b, k: not _P(p) or k**a % p != 0 or k % p == 0),
)  # fmt: skip


def _off(number: int, divisor: int) -> bool:
    """Whether the divisor does not divide the number; 0 divides 0 alone."""
    return number % divisor != 0 if divisor else number != 0


def _prime_laws(rng: random.Random, level: int) -> Draft:
    names = Names(rng)
    law, holds = rng.choice(_PRIME_LAWS)
    k = rng.randint(2, 2 + 2 * level)
    points = itertools.product(range(24), range(13), range(13) if "b" in law else (0,))
    expected = all(holds(*point, k) for point in points)
    if expected != wants_true(rng):
        raise DrawRejected
    *premises, claim = premises_of(law.replace("{k}", str(k)))
    styles = [each for each in NUMBERS if not {"p", "q"} & set(each.split())]
    letters = dict(zip("ab", names.some(styles, 2), strict=True))
    letters["p"] = rng.choice(("p", "q"))

    def renamed(one: str) -> str:
        return " ".join(_in_brackets(word, letters) for word in one.split(" "))

    parts = [renamed(each) for each in (*premises, claim)]
    used = [letters[each] for each in "pab" if any(letters[each] in _names_of(one) for one in parts)]
    return Draft(
        binders=(binder(used, names.nat), *(names.hypothesis(each) for each in parts[:-1])),
        claim=parts[-1],
        expected=expected,
        header=MATHLIB,
    )


def _in_brackets(word: str, letters: dict[str, str]) -> str:
    core = word.strip("()")
    return word.replace(core, letters[core]) if core in letters else word


def _names_of(text: str) -> list[str]:
    return [each.strip("()") for each in text.split(" ")]
