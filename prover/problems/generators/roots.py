"""Square roots in ℝ of perfect squares, of other numbers and of terms.

Values are calculated and compared exactly; a wrong one is another number.
"""

from __future__ import annotations

import math
import random
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
from prover.problems.generators.terms import MATHLIB, written


def roots(rng: random.Random, level: int) -> Draft:
    """Draw square roots of perfect squares, of multiples of squares, of terms, their order, or an equation."""
    return drawn_by_level(
        rng,
        level,
        (_perfect,),
        (_perfect, _of_terms, _compared),
        (_products, _of_terms, _compared, _solved_root),
        (_products, _of_terms, _compared, _solved_root, _nested),
        (_compared, _solved_root, _nested, _products),
    )


def _sqrt(rng: random.Random, inner: str) -> str:
    return f"√{inner}" if rng.random() < 0.6 else f"Real.sqrt {inner}"


def _perfect(rng: random.Random, level: int) -> Draft:
    total, parts = Fraction(0), []
    for _ in range(rng.randint(1, level)):
        root = Fraction(rng.randint(2, 10 * level), rng.choice((1, 1, rng.randint(1, 6))))
        total += root
        inner = f"({written(root * root)})" if root.denominator > 1 else str(root.numerator**2)
        parts.append(_sqrt(rng, inner))
    expected = wants_true(rng)
    shown = total if expected else rng.choice((total + 1, total * total, total + Fraction(1, 2)))
    if shown == total and not expected:
        raise DrawRejected
    return Draft(
        binders=(), claim=f"{' + '.join(parts)} = {written(shown)}", expected=expected, header=MATHLIB
    )


def _squarefree(rng: random.Random, most: int) -> int:
    number = rng.randint(2, most)
    if any(number % (each * each) == 0 for each in range(2, number)):
        raise DrawRejected
    return number


def _products(rng: random.Random, level: int) -> Draft:
    """Multiples of one root added, roots multiplied, and denominators made rational."""
    r, s = _squarefree(rng, 4 + 2 * level), _squarefree(rng, 4 + 2 * level)
    a, b = rng.randint(2, 2 + level), rng.randint(2, 2 + level)
    expected = wants_true(rng)
    wrong = 0 if expected else rng.choice((1, 2))
    root = rng.choice(("√{}", "Real.sqrt {}"))

    def of(number: int) -> str:
        return root.format(number)

    table = [
        f"{of(a * a * r)} = {a + wrong} * {of(r)}",
        f"{of(a * a * r)} + {of(b * b * r)} = {a + b + wrong} * {of(r)}",
        f"{a} * {of(r)} * ({b} * {of(r)}) = {a * b * r + wrong}",
        f"{of(r)} * {of(a * a * r)} = {a * r + wrong}",
        f"({a} + {of(r)}) * ({a} - {of(r)}) = {a * a - r + wrong}",
        f"({a} + {of(r)}) ^ 2 = {a * a + r + wrong} + {2 * a} * {of(r)}",
        f"{a} / {of(r)} = {a + wrong} * {of(r)} / {r}",
    ]
    if r != s:
        table += [
            f"{of(r)} * {of(s)} = {of(r * s + wrong)}",
            f"({of(r)} + {of(s)}) * ({of(r)} - {of(s)}) = {r - s + wrong}",
            f"({of(r)} + {of(s)}) ^ 2 = {r + s + wrong} + 2 * {of(r * s)}",
            f"{abs(r - s)} / ({of(max(r, s))} - {of(min(r, s))}) = {of(r)} + {of(s + wrong)}",
        ]
    return Draft(binders=(), claim=rng.choice(table), expected=expected, header=MATHLIB)


def _compared(rng: random.Random, level: int) -> Draft:
    """The order of a root and a fraction, or of a sum of roots and a number, by exact bounds."""
    count = 1 if level < 4 else 2
    numbers = [rng.randint(2, 10 + 15 * level) for _ in range(count)]
    scale = 10**12
    low = sum(Fraction(math.isqrt(each * scale * scale), scale) for each in numbers)
    high = low + Fraction(count, scale)
    denominator = rng.randint(1, 1 + 2 * level)
    bound = Fraction(math.floor(low * denominator) + rng.choice((0, 1)), denominator)
    if low <= bound <= high:
        raise DrawRejected
    left, right = " + ".join(_sqrt(rng, str(each)) for each in numbers), written(bound)
    if high < bound:
        left, right = right, left
    expected = wants_true(rng)
    if not expected:
        left, right = right, left
    return Draft(binders=(), claim=f"{right} {rng.choice('<≤')} {left}", expected=expected, header=MATHLIB)


