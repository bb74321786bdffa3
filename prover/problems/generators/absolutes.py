"""Absolute values over ℝ and ℚ.

Sums of absolute values of linear forms in one variable are linear between the zeros of the forms, so that they are
compared exactly on an interval by comparing them at these zeros and at its ends.
"""

# ruff: noqa: E501  (tables, one law a line)
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
    premises_of,
    wants_true,
)
from prover.problems.generators.terms import (
    FIELDS,
    MATHLIB,
    Term,
    constant,
    typed,
    variables,
    written,
)


def absolutes(rng: random.Random, level: int) -> Draft:
    """Draw values, an equation or inequality with one absolute value, sums of them, or a law."""
    return drawn_by_level(
        rng,
        level,
        (_values, _solved),
        (_values, _solved, _laws),
        (_solved, _sums, _laws),
        (_sums, _sums, _laws, _pieces),
        (_sums, _pieces, _laws),
    )


def _values(rng: random.Random, level: int) -> Draft:
    of = rng.choice(FIELDS)
    total, parts = Fraction(0), []
    for index in range(rng.randint(1, 1 + level)):
        a, b = (Fraction(rng.randint(-20, 20), rng.choice((1, 1, 2, 3))) for _ in range(2))
        minus = bool(index) and rng.random() < 0.5
        inside, value = rng.choice((
            (typed(a, of), a),
            (f"{typed(a, of)} - {written(abs(b))}", a - abs(b)),
            (f"{typed(a, of)} * {written(abs(b))}", a * abs(b.numerator) / b.denominator),
        ))  # fmt: skip
        total += -abs(value) if minus else abs(value)
        parts.append(f"{('- ' if minus else '+ ') if index else ''}|{inside}|")
    expected = wants_true(rng)
    shown = total if expected else total + rng.choice((1, -1, Fraction(1, 2)))
    return Draft(binders=(), claim=f"{' '.join(parts)} = {written(shown)}", expected=expected, header=MATHLIB)


def _solved(rng: random.Random, level: int) -> Draft:
    """`|a x - b| = r`, or less or more than `r`, and what that says of x."""
    names = Names(rng)
    (name,) = names.some(NUMBERS, 1)
    a = rng.choice((1, 1, rng.randint(1, 1 + level)))
    middle = Fraction(rng.randint(-4 * level, 4 * level), a)
    radius = Fraction(rng.randint(1, 4 * level), a)
    (x,) = variables([name])
    scaled = x if a == 1 else constant(a) * x
    shift = middle * a
    inside = scaled - constant(shift) if shift > 0 else scaled + constant(-shift) if shift else scaled
    expected = wants_true(rng)
    low, high = middle - radius, middle + radius
    if not expected:
        low, high = rng.choice(((low + 1, high), (low, high - Fraction(1, 2)), (low + 1, high + 1)))
    left, right = written(low), written(high)
    given, claim = rng.choice((
        (f"{abs(inside).text} = {written(radius * a)}", f"{name} = {left} ∨ {name} = {right}"),
        (f"{abs(inside).text} < {written(radius * a)}", f"{left} < {name} ∧ {name} < {right}"),
        (f"{abs(inside).text} ≤ {written(radius * a)}", f"{left} ≤ {name} ∧ {name} ≤ {right}"),
        (f"{written(radius * a)} ≤ {abs(inside).text}", f"{name} ≤ {left} ∨ {right} ≤ {name}"),
    ))  # fmt: skip
    if not expected and given.startswith(f"{written(radius * a)} ≤"):
        claim = f"{name} ≤ {written(middle - radius - 1)} ∨ {written(middle + radius)} ≤ {name}"
    of = rng.choice(FIELDS)
    if rng.random() < 0.3:
        return Draft(
            binders=(binder([name], of),), claim=f"{given} ↔ {claim}", expected=expected, header=MATHLIB
        )
    if " ∧ " in claim and level < 3 and expected:
        claim = rng.choice(claim.split(" ∧ "))
    return Draft(
        binders=(binder([name], of), names.hypothesis(given)), claim=claim, expected=expected, header=MATHLIB
    )


