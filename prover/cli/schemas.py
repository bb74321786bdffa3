"""What commands print under `--json`, as types; docs/json.md says what the fields mean."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

ErrorCode = Literal[
    "usage", "input", "statement", "unsupported", "setup", "policy", "engine", "file", "internal", "error"
]


class Location(TypedDict):
    """Where Lean refuses a text: lines from 1, columns from 0; `file` is None for the command line's."""

    file: str | None
    line: int
    column: int


class Failure(TypedDict):
    """What went wrong: `message` says what and where, `advice`, which may be empty, what to do about it."""

    code: ErrorCode
    message: str
    advice: str
    location: NotRequired[Location]


class ErrorReport(TypedDict):
    """What any command prints that exits with 2."""

    error: Failure


class Times(TypedDict):
    """Where a search's seconds went, see :class:`prover.search.result.Times`."""

    search: float
    lean: float
    policy: float
    idle: float
    check: float


class Best(TypedDict):
    """The best unfinished proof, and the goals that it leaves."""

    tactics: list[str]
    goals: list[str]


class Certified(TypedDict):
    """What a certificate says; empty or None where nothing is proved."""

    type: str | None
    axioms: list[str]
    inductives: list[str]
    context_code: list[str]
    library: str | None
    caveats: list[str]
    sha256: str | None
    lean_version: str | None


class Disproved(Certified):
    """The proof of a theorem's negation; the counterexample is empty where the proof shows none."""

    theorem: str
    statement: str
    proof: str
    declaration: str
    counterexample: dict[str, str]


class Proof(Certified):
    """`prover prove` with one theorem."""

    theorem: str
    statement: str
    outcome: Literal["proved", "disproved", "not proved", "interrupted"]
    proof: str | None
    declaration: str | None
    verified: bool
    disproved: Disproved | None
    time_s: float
    total_s: float
    times: Times
    expansions: int
    tactics_tried: int
    outcomes: dict[str, int]
    rejections: list[str]
    stopped_by: str | None
    best: Best | None
    engine: str
    policy: str
    seed: int


class Tokens(TypedDict):
    """What was asked of a model; `cost` is None where the prices are not known."""

    prompt: int
    completion: int
    estimated: bool
    cost: float | None


class Answer(TypedDict):
    """One answer of a chat model."""

    round: int
    parent: int | None
    outcome: str
    reason: str
    proof: str
    errors: list[str]
    finish_reason: str
    tokens: int


class WholeProof(Certified):
    """`prover prove --method whole-proof` with one theorem."""

    theorem: str
    statement: str
    outcome: Literal["proved", "not proved", "interrupted"]
    proof: str | None
    declaration: str | None
    verified: bool
    time_s: float
    total_s: float
    stopped_by: str
    answers: list[Answer]
    spent: Tokens
    engine: str
    policy: str
    seed: int


class Step(TypedDict):
    """A step of a plan; `status` is ``proved``, ``false`` or ``open``, `note` its proof, the values, or the reason."""

    line: int
    statement: str
    status: str
    note: str


class Plan(TypedDict):
    """One answer of a planner; `depth` is 0 for the theorem itself, `parent` the place of the answer it follows."""

    depth: int
    plan: int
    correction: int
    parent: int | None
    outcome: str
    reason: str
    sketch: str
    errors: list[str]
    steps: list[Step]
    finish_reason: str
    tokens: int


class SketchProof(Certified):
    """`prover prove --method sketch` with one theorem."""

    theorem: str
    statement: str
    outcome: Literal["proved", "disproved", "not proved", "interrupted"]
    proof: str | None
    declaration: str | None
    verified: bool
    disproved: Disproved | None
    time_s: float
    total_s: float
    stopped_by: str
    tactics_tried: int
    plans: list[Plan]
    spent: Tokens
    engine: str
    policy: str
    planner: str
    seed: int


class Hole(TypedDict):
    """One `sorry` of a file."""

    line: int
    column: int
    declaration: str | None
    kind: str
    goal: str
    status: str
    proof: str | None
    replacement: str | None
    axioms: list[str] | None
    inductives: list[str] | None
    context_code: list[str] | None
    library: str | None
    note: str


class Stray(TypedDict):
    """A `sorry` in no declaration that could be checked."""

    line: int
    column: int
    goal: str


class Blocked(Stray):
    """A `sorry` whose declaration has an error, or needs something that has one."""

    reason: str


