"""Polynomials with integer coefficients: enough to expand, to evaluate and to write in Lean."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Polynomial:
    """`coefficients` maps the exponents of the variables, in their order, to what is not zero."""

    coefficients: Mapping[tuple[int, ...], int]

    @classmethod
    def of(cls, terms: Iterable[tuple[tuple[int, ...], int]]) -> Polynomial:
        """Add up terms."""
        total: dict[tuple[int, ...], int] = {}
        for exponents, coefficient in terms:
            total[exponents] = total.get(exponents, 0) + coefficient
        return cls({exponents: value for exponents, value in total.items() if value})

    @classmethod
    def linear(cls, coefficients: Sequence[int], constant: int) -> Polynomial:
        """Return the sum of the variables, each with its coefficient, and a constant."""
        count = len(coefficients)
        units = [(tuple(int(i == j) for j in range(count)), each) for i, each in enumerate(coefficients)]
        return cls.of([*units, ((0,) * count, constant)])

    @classmethod
    def univariate(cls, coefficients: Sequence[int]) -> Polynomial:
        """Return the polynomial in one variable whose coefficients these are, the constant first."""
        return cls.of(((power,), each) for power, each in enumerate(coefficients))

    def __add__(self, other: Polynomial) -> Polynomial:
        return Polynomial.of([*self.coefficients.items(), *other.coefficients.items()])

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + other.times(-1)

    def __mul__(self, other: Polynomial) -> Polynomial:
        return Polynomial.of(
            (tuple(i + j for i, j in zip(left, right, strict=True)), a * b)
            for left, a in self.coefficients.items()
            for right, b in other.coefficients.items()
        )

    def times(self, factor: int) -> Polynomial:
        """Return a multiple."""
        return Polynomial.of((exponents, factor * each) for exponents, each in self.coefficients.items())

    def __call__(self, *values: int) -> int:
        """Return its value where the variables have these."""
        return sum(
            coefficient * math.prod(value**power for value, power in zip(values, exponents, strict=True))
            for exponents, coefficient in self.coefficients.items()
        )

    @property
    def is_constant(self) -> bool:
        """Whether no variable occurs."""
        return not any(any(exponents) for exponents in self.coefficients)

    def text(self, names: Sequence[str], *, rng: random.Random | None = None) -> str:
        """Write it in Lean, with `rng` in a random order of its terms, else by falling degree."""
        terms = sorted(self.coefficients.items(), key=lambda each: (-sum(each[0]), [-i for i in each[0]]))
        if rng is not None:
            rng.shuffle(terms)
            terms.sort(key=lambda each: each[1] < 0)
        written = ""
        for exponents, coefficient in terms:
            sign = "-" if coefficient < 0 else "+"
            term = _monomial(abs(coefficient), exponents, names)
            written += f" {sign} {term}" if written else term if coefficient > 0 else f"-{term}"
        return written or "0"


def _monomial(coefficient: int, exponents: Sequence[int], names: Sequence[str]) -> str:
    factors = [
        name if power == 1 else f"{name} ^ {power}"
        for name, power in zip(names, exponents, strict=True)
        if power
    ]
    if coefficient != 1 or not factors:
        factors = [str(coefficient), *factors]
    return " * ".join(factors)


def atom(text: str) -> str:
    """Return `text` with brackets around it, unless it is one word."""
    return text if text.replace("₁", "").replace("₂", "").replace("'", "").isalnum() else f"({text})"
