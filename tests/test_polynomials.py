"""Polynomials are read from terms as they are, and squares are found in them."""

from fractions import Fraction

import pytest

from prover.policy.heuristic.arithmetic import approximate
from prover.policy.heuristic.polynomials import (
    NotPolynomialError,
    add,
    multiply,
    read_polynomial,
    read_quotient,
    scale,
    show,
    squares_in,
)
from prover.policy.heuristic.terms import read_term


def polynomial(text):
    return read_polynomial(read_term(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(a + b) ^ 2", "a ^ 2 + 2 * a * b + b ^ 2"),
        ("(x - 1) * (x + 1)", "x ^ 2 - 1"),
        ("x / 2 + x / 2", "x"),
        ("f x * f x", "f x ^ 2"),
        ("√3 * x * √3", "3 * x"),
        ("a - a", "0"),
        ("-(a - b) / 2", "b / 2 - a / 2"),
    ],
)
def test_equal_terms_are_one_polynomial(one, other):
    assert polynomial(one) == polynomial(other)
    assert polynomial(show(polynomial(one))) == polynomial(other)


@pytest.mark.parametrize("text", ["x / y", "x ^ n", "if p then 1 else 0", "∑ k ∈ s, k", "x ^ 99"])
def test_what_is_no_polynomial(text):
    with pytest.raises(NotPolynomialError):
        polynomial(text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("a ^ 2 + b ^ 2 - 2 * a * b", "0"),
        ("28 * a ^ 2 + 1 - 10 * a", "3 / 28"),
        ("a ^ 2 + b ^ 2 + c ^ 2 - a * b - b * c - c * a", "0"),
        ("x ^ 4 - 2 * x ^ 2 + 1", "0"),
        ("(x * y - 1) ^ 2 + (x + y) ^ 2 - 1", "0"),
        ("2 * x ^ 2 + 1 - 2 * √2 * x", "0"),
        ("x ^ 2 - y ^ 2", "-y ^ 2"),
    ],
)
def test_squares(text, rest):
    """The squares that are found, with the factors of their first monomials, and the rest add up."""
    whole = polynomial(text)
    squares, left = squares_in(whole)
    assert left == polynomial(rest)
    total = left
    for square in squares:
        base = next(iter(square))
        doubled = tuple((name, 2 * exponent) for name, exponent in base)
        factor = add(whole, scale(total, Fraction(-1))).get(doubled, Fraction(0))
        assert factor > 0
        total = add(total, scale(multiply(square, square), factor))
    assert total == whole


def test_denominators_are_cleared():
    quotient = read_quotient(read_term("1 / x + y / (x + 1) - 2"))
    assert quotient.denominators == {"x": 1, "x + 1": 1}
    assert quotient.numerator == polynomial("x + 1 + y * x - 2 * x * (x + 1)")


def test_denominators_have_their_least_common_multiple():
    quotient = read_quotient(read_term("1 / (x * y) - z / (2 * x ^ 2) + (z / y) ^ 2 + y⁻¹"))
    assert quotient.denominators == {"x": 2, "y": 2}
    assert quotient.numerator == polynomial("x * y - z * y ^ 2 / 2 + z ^ 2 * x ^ 2 + y * x ^ 2")


@pytest.mark.parametrize(("text", "value"), [("√27 - 1 / 2", 4.696), ("-(2 / 5)", -0.4), ("1 / 0", 0.0)])
def test_approximate_values(text, value):
    assert approximate(read_term(text)) == pytest.approx(value, abs=1e-3)
    assert approximate(read_term(f"{text} + x")) is None
