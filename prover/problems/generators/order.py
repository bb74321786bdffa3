"""`min` and `max`, `gcd` and `lcm`: lattice identities decided on all orders, and laws with counterexamples."""

# ruff: noqa: E501  (tables, one law a line)
from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from prover.problems.generators.draft import (
    NUMBERS,
    Draft,
    DrawRejected,
    Names,
    binder,
    premises_of,
    wants_true,
)

TRIES = 60


@dataclass(frozen=True, slots=True)
class _Term:
    """A variable, or `min` or `max` of two terms."""

    symbol: str
    parts: tuple[_Term, ...] = ()

    def value(self, values: Mapping[str, int]) -> int:
        if not self.parts:
            return values[self.symbol]
        return (min if self.symbol == "min" else max)(each.value(values) for each in self.parts)

    def text(self) -> str:
        if not self.parts:
            return self.symbol
        return f"{self.symbol} {' '.join(each.text() if not each.parts else f'({each.text()})' for each in self.parts)}"


def min_max(rng: random.Random, level: int) -> Draft:
    """Draw two terms with `min` and `max`, and compare them.

    Terms without arithmetic agree everywhere if they agree on all orders of their variables, so on all
    choices among as many numbers as there are variables. Adding the same number to both sides of everything
    changes nothing.
    """
    names = Names(rng)
    count = min(4, 2 + level // 2)
    variables = names.some([each for each in NUMBERS if len(each.split()) >= count], count)
    expected = wants_true(rng)
    points = [
        dict(zip(variables, each, strict=True)) for each in itertools.product(range(count), repeat=count)
    ]
    conditions = [tuple(rng.sample(variables, 2)) for _ in range(rng.choice((0, 0, 1, level // 2)))]
    points = [each for each in points if all(each[low] <= each[high] for low, high in conditions)]
    for _ in range(TRIES):
        left, right = (_lattice(rng, variables, 1 + level // 2) for _ in range(2))
        relation = rng.choice(("=", "≤"))
        compared = [
            left.value(each) == right.value(each)
            if relation == "="
            else left.value(each) <= right.value(each)
            for each in points
        ]
        if left != right and (left.parts or right.parts) and all(compared) == expected:
            break
    else:
        raise DrawRejected
    shift = rng.choice((0, 0, rng.randint(1, 9)))
    sides = [_shift(rng, each, shift) for each in (left, right)]
    return Draft(
        binders=(
            binder(variables, names.nat if rng.random() < 0.6 else names.int),
            *(names.hypothesis(f"{low} ≤ {high}") for low, high in conditions),
        ),
        claim=f"{sides[0]} {relation} {sides[1]}",
        expected=expected,
    )


def _lattice(rng: random.Random, variables: Sequence[str], depth: int) -> _Term:
    if depth == 0 or rng.random() < 0.15:
        return _Term(rng.choice(variables))
    parts = (_lattice(rng, variables, depth - 1), _lattice(rng, variables, depth - 1))
    return parts[0] if parts[0] == parts[1] else _Term(rng.choice(("min", "max")), parts)


def _shift(rng: random.Random, term: _Term, shift: int) -> str:
    """Write the term plus `shift`, which goes to the leaves or stays outside."""
    if not shift:
        return term.text()
    if not term.parts or rng.random() < 0.5:
        return f"{term.text()} + {shift}"
    return f"{term.symbol} {' '.join(f'({each.text()} + {shift})' for each in term.parts)}"


_gcd, _lcm = math.gcd, math.lcm
_Law = tuple[int, str, Callable[..., bool], bool]

# The least level, the law, its meaning, and whether it holds for all numbers and every {k} from 2 on.
_LAWS: Sequence[_Law] = (
    (1, "Nat.gcd a b = Nat.gcd b a", lambda a, b, c, k: _gcd(a, b) == _gcd(b, a), True),
    (1, "Nat.gcd a a = a", lambda a, b, c, k: _gcd(a, a) == a, True),
    (1, "Nat.gcd a 0 = a", lambda a, b, c, k: _gcd(a, 0) == a, True),
    (1, "Nat.gcd a 1 = a", lambda a, b, c, k: _gcd(a, 1) == a, False),
    (1, "Nat.gcd a b ∣ a", lambda a, b, c, k: _divides(_gcd(a, b), a), True),
    (1, "a ∣ Nat.gcd a b", lambda a, b, c, k: _divides(a, _gcd(a, b)), False),
    (1, "Nat.gcd a b ≤ a", lambda a, b, c, k: _gcd(a, b) <= a, False),
    (2, "Nat.gcd a b ∣ {k} * a + b", lambda a, b, c, k: _divides(_gcd(a, b), k * a + b), True),
    (2, "Nat.gcd a (a + {k}) ∣ {k}", lambda a, b, c, k: _divides(_gcd(a, a + k), k), True),
    (2, "Nat.gcd a (a + {k}) = {k}", lambda a, b, c, k: _gcd(a, a + k) == k, False),
    (2, "Nat.gcd a (a + b) = Nat.gcd a b", lambda a, b, c, k: _gcd(a, a + b) == _gcd(a, b), True),
    (2, "Nat.gcd a (b + {k} * a) = Nat.gcd a b", lambda a, b, c, k: _gcd(a, b + k * a) == _gcd(a, b), True),
    (2, "Nat.gcd a ({k} * b) = Nat.gcd a b", lambda a, b, c, k: _gcd(a, k * b) == _gcd(a, b), False),
    (2, "Nat.gcd (a * b) b = b", lambda a, b, c, k: _gcd(a * b, b) == b, True),
    (2, "a ∣ Nat.lcm a b", lambda a, b, c, k: _divides(a, _lcm(a, b)), True),
    (2, "Nat.lcm a b = a * b", lambda a, b, c, k: _lcm(a, b) == a * b, False),
    (3, "Nat.gcd ({k} * a) ({k} * b) = {k} * Nat.gcd a b", lambda a, b, c, k: _gcd(k * a, k * b) == k * _gcd(a, b), True),
    (3, "Nat.gcd (Nat.gcd a b) c = Nat.gcd a (Nat.gcd b c)", lambda a, b, c, k: _gcd(_gcd(a, b), c) == _gcd(a, _gcd(b, c)), True),
    (3, "Nat.gcd a b * Nat.lcm a b = a * b", lambda a, b, c, k: _gcd(a, b) * _lcm(a, b) == a * b, True),
    (3, "c ∣ a → c ∣ b → c ∣ Nat.gcd a b", lambda a, b, c, k: not (_divides(c, a) and _divides(c, b)) or _divides(c, _gcd(a, b)), True),
    (3, "c ∣ a → c ∣ Nat.gcd a b", lambda a, b, c, k: not _divides(c, a) or _divides(c, _gcd(a, b)), False),
    (3, "a ∣ b → Nat.gcd a c ∣ Nat.gcd b c", lambda a, b, c, k: not _divides(a, b) or _divides(_gcd(a, c), _gcd(b, c)), True),
    (3, "Nat.gcd (a + b) c = Nat.gcd a c + Nat.gcd b c", lambda a, b, c, k: _gcd(a + b, c) == _gcd(a, c) + _gcd(b, c), False),
    (3, "Nat.gcd (a + {k} * b) b = Nat.gcd a b", lambda a, b, c, k: _gcd(a + k * b, b) == _gcd(a, b), True),
    (4, "Nat.gcd a b = 1 → Nat.gcd a ({k} * a + b) = 1", lambda a, b, c, k: _gcd(a, b) != 1 or _gcd(a, k * a + b) == 1, True),
    (4, "Nat.gcd a b = 1 → a ∣ b * c → a ∣ c", lambda a, b, c, k: _gcd(a, b) != 1 or not _divides(a, b * c) or _divides(a, c), True),
    (4, "a ∣ b * c → a ∣ b ∨ a ∣ c", lambda a, b, c, k: not _divides(a, b * c) or _divides(a, b) or _divides(a, c), False),
    (4, "Nat.gcd (a * b) c = Nat.gcd a c * Nat.gcd b c", lambda a, b, c, k: _gcd(a * b, c) == _gcd(a, c) * _gcd(b, c), False),
    (4, "Nat.gcd (a * b) c ∣ Nat.gcd a c * Nat.gcd b c", lambda a, b, c, k: _divides(_gcd(a * b, c), _gcd(a, c) * _gcd(b, c)), True),
    (4, "Nat.gcd ({k} * a + 1) a = 1", lambda a, b, c, k: _gcd(k * a + 1, a) == 1, True),
    (5, "Nat.gcd ({k} * a + 1) ({m} * a + 1) ∣ {d}", lambda a, b, c, k: _divides(_gcd(k * a + 1, (k + 1) * a + 1), 1), True),
    (5, "Nat.gcd (a * a) (b * b) = Nat.gcd a b * Nat.gcd a b", lambda a, b, c, k: _gcd(a * a, b * b) == _gcd(a, b) ** 2, True),
    (5, "Nat.lcm ({k} * a) ({k} * b) = {k} * Nat.lcm a b", lambda a, b, c, k: _lcm(k * a, k * b) == k * _lcm(a, b), True),
    (5, "Nat.gcd a (Nat.lcm b c) = Nat.lcm (Nat.gcd a b) (Nat.gcd a c)", lambda a, b, c, k: _gcd(a, _lcm(b, c)) == _lcm(_gcd(a, b), _gcd(a, c)), True),
    (5, "Nat.gcd a b = 1 → Nat.gcd (a + b) (a * b) = 1", lambda a, b, c, k: _gcd(a, b) != 1 or _gcd(a + b, a * b) == 1, True),
    (5, "Nat.gcd a b = 1 → Nat.gcd (a + b) (a + {k} * b) = 1", lambda a, b, c, k: _gcd(a, b) != 1 or _gcd(a + b, a + k * b) == 1, False),
)  # fmt: skip


def divisors(rng: random.Random, level: int) -> Draft:
    """Draw a law of gcd and lcm, or their values for two numbers.

    A law that does not hold is used where it has a counterexample with the numbers that were drawn for it.
    """
    names = Names(rng)
    if rng.random() < 0.3:
        return _draft_computed(rng, level)
    expected = wants_true(rng)
    laws = [each for each in _LAWS if level - 1 <= each[0] <= level and each[3] == expected]
    if not laws:
        raise DrawRejected
    _, text, meaning, _ = rng.choice(laws)
    k = rng.randint(2, 3 + 3 * level)
    points = list(itertools.product(range(9), repeat=3))
    if all(meaning(*point, k) for point in points) != expected:
        raise DrawRejected
    letters = dict(
        zip("abc", names.some([each for each in NUMBERS if "d" not in each.split()], 3), strict=True)
    )
    written = text.replace("Nat.gcd", "\0").replace("Nat.lcm", "\1")
    for hole, value in (("{k}", k), ("{m}", k + 1), ("{d}", 1)):
        written = written.replace(hole, str(value))
    *premises, claim = premises_of(written) if rng.random() < 0.7 else [written]
    used = [letters[each] for each in "abc" if each in written]
    *hypotheses, claim = ("".join(letters.get(each, each) for each in one) for one in (*premises, claim))
    readable = [one.replace("\0", "Nat.gcd").replace("\1", "Nat.lcm") for one in (*hypotheses, claim)]
    return Draft(
        binders=(binder(used, names.nat), *(names.hypothesis(each) for each in readable[:-1])),
        claim=readable[-1],
        expected=expected,
    )


def _draft_computed(rng: random.Random, level: int) -> Draft:
    common = rng.randint(2, 3 * 4**level // 2)
    a, b = (common * rng.randint(2, 4**level) for _ in range(2))
    function, name = rng.choice(((_gcd, "gcd"), (_gcd, "gcd"), (_lcm, "lcm")))
    expected = wants_true(rng)
    value = function(a, b) + (0 if expected else rng.choice((1, -1, common)))
    written = rng.choice((f"Nat.{name} {a} {b}", f"({a}).{name} {b}"))
    return Draft(binders=(), claim=f"{written} = {value}", expected=expected)


def _divides(a: int, b: int) -> bool:
    return b % a == 0 if a else b == 0