class FileError(TypedDict):
    """An error that Lean finds in a file, before and after."""

    line: int
    column: int
    message: str


class FilledFile(TypedDict):
    """`prover prove` with a whole file."""

    file: str
    complete: bool
    interrupted: bool
    written: bool
    backup: str | None
    holes: list[Hole]
    strays: list[Stray]
    blocked: list[Blocked]
    errors: list[FileError]


class Checked(TypedDict):
    """One line of `prover lean doctor`."""

    name: str
    status: str
    detail: str
    advice: str


class Doctor(TypedDict):
    """`prover lean doctor`."""

    works: bool
    checks: list[Checked]


class Share(TypedDict):
    """A count out of a total, and the 95 % interval of the share."""

    count: int
    total: int
    value: float
    low: float
    high: float


class Truth(TypedDict):
    """How a run did on statements that are said to be true or false; `wrong` came to the opposite."""

    proved: Share
    disproved: Share
    wrong: int
    tried: bool


class Change(TypedDict):
    """A problem that ended differently in two runs."""

    name: str
    standing_a: str
    standing_b: str


class Compared(TypedDict):
    """`prover compare`."""

    run_a: str
    run_b: str
    total: int
    left_out: int
    proved_a: Share
    proved_b: Share
    both: int
    only_a: list[str]
    only_b: list[str]
    neither: int
    p_value: float
    truth_a: Truth | None
    truth_b: Truth | None
    changes: list[Change]


class Here(TypedDict):
    """Where a registered set's files are on this machine."""

    source: str
    commit: str
    files: str


class RegisteredSet(TypedDict):
    """A set that prover knows by name."""

    name: str
    title: str
    url: str
    commit: str
    here: Here | None


class MadeSet(TypedDict):
    """A kind of set that is made when it is named."""

    name: str
    title: str


class SetList(TypedDict):
    """`prover problems list`."""

    sets: list[RegisteredSet]
    made: list[MadeSet]


class Count(TypedDict):
    """How many problems a split and category have."""

    split: str
    category: str
    problems: int


class UnusableRecord(TypedDict):
    """A record of a set that is no problem: `source` is its file and line, `reason` why."""

    name: str
    source: str
    reason: str


class ShownSet(TypedDict):
    """`prover problems show SET`."""

    set: str
    content_hash: str
    counts: list[Count]
    problems: list[str]
    unusable: list[UnusableRecord]


class SupportedProblem(TypedDict):
    """Whether a problem's statement elaborates, over what, and why not."""

    name: str
    status: str
    library: Literal["core", "pocket", "mathlib"] | None
    reason: str


class CheckedSet(TypedDict):
    """`prover problems check SET`."""

    set: str
    content_hash: str
    counts: list[Count]
    unusable: list[UnusableRecord]
    support: dict[str, int]
    shared_names: dict[str, list[str]]
    wall_s: float
    problems: list[SupportedProblem]


class FailureKind(TypedDict):
    """Attempts that ended alike."""

    outcome: str
    reason: str
    attempts: int


class Holder(TypedDict):
    """The process that writes a run."""

    pid: int
    host: str | None
    running: bool | None


class WorkedOn(TypedDict):
    """A problem in work."""

    name: str
    seconds: float


class Work(TypedDict):
    """What the process that writes a run does."""

    stage: str
    done: int
    total: int
    per_minute: float
    left_s: float | None
    working_on: list[WorkedOn]
    engine_restarts: int
    workers: int
    engines: int
    nodes: dict[str, int]
    age_s: float


class RunStatus(TypedDict):
    """`prover status`."""

    run: str
    set: str
    problems: int
    open_problems: int
    passes: int
    counts: dict[str, int]
    failures: list[FailureKind]
    process: Holder | None
    work: Work | None
    notes: list[str]


OUTPUTS: dict[str, Any] = {
    "any command that exits with 2": ErrorReport,
    "prover prove, one theorem": Proof,
    "prover prove --method whole-proof": WholeProof,
    "prover prove --method sketch": SketchProof,
    "prover prove, a whole file": FilledFile,
    "prover lean doctor": Doctor,
    "prover compare": Compared,
    "prover status": RunStatus,
    "prover problems list": SetList,
    "prover problems show SET": ShownSet,
    "prover problems check SET": CheckedSet,
}
"""Every object that there is. `problems show SET NAME` prints a problem, as docs/problems.md has it."""
