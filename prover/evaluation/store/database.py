"""The database of a run, for the one process that writes it; `run_data` reads it.

An attempt is written with its search tree and its proof in one transaction. So a process that is killed loses the
attempts in progress and nothing else, and what is left to do follows from the rows that are there (`pending`). SQLite
waits for the disk at every commit of attempts and answers, and attempts that finish at about the same time share one
(`group_commit`); it does not for what is quickly found out again, which statements are supported and what plain
automation does.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from prover.errors import InputError
from prover.evaluation.run.config import RunConfig, read_config
from prover.evaluation.store.answers import token_sums
from prover.evaluation.store.counting import count_passes, shown_counts
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.migrate import SCHEMA, SCHEMA_VERSION, migrate, open_to_read
from prover.evaluation.store.rows import (
    AnswerRow,
    AttemptRow,
    AutomationRow,
    CheckpointRow,
    FinishedAttempt,
    NodeRow,
    ProblemRow,
    ProofRow,
    ProofStepRow,
    RunRow,
    StepRow,
    TreeRows,
    TryRow,
)
from prover.evaluation.store.tables import insert, select
from prover.search.checkpoint import SavedAnswers
from prover.util.full_disk import writing

NO_TREE = TreeRows()
ERRORS = ("policy error", "engine error")


class RunStore:
    """Made by `create` or `open`; closes itself as a context manager. `connection` is for this package's modules."""

    def __init__(self, folder: RunFolder, connection: sqlite3.Connection) -> None:
        self._folder = folder
        self.connection = connection
        self.config = read_config(self._one("SELECT config FROM run"))
        self.problems = int(self._one("SELECT count(*) FROM problem"))
        self._counts: Counter[str] | None = None

    @classmethod
    def create(
        cls, folder: RunFolder, config: RunConfig, problems: Sequence[ProblemRow], *, created_at: float
    ) -> Self:
        """Create a run in one transaction, in a folder without one. `created_at` is Unix time.

        Raises:
            InputError: there is a run already, or two problems have the same name.
            SetupError: it cannot be written.
        """
        if has_run(folder):
            raise InputError(
                f"{folder.path} has a run already",
                advice="Resume it with --resume, or choose another folder.",
            )
        if len({problem.name for problem in problems}) < len(problems):
            raise InputError(f"the problem set {config.set_name} has two problems of the same name")
        with writing(folder.path):
            connection = _connect(folder.database)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("BEGIN IMMEDIATE")
                create_tables(connection)
                run = RunRow(
                    schema_version=SCHEMA_VERSION,
                    prover_version=config.prover_version,
                    created_at=created_at,
                    config=config.model_dump(mode="json"),
                    set_name=config.set_name,
                    set_hash=config.set_hash,
                )
                insert(connection, RunRow, [run])
                insert(connection, ProblemRow, problems)
                connection.execute("COMMIT")
            except BaseException:
                connection.close()
                raise
        return cls(folder, connection)

    @classmethod
    def open(cls, folder: RunFolder, *, read_only: bool = False) -> Self:
        """Open the run in `folder`; a process that writes must hold its lock.

        Raises:
            InputError: there is none, or one of another schema version.
        """
        require_run(folder)
        if not read_only:
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
        """Record whether the statement elaborates in the engine, as `prover.problems.support.Status`.

        Raises:
            SetupError: it cannot be written; so for the other methods that write.
        """
        with self._counted({problem_id}, durably=False) as connection:
            connection.execute(
                "UPDATE problem SET support = ?, support_reason = ? WHERE id = ?",
                (status, reason, problem_id),
            )

    def add_automation(self, problem_id: int, calls: Sequence[AutomationRow]) -> None:
        """Record the results of plain automation on the problem."""
        with self.transaction(durably=False) as connection:
            insert(connection, AutomationRow, calls, parent=problem_id)

    def attempt_id(self, problem_id: int, pass_number: int, *, negated: bool) -> int:
        """Return the number of an attempt, which does not depend on the order that attempts are finished in."""
        return 2 * (pass_number * self.problems + problem_id) + negated

    def add_answers(self, attempt_id: int, answers: Sequence[AnswerRow]) -> None:
        """Record answers of a chat model, in an attempt that is under way."""
        with self.transaction() as connection:
            insert(connection, AnswerRow, answers, parent=attempt_id)

    def answers(self, attempt_id: int, request: str) -> list[AnswerRow]:
        """Return the recorded answers to a request of an attempt."""
        clause = "WHERE attempt_id = ? AND request = ? ORDER BY number"
        return select(self.connection, AnswerRow, clause, (attempt_id, request))

    def answer_tokens(self) -> tuple[int, int]:
        """Return the tokens of all prompts and of all answers that are recorded."""
        return token_sums(self.connection)

    def add_checkpoint(self, attempt_id: int, saved: SavedAnswers) -> None:
        """Record what the search of an attempt that is under way has heard."""
        with self.transaction(durably=False) as connection:
            (number,) = connection.execute(
                "SELECT count(*) FROM checkpoint WHERE attempt_id = ?", (attempt_id,)
            ).fetchone()
            row = CheckpointRow(
                number=number, answers=saved.answers, seconds=saved.seconds, tokens=saved.tokens
            )
            insert(connection, CheckpointRow, [row], parent=attempt_id)

    def checkpoint(self, attempt_id: int) -> tuple[SavedAnswers, ...]:
        """Return what was recorded of the search of an attempt that is under way, in that order."""
        rows = select(self.connection, CheckpointRow, "WHERE attempt_id = ? ORDER BY number", (attempt_id,))
        return tuple(
            SavedAnswers(answers=row.answers, seconds=row.seconds, tokens=row.tokens) for row in rows
        )

    def drop_checkpoint(self, attempt_id: int) -> None:
        """Forget what was recorded of the search of an attempt."""
        with self.transaction(durably=False) as connection:
            connection.execute("DELETE FROM checkpoint WHERE attempt_id = ?", (attempt_id,))

    def add_attempt(
        self,
        attempt: AttemptRow,
        tree: TreeRows = NO_TREE,
        proof_steps: Sequence[ProofStepRow] = (),
        tries: Sequence[TryRow] = (),
    ) -> None:
        """Record one finished attempt, as `add_attempts` does."""
        self.add_attempts([FinishedAttempt(attempt=attempt, tree=tree, proof_steps=proof_steps, tries=tries)])

    def add_attempts(self, batch: Sequence[FinishedAttempt]) -> None:
        """Record finished attempts, all of them or none; they are on the disk when this returns."""
        with self._counted({each.attempt.problem_id for each in batch}) as connection:
            insert(connection, AttemptRow, [each.attempt for each in batch])
            connection.executemany(
                "DELETE FROM checkpoint WHERE attempt_id = ?", [(each.attempt.id,) for each in batch]
            )
            for each in batch:
                parent, proof = each.attempt.id, each.attempt.proof
                insert(connection, NodeRow, each.tree.nodes, parent=parent)
                insert(connection, StepRow, each.tree.steps, parent=parent)
                insert(connection, ProofRow, () if proof is None else [proof], parent=parent)
                insert(connection, ProofStepRow, each.proof_steps, parent=parent)
                insert(connection, TryRow, each.tries, parent=parent)

    def counts(self) -> Mapping[str, int]:
        """Return what `count_passes` does, for all problems; counted once and then kept up to date."""
        if self._counts is None:
            self._counts = count_passes(self.connection, self.config)
        return shown_counts(self._counts)

    def forget_errors(self) -> int:
        """Delete the attempts that ended in a policy or engine error, to retry them; return their number."""
        with self.transaction() as connection:
            self._counts = None
            return connection.execute("DELETE FROM attempt WHERE outcome IN (?, ?)", ERRORS).rowcount

    def set_rechecked(self, attempt_id: int, at: float) -> None:
        """Record that the attempt's proof was verified again at this Unix time."""
        with self.transaction() as connection:
            connection.execute("UPDATE proof SET rechecked_at = ? WHERE attempt_id = ?", (at, attempt_id))

    @contextlib.contextmanager
    def _counted(self, problem_ids: Collection[int], *, durably: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction that changes the outcomes of passes over these problems only, so that no other is counted."""
        if self._counts is None:
            with self.transaction(durably=durably) as connection:
                yield connection
            return
        with self.transaction(durably=durably) as connection:
            before = count_passes(connection, self.config, problem_ids)
            yield connection
            after = count_passes(connection, self.config, problem_ids)
        self._counts.subtract(before)
        self._counts.update(after)

    @contextlib.contextmanager
    def transaction(self, *, durably: bool = True) -> Iterator[sqlite3.Connection]:
        """Do what the block does at once or not at all; for this package's modules.

        What is not done durably survives a killed process, but not always a machine that loses its power.
        """
        with writing(self._folder.path):
            self.connection.execute(f"PRAGMA synchronous = {'FULL' if durably else 'NORMAL'}")
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


def create_tables(connection: sqlite3.Connection) -> None:
    """Create the tables of a run in an empty database."""
    for statement in _statements(SCHEMA.read_text(encoding="utf-8")):
        connection.execute(statement)


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


def require_run(folder: RunFolder) -> None:
    """Raise `InputError` if there is no run in the folder."""
    if not has_run(folder):
        raise InputError(
            f"{folder.path} has no run",
            advice="`prover evaluate ... --out FOLDER`, without --resume, makes one.",
        )


def _connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    if read_only:
        connection = open_to_read(path)
    else:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rwc", uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of an SQL script one by one; `executescript` would commit before it begins."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
