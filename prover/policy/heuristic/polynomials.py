"""Polynomials with rational coefficients, read from terms, and the squares that a polynomial is made of.

What is no sum, product or numeral power of other terms counts as a variable: ``f x``, ``√2``. Nothing here is trusted:
it chooses the hints of tactics, and Lean checks these.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from prover.policy.heuristic.terms import Apply, Name, Number, Operation, Term, argument, read_term

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
        case Name() | Apply() | Operation(operator="√") | Operation(operator="↑", operands=(Name(),)):
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


def atoms(polynomial: Polynomial) -> set[str]:
    """Return its variables."""
    return {name for monomial in polynomial for name, _ in monomial}


def monomial_value(monomial: Monomial, values: Mapping[str, float]) -> float:
    """Return its value; exact where those of the variables are integers, and so is `polynomial_value`."""
    return math.prod(values[name] ** exponent for name, exponent in monomial)


def polynomial_value(polynomial: Polynomial, values: Mapping[str, float]) -> float:
    """Return its value."""
    return sum(coefficient * monomial_value(monomial, values) for monomial, coefficient in polynomial.items())


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


def without(whole: Monomial, part: Monomial) -> Monomial | None:
    """Return the quotient of two monomials; None if it is none."""
    exponents = dict(whole)
    if any(exponents.get(name, 0) < exponent for name, exponent in part):
        return None
    return tuple(sorted((Counter(exponents) - Counter(dict(part))).items()))


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


@dataclass(frozen=True, slots=True)
class Quotient:
    """A polynomial over a product of powers of others: their texts, with their exponents."""

    numerator: dict[Monomial, Fraction]
    denominators: dict[str, int]


def read_quotient(term: Term) -> Quotient:
    """Return `term` as a polynomial over a common denominator; nested fractions are not read.

    Raises:
        NotPolynomialError: it is no quotient of polynomials, or too large a one.
    """
    match term:
        case Operation(operator="-", operands=(inner,)):
            return _scale_quotient(read_quotient(inner), Fraction(-1))
        case Operation(operator="+" | "-" as operator, operands=(left, right)):
            one = read_quotient(left)
            other = _scale_quotient(read_quotient(right), Fraction(1 if operator == "+" else -1))
            common = dict(Counter(one.denominators) | Counter(other.denominators))
            return Quotient(add(_over(one, common), _over(other, common)), common)
        case Operation(operator="*", operands=(left, right)):
            one, other = read_quotient(left), read_quotient(right)
            both = dict(Counter(one.denominators) + Counter(other.denominators))
            return Quotient(multiply(one.numerator, other.numerator), both)
        case Operation(operator="/", operands=(left, right)):
            return _divide(read_quotient(left), right)
        case Operation(operator="⁻¹", operands=(inner,)):
            return _divide(Quotient({ONE: Fraction(1)}, {}), inner)
        case Operation(operator="^", operands=(base, Number(value=exponent))) if 0 < exponent <= MAX_DEGREE:
            inside = read_quotient(base)
            power = inside.numerator
            for _ in range(exponent - 1):
                power = multiply(power, inside.numerator)
            return Quotient(power, {text: each * exponent for text, each in inside.denominators.items()})
        case _:
            return Quotient(read_polynomial(term), {})


def _scale_quotient(quotient: Quotient, factor: Fraction) -> Quotient:
    return Quotient(scale(quotient.numerator, factor), quotient.denominators)


def _over(quotient: Quotient, common: Mapping[str, int]) -> dict[Monomial, Fraction]:
    """Return the numerator over a multiple of the denominator."""
    numerator = quotient.numerator
    for text, exponent in common.items():
        for _ in range(exponent - quotient.denominators.get(text, 0)):
            numerator = multiply(numerator, read_polynomial(read_term(text)))
    return numerator


def _divide(quotient: Quotient, divisor: Term) -> Quotient:
    """Return the quotient over a product of powers."""
    match divisor:
        case Operation(operator="*", operands=(left, right)):
            return _divide(_divide(quotient, left), right)
        case Operation(operator="^", operands=(base, Number(value=exponent))) if 0 < exponent <= MAX_DEGREE:
            for _ in range(exponent):
                quotient = _divide(quotient, base)
            return quotient
        case _:
            below = read_polynomial(divisor)
            if not below:
                raise NotPolynomialError
            if below.keys() == {ONE}:
                return _scale_quotient(quotient, 1 / below[ONE])
            denominators = dict(Counter(quotient.denominators) + Counter([divisor.text]))
            return Quotient(quotient.numerator, denominators)


def is_root_of_number(name: str) -> bool:
    """Whether a variable is the square root of a numeral."""
    return bool(_ROOT.fullmatch(name))


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
    found = (without(monomial, base) for monomial in polynomial)
    return [each for each in found if each is not None]
