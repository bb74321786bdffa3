"""Calculate with terms: values of closed ones, values under an assignment, and linear forms.

Lean's conventions hold: subtraction of natural numbers stops at 0, division by 0 gives 0, ``/`` and ``%`` of
integers round so that the remainder is not negative. Coercions are looked through, which is right except
under subtraction and division; what is calculated here only chooses tactics, and Lean checks them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from prover.policy.heuristic.terms import (
    Apply,
    Name,
    Number,
    Operation,
    Term,
    big_operator,
    function_call,
    read_term,
)

Value = int | Fraction
Linear = tuple[dict[str, int], int]
"""Coefficients of variables, and a constant."""
Functions = Mapping[str, Callable[[int], Value]]
NO_FUNCTIONS: Functions = {}
MAX_BITS = 4096
MAX_SUMMANDS = 200
MAX_PRIME = 10**8
MAX_END = 10**15

_OF_ONE: dict[str, Callable[[int], Value]] = {
    "sqrt": lambda n: math.isqrt(_natural(n)),
    "factorial": lambda n: math.factorial(_limited(n)),
    "natAbs": abs,
    "succ": lambda n: n + 1,
    "pred": lambda n: max(0, n - 1),
}
_PREDICATES: dict[str, Callable[[int], bool]] = {
    "Prime": lambda n: _is_prime(n),
    "Even": lambda n: n % 2 == 0,
    "Odd": lambda n: n % 2 == 1,
}
_OF_TWO: dict[str, Callable[[Value, Value], Value]] = {
    "gcd": lambda a, b: math.gcd(int(a), int(b)),
    "lcm": lambda a, b: math.lcm(int(a), int(b)),
    "min": min,
    "max": max,
    "choose": lambda n, k: math.comb(_limited(int(n)), _natural(int(k))),
}


class NotArithmeticError(Exception):
    """The term is not made of numbers, known variables and arithmetic, or its value is astronomic."""


def evaluate(
    term: Term, values: Mapping[str, Value], kind: str, functions: Functions = NO_FUNCTIONS
) -> Value:
    """Return the value of `term` in ``Nat``, ``Int`` or ``Rat``, as `kind` says.

    `functions` are those of one natural number that `term` may apply; their arguments are natural numbers.

    Raises:
        NotArithmeticError: it has none that this function can tell.
    """
    match term:
        case Number(value=value):
            return value
        case Name(text) if text in values:
            return values[text]
        case Operation(operator="↑", operands=(inner,)):
            return evaluate(inner, values, kind, functions)
        case Operation(operator="-", operands=(inner,)):
            return -evaluate(inner, values, kind, functions)
        case Operation(operator="⁻¹", operands=(inner,)):
            return _calculate("/", 1, evaluate(inner, values, kind, functions), kind)
        case Operation(operator=operator, operands=(left, right)):
            a = evaluate(left, values, kind, functions)
            b = evaluate(right, values, "Nat" if operator == "^" else kind, functions)
            return _calculate(operator, a, b, kind)
        case Apply(function=Name(text), arguments=(inner,)) if text in functions:
            index = evaluate(inner, values, "Nat")
            if isinstance(index, int):
                return functions[text](index)
        case Apply():
            name, operands = function_call(term)
            if name in _OF_TWO and len(operands) == 2:
                a, b = (evaluate(each, values, kind, functions) for each in operands)
                return _OF_TWO[name](a, b)
            if name in _OF_ONE and len(operands) == 1 and "Real" not in term.text:
                return _OF_ONE[name](_whole(evaluate(operands[0], values, kind, functions)))
    if (whole := big_operator(term)) is not None and len(whole.names) == 1 and whole.relation == "∈":
        indices = interval(read_term(whole.domain), values)
        if len(indices) > MAX_SUMMANDS:
            raise NotArithmeticError
        found = [
            evaluate(whole.body, {**values, whole.names[0]: index}, kind, functions) for index in indices
        ]
        return sum(found) if whole.kind == "∑" else math.prod(found)
    raise NotArithmeticError


def interval(domain: Term, values: Mapping[str, Value]) -> range:
    """Return the numbers in a ``Finset.range n`` or ``Finset.Icc a b`` and the like.

    Raises:
        NotArithmeticError: it is no such set, or an astronomic one.
    """
    if not (isinstance(domain, Apply) and isinstance(domain.function, Name)):
        raise NotArithmeticError
    ends = [_whole(evaluate(each, values, "Int")) for each in domain.arguments]
    if any(abs(each) > MAX_END for each in ends):
        raise NotArithmeticError
    match domain.function.text, ends:
        case "Finset.range", [count]:
            return range(count)
        case "Finset.Icc" | "Finset.Ico" | "Finset.Ioc" | "Finset.Ioo" as name, [low, high]:
            return range(low + name.startswith("Finset.Io"), high + name.endswith("c"))
        case _:
            raise NotArithmeticError


def _whole(value: Value) -> int:
    if value != int(value):
        raise NotArithmeticError
    return int(value)


def _natural(n: int) -> int:
    if n < 0:
        raise NotArithmeticError
    return n


def rational_root(square: Fraction) -> Fraction | None:
    """Return the square root of a number if it is rational."""
    if square < 0:
        return None
    root = Fraction(math.isqrt(square.numerator), math.isqrt(square.denominator))
    return root if root * root == square else None


def _is_prime(n: int) -> bool:
    if n > MAX_PRIME:
        raise NotArithmeticError
    return n > 1 and all(n % d for d in range(2, math.isqrt(n) + 1))


def _limited(n: int) -> int:
    """Return a number whose factorial is of usual size."""
    if not 0 <= n <= MAX_BITS // 10:
        raise NotArithmeticError
    return n


def holds(term: Term, values: Mapping[str, Value], kind: str) -> bool:
    """Say whether a proposition holds under `values`.

    Raises:
        NotArithmeticError: as for `evaluate`, or it is no proposition of arithmetic.
    """
    match term:
        case Operation(operator="¬", operands=(inner,)):
            return not holds(inner, values, kind)
        case Operation(operator="∧", operands=(left, right)):
            return holds(left, values, kind) and holds(right, values, kind)
        case Operation(operator="∨", operands=(left, right)):
            return holds(left, values, kind) or holds(right, values, kind)
        case Operation(operator="→", operands=(left, right)):
            return not holds(left, values, kind) or holds(right, values, kind)
        case Operation(operator="≡", operands=operands):
            a, b, modulus = (evaluate(each, values, kind) for each in operands)
            return _remainder(a, modulus) == _remainder(b, modulus)
        case Operation(operator=operator, operands=(left, right)):
            return _compare(operator, evaluate(left, values, kind), evaluate(right, values, kind))
        case Apply():
            name, operands = function_call(term)
            if name in _PREDICATES and len(operands) == 1:
                return _PREDICATES[name](_whole(evaluate(operands[0], values, kind)))
            if name == "Coprime" and len(operands) == 2:
                return math.gcd(*(_whole(evaluate(each, values, kind)) for each in operands)) == 1
    raise NotArithmeticError


def approximate(term: Term) -> float | None:
    """Return about what number a closed term with square roots is; None if it is not one."""
    match term:
        case Number(value=value):
            return float(value)
        case Operation(operator="√" | "-" as operator, operands=(inner,)):
            of = approximate(inner)
            return of if of is None else -of if operator == "-" else math.sqrt(max(of, 0.0))
        case Operation(operator="+" | "-" | "*" | "/" as operator, operands=(left, right)):
            a, b = approximate(left), approximate(right)
            if a is None or b is None:
                return None
            if operator == "/":
                return a / b if b else 0.0
            return a + b if operator == "+" else a - b if operator == "-" else a * b
    return None


def linear_form(term: Term) -> Linear:
    """Return `term` as integer coefficients of variables and a constant: ``2 * n + 7`` as ``({"n": 2}, 7)``.

    Raises:
        NotArithmeticError: it is not linear.
    """
    match term:
        case Number(value=value):
            return {}, value
        case Name(text):
            return {text: 1}, 0
        case Operation(operator="↑", operands=(inner,)):
            return linear_form(inner)
        case Operation(operator="-", operands=(inner,)):
            return combine(({}, 0), linear_form(inner), -1)
        case Operation(operator="+" | "-" as operator, operands=(left, right)):
            return combine(linear_form(left), linear_form(right), 1 if operator == "+" else -1)
        case Operation(operator="*", operands=(left, right)):
            for factor, other in ((left, right), (right, left)):
                coefficients, constant = linear_form(factor)
                if not coefficients:
                    return combine(({}, 0), linear_form(other), constant)
    raise NotArithmeticError


def combine(one: Linear, other: Linear, factor: int) -> Linear:
    """Return ``one + factor * other``."""
    total = dict(one[0])
    for name, coefficient in other[0].items():
        total[name] = total.get(name, 0) + factor * coefficient
    return {name: each for name, each in total.items() if each}, one[1] + factor * other[1]


def _calculate(operator: str, left: Value, right: Value, kind: str) -> Value:
    match operator:
        case "+":
            return left + right
        case "-":
            return max(0, left - right) if kind == "Nat" else left - right
        case "*":
            return left * right
        case "^":
            return _power(left, right)
        case "/" if kind == "Rat":
            return Fraction(left) / Fraction(right) if right else 0
        case "/":
            return (left - _remainder(left, right)) // right if right else 0
        case "%":
            return _remainder(left, right)
    raise NotArithmeticError


def _remainder(left: Value, right: Value) -> Value:
    """Return what is left of `left` after taking away a multiple of `right`: never negative."""
    size = right if right >= 0 else -right
    return left - size * (left // size) if size else left


def _power(base: Value, exponent: Value) -> Value:
    if not isinstance(exponent, int) or not 0 <= exponent <= MAX_BITS:
        raise NotArithmeticError
    if isinstance(base, int) and exponent * base.bit_length() > MAX_BITS:
        raise NotArithmeticError
    return base**exponent


def _compare(operator: str, left: Value, right: Value) -> bool:
    match operator:
        case "=":
            return left == right
        case "≠":
            return left != right
        case "<":
            return left < right
        case "≤":
            return left <= right
        case ">":
            return left > right
        case "≥":
            return left >= right
        case "∣":
            return _remainder(right, left) == 0
    raise NotArithmeticError
