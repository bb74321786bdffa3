"""Moves about remainders: case analysis of variables modulo m, and periods of powers."""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from prover.policy.heuristic.arithmetic import NotArithmeticError, linear_form
from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.move import Move, fresh, fresh_names, lines
from prover.policy.heuristic.moves.ranges import all_subterms, integers, naturals
from prover.policy.heuristic.terms import (
    Name,
    Number,
    Operation,
    Term,
    argument,
    is_operation,
    subterms,
)

MAX_MODULUS = 30
MAX_CASES = 64
MAX_VARIABLES = 2
MAX_PERIOD = 12

NAT_RULES = "Nat.pow_succ, Nat.pow_mod, Nat.mul_mod, Nat.add_mod"
INT_RULES = "Int.pow_succ, Int.mul_emod, Int.add_emod, Int.sub_emod, Int.neg_emod"


@dataclass(frozen=True, slots=True)
class Congruence:
    """A term and a literal modulus that it stands before, in ``term % m`` or ``m ∣ term``."""

    term: Term
    modulus: int


def congruences(goal: Goal) -> list[Congruence]:
    """Return what the target and the hypotheses reduce modulo a small literal, the target's first."""
    found: dict[Congruence, None] = {}
    for part in all_subterms(goal):
        match part:
            case Operation(operator="%", operands=(inner, Number(value=modulus))):
                found[Congruence(inner, modulus)] = None
            case Operation(operator="∣", operands=(Number(value=modulus), inner)):
                found[Congruence(inner, modulus)] = None
    return [each for each in found if 2 <= each.modulus <= MAX_MODULUS]


def residue_cases(goal: Goal) -> Iterator[Move]:
    """Yield case analysis of variables modulo m where a nonlinear term is reduced modulo m."""
    ints, numbers = integers(goal), integers(goal) | naturals(goal)
    known = [fact.name for fact in goal.facts if is_operation(fact.term, "=") and "%" in fact.type]
    nonlinear = [each for each in congruences(goal) if _is_nonlinear(each.term)]
    for modulus in dict.fromkeys(each.modulus for each in nonlinear):
        terms = [each.term for each in nonlinear if each.modulus == modulus]
        variables = sorted({name for term in terms for name in _bases(term)} & numbers)
        if not variables:
            continue
        rules = INT_RULES if set(variables) & ints else NAT_RULES
        if known:
            yield Move("residues", f"simp [{rules}, {', '.join(known)}]")
        if len(variables) > MAX_VARIABLES or modulus ** len(variables) > MAX_CASES:
            continue
        split, names = _split(goal, variables, modulus)
        for term in terms:
            if is_operation(term, "-") and rules == NAT_RULES:
                yield Move("residues", _congruent_sides(goal, split, term, modulus, f"{rules}, {names}"), 1.1)
        to_remainders = "Int.dvd_iff_emod_eq_zero" if rules == INT_RULES else "Nat.dvd_iff_mod_eq_zero"
        everywhere = f"simp_all [{to_remainders}, {rules}]"
        for closer in (f"simp [{rules}, {names}]", everywhere, f"{everywhere} <;> omega"):
            yield Move("residues", f"{split} <;> {closer}")
        yield Move("residues", f"{split} <;> grind", 0.5)


def power_periods(goal: Goal) -> Iterator[Move]:
    """Yield, for ``a ^ n`` modulo m with a literal `a` prime to m, its dependence on n modulo the period."""
    for each in congruences(goal):
        for part in subterms(each.term):
            if is_operation(part, "^"):
                base, exponent = part.operands
                period = _period(base, each.modulus)
                if isinstance(exponent, Name) and period:
                    yield Move(
                        "powers", _power_by_period(goal, base.text, exponent.text, each.modulus, period)
                    )


def _power_by_period(goal: Goal, a: str, n: str, m: int, period: int) -> str:
    key, h = fresh(goal, "key"), fresh(goal, "h")
    if period == 1:
        return lines(f"have {key} : {a} ^ {n} % {m} = 1 := by simp [Nat.pow_mod]", "omega")
    cases = " ∨ ".join(f"{n} % {period} = {remainder}" for remainder in range(period))
    return lines(
        f"have {key} : {a} ^ {n} % {m} = {a} ^ ({n} % {period}) % {m} := by",
        f"  conv => lhs; rw [← Nat.div_add_mod {n} {period}]",
        "  simp [Nat.pow_add, Nat.pow_mul, Nat.mul_mod, Nat.pow_mod]",
        f"have := Nat.pow_pos (n := {n}) (show 0 < {a} by decide)",
        f"have {h} : {cases} := by omega",
        f"rcases {h} with {' | '.join([h] * period)} <;> simp [{h}] at {key} <;> omega",
    )


def _split(goal: Goal, variables: list[str], modulus: int) -> tuple[str, str]:
    """Return steps that split each variable by its remainder, and the names of the remainders' equations."""
    names = list(itertools.islice(fresh_names(goal, "h"), len(variables)))
    steps: list[str] = []
    splits: list[str] = []
    for name, variable in zip(names, variables, strict=True):
        cases = " ∨ ".join(f"{variable} % {modulus} = {remainder}" for remainder in range(modulus))
        steps.append(f"have {name} : {cases} := by omega")
        splits.append(f"rcases {name} with {' | '.join([name] * modulus)}")
    return lines(*steps, " <;> ".join(splits)), ", ".join(names)


def _congruent_sides(goal: Goal, split: str, term: Operation, modulus: int, rules: str) -> str:
    """Return steps for a difference of natural numbers: its sides are congruent, and the rest is linear."""
    left, right = (argument(operand) for operand in term.operands)
    key = fresh(goal, "key")
    powers = [
        part for part in subterms(term) if is_operation(part, "^") and isinstance(part.operands[1], Number)
    ]
    sizes = [
        f"have := Nat.le_self_pow (n := {part.operands[1].text}) (by decide) {argument(part.operands[0])}"
        for part in powers
    ]
    return lines(
        f"have {key} : {left} % {modulus} = {right} % {modulus} := by",
        textwrap.indent(f"{split} <;> first | omega | simp [{rules}]", "  "),
        *sizes,
        "omega",
    )


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
