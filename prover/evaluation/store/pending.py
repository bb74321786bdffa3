"""What is left to do in a run, and the counts so far, read from its database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prover.evaluation.store.counting import among, count_parameters, settled
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.rows import ProblemRow
from prover.evaluation.store.tables import select


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One pass over one problem: an attempt at the statement, and perhaps one at its negation."""

    problem_id: int
    pass_number: int


def is_complete(store: RunStore) -> bool:
    """Whether nothing is left to do."""
    if unchecked(store) or (store.config.automation and without_automation(store)):
        return False
    query = f"{_open(only=False)} LIMIT 1"
    return store.connection.execute(query, _parameters(store)).fetchone() is None


def problem_of(store: RunStore, problem_id: int) -> ProblemRow:
    """Return the problem of this number, without what was tried on it."""
    (row,) = select(store.connection, ProblemRow, "WHERE id = ?", (problem_id,))
    return row


def unchecked(store: RunStore) -> list[int]:
    """Return the problems whose statements have not been elaborated in the engine yet."""
    return _ids(store, "support = 'unchecked'")


def without_automation(store: RunStore) -> list[int]:
    """Return the supported problems that plain automation has not been tried on."""
    return _ids(store, "support = 'supported' AND id NOT IN (SELECT problem_id FROM automation)")


def open_slots(store: RunStore) -> list[Slot]:
    """Return what is left to search for, in order: the first pass over all problems, then the next.

    A problem whose check ended with an engine error is searched for too, so that the outcome is recorded. With
    `stop_at_proof`, nothing is left of a problem behind the pass that settled it (`counting.settled`).
    """
    rows = store.connection.execute(
        f"{_open(only=False)} ORDER BY number.pass, problem.id", _parameters(store)
    )
    return [Slot(problem_id=problem, pass_number=number) for problem, number in rows]


def count_open_problems(store: RunStore) -> int:
    """Return how many problems have anything left to search for, or are not checked yet."""
    query = f"SELECT count(DISTINCT id) FROM ({_open(only=False)})"
    return int(store.connection.execute(query, _parameters(store)).fetchone()[0])


def is_open(store: RunStore, slot: Slot) -> bool:
    """Whether the slot is still to be searched: it may be settled by now, by passes that were open when it was."""
    if store.config.stop_at_proof is None:
        return True
    parameters = _parameters(store, slot.problem_id) | {"pass": slot.pass_number}
    query = f"{_open(only=True)} AND number.pass = :pass"
    return store.connection.execute(query, parameters).fetchone() is not None


def _open(only: bool) -> str:
    return f"""
WITH RECURSIVE number(pass) AS (SELECT 0 UNION ALL SELECT pass + 1 FROM number WHERE pass + 1 < :passes),
{settled(only)}
SELECT problem.id, number.pass FROM number CROSS JOIN problem
LEFT JOIN attempt AS made ON made.problem_id = problem.id AND made.pass = number.pass AND made.negated = 0
LEFT JOIN settled ON settled.problem_id = problem.id
WHERE problem.support IN ('supported', 'unchecked') AND {among("problem.id", only)}
AND (settled.pass IS NULL OR settled.pass >= number.pass)
AND (made.id IS NULL OR :disprove AND made.outcome != 'proved' AND NOT EXISTS (
    SELECT 1 FROM attempt WHERE problem_id = problem.id AND pass = number.pass AND negated = 1))
"""


def _parameters(store: RunStore, *problem_ids: int) -> dict[str, object]:
    return count_parameters(store.config, problem_ids or None)


def outcome_in(store: RunStore, slot: Slot, *, negated: bool) -> str | None:
    """Return the outcome of the attempt at the statement or at its negation, None if there is none yet."""
    row = store.connection.execute(
        "SELECT outcome FROM attempt WHERE problem_id = ? AND pass = ? AND negated = ?",
        (slot.problem_id, slot.pass_number, negated),
    ).fetchone()
    return None if row is None else str(row[0])


def counts(store: RunStore) -> Mapping[str, int]:
    """Count the passes over problems by outcome, as `counting.count_passes`; it costs nothing to ask again."""
    return store.counts()


def _ids(store: RunStore, condition: str) -> list[int]:
    return [
        number
        for (number,) in store.connection.execute(f"SELECT id FROM problem WHERE {condition} ORDER BY id")
    ]
