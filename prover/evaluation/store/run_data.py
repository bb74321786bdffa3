"""A finished or growing run as its database has it, for whoever counts, compares or draws it.

Reading only: the database is opened so that nothing can be written, in one transaction, so that everything
read belongs to one moment even while the run goes on. Search trees are large and are read one at a time.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.errors import InputError
from prover.evaluation.store.migrate import migrate

DATABASE = "run.db"
SCHEMA_VERSION = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A verified proof. `text` is a tactic block, `length` counts tactics, `verified_at` is Unix time."""

    text: str
    length: int
    axioms: tuple[str, ...]
    engine: str
    lean_version: str
    sha256: str
    verified_at: float
    rechecked_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptData:
    """One search on one problem, or on its negation; see `schema.sql`. Times are in seconds."""

    id: int
    pass_number: int
    negated: bool
    seed: int
    outcome: str
    stopped_by: str
    reason: str
    started_at: float
    wall_s: float
    lean_s: float
    policy_s: float
    verify_s: float
    idle_s: float
    expansions: int
    tactics: int
    nodes: int
    policy_tokens: int
    steps_left_out: int
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class AutomationCall:
    """One call of a closing tactic on the statement, apart from search."""

    tactic: str
    closed: bool
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemData:
    """A problem with all that was tried on it, attempts in the order of their passes."""

    id: int
    name: str
    split: str
    category: str
    header: str
    statement: str
    informal: str
    expected: bool | None
    support: str
    support_reason: str
    automation: tuple[AutomationCall, ...]
    attempts: tuple[AttemptData, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunData:
    """Everything but the search trees."""

    folder: Path
    prover_version: str
    created_at: float
    config: Mapping[str, Any]
    set_name: str
    set_hash: str
    problems: tuple[ProblemData, ...]


@dataclass(frozen=True, slots=True)
class NodeData:
    """A tactic state of a search tree; 0 is the root."""

    node: int
    goals: tuple[str, ...]
    depth: int
    logprob: float
    expanded: bool


@dataclass(frozen=True, slots=True)
class StepData:
    """A tactic that was tried; `outcome` as in `prover.search.tree.outcome_kind`."""

    source: int
    target: int | None
    tactic: str
    logprob: float
    outcome: str
    message: str
    on_proof: bool


class RunReader:
    """Reads one run; made by `open_run`."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self._folder = folder
        self._connection = connection

    def run(self) -> RunData:
        """Return the run without its search trees."""
        (row,) = self._connection.execute("SELECT * FROM run")
        automation: dict[int, list[AutomationCall]] = {}
        for call in self._connection.execute("SELECT * FROM automation ORDER BY problem_id, tactic"):
            made = AutomationCall(call["tactic"], bool(call["closed"]), call["seconds"])
            automation.setdefault(call["problem_id"], []).append(made)
        proofs = {row["attempt_id"]: _proof(row) for row in self._connection.execute("SELECT * FROM proof")}
        attempts: dict[int, list[AttemptData]] = {}
        for each in self._connection.execute("SELECT * FROM attempt ORDER BY problem_id, negated, pass"):
            attempts.setdefault(each["problem_id"], []).append(_attempt(each, proofs.get(each["id"])))
        problems = tuple(
            _problem(each, automation.get(each["id"], []), attempts.get(each["id"], []))
            for each in self._connection.execute("SELECT * FROM problem ORDER BY id")
        )
        return RunData(
            folder=self._folder,
            prover_version=row["prover_version"],
            created_at=row["created_at"],
            config=json.loads(row["config"]),
            set_name=row["set_name"],
            set_hash=row["set_hash"],
            problems=problems,
        )

    def tree(self, attempt: int) -> tuple[list[NodeData], list[StepData]]:
        """Return the states of the attempt's search tree and the tactics tried on them, as far as stored."""
        nodes = [
            NodeData(
                row["node"],
                tuple(json.loads(row["goals"])),
                row["depth"],
                row["logprob"],
                bool(row["expanded"]),
            )
            for row in self._connection.execute(
                "SELECT * FROM node WHERE attempt_id = ? ORDER BY node", (attempt,)
            )
        ]
        steps = [
            StepData(
                row["source"],
                row["target"],
                row["tactic"],
                row["logprob"],
                row["outcome"],
                row["message"],
                bool(row["on_proof"]),
            )
            for row in self._connection.execute(
                "SELECT * FROM step WHERE attempt_id = ? ORDER BY step", (attempt,)
            )
        ]
        return nodes, steps


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
        migrate(path)
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        with contextlib.closing(connection):
            connection.row_factory = sqlite3.Row
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


def _expected(row: sqlite3.Row) -> bool | None:
    """Return whether a statement is known to be true or false."""
    return None if row["expected"] is None else bool(row["expected"])


def _problem(row: sqlite3.Row, automation: list[AutomationCall], attempts: list[AttemptData]) -> ProblemData:
    return ProblemData(
        id=row["id"],
        name=row["name"],
        split=row["split"],
        category=row["category"],
        header=row["header"],
        statement=row["statement"],
        informal=row["informal"],
        expected=_expected(row),
        support=row["support"],
        support_reason=row["support_reason"],
        automation=tuple(automation),
        attempts=tuple(attempts),
    )


def _attempt(row: sqlite3.Row, proof: Proof | None) -> AttemptData:
    return AttemptData(
        id=row["id"],
        pass_number=row["pass"],
        negated=bool(row["negated"]),
        seed=row["seed"],
        outcome=row["outcome"],
        stopped_by=row["stopped_by"],
        reason=row["reason"],
        started_at=row["started_at"],
        wall_s=row["wall_s"],
        lean_s=row["lean_s"],
        policy_s=row["policy_s"],
        verify_s=row["verify_s"],
        idle_s=row["idle_s"],
        expansions=row["expansions"],
        tactics=row["tactics"],
        nodes=row["nodes"],
        policy_tokens=row["policy_tokens"],
        steps_left_out=row["steps_left_out"],
        proof=proof,
    )


def _proof(row: sqlite3.Row) -> Proof:
    return Proof(
        text=row["text"],
        length=row["length"],
        axioms=tuple(json.loads(row["axioms"])),
        engine=row["engine"],
        lean_version=row["lean_version"],
        sha256=row["sha256"],
        verified_at=row["verified_at"],
        rechecked_at=row["rechecked_at"],
    )
