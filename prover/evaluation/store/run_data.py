"""Read model of a run for statistics and reports; the run may be growing.

The database is opened read-only, in one transaction, so that everything that is read belongs to one moment. What a
run of a million attempts has too much of is added up by the database (`figures`) or read one at a time.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from prover.errors import InputError
from prover.evaluation.store.answers import answers_by_problem, token_sums
from prover.evaluation.store.figures import (
    AttemptSums,
    ProblemFigures,
    RunFigures,
    attempt_sums,
    automation_calls,
    total_cost,
)
from prover.evaluation.store.migrate import SCHEMA_VERSION, open_to_read
from prover.evaluation.store.rows import (
    AttemptRow,
    AutomationRow,
    NodeRow,
    ProblemRow,
    ProofRow,
    RunRow,
    StepRow,
    TryRow,
)
from prover.evaluation.store.tables import select, select_by_parent

DATABASE = "run.db"
CACHE_KB = 200_000
"""Pages that SQLite keeps at most while it adds up attempts, which do not lie in the order of the problems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunData(RunRow):
    """Everything but the search trees."""

    folder: Path
    problems: tuple[ProblemRow, ...]


class RunReader:
    """Reads one run; made by `open_run`."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self._folder = folder
        self._connection = connection

    def run(self) -> RunData:
        """Return the run without its search trees."""
        (row,) = select(self._connection, RunRow)
        return RunData(**asdict(row), folder=self._folder, problems=tuple(read_problems(self._connection)))

    def figures(self) -> RunFigures:
        """Return what the attempts at each problem come to: as much memory as there are problems."""
        (row,) = select(self._connection, RunRow)
        sums, automation = attempt_sums(self._connection), automation_calls(self._connection)
        none, untried = AttemptSums(), dict[str, bool]()
        problems = tuple(
            replace(each, automation=automation.get(each.id, untried), sums=sums.get(each.id, none))
            for each in select(self._connection, ProblemFigures, "ORDER BY id")
        )
        cost = total_cost(self._connection)
        return RunFigures(
            **asdict(row),
            folder=self._folder,
            problems=problems,
            cost=cost,
            answers=answers_by_problem(self._connection),
            answer_tokens=token_sums(self._connection),
        )

    def problem(self, problem_id: int) -> ProblemRow:
        """Return one problem with what was tried on it."""
        (problem,) = read_problems(self._connection, problem_id)
        return problem

    def tries(self, problem_id: int) -> dict[int, list[TryRow]]:
        """Return what came of chat models' answers at a problem, by the attempt, in their order."""
        chosen = (
            "WHERE attempt_id IN (SELECT id FROM attempt WHERE problem_id = ?) ORDER BY attempt_id, number"
        )
        return select_by_parent(self._connection, TryRow, chosen, (problem_id,))

    def tree(self, attempt: int) -> tuple[list[NodeRow], list[StepRow]]:
        """Return the states of the attempt's search tree and the tactics tried on them, as far as stored."""
        return (
            select(self._connection, NodeRow, "WHERE attempt_id = ? ORDER BY node", (attempt,)),
            select(self._connection, StepRow, "WHERE attempt_id = ? ORDER BY step", (attempt,)),
        )


def read_problems(connection: sqlite3.Connection, only: int | None = None) -> list[ProblemRow]:
    """Return the problems in the order of the set, or one, each with what was tried on it."""
    chosen = "" if only is None else f"WHERE problem_id = {only:d}"
    automation = select_by_parent(connection, AutomationRow, f"{chosen} ORDER BY problem_id, tactic")
    attempts = read_attempts(connection, chosen)
    return [
        replace(
            problem,
            automation=tuple(automation.get(problem.id, ())),
            attempts=tuple(attempts.get(problem.id, ())),
        )
        for problem in select(
            connection, ProblemRow, "ORDER BY id" if only is None else f"WHERE id = {only:d}"
        )
    ]


def read_attempts(connection: sqlite3.Connection, chosen: str) -> dict[int, list[AttemptRow]]:
    """Return the attempts that the SQL condition chooses, by their problem, in the order of the passes, negations last.

    Each has its proof, if it has one.
    """
    proofs = select_by_parent(
        connection, ProofRow, f"WHERE attempt_id IN (SELECT id FROM attempt {chosen})" if chosen else ""
    )
    attempts: dict[int, list[AttemptRow]] = {}
    for attempt in select(connection, AttemptRow, f"{chosen} ORDER BY problem_id, negated, pass"):
        (proof,) = proofs.get(attempt.id, (None,))
        attempts.setdefault(attempt.problem_id, []).append(replace(attempt, proof=proof))
    return attempts


@contextlib.contextmanager
def open_run(folder: Path) -> Iterator[RunReader]:
    """Open the run in `folder` for reading; it may be growing.

    Raises:
        InputError: there is no run there, or not one that this version can read.
    """
    path = folder / DATABASE
    if not path.is_file():
        raise InputError(f"{folder} is not a run: it has no {DATABASE}", advice="`prover evaluate` makes one")
    try:
        with contextlib.closing(open_to_read(path)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
            connection.execute("BEGIN")
            versions = [row["schema_version"] for row in connection.execute("SELECT schema_version FROM run")]
            if versions != [SCHEMA_VERSION]:
                found = ", ".join(map(str, versions)) or "none"
                raise InputError(f"{path} has schema version {found}, this is for {SCHEMA_VERSION}")
            yield RunReader(folder, connection)
    except sqlite3.DatabaseError as error:
        raise InputError(f"cannot read {path}: {error}") from error


def read_run(folder: Path) -> RunData:
    """Return the run in `folder` without its search trees.

    Raises:
        InputError: as for `open_run`.
    """
    with open_run(folder) as reader:
        return reader.run()


def read_figures(folder: Path) -> RunFigures:
    """Return what the attempts of the run in `folder` come to.

    Raises:
        InputError: as for `open_run`.
    """
    with open_run(folder) as reader:
        return reader.figures()
