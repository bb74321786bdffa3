"""Moves for finite sets that are given by what their members are, sums over them, and least members."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.heuristic.goal_shape import Goal, Hypothesis
from prover.policy.heuristic.moves.move import Move, fresh, lines
from prover.policy.heuristic.terms import Binder, Number, is_operation, subterms

MAX_RANGE = 1200
MAX_LEAST = 3000
_EXTREMAL = re.compile(r"(?P<kind>IsLeast|IsGreatest) (?P<set>\{.*\}) (?P<value>\d+)")
_SUM = re.compile(r"∑|∏|\.sum\b|\.prod\b")
_FINSET = re.compile(r"Finset (?P<type>ℕ|ℤ|Nat|Int)")


def finite_sets(goal: Goal) -> Iterator[Move]:
    """Yield evaluation of finite sets, sums and bounds of sets by the kernel."""
    yield from _replace_by_filter(goal)
    yield from _least(goal)
    yield from _sums(goal)


def _replace_by_filter(goal: Goal) -> Iterator[Move]:
    """Yield, from ``h : ∀ n, n ∈ S ↔ p n``, that `S` is what a range or an interval has of `p`."""
    sets = {each.name: found["type"] for each in goal.variables if (found := _FINSET.fullmatch(each.type))}
    for fact in goal.facts:
        term = fact.term
        if not (isinstance(term, Binder) and len(term.names) == 1 and is_operation(term.body, "↔")):
            continue
        member, condition = term.body.operands
        if not is_operation(member, "∈") or (kind := sets.get(member.operands[1].text)) is None:
            continue
        name, h = member.operands[1].text, fresh(goal, "hs")
        for count in _ranges(goal, fact):
            whole = f"Finset.range {count}" if kind in ("ℕ", "Nat") else f"Finset.Icc (-{count}) {count}"
            filtered = f"Finset.filter (fun {term.names[0]} => {condition.text}) ({whole})"
            bound = "exact Nat.lt_succ_of_le (Nat.le_of_dvd (by decide) (by assumption))"
            steps = [
                f"have {h} : {name} = {filtered} := by",
                "  ext k",
                f"  simp only [{fact.name}, Finset.mem_filter, Finset.mem_range, Finset.mem_Icc]",
                f"  refine ⟨fun hk => ⟨?_, hk⟩, fun hk => hk.2⟩; first | omega | grind | {bound}",
                f"rw [{h}]",
            ]
            yield Move("compute", lines(*steps, "decide +kernel"), 0.9)


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
