"""Moves for sequences given by a recurrence: calculate a term, prove a period or a closed form by induction.

For ``h : ∀ n ≥ 5, x n = x (n - 1) - x (n - 2) + ...`` with initial values among the hypotheses the sequence is
calculated in Python (`recurrence`). Where a pattern shows, Lean is asked to prove it by induction, and to read
off the terms that the target is about; where none does, to calculate them one after the other.

Lean gets the instances of the recurrence that it needs, and then the recurrence is cleared: `grind` would go on
instantiating it for long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prover.policy.heuristic.arithmetic import Value
from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.move import Move, fresh, lines
from prover.policy.heuristic.moves.recurrence import (
    Formula,
    Recurrence,
    formula,
    index_of,
    literal,
    period,
    read_recurrence,
)
from prover.policy.heuristic.terms import Apply, subterms

MAX_STEPS = 40


def recurrences(goal: Goal) -> Iterator[Move]:
    """Yield the values of the terms that the target is about, with their proofs."""
    for fact in goal.facts:
        recurrence = read_recurrence(goal, fact)
        if recurrence is None:
            continue
        wanted = sorted(
            {
                index
                for part in subterms(goal.target_term)
                if isinstance(part, Apply)
                and part.function.text == recurrence.function
                and (index := index_of(part.arguments)) is not None
                and index not in recurrence.known
            }
        )
        terms = recurrence.terms()
        if not wanted or len(terms) <= recurrence.reach:
            continue
        if length := period(terms, recurrence.reach):
            yield Move("recurrence", _by_period(goal, recurrence, terms, length, wanted))
        elif closed := formula(terms):
            yield Move("recurrence", _by_formula(goal, recurrence, closed, wanted))
        last = recurrence.first + len(terms) - 1
        if wanted[-1] <= min(last, recurrence.first + MAX_STEPS):
            yield Move("recurrence", _step_by_step(recurrence, terms, wanted[-1]))


def _by_period(
    goal: Goal, recurrence: Recurrence, terms: Sequence[Value], period: int, wanted: Sequence[int]
) -> str:
    """Return the proof by induction of the period, and what follows for the `wanted` terms."""
    f, first, reach = recurrence.function, recurrence.first, recurrence.reach
    key, k, ih, e = (fresh(goal, stem) for stem in ("key", "k", "ih", "e"))
    state = [
        f"{f} ({period} * {k} + {first + i}) = {literal(terms[i], recurrence.kind)}" for i in range(reach)
    ]
    turn = range(first + reach, first + period + reach)
    steps = [
        f"have {key} : ∀ {k}, {' ∧ '.join(state)} := by",
        f"  intro {k}",
        f"  induction {k} with",
        "  | zero => simp_all",
        f"  | succ {k} {ih} =>",
        *(f"    have {e}{i} := {recurrence.instance(f'{period} * {k}', i)}" for i in turn),
        f"    clear {recurrence.name}",
        "    grind",
    ]
    for index in wanted:
        turns, place = divmod(index - first, period)
        start = first + turns * period
        steps += [
            f"have {f}_{index} : {f} {index} = {literal(terms[place], recurrence.kind)} := by",
            f"  have {e} := {key} {turns}",
            *(f"  have {e}{i} := {recurrence.instance('', i)}" for i in range(start + reach, index + 1)),
            f"  clear {recurrence.name} {key}",
            "  grind",
        ]
    return lines(*steps, f"clear {recurrence.name} {key}", _finish(wanted, f))


def _by_formula(goal: Goal, recurrence: Recurrence, closed: Formula, wanted: Sequence[int]) -> str:
    """Return the proof by induction of a closed form, and what follows for the `wanted` terms."""
    f, first, reach = recurrence.function, recurrence.first, recurrence.reach
    key, k, ih, e = (fresh(goal, stem) for stem in ("key", "k", "ih", "e"))
    state = [f"{f} ({k} + {first + i}) = {closed.text(k, i)}" for i in range(reach)]
    positive = [f"    have : (0 : Rat) ≤ {k} := Rat.natCast_nonneg"] if recurrence.kind == "Rat" else []
    steps = [
        f"have {key} : ∀ {k} : Nat, {' ∧ '.join(state)} := by",
        f"  intro {k}",
        f"  induction {k} with",
        "  | zero => grind",
        f"  | succ {k} {ih} =>",
        f"    have {e} := {recurrence.instance(k, first + reach)}",
        *positive,
        f"    clear {recurrence.name}",
        "    grind",
    ]
    for index in wanted:
        steps += [
            f"have {f}_{index} : {f} {index} = {literal(closed.value(index - first), recurrence.kind)} := by",
            f"  have {e} := {key} {index - first}",
            f"  clear {recurrence.name} {key}",
            "  grind",
        ]
    return lines(*steps, f"clear {recurrence.name} {key}", _finish(wanted, f))


def _step_by_step(recurrence: Recurrence, terms: Sequence[Value], last: int) -> str:
    f, first = recurrence.function, recurrence.first
    indices = [index for index in range(first, last + 1) if index not in recurrence.known]
    steps: list[str] = []
    for index in indices:
        steps += [
            f"have {f}_{index} : {f} {index} = {literal(terms[index - first], recurrence.kind)} := by",
            f"  have := {recurrence.instance('', index)}",
            f"  clear {recurrence.name}",
            "  grind",
        ]
    return lines(*steps, f"clear {recurrence.name}", _finish(indices, f))


def _finish(indices: Sequence[int], function: str) -> str:
    names = ", ".join(f"{function}_{index}" for index in indices)
    return f"first | omega | (simp only [{names}]; decide +kernel) | grind | simp [{names}]"
