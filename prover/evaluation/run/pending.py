"""What a run's database says is left to do, and what there is so far. All of it reads only."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from prover.evaluation.store.database import RunStore
from prover.lean.theorem import Theorem


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One pass over one problem: an attempt at the statement, and perhaps one at its negation."""

    problem_id: int
    pass_number: int


def theorem_of(store: RunStore, problem_id: int) -> Theorem:
    """Return what is to be proved."""
    row = store.connection.execute("SELECT * FROM problem WHERE id = ?", (problem_id,)).fetchone()
    return stored_theorem(row)


def stored_theorem(row: sqlite3.Row) -> Theorem:
    """Return the theorem in a row of the table `problem`."""
    theorem = Theorem(name=row["full_name"], statement=row["statement"], header=row["header"])
    return theorem.giving(row["written"]) if row["written"] else theorem


def unchecked(store: RunStore) -> list[int]:
    """Return the problems of which it is not known whether the engine can state them."""
    return _ids(store, "support = 'unchecked'")


def without_automation(store: RunStore) -> list[int]:
    """Return the supported problems that plain automation has not been tried on."""
    return _ids(store, "support = 'supported' AND id NOT IN (SELECT problem_id FROM automation)")


def open_slots(store: RunStore) -> list[Slot]:
    """Return what is left to search for, in order: the first pass over all problems, then the next.

    A problem that the engine broke over when it was to be checked is searched for too, so that what comes of
    it is recorded.
    """
    problems = _ids(store, "support IN ('supported', 'unchecked')")
    done = {
        (row["problem_id"], row["pass"], row["negated"]): row["outcome"]
        for row in store.connection.execute("SELECT problem_id, pass, negated, outcome FROM attempt")
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
    """Return what the attempt at the statement or at its negation came to, None if there is none yet."""
    row = store.connection.execute(
        "SELECT outcome FROM attempt WHERE problem_id = ? AND pass = ? AND negated = ?",
        (slot.problem_id, slot.pass_number, negated),
    ).fetchone()
    return None if row is None else str(row["outcome"])


def counts(store: RunStore) -> Mapping[str, int]:
    """Count the passes over problems by outcome; what was not made yet is "not attempted".

    The counts add up to problems times passes. A pass in which the negation was proved is "disproved".
    """
    passes = store.config.passes
    found = {
        row["support"]: row["n"] * passes
        for row in store.connection.execute(
            "SELECT support, count(*) AS n FROM problem "
            "WHERE support IN ('unsupported', 'invalid', 'unusable') GROUP BY support"
        )
    }
    for row in store.connection.execute(
        "SELECT iif(other.outcome = 'disproved', 'disproved', attempt.outcome) AS outcome, count(*) AS n"
        " FROM attempt LEFT JOIN attempt AS other"
        " ON other.problem_id = attempt.problem_id AND other.pass = attempt.pass AND other.negated"
        " WHERE NOT attempt.negated GROUP BY 1"
    ):
        found[row["outcome"]] = found.get(row["outcome"], 0) + row["n"]
    found["not attempted"] = store.problems * passes - sum(found.values())
    return found


def _ids(store: RunStore, condition: str) -> list[int]:
    return [
        row["id"] for row in store.connection.execute(f"SELECT id FROM problem WHERE {condition} ORDER BY id")
    ]