def _form(rng: random.Random, x: Term, level: int) -> tuple[Term, Fraction]:
    """Return the absolute value of a linear form, and where it is 0."""
    a = rng.choice((1, 1, 1, rng.randint(2, 3)))
    b = rng.randint(-2 * level, 2 * level)
    scaled = x if a == 1 else constant(a) * x
    inside = scaled - constant(b) if b > 0 else scaled + constant(-b) if b < 0 else scaled
    return abs(inside), Fraction(b, a)


def _holds(
    left: Term, right: Term, zeros: Sequence[Fraction], ends: tuple[Fraction, Fraction], equal: bool
) -> bool:
    """Whether `left ≤ right`, or `left = right`, between the ends, inclusive."""
    points = [*ends, *(each for each in zeros if ends[0] <= each <= ends[1])]
    compared = [right.value((each,)) - left.value((each,)) for each in points]
    return not any(compared) if equal else min(compared) >= 0


def _sums(rng: random.Random, level: int) -> Draft:
    """A sum of absolute values and its least value, or a bound of it on an interval."""
    names = Names(rng)
    (name,) = names.some(NUMBERS, 1)
    (x,) = variables([name])
    forms = [_form(rng, x, level) for _ in range(2 + (level > 4))]
    total = forms[0][0]
    for each, _ in forms[1:]:
        total = total + each
    zeros = [zero for _, zero in forms]
    expected = wants_true(rng)
    if rng.random() < 0.5:
        least = min(total.value((each,)) for each in zeros)
        bound = least - rng.choice((0, 0, 1)) if expected else least + Fraction(1, rng.randint(1, 3))
        return Draft(
            binders=(binder([name], rng.choice(FIELDS)),),
            claim=f"{written(bound)} ≤ {total.text}",
            expected=expected,
            header=MATHLIB,
        )
    low = Fraction(rng.randint(-2 * level, level))
    high = low + rng.randint(1, 2 * level)
    most = max(total.value((each,)) for each in (low, high))
    bound = most + rng.choice((0, 0, 1)) if expected else most - Fraction(1, rng.randint(1, 3))
    given = [f"{written(low)} ≤ {name}", f"{name} ≤ {written(high)}"]
    return Draft(
        binders=(binder([name], rng.choice(FIELDS)), *(names.hypothesis(each) for each in given)),
        claim=f"{total.text} ≤ {written(bound)}",
        expected=expected,
        header=MATHLIB,
    )


def _pieces(rng: random.Random, level: int) -> Draft:
    """A sum of absolute values is a linear form where no zero lies inside, decided at all zeros and ends."""
    names = Names(rng)
    (name,) = names.some(NUMBERS, 1)
    (x,) = variables([name])
    (first, zero), (second, other) = (_form(rng, x, level) for _ in range(2))
    total = rng.choice((first + second, first - second))
    low = Fraction(rng.randint(-2 * level, 2 * level))
    ends = (low, low + rng.randint(1, level))
    at_low, at_high = (total.value((each,)) for each in ends)
    slope = (at_high - at_low) / (ends[1] - ends[0])
    shift = at_low - slope * low
    if slope.denominator != 1:
        raise DrawRejected
    line = constant(shift) if not slope else (x if slope == 1 else constant(slope) * x)
    if slope and shift:
        line = line + constant(shift) if shift > 0 else line - constant(-shift)
    equal = rng.random() < 0.6
    expected = _holds(total, line, (zero, other), ends, equal)
    if expected != wants_true(rng):
        raise DrawRejected
    given = [f"{written(ends[0])} ≤ {name}", f"{name} ≤ {written(ends[1])}"]
    return Draft(
        binders=(binder([name], rng.choice(FIELDS)), *(names.hypothesis(each) for each in given)),
        claim=f"{total.text} {'=' if equal else '≤'} {line.text}",
        expected=expected,
        header=MATHLIB,
    )


_Law = tuple[str, Callable[..., bool]]


