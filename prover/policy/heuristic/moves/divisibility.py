"""Moves about divisibility and greatest common divisors."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction

from prover.policy.heuristic.arithmetic import NotArithmeticError, linear_form
from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.move import Move, fresh, fresh_names, lines
from prover.policy.heuristic.moves.ranges import all_subterms, equations, integers
from prover.policy.heuristic.polynomials import NotPolynomialError, add, read_polynomial, scale, show, without
from prover.policy.heuristic.terms import Term, argument, function_call, is_operation, names_in

QUOTIENTS = 4
"""How many variables, the latest ones, are tried as quotients."""
RULES = ("dvd_add", "dvd_sub", "dvd_mul_right", "dvd_mul_left", "dvd_trans")


def divisibility(goal: Goal) -> Iterator[Move]:
    """Yield proofs of a divisibility: by a quotient, by the remainder, from divisibility hypotheses."""
    target = goal.target_term
    if not is_operation(target, "∣"):
        return
    kind, remainder = ("Int", "emod") if integers(goal) or "↑" in goal.target else ("Nat", "mod")
    yield Move("residues", f"apply {kind}.dvd_of_{remainder}_eq_zero", 0.3)
    for quotient in dict.fromkeys(_quotients(goal, *target.operands)):
        yield Move("witness", f"exact ⟨{quotient}, by grind⟩", 3.0)
    for variable in goal.numbers()[-QUOTIENTS:]:
        yield Move("witness", f"exact ⟨{variable.name}, by grind⟩", 1.2)
    divisor, _ = target.operands
    for fact in goal.facts:
        if is_operation(fact.term, "∣"):
            yield Move("apply", f"apply {kind}.dvd_trans {fact.name}", 0.4)
            if fact.term.operands[1].text == target.operands[1].text:
                factor = " | ".join(f"exact {kind}.{rule} _ _" for rule in ("dvd_mul_right", "dvd_mul_left"))
                yield Move("close", f"exact {kind}.dvd_trans (by first | {factor} | grind) {fact.name}", 0.9)
            if fact.term.operands[0].text == divisor.text:
                rules = ", ".join(f"{kind}.{rule}" for rule in RULES)
                yield Move("close", f"solve_by_elim [{rules}]", 0.8)


def _quotients(goal: Goal, divisor: Term, dividend: Term) -> Iterator[str]:
    """Yield what the divisor, a product of variables, is to be multiplied with, as an equation tells of integers."""
    if not integers(goal):
        return
    try:
        [(factor, coefficient)] = read_polynomial(divisor).items()
        whole = read_polynomial(dividend)
        zeros = [
            add(read_polynomial(left), scale(read_polynomial(right), Fraction(-1)))
            for left, right in equations(goal)
        ]
    except (NotPolynomialError, ValueError):
        return
    if abs(coefficient) != 1:
        return
    for rest in (whole, *(add(whole, zero) for zero in zeros)):
        quotient = {
            part: coefficient * rest[monomial]
            for monomial in rest
            if (part := without(monomial, factor)) is not None
        }
        if len(quotient) == len(rest):
            yield show(quotient)


def parities(goal: Goal) -> Iterator[Move]:
    """Yield that a product is even, which an equation for it often tells."""
    h = fresh(goal, "h")
    for side, _ in equations(goal):
        if is_operation(side, "*") and len(names_in(side)) > 1:
            yield Move("parity", f"have {h} : 2 ∣ {argument(side)} := by grind")


def gcds(goal: Goal) -> Iterator[Move]:
    """Yield what is known of each greatest common divisor: what it divides, and a constant among that."""
    for part in dict.fromkeys(all_subterms(goal)):
        name, operands = function_call(part)
        if name != "gcd" or len(operands) != 2:
            continue
        left, right = operands
        a, b = argument(left), argument(right)
        names = list(itertools.islice(fresh_names(goal, "h"), 4))
        if combination := _constant_combination(left, right):
            yield Move("gcd", _gcd_divides(names, a, b, *combination), 1.2)
        yield Move(
            "gcd",
            lines(
                f"have {names[0]} := Nat.gcd_dvd_left {a} {b}",
                f"have {names[1]} := Nat.gcd_dvd_right {a} {b}",
                f"have {names[2]} := Nat.gcd_mul_lcm {a} {b}",
            ),
            0.5,
        )


def _gcd_divides(names: list[str], a: str, b: str, u: int, v: int, constant: int) -> str:
    """Return steps that end in ``gcd a b ∣ |constant|``, where ``u * a - v * b = constant``."""
    divides, equation, bound, _ = names
    sides = [
        (f"{u} * {a}", f"Nat.dvd_mul_left_of_dvd (Nat.gcd_dvd_left {a} {b}) {u}"),
        (f"{v} * {b}", f"Nat.dvd_mul_left_of_dvd (Nat.gcd_dvd_right {a} {b}) {v}"),
    ]
    (more, first), (less, second) = sides if constant > 0 else reversed(sides)
    steps = [
        f"have {divides} := Nat.dvd_sub ({first}) ({second})",
        f"have {equation} : {more} - {less} = {abs(constant)} := by omega",
        f"rw [{equation}] at {divides}",
    ]
    if abs(constant) == 1:
        return lines(*steps, f"have {bound} := Nat.dvd_one.mp {divides}")
    return lines(*steps, f"have {bound} := Nat.le_of_dvd (by decide) {divides}")


def _constant_combination(left: Term, right: Term) -> tuple[int, int, int] | None:
    """Return (u, v, c) with ``u * left - v * right = c``, not 0, for linear terms in one variable."""
    try:
        (first, a), (second, b) = linear_form(left), linear_form(right)
    except NotArithmeticError:
        return None
    if len(first) != 1 or first.keys() != second.keys():
        return None
    [p], [q] = first.values(), second.values()
    if p <= 0 or q <= 0:
        return None
    scale = math.lcm(p, q)
    u, v = scale // p, scale // q
    constant = u * a - v * b
    return (u, v, constant) if constant else None
