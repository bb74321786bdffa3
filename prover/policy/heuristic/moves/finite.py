"""Moves for problems with finitely many cases: let the kernel try them all, or split one variable."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from prover.policy.heuristic.arithmetic import NotArithmeticError, Value, holds
from prover.policy.heuristic.goal_shape import Goal, Hypothesis
from prover.policy.heuristic.moves.move import Move, fresh, fresh_names, lines
from prover.policy.heuristic.moves.ranges import (
    closed_value,
    equations,
    finite_ranges,
    integers,
    naturals,
    nonlinear_variables,
)
from prover.policy.heuristic.terms import Name, Number, Term, argument, is_operation, names_in

MAX_BOX = 6000
"""The kernel is given at most this many assignments; it tries about two in a millisecond."""
MAX_SPLIT = 100
DIRECT_SPLIT = 12
MAX_DIVIDEND = 3000
MAX_POWER = 6
CLOSERS = (("omega", 1.0), ("(first | omega | grind)", 0.7), ("simp_all", 0.5))


def boxes(goal: Goal) -> Iterator[Move]:
    """Yield the trial of all assignments to the variables, where calculation says that it succeeds.

    If the target's variables are not bounded, they may be so once the target is assumed to be false.
    """
    steps = _trial(goal, sorted(names_in(goal.target_term) & (naturals(goal) | integers(goal))))
    if not steps and goal.target != "False":
        h = fresh(goal, "h")
        negated = replace(
            goal, hypotheses=(*goal.hypotheses, Hypothesis(h, f"¬({goal.target})")), target="False"
        )
        if steps := _trial(negated, sorted(finite_ranges(negated))):
            steps.insert(0, f"refine Classical.byContradiction fun {h} => ?_")
    if not steps and goal.target == "False":
        steps = _trial(goal, sorted(finite_ranges(goal)))
    if steps:
        yield Move("box", lines(*steps, "set_option synthInstance.maxSize 2000 in decide +kernel"))


def splits(goal: Goal) -> Iterator[Move]:
    """Yield case analysis on the value of a bounded variable that makes the problem nonlinear."""
    finite = finite_ranges(goal)
    for name in sorted(nonlinear_variables(goal) & finite.keys(), key=lambda each: (len(finite[each]), each)):
        values = finite[name]
        if not values or len(values) > MAX_SPLIT:
            continue
        if len(values) <= DIRECT_SPLIT:
            steps = _few_values(goal, name, values)
            yield Move("bounded cases", lines(*steps), 0.4)
            for closer, weight in CLOSERS:
                yield Move("bounded cases", f"{lines(*steps)} <;> {closer}", weight)
        else:
            for closer, weight in CLOSERS[:2]:
                yield Move("bounded cases", _many_values(goal, name, values, closer), weight)


def divisors(goal: Goal) -> Iterator[Move]:
    """Yield case analysis on a variable that divides a number, by an equation or by a hypothesis."""
    for side, other in equations(goal):
        number = closed_value(other)
        if number is None or not 1 < number <= MAX_DIVIDEND:
            continue
        factors = list(_factors(side))
        for index, factor in enumerate(factors):
            if (
                isinstance(factor, Name)
                and factor.text in naturals(goal) | integers(goal)
                and len(factors) > 1
            ):
                rest = " * ".join(argument(each) for each in factors[:index] + factors[index + 1 :])
                for closer, weight in CLOSERS:
                    tactic = _divisor_cases(goal, factor.text, number, f"⟨{rest}, by grind⟩", closer)
                    yield Move("divisors", tactic, weight)
    for fact in goal.facts:
        if is_operation(fact.term, "∣"):
            divisor, dividend = fact.term.operands
            number = closed_value(dividend)
            if isinstance(divisor, Name) and number is not None and 1 < number <= MAX_DIVIDEND:
                for closer, weight in CLOSERS:
                    yield Move(
                        "divisors", _divisor_cases(goal, divisor.text, number, fact.name, closer), weight
                    )


def _trial(goal: Goal, names: Sequence[str]) -> list[str]:
    """Return the steps after which ``decide`` tries all values of `names`; none if that cannot succeed."""
    finite = finite_ranges(goal)
    if not names or not set(names) <= finite.keys():
        return []
    if math.prod(len(finite[name]) for name in names) > MAX_BOX:
        return []
    about = [fact for fact in goal.facts if names_in(fact.term) & set(names)]
    decidable = [fact for fact in about if names_in(fact.term) <= set(names) and "∀" not in fact.type]
    useful = _sufficient(goal, names, decidable, finite)
    if useful is None:
        return []
    steps: list[str] = []
    for name in names:
        low, high = finite[name][0], finite[name][-1]
        if name in integers(goal):
            k = fresh(goal, "k")
            shifted = f"({k} : Int) + {low}" if low >= 0 else f"({k} : Int) - {-low}"
            witness = f"⟨({name} - {low}).toNat, by omega⟩"
            steps.append(f"obtain ⟨{name}, rfl⟩ : ∃ {k} : Nat, {name} = {shifted} := {witness}")
            high -= low
        elif low > 0:
            k = fresh(goal, "k")
            witness = f"⟨{name} - {low}, by omega⟩"
            steps.append(f"obtain ⟨{name}, rfl⟩ : ∃ {k}, {name} = {k} + {low} := {witness}")
            high -= low
        steps.append(f"have {fresh(goal, f'{name}_lt')} : {name} < {high + 1} := by omega")
    if unused := [fact.name for fact in about if fact not in useful]:
        steps.append(f"clear {' '.join(unused)}")
    steps += [f"revert {fact.name}" for fact in reversed(useful)]
    return steps + [f"revert {name}" for name in reversed(names)]


def _sufficient(
    goal: Goal, names: Sequence[str], facts: Sequence[Hypothesis], finite: Mapping[str, range]
) -> list[Hypothesis] | None:
    """Return the facts that exclude some assignment, if by calculation the target holds in all others.

    Those that exclude most come first: the kernel evaluates them in order and stops at the first that fails.
    """
    kind = "Int" if set(names) & integers(goal) else "Nat"
    kept = dict.fromkeys(facts, 0)
    try:
        for point in itertools.product(*(finite[name] for name in names)):
            values: dict[str, Value] = dict(zip(names, point, strict=True))
            truths = [holds(fact.term, values, kind) for fact in facts]
            if all(truths) and (goal.target == "False" or not holds(goal.target_term, values, kind)):
                return None
            for fact, truth in zip(facts, truths, strict=True):
                kept[fact] += truth
    except NotArithmeticError:
        return None
    size = math.prod(len(finite[name]) for name in names)
    return sorted((fact for fact in facts if kept[fact] < size), key=lambda fact: kept[fact])


def _few_values(goal: Goal, name: str, values: range) -> list[str]:
    h = fresh(goal, "h")
    cases = " ∨ ".join(f"{name} = {value}" for value in values)
    return [f"have {h} : {cases} := by omega", f"rcases {h} with {' | '.join(['rfl'] * len(values))}"]


def _many_values(goal: Goal, name: str, values: range, closer: str) -> str:
    """Split by tens and units: `omega` takes long to prove a disjunction of all values."""
    h, h1, whole = itertools.islice(fresh_names(goal, "h"), 3)
    tens = range(values[0] // 10, values[-1] // 10 + 1)
    division = "Int.mul_ediv_add_emod" if name in integers(goal) else "Nat.div_add_mod"
    return lines(
        f"have {h} : {' ∨ '.join(f'{name} / 10 = {each}' for each in tens)} := by omega",
        f"have {h1} : {' ∨ '.join(f'{name} % 10 = {each}' for each in range(10))} := by omega",
        f"have {whole} := {division} {name} 10",
        f"rcases {h} with {' | '.join([h] * len(tens))} <;>",
        f"  rcases {h1} with {' | '.join([h1] * 10)} <;>",
        f"  (rw [{h}, {h1}] at {whole}; subst {whole}; {closer})",
    )


def _divisor_cases(goal: Goal, name: str, number: int, proof: str, closer: str) -> str:
    """Return the case analysis of `name` by the divisors of `number`; `proof` says that it is one of them."""
    h, table, member = itertools.islice(fresh_names(goal, "h"), 3)
    d = fresh(goal, "d")
    values = [each for each in range(1, number + 1) if number % each == 0]
    if name in integers(goal):
        size = f"{name}.natAbs"
        divides = f"simpa using Int.natAbs_dvd_natAbs.mpr (show {name} ∣ {number} from {proof})"
        signs = f"rcases Int.natAbs_eq {name} with {h} | {h} <;> rw [{member}] at {h} <;> subst {h}"
    else:
        size, divides, signs = name, f"exact {proof}", f"subst {member}"
    return lines(
        f"have {h} : {size} ∣ {number} := by {divides}",
        f"have {table} : ∀ {d}, {d} < {number + 1} → {d} ∣ {number} → {d} ∈ {values} := by decide +kernel",
        f"have {member} := {table} {size} (Nat.lt_succ_of_le (Nat.le_of_dvd (by decide) {h})) {h}",
        f"simp only [List.mem_cons, List.not_mem_nil, or_false] at {member}",
        f"rcases {member} with {' | '.join([member] * len(values))} <;> ({signs} <;> {closer})",
    )


def _factors(term: Term) -> Iterator[Term]:
    """Yield the factors of a product, those of a power with a literal exponent as often as it says."""
    if is_operation(term, "*"):
        for operand in term.operands:
            yield from _factors(operand)
    elif is_operation(term, "^") and isinstance(term.operands[1], Number):
        base, exponent = term.operands[0], term.operands[1].value
        for _ in range(min(exponent, MAX_POWER)):
            yield from _factors(base)
    else:
        yield term
