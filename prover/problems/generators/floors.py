"""Floors and ceilings over ℝ and ℚ.

Values are calculated exactly. What a law says depends on the fractional parts of its numbers and on the order of
these, so that it fails at a number with a small denominator if it fails at all.
"""

# ruff: noqa: E501  (tables, one law a line)
from __future__ import annotations

import itertools
import math
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
    premises_of,
    wants_true,
)
from prover.problems.generators.terms import FIELDS, MATHLIB, typed, written


def floors(rng: random.Random, level: int) -> Draft:
    """Draw values of floors and ceilings, a floor from bounds, or a law."""
    return drawn_by_level(
        rng,
        level,
        (_rounded,),
        (_rounded, _bounded),
        (_rounded, _bounded, _floor_laws),
        (_rounded_root, _bounded, _floor_laws),
        (_rounded_root, _bounded, _floor_laws),
    )


def _rounded(rng: random.Random, level: int) -> Draft:
    of = rng.choice(FIELDS)
    total, parts = 0, []
    for index in range(rng.choice((1, 1, 2)) if level > 1 else 1):
        value = Fraction(rng.randint(-15 * level, 40 * level), rng.randint(2, 4 + 3 * level))
        kind = rng.choice(("⌊⌋", "⌈⌉"))
        natural = value > 0 and rng.random() < 0.2 and not index
        parts.append(f"{kind[0]}{typed(value, of)}{kind[1]}{'₊' if natural else ''}")
        if natural:
            parts[-1] = f"({parts[-1]} : ℤ)" if rng.random() < 0.5 else parts[-1]
        total += math.floor(value) if kind == "⌊⌋" else math.ceil(value)
        if natural:
            break
    expected = wants_true(rng)
    shown = total + (0 if expected else rng.choice((1, -1)))
    if shown < 0 and "₊" in parts[0]:
        raise DrawRejected
    return Draft(binders=(), claim=f"{' + '.join(parts)} = {shown}", expected=expected, header=MATHLIB)


def _rounded_root(rng: random.Random, level: int) -> Draft:
    number = rng.randint(2, 60 * level)
    multiple = rng.choice((1, 1, rng.randint(2, level)))
    root = math.isqrt(multiple * multiple * number)
    exact = root * root == multiple * multiple * number
    up = rng.random() < 0.4
    value = root + (up and not exact)
    expected = wants_true(rng)
    shown = value + (0 if expected else rng.choice((1, -1)))
    sign = rng.choice(("√", "Real.sqrt "))
    inner = f"{sign}{number}" if sign != "√" else f"√({number} : ℝ)"
    inner = inner if multiple == 1 else f"{multiple} * {inner}"
    return Draft(
        binders=(),
        claim=f"{'⌈' if up else '⌊'}{inner}{'⌉' if up else '⌋'} = {shown}",
        expected=expected,
        header=MATHLIB,
    )


def _bounded(rng: random.Random, level: int) -> Draft:
    """The floor of `k x + m` between two bounds of x, if it is the same for all of these."""
    names = Names(rng)
    (x,) = names.some(NUMBERS, 1)
    k, m = (1, 0) if level < 3 else (rng.randint(1, level), rng.randint(-level, level))
    low = Fraction(rng.randint(-4 * level, 6 * level), k)
    high = low + Fraction(1, k)
    margin = Fraction(rng.randint(1, 3), 4 * k) if rng.random() < 0.5 else Fraction(0)
    given = [f"{written(low + margin)} ≤ {x}", f"{x} < {written(high)}"]
    asked = f"{k} * {x}" if k > 1 else x
    asked += f" + {m}" if m > 0 else f" - {-m}" if m < 0 else ""
    value = math.floor(low * k) + m
    expected = wants_true(rng)
    of = rng.choice(FIELDS)
    if rng.random() < 0.3:
        shown = low if expected else low + Fraction(1, 2 * k) + margin
        given, claim = (
            [f"⌊{asked}⌋ = {value}"],
            rng.choice(
                (
                    f"{written(shown)} ≤ {x}",
                    f"{x} < {written(high if expected else high - Fraction(1, 2 * k))}",
                )
            ),
        )
    else:
        claim = f"⌊{asked}⌋ = {value + (0 if expected else rng.choice((1, -1)))}"
    return Draft(
        binders=(binder([x], of), *(names.hypothesis(each) for each in given)),
        claim=claim,
        expected=expected,
        header=MATHLIB,
    )


