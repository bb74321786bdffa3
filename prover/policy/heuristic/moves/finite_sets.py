"""Moves for finite sets that are given by what their members are, sums over them, and least members."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from prover.policy.heuristic.arithmetic import NotArithmeticError, holds
from prover.policy.heuristic.goal_shape import Goal, Hypothesis
from prover.policy.heuristic.moves.move import Move, fresh, fresh_names, lines
from prover.policy.heuristic.moves.ranges import conjuncts
from prover.policy.heuristic.terms import Binder, Number, Term, is_operation, names_in, subterms

MAX_RANGE = 1200
MAX_LEAST = 3000
_EXTREMAL = re.compile(r"(?P<kind>IsLeast|IsGreatest) (?P<set>\{.*\}) (?P<value>\d+)")
_SUM = re.compile(r"∑|∏|\.sum\b|\.prod\b")
_FINSET = re.compile(r"Finset (?P<type>ℕ|ℤ|Nat|Int)")


def finite_sets(goal: Goal) -> Iterator[Move]:
    """Yield evaluation of finite sets, sums and bounds of sets by the kernel."""
    yield from _replace_by_filter(goal)
    yield from _least(goal)
    yield from _least_members(goal)
    yield from _sums(goal)


def _memberships(goal: Goal) -> Iterator[tuple[Hypothesis, str, str, Term]]:
    """Yield each ``h : ∀ n, n ∈ S ↔ p n``, with the text of `S`, the variable, and the condition ``p n``."""
    for fact in goal.facts:
        term = fact.term
        if isinstance(term, Binder) and len(term.names) == 1 and is_operation(term.body, "↔"):
            member, condition = term.body.operands
            if is_operation(member, "∈"):
                yield fact, member.operands[1].text, term.names[0], condition


def _replace_by_filter(goal: Goal) -> Iterator[Move]:
    """Yield, from ``h : ∀ n, n ∈ S ↔ p n``, that `S` is what a range or an interval has of `p`."""
    sets = {each.name: found["type"] for each in goal.variables if (found := _FINSET.fullmatch(each.type))}
    for fact, name, variable, condition in _memberships(goal):
        if (kind := sets.get(name)) is None:
            continue
        h = fresh(goal, "hs")
        for count in _ranges(goal, fact):
            whole = f"Finset.range {count}" if kind in ("ℕ", "Nat") else f"Finset.Icc (-{count}) {count}"
            filtered = f"Finset.filter (fun {variable} => {condition.text}) ({whole})"
            bounds = [f" | ({each})" for each in _bounds(condition, variable, count)]
            steps = [
                f"have {h} : {name} = {filtered} := by",
                "  ext k",
                f"  simp only [{fact.name}, Finset.mem_filter, Finset.mem_range, Finset.mem_Icc]",
                "  refine ⟨fun hk => ⟨?_, hk⟩, fun hk => hk.2⟩",
                f"  first | omega | grind{''.join(bounds)}",
                f"rw [{h}]",
            ]
            yield Move("compute", lines(*steps, "decide +kernel"), 0.9)


def _bounds(condition: Term, variable: str, count: int) -> Iterator[str]:
    """Yield proofs that a number k of which `condition`, called hk, holds is below `count`.

    Since it divides a number, or since congruences modulo a larger one say that numbers are equal which are not.
    """
    numbers = {each.value for each in subterms(condition) if isinstance(each, Number)}
    for part in conjuncts(condition):
        if is_operation(part, "∣") and part.operands[0].text == variable:
            other = part.operands[1]
            if variable not in names_in(other):
                divides = "(by first | exact hk | exact hk.1 | exact hk.2 | exact hk.2.1 | exact hk.2.2)"
                least = f"Nat.le_of_dvd (show 0 < {other.text} by decide +kernel) {divides}"
                yield f"exact Nat.lt_of_le_of_lt ({least}) (by decide +kernel)"
    if numbers and max(numbers) < count:
        small = [f"Nat.mod_eq_of_lt (show {each} < k by omega)" for each in sorted(numbers)]
        rules = ", ".join(["Nat.ModEq", *small])
        yield f"refine Nat.lt_of_not_le fun hn => ?_; simp only [{rules}] at hk; first | omega | grind"


def _ranges(goal: Goal, fact: Hypothesis) -> list[int]:
    """Return how far to count: past the largest number of the condition, and past its square."""
    numbers = [each.value for each in subterms(fact.term) if isinstance(each, Number)]
    largest = max(numbers, default=10)
    return [each for each in (largest + 1, 100) if each <= MAX_RANGE][:2]


def _least(goal: Goal) -> Iterator[Move]:
    """Yield that a number is the least of a set of numbers, by trying all that are smaller."""
    found = _EXTREMAL.fullmatch(goal.target)
    if found is None or found["kind"] == "IsGreatest" or int(found["value"]) > MAX_LEAST:
        return
    member, below, h = "by decide +kernel", found["value"], fresh(goal, "hx")
    smaller = f"(by decide +kernel : ∀ y, y < {below} → ¬ y ∈ {found['set']}) x (by omega) {h}"
    yield Move(
        "compute",
        f"exact ⟨{member}, fun x {h} => Classical.byContradiction fun hn => {smaller}⟩",
        0.95,
    )


def _least_members(goal: Goal) -> Iterator[Move]:
    """Yield, from ``h : ∀ n, n ∈ S ↔ p n``, the number that a variable is which is said to be the least of S.

    Of what is left of S without a known number, too.
    """
    for fact, name, of, condition in _memberships(goal):
        for other in goal.facts:
            written = re.escape(name)
            found = re.fullmatch(
                rf"IsLeast (?:{written}|\({written} \\ \{{(\d+)\}}\)) ([^\W\d][\w']*)", other.type
            )
            if found is None:
                continue
            without, variable = found.groups()
            value = _first(condition, of, without)
            if value is None:
                continue
            h1, h2 = itertools.islice(fresh_names(goal, "h"), 2)
            claim, premises = f"({fact.name} {value}).2 (by decide +kernel)", f"{condition.text} → "
            known = [f"(({fact.name} {variable}).1 {other.name}.1)"]
            if without is not None:
                claim = f"show {value} ∈ {name} \\ {{{without}}} from ⟨{claim}, by grind⟩"
                premises += f"{of} ≠ {without} → "
                known = [f"(({fact.name} {variable}).1 {other.name}.1.1)", f"{other.name}.1.2"]
            tried = f"(by decide +kernel : ∀ {of}, {of} < {value} + 1 → {premises}{of} = {value})"
            steps = [
                f"have {h2} : {variable} = {value} := by",
                f"  have {h1} := {other.name}.2 ({claim})",
                f"  exact {tried} {variable} (by omega) {' '.join(known)}",
                f"subst {h2}",
            ]
            yield Move("compute", lines(*steps, "all_goals try grind"), 0.9)


def _first(condition: Term, variable: str, without: str | None) -> int | None:
    """Return the least natural number that a condition holds of; None if there is none in sight."""
    for value in range(MAX_LEAST):
        try:
            if str(value) != without and holds(condition, {variable: value}, "Nat"):
                return value
        except NotArithmeticError:
            return None
    return None


def _sums(goal: Goal) -> Iterator[Move]:
    """Yield sums over ranges, written out."""
    facts = [fact for fact in goal.facts if _SUM.search(fact.type)]
    if not facts and not _SUM.search(goal.target):
        return
    rules = "Finset.sum_range_succ, Finset.prod_range_succ, Finset.sum_Icc_succ_top, Finset.prod_Icc_succ_top"
    places = " ".join([*(fact.name for fact in facts), *(["⊢"] if _SUM.search(goal.target) else [])])
    yield Move("simplify", f"simp [{rules}] at {places} <;> first | omega | grind")
    equations = [
        fact.name
        for fact in goal.facts
        if isinstance(fact.term, Binder) and fact.term.kind == "∀" and is_operation(fact.term.body, "=")
    ]
    if equations:
        yield Move("compute", f"simp only [{', '.join(equations)}]; decide +kernel", 0.85)