def _of_terms(rng: random.Random, level: int) -> Draft:
    """Roots of squares of terms, with or without the sign that makes them the terms."""
    names = Names(rng)
    x, y = names.some(NUMBERS, 2)
    a, k = rng.randint(2, 2 + 2 * level), rng.randint(1, 2 * level)
    root = rng.choice(("√({})", "Real.sqrt ({})"))

    def of(inner: str) -> str:
        return root.format(inner)

    table: list[tuple[list[str], list[str], str, bool]] = [
        ([x], [f"0 ≤ {x}"], f"{of(f'{a * a} * {x} ^ 2')} = {a} * {x}", True),
        ([x], [], f"{of(f'{a * a} * {x} ^ 2')} = {a} * {x}", False),
        ([x], [], f"{of(f'{a * a} * {x} ^ 2')} = {a} * |{x}|", True),
        ([x], [f"{x} ≤ 0"], f"{of(f'{a * a} * {x} ^ 2')} = -({a} * {x})", True),
        ([x], [f"{k} ≤ {x}"], f"{of(f'({x} - {k}) ^ 2')} = {x} - {k}", True),
        ([x], [f"{x} ≤ {k}"], f"{of(f'({x} - {k}) ^ 2')} = {k} - {x}", True),
        ([x], [f"{x} ≤ {k}"], f"{of(f'({x} - {k}) ^ 2')} = {x} - {k}", False),
        ([x], [f"-{k} ≤ {x}"], f"{of(f'{x} ^ 2 + {2 * k} * {x} + {k * k}')} = {x} + {k}", True),
        ([x], [], f"{of(f'{x} ^ 2 + {2 * k} * {x} + {k * k}')} = {x} + {k}", False),
        ([x], [f"0 ≤ {x}"], f"{of(x)} ^ 2 + {k} = {x} + {k}", True),
        ([x], [], f"{of(x)} ^ 2 + {k} = {x} + {k}", False),
        ([x], [f"0 ≤ {x}"], f"{of(f'{a * a} * {x}')} = {a} * {of(x)}", True),
        ([x, y], [f"0 ≤ {x}", f"0 ≤ {y}"], f"{of(f'{a * a} * {x} ^ 2 * {y} ^ 2')} = {a} * {x} * {y}", True),
        ([x, y], [f"0 ≤ {x}", f"0 ≤ {y}"], f"{of(x)} * {of(y)} = {of(f'{x} * {y}')}", True),
        ([x, y], [f"0 ≤ {x}", f"{x} ≤ {y}"], f"{a} * {of(x)} ≤ {a} * {of(y)}", True),
        ([x, y], [f"0 ≤ {x}", f"0 ≤ {y}"], f"{of(f'{a * a} * {x} + {y}')} = {a} * {of(x)} + {of(y)}", False),
        ([x, y], [f"0 ≤ {x}", f"0 ≤ {y}"], f"{2 * a} * {of(f'{x} * {y}')} ≤ {a} * {x} + {a} * {y}", True),
    ]
    expected = wants_true(rng)
    used, given, claim, _ = rng.choice([each for each in table if each[3] == expected])
    return Draft(
        binders=(binder(used, "ℝ"), *(names.hypothesis(each) for each in given)),
        claim=claim,
        expected=expected,
        header=MATHLIB,
    )


def _solved_root(rng: random.Random, level: int) -> Draft:
    """An equation with a root, whose value is given and positive."""
    names = Names(rng)
    (x,) = names.some(NUMBERS, 1)
    a, b = rng.randint(1, level), rng.randint(-9, 9)
    value = rng.randint(1, 3 + 2 * level)
    solution = Fraction(value * value - b, a)
    inner = (f"{a} * {x}" if a > 1 else x) + (f" + {b}" if b > 0 else f" - {-b}" if b < 0 else "")
    expected = wants_true(rng)
    shown = solution if expected else solution + rng.choice((1, -1, value))
    style = rng.randrange(3)
    given, claim = (
        ([f"√({inner}) = {value}"], f"{x} = {written(shown)}"),
        ([f"Real.sqrt ({inner}) = {value}"], f"{inner} = {value * value + (0 if expected else 1)}"),
        (
            [f"0 ≤ {x}", f"{x} ^ 2 = {a * value}"],
            f"{x} = √{a * value}" if expected else f"{x} = -√{a * value}",
        ),
    )[style]
    return Draft(
        binders=(binder([x], "ℝ"), *(names.hypothesis(each) for each in given)),
        claim=claim,
        expected=expected,
        header=MATHLIB,
    )


def _nested(rng: random.Random, level: int) -> Draft:
    """`√(p² + q² r + 2 p q √r) = p + q √r`, and with a minus where p is the larger part."""
    r = _squarefree(rng, 3 + 2 * level)
    p, q = rng.randint(1, 2 + level), rng.randint(1, level)
    minus = p * p > q * q * r and rng.random() < 0.5
    sign = "-" if minus else "+"
    expected = wants_true(rng)
    whole = p * p + q * q * r + (0 if expected else 1)
    part = f"√{r}" if q == 1 else f"{q} * √{r}"
    return Draft(
        binders=(),
        claim=f"√({whole} {sign} {2 * p * q} * √{r}) = {p} {sign} {part}",
        expected=expected,
        header=MATHLIB,
    )