_floor, _ceil = math.floor, math.ceil
_FLOOR_LAWS: Sequence[tuple[str, Callable[..., bool]]] = (
    ("⌊x + {k}⌋ = ⌊x⌋ + {k}", lambda x, y, k: _floor(x + k) == _floor(x) + k),
    ("⌊x - {k}⌋ = ⌊x⌋ - {k}", lambda x, y, k: _floor(x - k) == _floor(x) - k),
    ("⌈x + {k}⌉ = ⌊x⌋ + {k}", lambda x, y, k: _ceil(x + k) == _floor(x) + k),
    ("⌊x⌋ ≤ ⌈x⌉", lambda x, y, k: _floor(x) <= _ceil(x)),
    ("⌈x⌉ ≤ ⌊x⌋ + {k}", lambda x, y, k: _ceil(x) <= _floor(x) + k),
    ("⌈x⌉ < ⌊x⌋ + {k}", lambda x, y, k: _ceil(x) < _floor(x) + k),
    ("⌊-x⌋ = -⌈x⌉", lambda x, y, k: _floor(-x) == -_ceil(x)),
    ("⌊-x⌋ = -⌊x⌋", lambda x, y, k: _floor(-x) == -_floor(x)),
    ("(⌊x⌋ : OF) ≤ x + {k}", lambda x, y, k: _floor(x) <= x + k),
    ("x < ⌊x⌋ + {k}", lambda x, y, k: x < _floor(x) + k),
    ("x ≤ ⌊x⌋", lambda x, y, k: x <= _floor(x)),
    ("{k} ≤ x → {k} ≤ ⌊x⌋", lambda x, y, k: not k <= x or k <= _floor(x)),
    ("{k} < x → {k} < ⌊x⌋", lambda x, y, k: not k < x or k < _floor(x)),
    ("x < {k} → ⌊x⌋ < {k}", lambda x, y, k: not x < k or _floor(x) < k),
    ("x ≤ y → ⌊x⌋ ≤ ⌊y⌋", lambda x, y, k: not x <= y or _floor(x) <= _floor(y)),
    ("x < y → ⌊x⌋ < ⌊y⌋", lambda x, y, k: not x < y or _floor(x) < _floor(y)),
    ("x + {k} ≤ y → ⌊x⌋ + {k} ≤ ⌊y⌋", lambda x, y, k: not x + k <= y or _floor(x) + k <= _floor(y)),
    ("⌊x⌋ + ⌊y⌋ ≤ ⌊x + y⌋", lambda x, y, k: _floor(x) + _floor(y) <= _floor(x + y)),
    ("⌊x + y⌋ ≤ ⌊x⌋ + ⌊y⌋", lambda x, y, k: _floor(x + y) <= _floor(x) + _floor(y)),
    ("⌊x + y⌋ ≤ ⌊x⌋ + ⌊y⌋ + {k}", lambda x, y, k: _floor(x + y) <= _floor(x) + _floor(y) + k),
    ("⌊x⌋ = ⌊y⌋ → |x - y| < {k}", lambda x, y, k: _floor(x) != _floor(y) or abs(x - y) < k),
    ("{k} * ⌊x⌋ ≤ ⌊{k} * x⌋", lambda x, y, k: k * _floor(x) <= _floor(k * x)),
    ("⌊{k} * x⌋ = {k} * ⌊x⌋", lambda x, y, k: _floor(k * x) == k * _floor(x)),
    ("⌊{k} * x⌋ < {k} * ⌊x⌋ + {k}", lambda x, y, k: _floor(k * x) < k * _floor(x) + k),
    ("⌊x⌋ = {k} → ⌊y⌋ = {k} → ⌊x + y⌋ = 2 * {k} ∨ ⌊x + y⌋ = 2 * {k} + 1", lambda x, y, k: not (_floor(x) == _floor(y) == k) or _floor(x + y) in (2 * k, 2 * k + 1)),
    ("⌊x⌋ = {k} → ⌊y⌋ = {k} → ⌊x + y⌋ = 2 * {k}", lambda x, y, k: not (_floor(x) == _floor(y) == k) or _floor(x + y) == 2 * k),
    ("⌈x⌉ = {k} → x ≤ {k}", lambda x, y, k: _ceil(x) != k or x <= k),
    ("⌈x⌉ = {k} → {k} - 1 < x", lambda x, y, k: _ceil(x) != k or k - 1 < x),
    ("⌈x⌉ = {k} → {k} ≤ x", lambda x, y, k: _ceil(x) != k or k <= x),
)  # fmt: skip


def _floor_laws(rng: random.Random, level: int) -> Draft:
    names = Names(rng)
    law, holds = rng.choice(_FLOOR_LAWS)
    k = rng.randint(1, 2 + level)
    text = law.replace("{k}", str(k))
    sample = [Fraction(each, 12) for each in range(-40, 12 * (k + 2))]
    points = itertools.product(sample, sample[::5] if "y" in text else [Fraction(0)])
    expected = all(holds(*point, k) for point in points)
    if expected != wants_true(rng):
        raise DrawRejected
    letters = dict(zip("xy", names.some(NUMBERS, 2), strict=True))
    used = [letters[each] for each in "xy" if each in text]
    of = rng.choice(FIELDS)
    *premises, claim = premises_of(text) if rng.random() < 0.7 else [text]

    def renamed(one: str) -> str:
        return "".join(letters.get(each, each) for each in one).replace("OF", of)

    return Draft(
        binders=(
            binder(used, of),
            *(names.hypothesis(renamed(each)) for each in premises),
        ),
        claim=renamed(claim),
        expected=expected,
        header=MATHLIB,
    )
