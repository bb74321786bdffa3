"""Linear arithmetic over ℕ and ℤ: systems with one solution, consequences of inequalities, subtraction in ℕ.

A true consequence is a sum of multiples of its hypotheses, so it is true by construction. For a false one there
is a counterexample among small numbers, found by trying them.
"""

# ruff: noqa: E501  (tables, one law a line)
from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence

from prover.problems.generators.draft import NUMBERS, Draft, DrawRejected, Names, binder, wants_true
from prover.problems.generators.polynomial import Polynomial

Inequality = tuple[Polynomial, Polynomial]
"""The left side is at most the right one."""


def linear(rng: random.Random, level: int) -> Draft:
    """Draw a system of equations or a consequence of inequalities."""
    return rng.choice((_system, _consequence, _consequence))(rng, level)


def _system(rng: random.Random, level: int) -> Draft:
    names = Names(rng)
    count = min(3, 1 + level // 2)
    variables = names.some(NUMBERS, count)
    natural = rng.random() < 0.5
    size = 3 + 5 * level
    values = [rng.randint(0 if natural else -size, size) for _ in variables]
    for _ in range(100):
        rows = [[rng.randint(0 if natural else -4, 2 + level) for _ in variables] for _ in variables]
        if determinant(rows) and all(any(row) for row in rows):
            break
    else:
        raise DrawRejected
    hypotheses = []
    for row in rows:
        left = Polynomial.linear(row, rng.choice((0, 0, rng.randint(1, 9))))
        equation = f"{left.text(variables)} = {left(*values)}"
        hypotheses.append(names.hypothesis(equation))
    expected = wants_true(rng)
    asked = Polynomial.linear([rng.randint(0, 2) for _ in variables], 0) if level > 2 else None
    if asked is None or asked.is_constant:
        index = rng.randrange(count)
        asked = Polynomial.linear([int(i == index) for i in range(count)], 0)
    answer = asked(*values) + (0 if expected else rng.choice((1, 2, 3, -1)))
    if natural and answer < 0:
        raise DrawRejected
    return Draft(
        binders=(binder(variables, names.nat if natural else names.int), *hypotheses),
        claim=f"{asked.text(variables)} = {answer}",
        expected=expected,
    )


def determinant(rows: Sequence[Sequence[int]]) -> int:
    """Return the determinant of a square matrix."""
    if len(rows) == 1:
        return rows[0][0]
    return sum(
        (-1) ** j * rows[0][j] * determinant([[*row[:j], *row[j + 1 :]] for row in rows[1:]])
        for j in range(len(rows))
    )


def _consequence(rng: random.Random, level: int) -> Draft:
    names = Names(rng)
    count = min(4, 1 + (level + 1) // 2)
    variables = names.some(NUMBERS, count)
    natural = rng.random() < 0.6
    side = _sides(rng, count, 1 + level, 0 if natural else -2)
    hypotheses: list[Inequality] = [(side(), side()) for _ in range(min(4, 1 + level // 2))]
    factors = [rng.randint(1, 1 + level // 2) for _ in hypotheses]
    left = right = Polynomial({})
    for (low, high), factor in zip(hypotheses, factors, strict=True):
        left, right = left + low.times(factor), right + high.times(factor)
    left, right = _without_common(left, right, keep=rng.random() < 0.3)
    right = right + Polynomial.linear([0] * count, rng.randint(0, 2))
    expected = wants_true(rng)
    if not expected:
        left = left + Polynomial.linear([rng.randint(0, 1) for _ in variables], rng.randint(1, 3 + level))
        least = 0 if natural else count - 6
        if not _has_counterexample(hypotheses, (left, right), count, range(least, 9 - count)):
            raise DrawRejected
    if left.is_constant and right.is_constant:
        raise DrawRejected
    return Draft(
        binders=(
            binder(variables, names.nat if natural else names.int),
            *(names.hypothesis(_write(rng, each, variables)) for each in hypotheses),
        ),
        claim=_write(rng, (left, right), variables),
        expected=expected,
    )


def _sides(rng: random.Random, count: int, most: int, least: int) -> Callable[[], Polynomial]:
    def side() -> Polynomial:
        coefficients = [rng.choice((0, rng.randint(least, most))) for _ in range(count)]
        coefficients[rng.randrange(count)] = rng.randint(1, most)
        return Polynomial.linear(coefficients, rng.choice((0, rng.randint(0, 9))))

    return side


def _without_common(left: Polynomial, right: Polynomial, *, keep: bool) -> Inequality:
    """Take away from both sides what they have in common; with `keep`, leave it."""
    if keep:
        return left, right
    difference = (right - left).coefficients
    return (
        Polynomial.of((each, -value) for each, value in difference.items() if value < 0),
        Polynomial.of((each, value) for each, value in difference.items() if value > 0),
    )


def _has_counterexample(
    hypotheses: Sequence[Inequality], claim: Inequality, count: int, values: range
) -> bool:
    return any(
        all(low(*point) <= high(*point) for low, high in hypotheses) and claim[0](*point) > claim[1](*point)
        for point in itertools.product(values, repeat=count)
    )


def _write(rng: random.Random, inequality: Inequality, variables: Sequence[str]) -> str:
    low, high = inequality
    if rng.random() < 0.3 and low(*[0] * len(variables)) >= 1:
        low = low - Polynomial.linear([0] * len(variables), 1)
        relation = ("<", ">")
    else:
        relation = ("≤", "≥")
    if low.is_constant and high.is_constant:
        raise DrawRejected
    if rng.random() < 0.75:
        return f"{low.text(variables)} {relation[0]} {high.text(variables)}"
    return f"{high.text(variables)} {relation[1]} {low.text(variables)}"


# Statements about subtraction that stops at 0, with a function of the same meaning.
_SUBTRACTIONS: Sequence[tuple[int, str, Callable[..., bool]]] = (
    (1, "a - b ≤ a", lambda a, b, c, k: _sub(a, b) <= a),
    (1, "a - b + b = a", lambda a, b, c, k: _sub(a, b) + b == a),
    (1, "a + b - b = a", lambda a, b, c, k: _sub(a + b, b) == a),
    (1, "a - {k} ≤ a", lambda a, b, c, k: _sub(a, k) <= a),
    (1, "a - {k} < a", lambda a, b, c, k: _sub(a, k) < a),
    (2, "a - b - c = a - (b + c)", lambda a, b, c, k: _sub(_sub(a, b), c) == _sub(a, b + c)),
    (2, "a - (b - c) = a - b + c", lambda a, b, c, k: _sub(a, _sub(b, c)) == _sub(a, b) + c),
    (2, "a + {k} - b ≤ a - b + {k}", lambda a, b, c, k: _sub(a + k, b) <= _sub(a, b) + k),
    (2, "a - b + {k} = a + {k} - b", lambda a, b, c, k: _sub(a, b) + k == _sub(a + k, b)),
    (2, "b ≤ a → a - b + c = a + c - b", lambda a, b, c, k: b > a or _sub(a, b) + c == _sub(a + c, b)),
    (3, "a - b + (b - a) = 0 ↔ a = b", lambda a, b, c, k: (_sub(a, b) + _sub(b, a) == 0) == (a == b)),
    (3, "a - c ≤ a - b + (b - c)", lambda a, b, c, k: _sub(a, c) <= _sub(a, b) + _sub(b, c)),
    (3, "a - c = a - b + (b - c)", lambda a, b, c, k: _sub(a, c) == _sub(a, b) + _sub(b, c)),
    (3, "{k} * a - {k} * b = {k} * (a - b)", lambda a, b, c, k: _sub(k * a, k * b) == k * _sub(a, b)),
    (3, "a - b = c → a = b + c", lambda a, b, c, k: _sub(a, b) != c or a == b + c),
    (3, "a = b + c → a - b = c", lambda a, b, c, k: a != b + c or _sub(a, b) == c),
    (4, "a - b < c → a < b + c", lambda a, b, c, k: _sub(a, b) >= c or a < b + c),
    (4, "a < b + c → a - b < c", lambda a, b, c, k: a >= b + c or _sub(a, b) < c),
    (4, "a - b > c → a > b + c", lambda a, b, c, k: _sub(a, b) <= c or a > b + c),
    (4, "a - b ≥ c → a ≥ b + c", lambda a, b, c, k: _sub(a, b) < c or a >= b + c),
    (4, "a - (a - b) = a → a ≤ b", lambda a, b, c, k: _sub(a, _sub(a, b)) != a or a <= b),
    (5, "(a + {k}) * (b + {k}) - a * b = {k} * (a + b) + {k} * {k}", lambda a, b, c, k: _sub((a + k) * (b + k), a * b) == k * (a + b) + k * k),
    (5, "a * a - b * b = (a + b) * (a - b)", lambda a, b, c, k: _sub(a * a, b * b) == (a + b) * _sub(a, b)),
    (5, "(a - b) * (a - b) + 2 * (a * b) = a * a + b * b", lambda a, b, c, k: _sub(a, b) ** 2 + 2 * a * b == a * a + b * b),
    (5, "a * (b - c) = a * b - a * c", lambda a, b, c, k: a * _sub(b, c) == _sub(a * b, a * c)),
    (5, "(a - b) * c + b * c = a * c", lambda a, b, c, k: _sub(a, b) * c + b * c == a * c),
)  # fmt: skip


def _sub(a: int, b: int) -> int:
    return max(0, a - b)


def subtraction(rng: random.Random, level: int) -> Draft:
    """Draw a statement about subtraction in ℕ, at times with a bound that decides it.

    Whether it holds depends on the order of the numbers alone and on their products, so that a law fails
    among small numbers if it fails at all.
    """
    names = Names(rng)
    _, text, holds = rng.choice([each for each in _SUBTRACTIONS if level - 1 <= each[0] <= level])
    k = rng.randint(1, 2 + 2 * level)
    letters = dict(zip("abc", names.some(NUMBERS, 3), strict=True))
    conditions: tuple[tuple[str, Callable[[int, int, int], bool]], ...] = (
        ("b ≤ a", lambda a, b, c: b <= a),
        ("a < b", lambda a, b, c: a < b),
        ("c ≤ b", lambda a, b, c: c <= b),
        ("a + c ≤ b", lambda a, b, c: a + c <= b),
        ("0 < c", lambda a, b, c: c > 0),
        ("0 < a", lambda a, b, c: a > 0),
    )
    chosen = rng.sample(conditions, rng.randint(0, 2))
    points = [
        point
        for point in itertools.product(range(12), repeat=3)
        if all(condition(*point) for _, condition in chosen)
    ]
    if not points:
        raise DrawRejected
    expected = all(holds(*point, k) for point in points)
    if expected and rng.random() > 0.7:
        raise DrawRejected
    written = [text.replace("{k}", str(k)), *(each for each, _ in chosen)]
    used = [each for each in "abc" if any(each in one for one in written)]
    claim, *hypotheses = ("".join(letters.get(each, each) for each in one) for one in written)
    return Draft(
        binders=(
            binder([letters[each] for each in used], names.nat),
            *(names.hypothesis(each) for each in hypotheses),
        ),
        claim=claim,
        expected=expected,
    )
