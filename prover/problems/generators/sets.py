"""Sets of numbers and of anything.

Laws of sets are decided on all ways in which one element can be in them. Sets of numbers are intervals and solution
sets that are made from their ends.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
from prover.problems.generators.terms import FIELDS, MATHLIB, typed, written

SETS = ("A B C D", "s t u v", "X Y Z W", "S T U V", "P Q R S")
TRIES = 60


def sets(rng: random.Random, level: int) -> Draft:
    """Draw laws of sets, members and inclusions of intervals, solution sets, images, least and greatest elements."""
    return drawn_by_level(
        rng,
        level,
        (_laws, _members, _inclusions),
        (_laws, _members, _inclusions, _solutions),
        (_laws, _inclusions, _solutions, _extreme),
        (_laws, _solutions, _extreme, _images),
        (_laws, _solutions, _extreme, _images),
    )


@dataclass(frozen=True, slots=True)
class _Expression:
    """A set made from others, and whether an element is in it that is in those of `inside`."""

    text: str
    has: Callable[[Mapping[str, bool]], bool]
    is_atom: bool = False

    @property
    def part(self) -> str:
        return self.text if self.is_atom else f"({self.text})"


def _expression(rng: random.Random, names: Sequence[str], depth: int) -> _Expression:
    if not depth or rng.random() < 0.2:
        name = rng.choice(names)
        return _Expression(name, lambda inside: inside[name], True)
    left, right = (_expression(rng, names, depth - 1) for _ in range(2))
    kind = rng.choice("∩∪∩∪\\ᶜ")
    if kind == "ᶜ":
        return _Expression(f"{left.part}ᶜ", lambda inside: not left.has(inside), True)
    meaning: Callable[[bool, bool], bool] = {
        "∩": lambda a, b: a and b,
        "∪": lambda a, b: a or b,
        "\\": lambda a, b: a and not b,
    }[kind]
    return _Expression(
        f"{left.part} {kind} {right.part}", lambda inside: meaning(left.has(inside), right.has(inside))
    )


def _laws(rng: random.Random, level: int) -> Draft:
    """An inclusion or equation of sets, under inclusions at times, decided element by element."""
    names = Names(rng)
    chosen = names.some(SETS, 2 if level == 1 else 3)
    of = rng.choice(("α", "α", "ℕ", "ℝ"))
    expected = wants_true(rng)
    given = [tuple(rng.sample(chosen, 2)) for _ in range(rng.choice((0, 0, 1, min(2, level // 2))))]
    cases = [
        dict(zip(chosen, inside, strict=True))
        for inside in itertools.product((False, True), repeat=len(chosen))
    ]
    cases = [each for each in cases if all(each[high] or not each[low] for low, high in given)]
    for _ in range(TRIES):
        depth = 1 + level // 2
        left, right = (_expression(rng, chosen, depth) for _ in range(2))
        equal = rng.random() < 0.6
        holds = all(
            left.has(each) == right.has(each) if equal else right.has(each) or not left.has(each)
            for each in cases
        )
        if left.text != right.text and holds == expected:
            break
    else:
        raise DrawRejected
    used = [
        each for each in chosen if any(each in text for text in (left.text, right.text, *map("".join, given)))
    ]
    return Draft(
        binders=(
            *([f"({of} : Type*)"] if of == "α" else []),
            binder(used, f"Set {of}"),
            *(names.hypothesis(f"{low} ⊆ {high}") for low, high in given),
        ),
        claim=f"{left.text} {'=' if equal else '⊆'} {right.text}",
        expected=expected,
        header=MATHLIB,
    )


@dataclass(frozen=True, slots=True)
class _Interval:
    """An interval with ends, each of which may belong to it; `low` or `high` is None where there is no end."""

    low: Fraction | None
    high: Fraction | None
    closed: tuple[bool, bool]

    def text(self) -> str:
        left, right = self.closed
        if self.low is None and self.high is not None:
            return f"Set.Ii{'c' if right else 'o'} {_argument(self.high)}"
        if self.high is None and self.low is not None:
            return f"Set.I{'c' if left else 'o'}i {_argument(self.low)}"
        if self.low is None or self.high is None:
            return "Set.univ"
        return (
            f"Set.I{'c' if left else 'o'}{'c' if right else 'o'} {_argument(self.low)} {_argument(self.high)}"
        )

    def has(self, value: Fraction) -> bool:
        above = self.low is None or value > self.low or (self.closed[0] and value == self.low)
        return above and (self.high is None or value < self.high or (self.closed[1] and value == self.high))


def _argument(value: Fraction) -> str:
    text = written(value)
    return text if text.isdecimal() else f"({text})"


def _interval(rng: random.Random, level: int) -> _Interval:
    low = Fraction(rng.randint(-3 * level, 3 * level), 1 if level < 3 else rng.choice((1, 1, 2)))
    high = low + Fraction(rng.randint(1, 3 * level))
    kind = rng.random()
    return _Interval(
        None if kind < 0.12 else low,
        None if kind > 0.88 else high,
        (rng.random() < 0.5, rng.random() < 0.5),
    )


def _members(rng: random.Random, level: int) -> Draft:
    of = rng.choice(FIELDS)
    interval = _interval(rng, level)
    other = _interval(rng, level)
    value = Fraction(rng.randint(-4 * level, 4 * level), rng.choice((1, 2, 3)))
    text, holds = rng.choice((
        (interval.text(), interval.has(value)),
        (f"{interval.text()} ∩ {other.text()}", interval.has(value) and other.has(value)),
        (f"{interval.text()} ∪ {other.text()}", interval.has(value) or other.has(value)),
        (f"{interval.text()} \\ {other.text()}", interval.has(value) and not other.has(value)),
    ))  # fmt: skip
    expected = wants_true(rng)
    return Draft(
        binders=(),
        claim=f"{typed(value, of)} {'∈' if holds == expected else '∉'} {text}",
        expected=expected,
        header=MATHLIB,
    )


def _inclusions(rng: random.Random, level: int) -> Draft:
    """Inclusions and intersections of intervals, decided at their ends and between them."""
    of = rng.choice(FIELDS)
    first, second, third = (_interval(rng, level) for _ in range(3))
    ends = sorted(
        {end for each in (first, second, third) for end in (each.low, each.high) if end is not None}
    )
    points = [ends[0] - 1, *ends, ends[-1] + 1, *((a + b) / 2 for a, b in itertools.pairwise(ends))]
    style = rng.randrange(3 if level > 1 else 1)
    left = first.text() if style == 0 else f"{first.text()} {'∩' if style == 1 else '∪'} {second.text()}"
    right = second if style == 0 else third
    join = (all, all, any)[style]
    parts = [first] if style == 0 else [first, second]
    expected = all(right.has(each) or not join(part.has(each) for part in parts) for each in points)
    if expected != wants_true(rng):
        raise DrawRejected
    return Draft(binders=(), claim=f"({left} : Set {of}) ⊆ {right.text()}", expected=expected, header=MATHLIB)


def _solutions(rng: random.Random, level: int) -> Draft:
    """The set of solutions of an equation or inequality as a finite set or an interval."""
    names = Names(rng)
    (x,) = names.some(NUMBERS, 1)
    of = rng.choice(FIELDS)
    low = Fraction(rng.randint(-2 * level, 2 * level))
    high = low + rng.randint(1, 2 * level)
    quadratic = Polynomial.univariate((int(low * high), -int(low + high), 1)).text([x])
    a, b = rng.randint(2, 2 + level), rng.randint(-9, 9)
    line = Polynomial.univariate((b, a)).text([x])
    value = a * low + b
    double, width = low + high, high - low
    distance = (
        f"|2 * {x} - {written(double)}|"
        if double > 0
        else f"|2 * {x} + {written(-double)}|"
        if double
        else f"|2 * {x}|"
    )
    expected = wants_true(rng)
    shown = low if expected else low + 1
    if not expected:
        high, low = rng.choice(
            ((high + 1, low), (high, low + Fraction(1, 2)), (high - Fraction(1, 2), low - 1))
        )
    both = f"{{{written(low)}, {written(high)}}}"
    table = [
        (f"{line} ≤ {written(value)}", _Interval(None, shown, (True, True)).text()),
        (f"{written(value)} < {line}", _Interval(shown, None, (False, False)).text()),
        (f"{line} = {written(value)}", f"{{{written(shown)}}}"),
        (f"{quadratic} = 0", both),
        (f"{quadratic} ≤ 0", _Interval(low, high, (True, True)).text()),
        (f"{quadratic} < 0", _Interval(low, high, (False, False)).text()),
        (f"{distance} ≤ {written(width)}", _Interval(low, high, (True, True)).text()),
        (f"{distance} = {written(width)}", both),
    ]
    condition, solutions = rng.choice(table[:4] if level == 2 else table)
    return Draft(
        binders=(), claim=f"{{{x} : {of} | {condition}}} = {solutions}", expected=expected, header=MATHLIB
    )


def _extreme(rng: random.Random, level: int) -> Draft:
    """The least or greatest element of a set of naturals, or of the values of a quadratic function."""
    names = Names(rng)
    (n,) = names.some(NUMBERS, 1)
    expected = wants_true(rng)
    wrong = 0 if expected else rng.choice((1, 2))
    a, b = rng.randint(2, 3 + 2 * level), rng.randint(2, 3 + 2 * level)
    remainder = rng.randrange(a)
    first = next(each for each in range(1, a * b + a + 1) if each % a == remainder)
    bound = rng.randint(a, 10 * level + a)
    last = next(each for each in range(bound, -1, -1) if each % a == 0)
    vertex, least = rng.randint(-level, level), rng.randint(-9, 9)
    parabola = Polynomial.univariate((vertex * vertex + least, -2 * vertex, 1)).text([n])
    above = next(each for each in itertools.count(1) if each * each > bound)
    of = rng.choice(("ℝ", "ℝ", "ℤ"))
    table = [
        (f"IsLeast {{{n} : ℕ | 0 < {n} ∧ {a} ∣ {n} ∧ {b} ∣ {n}}}", math.lcm(a, b)),
        (f"IsLeast {{{n} : ℕ | 0 < {n} ∧ {n} % {a} = {remainder}}}", first),
        (f"IsGreatest {{{n} : ℕ | {n} ≤ {bound} ∧ {a} ∣ {n}}}", last),
        (f"IsGreatest {{{n} : ℕ | {a} * {n} + {remainder} ≤ {bound}}}", (bound - remainder) // a),
        (f"IsLeast {{{n} : ℕ | {bound} < {n} ^ 2}}", above),
        (f"IsLeast {{y : {of} | ∃ {n} : {of}, y = {parabola}}}", least),
        (f"IsGreatest (Set.Icc {b} {b + bound} : Set {of})", b + bound),
    ]
    text, value = rng.choice(table)
    if n == "y":
        raise DrawRejected
    shown = value + wrong
    return Draft(
        binders=(),
        claim=f"{text} {shown if shown >= 0 else f'({shown})'}",
        expected=expected,
        header=MATHLIB,
    )


def _images(rng: random.Random, level: int) -> Draft:
    """Images and preimages of intervals under linear functions."""
    names = Names(rng)
    (x,) = names.some(NUMBERS, 1)
    of = rng.choice(FIELDS)
    interval = _interval(rng, max(1, level - 2))
    if interval.low is None or interval.high is None:
        raise DrawRejected
    a, b = rng.choice((1, 2, 3, -1, -2)), rng.randint(-5, 5)
    function = f"(fun {x} : {of} => {Polynomial.univariate((b, a)).text([x])})"
    expected = wants_true(rng)
    shift = Fraction(0) if expected else Fraction(1, rng.choice((1, 2)))
    image = rng.random() < 0.5
    ends = [a * each + b if image else (each - b) / a for each in (interval.low, interval.high)]
    closed = interval.closed if a > 0 else (interval.closed[1], interval.closed[0])
    other = _Interval(min(ends), max(ends) + shift, closed)
    return Draft(
        binders=(),
        claim=f"{function} {chr(39) * 2 if image else '⁻¹' + chr(39)} {interval.text()} = {other.text()}",
        expected=expected,
        header=MATHLIB,
    )
