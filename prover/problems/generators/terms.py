"""Terms over ℝ and ℚ: how Lean writes them, and their values, with Lean's division, where `x / 0` is 0."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from prover.problems.generators.draft import DrawRejected
from prover.problems.generators.polynomial import Polynomial

MATHLIB = "import Mathlib"
"""The header of what is written with Mathlib's names."""
FIELDS = ("ℝ", "ℝ", "ℝ", "ℚ")
Point = Sequence[Fraction]
_SUM, _PRODUCT, _POWER, _ATOM = 65, 70, 75, 100


@dataclass(frozen=True, slots=True)
class Term:
    """A term in some variables: its text, how tightly Lean binds it, and its value at a point."""

    text: str
    rank: int
    value: Callable[[Point], Fraction]

    def __add__(self, other: Term) -> Term:
        text = f"{self.within(_SUM)} + {other.within(_SUM + 1)}"
        return Term(text, _SUM, lambda point: self.value(point) + other.value(point))

    def __sub__(self, other: Term) -> Term:
        text = f"{self.within(_SUM)} - {other.within(_SUM + 1)}"
        return Term(text, _SUM, lambda point: self.value(point) - other.value(point))

    def __mul__(self, other: Term) -> Term:
        text = f"{self.within(_PRODUCT)} * {other.within(_PRODUCT + 1)}"
        return Term(text, _PRODUCT, lambda point: self.value(point) * other.value(point))

    def __truediv__(self, other: Term) -> Term:
        text = f"{self.within(_PRODUCT)} / {other.within(_PRODUCT + 1)}"
        return Term(text, _PRODUCT, lambda point: quotient(self.value(point), other.value(point)))

    def __pow__(self, exponent: int) -> Term:
        return Term(
            f"{self.within(_POWER + 1)} ^ {exponent}", _POWER, lambda point: self.value(point) ** exponent
        )

    def __abs__(self) -> Term:
        inner = f"({self.text})" if "|" in self.text else self.text
        return Term(f"|{inner}|", _ATOM, lambda point: abs(self.value(point)))

    def within(self, rank: int) -> str:
        """Return the text for where Lean expects something that binds at least so tightly."""
        return self.text if self.rank >= rank else f"({self.text})"


def variables(names: Sequence[str]) -> list[Term]:
    """Return each name as a term, whose value is the point's at that place."""

    def variable(index: int, name: str) -> Term:
        return Term(name, _ATOM, lambda point: point[index])

    return [variable(index, name) for index, name in enumerate(names)]


def constant(value: Fraction | int) -> Term:
    """Return a number as a term."""
    number = Fraction(value)
    rank = _SUM if number < 0 else _ATOM if number.denominator == 1 else _PRODUCT
    return Term(written(number), rank, lambda point: number)


def polynomial(of: Polynomial, names: Sequence[str], *, rng: random.Random | None = None) -> Term:
    """Return a polynomial as a term, with `rng` in a random order."""
    text = of.text(names, rng=rng)
    bare = text.replace("₁", "").replace("₂", "").replace("₃", "").replace("₄", "")
    return Term(text, _ATOM if bare.isalnum() else _SUM, lambda point: value_at(of, point))


def value_at(of: Polynomial, point: Point) -> Fraction:
    """Return a polynomial's value."""
    total = Fraction(0)
    for exponents, coefficient in of.coefficients.items():
        term = Fraction(coefficient)
        for value, power in zip(point, exponents, strict=True):
            term *= value**power
        total += term
    return total


def quotient(a: Fraction, b: Fraction) -> Fraction:
    """Return what Lean means by `a / b`."""
    return a / b if b else Fraction(0)


def written(number: Fraction | int) -> str:
    """Write a number: ``3``, ``-3``, ``3 / 4``, ``-3 / 4``."""
    value = Fraction(number)
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator} / {value.denominator}"


def typed(number: Fraction | int, of: str) -> str:
    """Write a number with its type: ``(3 / 4 : ℝ)``."""
    return f"({written(number)} : {of})"


def draw(rng: random.Random, size: int, denominators: int = 1) -> Fraction:
    """Draw a number between -size and size, a whole one more often than not."""
    return Fraction(rng.randint(-size, size), rng.choice((1, 1, rng.randint(1, denominators))))


def draw_nonzero(rng: random.Random, size: int, denominators: int = 1) -> Fraction:
    """Draw a number that is not 0."""
    number = draw(rng, size, denominators)
    if not number:
        raise DrawRejected
    return number
