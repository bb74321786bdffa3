"""Moves that make a problem finite: find bounds, split a bounded variable, let the kernel try all cases."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prover.policy.arithmetic import NotArithmeticError, Value, evaluate, holds
from prover.policy.goal_shape import Goal, Hypothesis
from prover.policy.moves.move import Move, fresh, fresh_names, lines
from prover.policy.terms import Name, Number, Operation, Term, argument, is_operation, names_in, subterms

MAX_BOX = 3000
"""The kernel tries at most this many assignments, at about half a millisecond each."""
MAX_SPLIT = 100
MAX_BOUND = 1000
DIRECT_SPLIT = 12
MIRRORED = {"<": ">", "≤": "≥", ">": "<", "≥": "≤", "=": "="}


@dataclass(frozen=True, slots=True)
class Range:
    """The inclusive bounds that hypotheses state for a variable; None where they state none."""

    low: int | None = None
    high: int | None = None

    @property
    def size(self) -> int | None:
        """How many values there are, if finitely many are known."""
        return None if self.low is None or self.high is None else max(0, self.high - self.low + 1)

    def within(self, low: int | None, high: int | None) -> Range:
        """Return the intersection with other bounds."""
        lows = [each for each in (self.low, low) if each is not None]
        highs = [each for each in (self.high, high) if each is not None]
        return Range(max(lows, default=None), min(highs, default=None))


def ranges(goal: Goal) -> dict[str, Range]:
    """Return the literal bounds of every natural number and integer."""
    found = {each.name: Range(0) for each in goal.numbers("Nat", "ℕ")}
    found |= {each.name: Range() for each in goal.numbers("Int", "ℤ")}
    for fact in goal.facts:
        for part in _conjuncts(fact.term):
            if isinstance(part, Operation) and part.operator in MIRRORED:
                left, right = part.operands
                _narrow(found, left, part.operator, right)
                _narrow(found, right, MIRRORED[part.operator], left)
    return found


def boxes(goal: Goal) -> Iterator[Move]:
    """Yield the trial of every assignment, where the target follows from the hypotheses in each of them."""
    known = ranges(goal)
    finite = {name: each for name, each in known.items() if each.size is not None}
    relevant = sorted(names_in(goal.target_term) & known.keys())
    if goal.target == "False":
        relevant = sorted(finite)
    if not relevant or not set(relevant) <= finite.keys():
        return
    kinds = {each.name: each.type for each in goal.numbers()}
    kind = "Int" if any(kinds[name] in ("Int", "ℤ") for name in relevant) else "Nat"
    facts = [fact for fact in goal.facts if names_in(fact.term) and names_in(fact.term) <= set(relevant)]
    sizes = [finite[name].size or 0 for name in relevant]
    if math.prod(sizes) > MAX_BOX or not _follows(goal, relevant, facts, finite, kind):
        return
    steps: list[str] = []
    for name in relevant:
        low, high = finite[name].low or 0, finite[name].high or 0
        if kinds[name] in ("Int", "ℤ"):
            k = fresh(goal, "k")
            shifted = f"{name} = ({k} : Int) + {low}" if low >= 0 else f"{name} = ({k} : Int) - {-low}"
            steps.append(
                f"obtain ⟨{name}, rfl⟩ : ∃ {k} : Nat, {shifted} := ⟨({name} - {low}).toNat, by omega⟩"
            )
            high -= low
        steps.append(f"have {fresh(goal, f'{name}_lt')} : {name} < {high + 1} := by omega")
    others = [fact.name for fact in goal.facts if fact not in facts and names_in(fact.term) & set(relevant)]
    if others:
        steps.append(f"clear {' '.join(others)}")
    if facts:
        steps.append(f"revert {' '.join(fact.name for fact in facts)}")
    steps += [f"revert {name}" for name in reversed(relevant)]
    yield Move("box", lines(*steps, "decide +kernel"))


def splits(goal: Goal) -> Iterator[Move]:
    """Yield case analysis on the value of one bounded variable that makes the problem nonlinear."""
    kinds = {each.name: each.type for each in goal.numbers()}
    hard = _hard_variables(goal)
    finite = {name: each for name, each in ranges(goal).items() if name in hard and each.size}
    for name, each in sorted(finite.items(), key=lambda item: (item[1].size, item[0])):
        if (each.size or 0) > MAX_SPLIT or each.low is None or each.high is None:
            continue
        kind = "Int" if kinds[name] in ("Int", "ℤ") else "Nat"
        split = _split(goal, name, kind, each.low, each.high)
        for closer, weight in (
            ("omega", 1.0),
            ("grind", 0.7 if (each.size or 0) <= 40 else 0.2),
            ("simp_all", 0.5),
        ):
            yield Move("bounded cases", split(closer), weight)
        if (each.size or 0) <= DIRECT_SPLIT:
            yield Move("bounded cases", split(""), 0.4)


def bounds(goal: Goal) -> Iterator[Move]:
    """Yield upper bounds to prove for variables that have none and occur in a nonlinear hypothesis."""
    kinds = {each.name: each.type for each in goal.numbers()}
    known = ranges(goal)
    for name in sorted(_hard_variables(goal)):
        if known[name].high is not None:
            continue
        literals = _literals(goal, name)
        for bound in literals[:2]:
            h = fresh(goal, "h")
            integer = kinds[name] in ("Int", "ℤ")
            yield Move("bound", f"have {h} : {name} ≤ {bound} := by omega")
            if integer and known[name].low is None:
                yield Move("bound", f"have {h} : -{bound} ≤ {name} := by omega", 0.6)
            for left, right in _products(goal, name)[:2]:
                yield Move("bound", _bound_by_product(goal, name, bound, left, right, integer))


def exponent_bounds(goal: Goal) -> Iterator[Move]:
    """Yield bounds for the exponents in equations between literal powers and a number."""
    for fact in goal.facts:
        if not (is_operation(fact.term, "=")):
            continue
        for side, other in itertools.permutations(fact.term.operands, 2):
            try:
                value = evaluate(other, {}, "Nat")
            except NotArithmeticError:
                continue
            steps = [step for part in subterms(side) if (step := _exponent_bound(goal, side, part, value))]
            if steps:
                yield Move("powers bound exponents", lines(*steps))


def divisors(goal: Goal) -> Iterator[Move]:
    """Yield case analysis on the divisors of a number that a hypothesis writes as a product."""
    for fact in goal.facts:
        if not (is_operation(fact.term, "=")):
            continue
        for side, other in itertools.permutations(fact.term.operands, 2):
            try:
                value = evaluate(other, {}, "Int")
            except NotArithmeticError:
                continue
            if not isinstance(value, int) or not 1 <= value <= MAX_BOUND:
                continue
            kinds = {each.name: each.type for each in goal.numbers()}
            for factor in _flat_factors(side):
                if isinstance(factor, Name) and factor.text in kinds:
                    integer = kinds[factor.text] in ("Int", "ℤ")
                    for closer, weight in (("omega", 1.0), ("simp_all", 0.6), ("grind", 0.8)):
                        yield Move(
                            "divisors", _divisor_cases(goal, factor.text, value, integer, closer), weight
                        )


def positivity(goal: Goal) -> Iterator[Move]:
    """Yield that powers and products of positive things are positive."""
    terms = (goal.target_term, *(fact.term for fact in goal.facts))
    seen: dict[str, None] = {}
    for part in (part for term in terms for part in subterms(term)):
        if is_operation(part, "^") and isinstance(part.operands[0], Number):
            base, exponent = part.operands
            if names_in(exponent) and base.text != "0":
                seen[f"have {{}} := Nat.pow_pos (n := {exponent.text}) (show 0 < {base.text} by decide)"] = (
                    None
                )
    integers = {each.name for each in goal.numbers("Int", "ℤ")}
    for left, right in _all_products(goal):
        if (names_in(left) | names_in(right)) <= integers:
            seen[
                f"have {{}} := Int.mul_pos (show 0 < {left.text} by omega) (show 0 < {right.text} by omega)"
            ] = None
    name = fresh(goal, "h")
    for step in list(seen)[:4]:
        yield Move("positivity", step.format(name))


def _conjuncts(term: Term) -> Iterator[Term]:
    if is_operation(term, "∧"):
        for operand in term.operands:
            yield from _conjuncts(operand)
    else:
        yield term


def _narrow(found: dict[str, Range], variable: Term, relation: str, bound: Term) -> None:
    if variable.text not in found or not isinstance(variable, Name):
        return
    try:
        value = evaluate(bound, {}, "Int")
    except NotArithmeticError:
        return
    if isinstance(value, int):
        low = {">": value + 1, "≥": value, "=": value}.get(relation)
        high = {"<": value - 1, "≤": value, "=": value}.get(relation)
        found[variable.text] = found[variable.text].within(low, high)


def _follows(
    goal: Goal, names: list[str], facts: list[Hypothesis], finite: Mapping[str, Range], kind: str
) -> bool:
    """Say whether, by calculation, the target holds wherever the facts do."""
    spans = [range(finite[name].low or 0, (finite[name].high or 0) + 1) for name in names]
    try:
        for point in itertools.product(*spans):
            values: dict[str, Value] = dict(zip(names, point, strict=True))
            if all(holds(fact.term, values, kind) for fact in facts) and (
                goal.target == "False" or not holds(goal.target_term, values, kind)
            ):
                return False
    except NotArithmeticError:
        return False
    return True


def _split(goal: Goal, name: str, kind: str, low: int, high: int):
    """Return a function from a closing tactic to the case analysis that ends with it."""
    h, h1, equation = itertools.islice(fresh_names(goal, "h"), 3)
    values = range(low, high + 1)
    if len(values) <= DIRECT_SPLIT:
        cases = " ∨ ".join(f"{name} = {value}" for value in values)
        steps = [f"have {h} : {cases} := by omega", f"rcases {h} with {' | '.join(['rfl'] * len(values))}"]
        return lambda closer: lines(steps[0], steps[1] + (f" <;> {closer}" if closer else ""))
    quotients = range(low // 10, high // 10 + 1)
    tens = " ∨ ".join(f"{name} / 10 = {value}" for value in quotients)
    units = " ∨ ".join(f"{name} % 10 = {value}" for value in range(10))
    whole = f"Int.mul_ediv_add_emod {name} 10" if kind == "Int" else f"Nat.div_add_mod {name} 10"
    return lambda closer: lines(
        f"have {h} : {tens} := by omega",
        f"have {h1} : {units} := by omega",
        f"have {equation} := {whole}",
        f"rcases {h} with {' | '.join([h] * len(quotients))} <;>",
        f"  rcases {h1} with {' | '.join([h1] * 10)} <;>",
        f"  (rw [{h}, {h1}] at {equation}; subst {equation}; {closer or 'simp at *'})",
    )


def _hard_variables(goal: Goal) -> set[str]:
    """Return the integers and natural numbers that occur in a nonlinear subterm."""
    numbers = {each.name for each in goal.numbers("Nat", "ℕ", "Int", "ℤ")}
    found: set[str] = set()
    for term in (goal.target_term, *(fact.term for fact in goal.facts)):
        for part in subterms(term):
            if is_operation(part, "*", "^", "%", "/", "∣"):
                left, right = part.operands
                if names_in(right) or (part.operator == "^" and names_in(left)):
                    found |= names_in(part) & numbers
    return found


def _literals(goal: Goal, name: str) -> list[int]:
    """Return the numbers in equations about `name`, the largest first."""
    found = {
        part.value
        for fact in goal.facts
        if name in names_in(fact.term) and is_operation(fact.term, "=")
        for part in subterms(fact.term)
        if isinstance(part, Number) and 1 < part.value <= MAX_BOUND
    }
    return sorted(found, reverse=True)


def _all_products(goal: Goal) -> list[tuple[Term, Term]]:
    """Return the factors of every product of two terms with variables."""
    found: dict[tuple[Term, Term], None] = {}
    for term in (goal.target_term, *(fact.term for fact in goal.facts)):
        for part in subterms(term):
            if is_operation(part, "*"):
                left, right = part.operands
                if names_in(left) and names_in(right):
                    found[left, right] = None
    return list(found)


def _products(goal: Goal, name: str) -> list[tuple[Term, Term]]:
    return [pair for pair in _all_products(goal) if name in names_in(pair[0]) | names_in(pair[1])]


def _bound_by_product(goal: Goal, name: str, bound: int, left: Term, right: Term, integer: bool) -> str:
    h, h1 = itertools.islice(fresh_names(goal, "h"), 2)
    if integer:
        fact = f"Int.mul_nonneg (show 0 ≤ {left.text} by omega) (show 0 ≤ {right.text} by omega)"
    else:
        fact = f"Nat.mul_le_mul (show 1 ≤ {left.text} by grind) (show 1 ≤ {right.text} by grind)"
        other = right if name in names_in(left) else left
        mine = left if name in names_in(left) else right
        fact = f"Nat.le_mul_of_pos_right {argument(mine)} (show 0 < {other.text} by grind)"
    return lines(f"have {h} : {name} ≤ {bound} := by", f"  have {h1} := {fact}", "  grind")


def _exponent_bound(goal: Goal, side: Term, power: Term, value: Value) -> str:
    """Return the proof that `power`, a factor of `side`, has a small exponent when `side` is `value`."""
    if not (is_operation(power, "^") and isinstance(power.operands[0], Number)):
        return ""
    base, exponent = power.operands
    if not isinstance(exponent, Name) or not isinstance(base, Number) or base.value < 2 or value < 1:
        return ""
    limit = next(k for k in itertools.count(1) if base.value**k > value)
    names = list(itertools.islice(fresh_names(goal, "h"), 4))
    steps = [
        f"have {exponent.text}_lt : {exponent.text} < {limit} := by",
        "  apply Nat.lt_of_not_le",
        f"  intro {names[0]}",
        f"  have {names[1]} := Nat.pow_le_pow_right (show 0 < {base.text} by decide) {names[0]}",
    ]
    if is_operation(side, "*") and power in side.operands:
        left, right = side.operands
        other = right if power == left else left
        positive = f"(show 0 < {other.text} by grind [Nat.pow_pos])"
        pair = f"{names[1]} {positive}" if power == left else f"{positive} {names[1]}"
        steps.append(f"  have {names[2]} := Nat.mul_le_mul {pair}")
    return lines(*steps, "  omega")


def _flat_factors(term: Term) -> Iterator[Term]:
    if is_operation(term, "*"):
        for operand in term.operands:
            yield from _flat_factors(operand)
    elif is_operation(term, "^"):
        yield from _flat_factors(term.operands[0])
    else:
        yield term


def _divisor_cases(goal: Goal, name: str, number: int, integer: bool, closer: str) -> str:
    """Return the case analysis of variable `name` by the divisors of `number`."""
    h, table, member = itertools.islice(fresh_names(goal, "h"), 3)
    all_divisors = [each for each in range(1, number + 1) if number % each == 0]
    d = fresh(goal, "d")
    size = name if not integer else f"{name}.natAbs"
    divides = f"{name} ∣ {number} := by grind"
    steps = [
        f"have {h} : {divides}" if not integer else f"have {h} : {name}.natAbs ∣ {number} := by",
    ]
    if integer:
        steps.append(f"  simpa using Int.natAbs_dvd_natAbs.mpr (show {name} ∣ {number} by grind)")
    steps += [
        f"have {table} : ∀ {d}, {d} < {number + 1} → {d} ∣ {number} → {d} ∈ {all_divisors} := by decide +kernel",
        f"have {member} := {table} {size} (Nat.lt_succ_of_le (Nat.le_of_dvd (by decide) {h})) {h}",
        f"simp only [List.mem_cons, List.not_mem_nil, or_false] at {member}",
    ]
    cases = " | ".join([member] * len(all_divisors))
    if not integer:
        return lines(*steps, f"rcases {member} with {cases} <;> subst {member} <;> {closer}")
    sign = f"rcases Int.natAbs_eq {name} with {h} | {h} <;> rw [{member}] at {h} <;> subst {h} <;> {closer}"
    return lines(*steps, f"rcases {member} with {cases} <;>", f"  ({sign})")