def _laws(rng: random.Random, level: int) -> Draft:
    """Laws of absolute values of numbers x and y with numbers a, b put in; a false one fails at small points."""
    names = Names(rng)
    a, b = rng.randint(2, 3 + level), rng.randint(2, 3 + level)
    laws: Sequence[_Law] = (
        ("|x * y| = |x| * |y|", lambda x, y: abs(x * y) == abs(x) * abs(y)),
        (f"|{a} * x| = {a} * |x|", lambda x, y: abs(a * x) == a * abs(x)),
        (f"|x - {a}| = |{a} - x|", lambda x, y: abs(x - a) == abs(a - x)),
        ("|x| ^ 2 = x ^ 2", lambda x, y: abs(x) ** 2 == x**2),
        ("|x + y| = |x| + |y|", lambda x, y: abs(x + y) == abs(x) + abs(y)),
        (f"|{a} * x + {b} * y| ≤ {a} * |x| + {b} * |y|", lambda x, y: abs(a * x + b * y) <= a * abs(x) + b * abs(y)),
        (f"|{a} * x - {b} * y| ≤ {a} * |x| - {b} * |y|", lambda x, y: abs(a * x - b * y) <= a * abs(x) - b * abs(y)),
        (f"|{a} * x| - |{b} * y| ≤ |{a} * x + {b} * y|", lambda x, y: abs(a * x) - abs(b * y) <= abs(a * x + b * y)),
        (f"|x| ≤ {a} → |y| ≤ {b} → |x * y| ≤ {a * b}", lambda x, y: abs(x) > a or abs(y) > b or abs(x * y) <= a * b),
        (f"|x| ≤ {a} → x ^ 2 ≤ {a * a}", lambda x, y: abs(x) > a or x * x <= a * a),
        (f"x ^ 2 ≤ {a * a} → |x| ≤ {a}", lambda x, y: x * x > a * a or abs(x) <= a),
        (f"{a} ≤ x → |x| = x", lambda x, y: a > x or abs(x) == x),
        (f"x ≤ {a} → |x - {a}| = x - {a}", lambda x, y: x > a or abs(x - a) == x - a),
        (f"x ≤ {a} → |x - {a}| = {a} - x", lambda x, y: x > a or abs(x - a) == a - x),
        (f"|x - {a}| < {b} → |y - {a}| < {b} → |x - y| < {2 * b}", lambda x, y: abs(x - a) >= b or abs(y - a) >= b or abs(x - y) < 2 * b),
        (f"|x - {a}| < {b} → |y - {a}| < {b} → |x - y| < {b}", lambda x, y: abs(x - a) >= b or abs(y - a) >= b or abs(x - y) < b),
        ("|x| ≤ |y| → x ^ 2 ≤ y ^ 2", lambda x, y: abs(x) > abs(y) or x * x <= y * y),
        ("x ≤ y → |x| ≤ |y|", lambda x, y: x > y or abs(x) <= abs(y)),
        ("max x y = (x + y + |x - y|) / 2", lambda x, y: 2 * max(x, y) == x + y + abs(x - y)),
        ("min x y = (x + y + |x - y|) / 2", lambda x, y: 2 * min(x, y) == x + y + abs(x - y)),
        ("|x| + |y| ≤ |x + y| + |x - y|", lambda x, y: abs(x) + abs(y) <= abs(x + y) + abs(x - y)),
        ("|x + y| + |x - y| = 2 * max |x| |y|", lambda x, y: abs(x + y) + abs(x - y) == 2 * max(abs(x), abs(y))),
    )  # fmt: skip
    text, holds = rng.choice(laws)
    points = itertools.product([Fraction(each, 2) for each in range(-18, 19)], repeat=2 if "y" in text else 1)
    expected = all(holds(*point, *([0] if len(point) == 1 else [])) for point in points)
    if expected != wants_true(rng):
        raise DrawRejected
    letters = dict(zip("xy", names.some([each for each in NUMBERS if "m" not in each], 2), strict=True))
    used = [letters[each] for each in "xy" if each in text.replace("max", "").replace("min", "")]
    *premises, claim = premises_of(text) if rng.random() < 0.7 else [text]

    def renamed(one: str) -> str:
        words = one.replace("max", "\0").replace("min", "\1")
        return "".join(letters.get(each, each) for each in words).replace("\0", "max").replace("\1", "min")

    return Draft(
        binders=(binder(used, rng.choice(FIELDS)), *(names.hypothesis(renamed(each)) for each in premises)),
        claim=renamed(claim),
        expected=expected,
        header=MATHLIB,
    )
