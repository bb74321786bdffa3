"""Moves about remainders: case analysis modulo m, periods of powers, divisibility, greatest common divisors."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from prover.policy.arithmetic import NotArithmeticError, linear_form
from prover.policy.goal_shape import Goal
from prover.policy.moves.move import Move, fresh, fresh_names, lines
from prover.policy.terms import (
    Name,
    Number,
    Operation,
    Term,
    argument,
    function_call,
    is_operation,
    names_in,
    subterms,
)

MAX_MODULUS = 30
MAX_CASES = 64
MAX_PERIOD = 12

NAT_RULES = "Nat.pow_succ, Nat.pow_mod, Nat.mul_mod, Nat.add_mod"
INT_RULES = "Int.pow_succ, Int.mul_emod, Int.add_emod, Int.sub_emod, Int.neg_emod"


@dataclass(frozen=True, slots=True)
class Congruence:
    """A term and a literal modulus that it stands before, in ``term % m`` or ``m ∣ term``."""

    term: Term
    modulus: int


def congruences(goal: Goal) -> list[Congruence]:
    """Return what the target and the hypotheses reduce modulo a literal, the target's first."""
    found: dict[Congruence, None] = {}
    for term in (goal.target_term, *(fact.term for fact in goal.facts)):
        for part in subterms(term):
            match part:
                case Operation(operator="%", operands=(inner, Number(value=modulus))):
                    found[Congruence(inner, modulus)] = None
                case Operation(operator="∣", operands=(Number(value=modulus), inner)):
                    found[Congruence(inner, modulus)] = None
    return [each for each in found if 2 <= each.modulus <= MAX_MODULUS]


def residue_cases(goal: Goal) -> Iterator[Move]:
    """Yield case analysis of variables modulo m where a nonlinear term is reduced modulo m."""
    integers = {each.name for each in goal.numbers("Int", "ℤ")}
    naturals = {each.name for each in goal.numbers("Nat", "ℕ")}
    known = [fact.name for fact in goal.facts if is_operation(fact.term, "=") and "%" in fact.type]
    for modulus in dict.fromkeys(each.modulus for each in congruences(goal)):
        terms = [
            each.term for each in congruences(goal) if each.modulus == modulus and _is_nonlinear(each.term)
        ]
        variables = sorted({name for term in terms for name in _bases(term)} & (integers | naturals))
        if not variables:
            continue
        rules = INT_RULES if set(variables) & integers else NAT_RULES
        to_remainders = "Int.dvd_iff_emod_eq_zero" if set(variables) & integers else "Nat.dvd_iff_mod_eq_zero"
        if known:
            yield Move("residues", f"simp [{rules}, {', '.join(known)}]")
        if modulus ** len(variables) > MAX_CASES:
            continue
        split, names = _split(goal, variables, modulus)
        for rest in (
            f"simp [{rules}, {names}]",
            f"simp_all [{to_remainders}, {rules}]",
            f"simp_all [{to_remainders}, {rules}] <;> omega",
        ):
            yield Move("residues", lines(*split[:-1], f"{split[-1]} <;> {rest}"))
        yield Move("residues", lines(*split[:-1], f"{split[-1]} <;> grind"), 0.5)


def power_periods(goal: Goal) -> Iterator[Move]:
    """Yield, for ``a ^ n`` modulo m with a literal `a` prime to m, its dependence on n modulo the period."""
    for each in congruences(goal):
        for part in subterms(each.term):
            if not (is_operation(part, "^")):
                continue
            base, exponent = part.operands
            period = _period(base, each.modulus)
            if not isinstance(exponent, Name) or not period:
                continue
            key, h = fresh(goal, "key"), fresh(goal, "h")
            n, power = exponent.text, part.text
            cases = " ∨ ".join(f"{n} % {period} = {remainder}" for remainder in range(period))
            alternatives = " | ".join([h] * period)
            yield Move(
                "powers",
                lines(
                    f"have {key} : {power} % {each.modulus} = {base.text} ^ ({n} % {period}) % {each.modulus} := by",
                    f"  conv => lhs; rw [← Nat.div_add_mod {n} {period}]",
                    "  simp [Nat.pow_add, Nat.pow_mul, Nat.mul_mod, Nat.pow_mod]",
                    f"have := Nat.pow_pos (n := {n}) (show 0 < {base.text} by decide)",
                    f"have {h} : {cases} := by omega",
                    f"rcases {h} with {alternatives} <;> simp [{h}] at {key} <;> omega",
                ),
            )


