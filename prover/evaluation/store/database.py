"""The database of a run, for the one process that writes it; `run_data` reads it.

What belongs together is written in one transaction: an attempt comes with its search tree and its proof or
not at all. So a process that is killed loses the attempts under way and nothing else, and what is left to do
can be told from what is there. SQLite waits for the disk at every commit.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from prover.errors import InputError
from prover.evaluation.run.config import RunConfig, read_config
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.migrate import migrate
from prover.evaluation.store.records import AttemptRecord, AutomationRecord, ProblemRecord
from prover.evaluation.store.run_data import SCHEMA_VERSION
from prover.util.full_disk import writing

SCHEMA = Path(__file__).with_name("schema.sql")
ERRORS = ("policy error", "engine error")


class RunStore:
    """Made by `create` or `open`; closes itself as a context manager. `connection` is for reading."""

    def __init__(self, folder: RunFolder, connection: sqlite3.Connection) -> None:
        self._folder = folder
        self.connection = connection
        self.config = read_config(self._one("SELECT config FROM run"))
        self.problems = int(self._one("SELECT count(*) FROM problem"))

    @classmethod
    def create(
        cls, folder: RunFolder, config: RunConfig, problems: Sequence[ProblemRecord], *, created_at: float
    ) -> Self:
        """Begin a run, whole or not at all, in a folder without one. `created_at` is Unix time.

        Raises:
            InputError: there is a run already, or two problems have the same name.
            SetupError: it cannot be written.
        """
        if has_run(folder):
            raise InputError(
                f"{folder.path} has a run already",
                advice="Go on with it with --resume, or choose another folder.",
            )
        if len({problem.name for problem in problems}) < len(problems):
            raise InputError(f"the problem set {config.set_name} has two problems of the same name")
        with writing(folder.path):
            connection = _connect(folder.database)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("BEGIN IMMEDIATE")
                for statement in _statements(SCHEMA.read_text(encoding="utf-8")):
                    connection.execute(statement)
                _insert(
                    connection,
                    "run",
                    schema_version=SCHEMA_VERSION,
                    prover_version=config.prover_version,
                    created_at=created_at,
                    config=config.model_dump_json(),
                    set_name=config.set_name,
                    set_hash=config.set_hash,
                )
                for number, problem in enumerate(problems):
                    _insert(
                        connection,
                        "problem",
                        id=number,
                        name=problem.name,
                        split=problem.split,
                        category=problem.category,
                        full_name=problem.theorem.name,
                        header=problem.theorem.header,
                        statement=problem.theorem.statement,
                        written=problem.theorem.written,
                        informal=problem.informal,
                        expected=problem.expected,
                        support="unusable" if problem.unusable else "unchecked",
                        support_reason=problem.unusable,
                    )
                connection.execute("COMMIT")
            except BaseException:
                connection.close()
                raise
        return cls(folder, connection)

    @classmethod
    def open(cls, folder: RunFolder, *, read_only: bool = False) -> Self:
        """Open the run in `folder`; whoever writes must hold its lock.

        Raises:
            InputError: there is none, or one of another schema version.
        """
        if not has_run(folder):
            raise InputError(f"{folder.path} has no run", advice="Begin one by leaving out --resume.")
        migrate(folder.database)
        connection = _connect(folder.database, read_only=read_only)
        try:
            (version,) = connection.execute("SELECT schema_version FROM run").fetchone()
            if version != SCHEMA_VERSION:
                raise InputError(
                    f"{folder.database} has schema version {version}; this prover reads and writes "
                    f"version {SCHEMA_VERSION}",
                    advice="Use the prover that began the run, or begin a new one.",
                )
            return cls(folder, connection)
        except BaseException:
            connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database. Safe to call twice."""
        self.connection.close()

    def set_support(self, problem_id: int, status: str, reason: str) -> None:
        """Record whether the engine can state the problem, as `prover.problems.support.Status`.

        Raises:
            SetupError: it cannot be written; so for the other methods that write.
        """
        with self._transaction() as connection:
            connection.execute(
                "UPDATE problem SET support = ?, support_reason = ? WHERE id = ?",
                (status, reason, problem_id),
            )

    def add_automation(self, problem_id: int, calls: Sequence[AutomationRecord]) -> None:
        """Record what plain automation does with the problem."""
        with self._transaction() as connection:
            for call in calls:
                _insert(
                    connection,
                    "automation",
                    problem_id=problem_id,
                    tactic=call.tactic,
                    closed=call.closed,
                    seconds=call.seconds,
                )

    def add_attempt(self, attempt: AttemptRecord) -> None:
        """Record a finished attempt with its search tree and its proof, in one transaction."""
        slot = attempt.pass_number * self.problems + attempt.problem_id
        number = 2 * slot + attempt.negated  # the same whatever order attempts are finished in
        with self._transaction() as connection:
            _insert(
                connection,
                "attempt",
                id=number,
                problem_id=attempt.problem_id,
                negated=attempt.negated,
                seed=attempt.seed,
                outcome=attempt.outcome,
                stopped_by=attempt.stopped_by,
                reason=attempt.reason,
                started_at=attempt.started_at,
                wall_s=attempt.wall_s,
                lean_s=attempt.lean_s,
                policy_s=attempt.policy_s,
                verify_s=attempt.verify_s,
                idle_s=attempt.idle_s,
                expansions=attempt.expansions,
                tactics=attempt.tactics,
                nodes=attempt.nodes,
                policy_tokens=attempt.policy_tokens,
                steps_left_out=attempt.tree.steps_left_out,
                **{"pass": attempt.pass_number},
            )
            connection.executemany(
                "INSERT INTO node VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (
                        number,
                        node.node,
                        json.dumps(node.goals, ensure_ascii=False),
                        node.depth,
                        node.logprob,
                        node.expanded,
                    )
                    for node in attempt.tree.nodes
                ),
            )
            connection.executemany(
                "INSERT INTO step VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        number,
                        step.step,
                        step.source,
                        step.target,
                        step.tactic,
                        step.logprob,
                        step.outcome,
                        step.message,
                        step.on_proof,
                    )
                    for step in attempt.tree.steps
                ),
            )
            if (proof := attempt.proof) is not None:
                _insert(
                    connection,
                    "proof",
                    attempt_id=number,
                    text=proof.text,
                    length=proof.length,
                    statement=proof.statement,
                    axioms=json.dumps(proof.axioms),
                    inductives=json.dumps(proof.inductives, ensure_ascii=False),
                    context_code=json.dumps(proof.context_code, ensure_ascii=False),
                    sha256=proof.sha256,
                    engine=proof.engine,
                    lean_version=proof.lean_version,
                    verified_at=proof.verified_at,
                )
                connection.executemany(
                    "INSERT INTO proof_step VALUES (?, ?, ?, ?)",
                    (
                        (number, index, json.dumps(step.goals, ensure_ascii=False), step.tactic)
                        for index, step in enumerate(proof.steps)
                    ),
                )

    def forget_errors(self) -> int:
        """Forget the attempts that the policy or an engine spoilt; return how many these were."""
        with self._transaction() as connection:
            return connection.execute("DELETE FROM attempt WHERE outcome IN (?, ?)", ERRORS).rowcount

    def set_rechecked(self, attempt_id: int, at: float) -> None:
        """Record that the attempt's proof has been checked again at this Unix time, and is right."""
        with self._transaction() as connection:
            connection.execute("UPDATE proof SET rechecked_at = ? WHERE attempt_id = ?", (at, attempt_id))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with writing(self._folder.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def _one(self, query: str) -> str:
        (value,) = self.connection.execute(query).fetchone()
        return str(value)


def has_run(folder: RunFolder) -> bool:
    """Whether a run has been begun in the folder: creating one that was killed half way leaves none.

    Raises:
        InputError: the file that should be its database is something else.
    """
    if not folder.database.exists():
        return False
    try:
        with contextlib.closing(_connect(folder.database, read_only=True)) as connection:
            return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'run'").fetchone())
    except sqlite3.DatabaseError as error:
        raise InputError(f"cannot read {folder.database}: {error}") from error


def _connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of an SQL script one by one; `executescript` would commit before it begins."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _insert(connection: sqlite3.Connection, table: str, **values: str | float | None) -> None:
    columns, places = ", ".join(values), ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", tuple(values.values()))
