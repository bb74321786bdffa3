"""The rows of a run's database: one frozen dataclass per table of `schema.sql`, used to write and to read.

The fields are the table's columns, which `schema.sql` explains; `tables` makes the SQL from them. The column that
points to the row above (`PARENT`) is not a field. Fields marked `NOT_A_COLUMN` hold rows of other tables, filled when
a run is read. Times are in seconds, moments are Unix time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Self

from prover.lean.theorem import Theorem

OutcomeName = Literal[
    "proved", "disproved", "failed", "unsupported", "invalid", "policy error", "engine error"
]
NOT_A_COLUMN: Mapping[str, Any] = MappingProxyType({"column": None})


class Row:
    """What every row type has: the name of its table, and of the column that points to the row above, if any."""

    __slots__ = ()
    TABLE: ClassVar[str]
    PARENT: ClassVar[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow(Row):
    """The one row of the table `run`. `config` is everything the run depends on, as JSON data."""

    TABLE = "run"

    schema_version: int
    prover_version: str
    created_at: float
    config: Mapping[str, Any]
    set_name: str
    set_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationRow(Row):
    """One call of a closing tactic, without search; `seconds` of wall time, waiting for an engine included."""

    TABLE = "automation"
    PARENT = "problem_id"

    tactic: str
    closed: bool
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRow(Row):
    """A tactic state of a search tree; 0 is the root."""

    TABLE = "node"
    PARENT = "attempt_id"

    node: int
    goals: tuple[str, ...]
    depth: int
    logprob: float
    expanded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow(Row):
    """A tactic that was tried; `outcome` as in `prover.search.tree.outcome_kind`."""

    TABLE = "step"
    PARENT = "attempt_id"

    step: int
    source: int
    target: int | None
    tactic: str
    logprob: float
    outcome: str
    message: str
    on_proof: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofStepRow(Row):
    """A tactic of a verified proof, after shortening, and the goals it was applied to."""

    TABLE = "proof_step"
    PARENT = "attempt_id"

    step: int
    goals: tuple[str, ...]
    tactic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRow(Row):
    """A verified proof. `text` is a tactic block, `length` counts tactics, `sha256` is of the file that was checked."""

    TABLE = "proof"
    PARENT = "attempt_id"

    text: str
    length: int
    statement: str
    axioms: tuple[str, ...]
    inductives: tuple[str, ...]
    context_code: tuple[str, ...]
    sha256: str
    engine: str
    lean_version: str
    verified_at: float
    rechecked_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow(Row):
    """An answer of a chat model; `request` is the hash of what was asked."""

    TABLE = "answer"
    PARENT = "attempt_id"

    request: str
    number: int
    raw: str
    text: str
    reasoning: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointRow(Row):
    """Some of what a search under way has heard, as `prover.search.checkpoint.SavedAnswers`."""

    TABLE = "checkpoint"
    PARENT = "attempt_id"

    number: int
    answers: bytes
    seconds: float
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TryRow(Row):
    """What came of one answer; `errors` are Lean's, each with its place in `file`."""

    TABLE = "try"
    PARENT = "attempt_id"

    number: int
    round: int
    parent: int | None
    outcome: str
    reason: str
    answer: str
    proof: str
    file: str
    errors: tuple[str, ...]
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow(Row):
    """One search on one problem, or on its negation, with its verified proof if it has one."""

    TABLE = "attempt"

    id: int
    problem_id: int
    pass_number: int = field(metadata={"column": "pass"})
    negated: bool
    seed: int
    outcome: OutcomeName
    stopped_by: str = ""
    reason: str = ""
    started_at: float
    wall_s: float
    lean_s: float = 0.0
    policy_s: float = 0.0
    verify_s: float = 0.0
    idle_s: float = 0.0
    expansions: int = 0
    tactics: int = 0
    nodes: int = 0
    policy_tokens: int = 0
    steps_left_out: int = 0
    proof: ProofRow | None = field(default=None, metadata=NOT_A_COLUMN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow(Row):
    """A problem; when a run is read, with all attempts at it, in the order of their passes.

    `id` is its place in the set, `name` is unique there. `expected` is whether the statement is true, where the set
    says so.
    """

    TABLE = "problem"

    id: int
    name: str
    split: str
    category: str
    full_name: str
    header: str
    statement: str
    written: str
    informal: str
    expected: bool | None
    support: str = "unchecked"
    support_reason: str = ""
    automation: tuple[AutomationRow, ...] = field(default=(), metadata=NOT_A_COLUMN)
    attempts: tuple[AttemptRow, ...] = field(default=(), metadata=NOT_A_COLUMN)

    @classmethod
    def from_theorem(
        cls,
        id: int,
        name: str,
        theorem: Theorem,
        *,
        split: str = "",
        category: str = "",
        informal: str = "",
        expected: bool | None = None,
        unusable: str = "",
    ) -> Self:
        """Return the row of a problem as it enters a run.

        `theorem` is what the engine is given. A record of the set that is no problem says why in `unusable`; its
        `theorem` then only holds the record's text.
        """
        return cls(
            id=id,
            name=name,
            split=split,
            category=category,
            full_name=theorem.name,
            header=theorem.header,
            statement=theorem.statement,
            written=theorem.written,
            informal=informal,
            expected=expected,
            support="unusable" if unusable else "unchecked",
            support_reason=unusable,
        )

    @property
    def theorem(self) -> Theorem:
        """What is to be proved."""
        theorem = Theorem(name=self.full_name, statement=self.statement, header=self.header)
        return theorem.with_given(self.written) if self.written else theorem


ROWS: tuple[type[Row], ...] = (
    RunRow,
    ProblemRow,
    AutomationRow,
    AttemptRow,
    NodeRow,
    StepRow,
    ProofRow,
    ProofStepRow,
    AnswerRow,
    CheckpointRow,
    TryRow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRows:
    """A search tree, as much of it as is stored; `steps_left_out` counts the edges that are not."""

    nodes: tuple[NodeRow, ...] = ()
    steps: tuple[StepRow, ...] = ()
    steps_left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedAttempt:
    """A finished attempt with all that is stored with it: its search tree or tries, and the tactics of its proof."""

    attempt: AttemptRow
    tree: TreeRows = TreeRows()
    proof_steps: Sequence[ProofStepRow] = ()
    tries: Sequence[TryRow] = ()