def divisibility(goal: Goal) -> Iterator[Move]:
    """Yield moves for divisibility: quotients, remainders, and what a divisibility hypothesis says."""
    target = goal.target_term
    if is_operation(target, "∣"):
        integer = bool(goal.numbers("Int", "ℤ"))
        yield Move(
            "residues", f"apply {'Int.dvd_of_emod_eq_zero' if integer else 'Nat.dvd_of_mod_eq_zero'}", 0.3
        )
        for variable in goal.numbers()[-4:]:
            yield Move("witness", f"exact ⟨{variable.name}, by grind⟩", 1.2)
        kind = "Int" if integer else "Nat"
        yield Move(
            "grind with lemmas", f"grind [{kind}.dvd_add, {kind}.dvd_mul_right, {kind}.dvd_trans]", 0.5
        )
        for fact in goal.facts:
            if is_operation(fact.term, "∣"):
                yield Move("apply", f"apply {kind}.dvd_trans {fact.name}", 0.4)
    for fact in goal.facts:
        for side in _factors(fact.term):
            name = fresh(goal, "h")
            yield Move("parity", f"have {name} : 2 ∣ {argument(side)} := by grind")


def gcds(goal: Goal) -> Iterator[Move]:
    """Yield what is known of each greatest common divisor: what it divides, and a constant among that."""
    terms = (goal.target_term, *(fact.term for fact in goal.facts))
    for part in dict.fromkeys(part for term in terms for part in subterms(term)):
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
    """Return steps that end in ``gcd a b ∣ constant``, where ``u * a - v * b = constant``."""
    divides, equation, bound, _ = names
    return lines(
        f"have {divides} := Nat.dvd_sub (Nat.dvd_mul_left_of_dvd (Nat.gcd_dvd_left {a} {b}) {u})"
        f" (Nat.dvd_mul_left_of_dvd (Nat.gcd_dvd_right {a} {b}) {v})",
        f"have {equation} : {u} * {a} - {v} * {b} = {constant} := by omega",
        f"rw [{equation}] at {divides}",
        f"have {bound} := Nat.le_of_dvd (by decide) {divides}",
    )


def _constant_combination(left: Term, right: Term) -> tuple[int, int, int] | None:
    """Return (u, v, c) with ``u * left - v * right = c > 0`` for linear terms in one variable."""
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
    return (u, v, constant) if constant > 0 else None


def _split(goal: Goal, variables: list[str], modulus: int) -> tuple[list[str], str]:
    """Return steps that split each variable by its remainder, and the names of the remainder's equations."""
    names = list(itertools.islice(fresh_names(goal, "h"), len(variables)))
    steps: list[str] = []
    splits: list[str] = []
    for name, variable in zip(names, variables, strict=True):
        cases = " ∨ ".join(f"{variable} % {modulus} = {remainder}" for remainder in range(modulus))
        steps.append(f"have {name} : {cases} := by omega")
        splits.append(f"rcases {name} with {' | '.join([name] * modulus)}")
    return [*steps, " <;> ".join(splits)], ", ".join(names)


def _is_nonlinear(term: Term) -> bool:
    try:
        linear_form(term)
    except NotArithmeticError:
        return True
    return False


def _bases(term: Term) -> frozenset[str]:
    """Return the variables of `term` outside exponents."""
    match term:
        case Name(text):
            return frozenset({text})
        case Operation(operator="^", operands=(base, _)):
            return _bases(base)
        case Operation(operands=operands):
            return frozenset().union(*(_bases(each) for each in operands))
        case _:
            return frozenset()


def _period(base: Term, modulus: int) -> int:
    """Return the least p > 0 with ``base ^ p ≡ 1`` modulo `modulus`; 0 if there is none, or a large one."""
    if not isinstance(base, Number) or math.gcd(base.value, modulus) != 1:
        return 0
    return next((p for p in range(1, MAX_PERIOD + 1) if pow(base.value, p, modulus) == 1), 0)


def _factors(term: Term) -> Iterator[Term]:
    """Yield the sides of an equation that are products of variables."""
    if is_operation(term, "="):
        for side in term.operands:
            if is_operation(side, "*") and len(names_in(side)) > 1 and not names_in(side) & {"f", "g"}:
                yield side
