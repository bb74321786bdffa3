"""What is left to do in a run, and the counts so far, read from its database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prover.evaluation.store.database import RunStore
from prover.evaluation.store.rows import ProblemRow
from prover.evaluation.store.tables import select
from prover.lean.theorem import Theorem


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One pass over one problem: an attempt at the statement, and perhaps one at its negation."""

    problem_id: int
    pass_number: int


def theorem_of(store: RunStore, problem_id: int) -> Theorem:
    """Return what is to be proved."""
    (row,) = select(store.connection, ProblemRow, "WHERE id = ?", (problem_id,))
    return row.theorem


def informal_of(store: RunStore, problem_id: int) -> str:
    """Return the problem in words, empty if the set has none."""
    (row,) = select(store.connection, ProblemRow, "WHERE id = ?", (problem_id,))
    return row.informal


def unchecked(store: RunStore) -> list[int]:
    """Return the problems whose statements have not been elaborated in the engine yet."""
    return _ids(store, "support = 'unchecked'")


def without_automation(store: RunStore) -> list[int]:
    """Return the supported problems that plain automation has not been tried on."""
    return _ids(store, "support = 'supported' AND id NOT IN (SELECT problem_id FROM automation)")


def open_slots(store: RunStore) -> list[Slot]:
    """Return what is left to search for, in order: the first pass over all problems, then the next.

    A problem whose check ended with an engine error is searched for too, so that the outcome is recorded.
    """
    problems = _ids(store, "support IN ('supported', 'unchecked')")
    done = {
        (problem, number, negated): outcome
        for problem, number, negated, outcome in store.connection.execute(
            "SELECT problem_id, pass, negated, outcome FROM attempt"
        )
    }
    slots = []
    for number in range(store.config.passes):
        for problem in problems:
            outcome = done.get((problem, number, 0))
            negation_open = store.config.disprove and (problem, number, 1) not in done
            if outcome is None or (outcome != "proved" and negation_open):
                slots.append(Slot(problem_id=problem, pass_number=number))
    return slots


def outcome_in(store: RunStore, slot: Slot, *, negated: bool) -> str | None:
    """Return the outcome of the attempt at the statement or at its negation, None if there is none yet."""
    row = store.connection.execute(
        "SELECT outcome FROM attempt WHERE problem_id = ? AND pass = ? AND negated = ?",
        (slot.problem_id, slot.pass_number, negated),
    ).fetchone()
    return None if row is None else str(row[0])


def counts(store: RunStore) -> Mapping[str, int]:
    """Count the passes over problems by outcome; passes that have not been made yet are "not attempted".

    The counts add up to problems times passes. A pass in which the negation was proved is "disproved".
    """
    passes = store.config.passes
    found = {
        support: number * passes
        for support, number in store.connection.execute(
            "SELECT support, count(*) FROM problem "
            "WHERE support IN ('unsupported', 'invalid', 'unusable') GROUP BY support"
        )
    }
    for outcome, number in store.connection.execute(
        "SELECT iif(other.outcome = 'disproved', 'disproved', attempt.outcome), count(*)"
        " FROM attempt LEFT JOIN attempt AS other"
        " ON other.problem_id = attempt.problem_id AND other.pass = attempt.pass AND other.negated"
        " WHERE NOT attempt.negated GROUP BY 1"
    ):
        found[outcome] = found.get(outcome, 0) + number
    found["not attempted"] = store.problems * passes - sum(found.values())
    return found


def _ids(store: RunStore, condition: str) -> list[int]:
    return [
        number
        for (number,) in store.connection.execute(f"SELECT id FROM problem WHERE {condition} ORDER BY id")
    ]
