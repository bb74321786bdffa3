"""Polynomials with rational coefficients, read from terms, and the squares that a polynomial is made of.

What is no sum, product or numeral power of other terms counts as a variable: ``f x``, ``√2``. Nothing here is trusted:
it chooses the hints of tactics, and Lean checks these.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from prover.policy.heuristic.terms import Apply, Name, Number, Operation, Term, argument

Monomial = tuple[tuple[str, int], ...]
"""Variables with their exponents, sorted; the empty one is 1."""
Polynomial = Mapping[Monomial, Fraction]
ONE: Monomial = ()
MAX_DEGREE = 8
MAX_MONOMIALS = 200
_ROOT = re.compile(r"\(?√(\d+)\)?")


class NotPolynomialError(Exception):
    """The term is no polynomial, or too large a one."""


def read_polynomial(term: Term) -> dict[Monomial, Fraction]:
    """Return the polynomial that `term` is.

    Raises:
        NotPolynomialError: it is none, or has more than `MAX_MONOMIALS` monomials.
    """
    match term:
        case Number(value=value):
            return {ONE: Fraction(value)} if value else {}
        case Operation(operator="-", operands=(inner,)):
            return scale(read_polynomial(inner), Fraction(-1))
        case Operation(operator="+", operands=(left, right)):
            return add(read_polynomial(left), read_polynomial(right))
        case Operation(operator="-", operands=(left, right)):
            return add(read_polynomial(left), scale(read_polynomial(right), Fraction(-1)))
        case Operation(operator="*", operands=(left, right)):
            return multiply(read_polynomial(left), read_polynomial(right))
        case Operation(operator="/", operands=(left, right)):
            divisor = read_polynomial(right)
            if divisor.keys() != {ONE}:
                raise NotPolynomialError
            return scale(read_polynomial(left), 1 / divisor[ONE])
        case Operation(operator="^", operands=(base, Number(value=exponent))) if exponent <= MAX_DEGREE:
            power: dict[Monomial, Fraction] = {ONE: Fraction(1)}
            for _ in range(exponent):
                power = multiply(power, read_polynomial(base))
            return power
        case Name() | Apply() | Operation(operator="√"):
            return {((argument(term), 1),): Fraction(1)}
        case _:
            raise NotPolynomialError


def difference(relation: Operation) -> dict[Monomial, Fraction]:
    """Return what a relation says is not negative, or is 0: ``b - a`` for ``a ≤ b``.

    Raises:
        NotPolynomialError: its sides are no polynomials.
    """
    left, right = (read_polynomial(each) for each in relation.operands)
    if relation.operator in (">", "≥"):
        left, right = right, left
    return add(right, scale(left, Fraction(-1)))


def add(left: Polynomial, right: Polynomial) -> dict[Monomial, Fraction]:
    """Return the sum."""
    total = dict(left)
    for monomial, coefficient in right.items():
        total[monomial] = total.get(monomial, Fraction(0)) + coefficient
    return {monomial: each for monomial, each in total.items() if each}


def scale(polynomial: Polynomial, factor: Fraction) -> dict[Monomial, Fraction]:
    """Return the multiple."""
    return {monomial: factor * each for monomial, each in polynomial.items() if factor}


def multiply(left: Polynomial, right: Polynomial) -> dict[Monomial, Fraction]:
    """Return the product.

    Raises:
        NotPolynomialError: it has too many monomials.
    """
    total: dict[Monomial, Fraction] = {}
    for (one, a), (other, b) in itertools.product(left.items(), right.items()):
        monomial, factor = _without_squared_roots(times(one, other))
        total[monomial] = total.get(monomial, Fraction(0)) + a * b * factor
    if len(total) > MAX_MONOMIALS:
        raise NotPolynomialError
    return {monomial: each for monomial, each in total.items() if each}


def times(one: Monomial, other: Monomial) -> Monomial:
    """Return the product of two monomials."""
    return tuple(sorted((Counter(dict(one)) + Counter(dict(other))).items()))


def _without_squared_roots(monomial: Monomial) -> tuple[Monomial, int]:
    """Return the monomial with ``√n ^ 2`` taken out as the factor `n`."""
    factor = 1
    left: list[tuple[str, int]] = []
    for name, exponent in monomial:
        if (match := _ROOT.fullmatch(name)) and exponent > 1:
            factor *= int(match[1]) ** (exponent // 2)
            exponent %= 2
        if exponent:
            left.append((name, exponent))
    return tuple(left), factor


def read_fraction(term: Term) -> tuple[dict[Monomial, Fraction], dict[str, dict[Monomial, Fraction]]]:
    """Return the numerator of `term` over the product of its denominators, and these by their texts.

    Raises:
        NotPolynomialError: it is no quotient of polynomials.
    """
    match term:
        case Operation(operator="-", operands=(inner,)):
            numerator, below = read_fraction(inner)
            return scale(numerator, Fraction(-1)), below
        case Operation(operator="+" | "-" as operator, operands=(left, right)):
            (a, under_a), (b, under_b) = read_fraction(left), read_fraction(right)
            for text in under_b.keys() - under_a.keys():
                a = multiply(a, under_b[text])
            for text in under_a.keys() - under_b.keys():
                b = multiply(b, under_a[text])
            return add(a, scale(b, Fraction(1 if operator == "+" else -1))), under_a | under_b
        case Operation(operator="*", operands=(left, right)):
            (a, under_a), (b, under_b) = read_fraction(left), read_fraction(right)
            if under_a.keys() & under_b.keys():
                raise NotPolynomialError
            return multiply(a, b), under_a | under_b
        case Operation(operator="/", operands=(left, right)):
            numerator, below = read_fraction(left)
            divisor = read_polynomial(right)
            if divisor.keys() == {ONE}:
                return scale(numerator, 1 / divisor[ONE]), below
            if right.text in below or not divisor:
                raise NotPolynomialError
            return numerator, below | {right.text: divisor}
        case Operation(operator="⁻¹", operands=(inner,)):
            return {ONE: Fraction(1)}, {inner.text: read_polynomial(inner)}
        case _:
            return read_polynomial(term), {}


def show(polynomial: Polynomial) -> str:
    """Return the polynomial as Lean reads it."""
    parts = [_show_monomial(monomial, coefficient) for monomial, coefficient in polynomial.items()]
    return " + ".join(parts) or "0"


def _show_monomial(monomial: Monomial, coefficient: Fraction) -> str:
    factors = [name if exponent == 1 else f"{name} ^ {exponent}" for name, exponent in monomial]
    if coefficient != 1 or not factors:
        factors.insert(
            0, f"({coefficient})" if coefficient < 0 or coefficient.denominator > 1 else str(coefficient)
        )
    return " * ".join(factors)


def squares_in(polynomial: Polynomial) -> tuple[list[dict[Monomial, Fraction]], dict[Monomial, Fraction]]:
    """Return polynomials whose squares, with positive factors, are parts of `polynomial`, and what is left of it.

    By completing the square, one monomial after the other: the LDLᵀ decomposition of a Gram matrix.
    """
    rest = dict(polynomial)
    found: list[dict[Monomial, Fraction]] = []
    bases = _square_roots(polynomial)
    roots = {times(base, base) for base in bases}
    for index, base in enumerate(bases):
        pivot = rest.get(times(base, base), Fraction(0))
        if pivot <= 0 or base == ONE:
            continue
        square = {base: Fraction(1)}
        for other in dict.fromkeys([*bases[index + 1 :], *_quotients(rest, base)]):
            mixed = times(base, other)
            coefficient = rest.get(mixed, Fraction(0))
            if other not in square and coefficient and not (mixed in roots and coefficient > 0):
                square[other] = coefficient / (2 * pivot)
        rest = add(rest, scale(multiply(square, square), -pivot))
        found.append(square)
    return found, rest


def _square_roots(polynomial: Polynomial) -> list[Monomial]:
    """Return the monomials whose squares occur, of the highest degree first, and 1."""
    roots = {
        tuple((name, exponent // 2) for name, exponent in monomial)
        for monomial in polynomial
        if all(exponent % 2 == 0 for _, exponent in monomial)
    }
    return sorted(roots | {ONE}, key=lambda each: (-sum(exponent for _, exponent in each), each))


def _quotients(polynomial: Polynomial, base: Monomial) -> list[Monomial]:
    """Return the quotients of the monomials that `base` divides."""
    wanted = Counter(dict(base))
    return [
        tuple(sorted((Counter(dict(monomial)) - wanted).items()))
        for monomial in polynomial
        if all(dict(monomial).get(name, 0) >= exponent for name, exponent in base)
    ]
