"""The wire protocol as types: every request that engines are sent, and every reply.

docs/protocol.md says what they are for; `scripts/protocol_tables.py` writes its tables of fields from the docstrings
here. A type says what an engine that keeps to the protocol sends. It is no validation: what decides about a proof is
checked where it is read (:mod:`prover.lean.trust.verify`).

Extensions of the embedded engine are marked ★ in the tables; no other engine is sent them, unless it announces them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, NotRequired, final

from typing_extensions import TypedDict

Severity = Literal["error", "warning", "info", "trace"]
Timeout = Literal["heartbeats", "time"]
Terms = dict[str, Any]
"""The tables of nodes that `export` replies and `check` is sent, unread; `terms.mjs` says what is in them."""
Range = tuple[int, int]
"""Where something begins and ends, in UTF-8 bytes of the text that was sent."""


class Position(TypedDict):
    """A place in a text."""

    line: int
    """From 1; `\\r\\n` is one line end, as it is to Lean."""
    column: int
    """From 0, in Unicode code points."""


class Message(TypedDict):
    """Something that Lean says of a text."""

    severity: Severity
    """`error`, `warning`, `info`, or `trace`, which only the community REPL sends."""
    pos: Position
    """Where what it is about begins."""
    endPos: Position | None
    """Where that ends; null where Lean does not say."""
    data: str
    """The text."""


class Sorry(TypedDict):
    """A `sorry` of a text."""

    proofState: int
    """The state in which tactics can be tried in its place."""
    pos: Position
    """Where the `sorry` begins."""
    endPos: Position
    """Where it ends."""
    goal: str
    """What it is to prove, as Lean shows it."""


class Member(TypedDict):
    """A command that declares something, as Lean's parser reads it, or a member of a `mutual` block."""

    kind: str
    """`theorem`, `definition`, `example`, `mutual`, ..."""
    name: str | None
    """The name as it is written; null where it has none."""
    fullName: str | None
    """The name with its namespaces."""
    range: Range
    """All of it, with what is put before it by `in`."""
    head: Range
    """Up to where the signature ends; comments behind that are not part of it."""
    value: Range | None
    """From `:=`, `|` or `where` on; null where it has none."""
    keyword: Range | None
    """The word that says what it is."""
    nameEnd: int | None
    """Where the name ends, or where one would have to be put."""


class Declaration(Member):
    """An element of `declarations`."""

    members: NotRequired[list[Member]]
    """Of a `mutual` block only: what it declares."""


@final
class CommandRequest(TypedDict):
    """Elaborate a text."""

    cmd: str
    """The text. Without `env` it may begin with `import`s, and starts from `Init` when it has none."""
    env: NotRequired[int]
    """The environment that it is elaborated in."""
    declarations: NotRequired[bool]
    """★ The reply gains `declarations` and `importsEnd`."""
    preamble: NotRequired[str]
    """★ Commands between the text's imports and its own; positions and offsets do not count them. Not with `env`."""
    timeLimit: NotRequired[int]
    """★ Wall time for the whole request in milliseconds, ended through Lean's cancel token."""


class ErrorReply(TypedDict, total=False):
    """What any reply may have in the place of its own fields, or beside them."""

    message: str
    """Why the request was not carried out, or how a tactic failed: then it begins with `Lean error:`."""
    timeout: Timeout
    """★ The limit that ended it: `heartbeats` or `time`."""
    fatal: bool
    """★ The engine ends after this reply; the results before it are good."""
    cancelled: bool
    """★ The request was ended by a `cancel`."""


class CommandReply(ErrorReply, total=False):
    """What came of a text."""

    env: int
    """The new environment, also when there are errors."""
    messages: list[Message]
    """What Lean says, command by command: first the parser, then the elaborator, by place. Absent when empty."""
    sorries: list[Sorry]
    """Its `sorry`s. Absent when empty."""
    declarations: list[Declaration]
    """★ What it declares, in order, if that was asked for."""
    importsEnd: int
    """★ Where the first thing behind the imports is, in UTF-8 bytes; 0 where there are none. With `declarations`."""


class TacticLimitFields(TypedDict):
    """What each tactic of a request may take, for engines with the extension `limits`."""

    heartbeats: NotRequired[int]
    """★ `maxHeartbeats` per tactic, in thousands."""
    timeLimit: NotRequired[int]
    """★ Wall time per tactic, in milliseconds."""


@final
class TacticRequest(TacticLimitFields):
    """Apply a tactic to a state."""

    tactic: str
    """The tactic, or a block of them."""
    proofState: int
    """The state."""


@final
class TacticsRequest(TacticLimitFields):
    """Apply several tactics, each to the same state; no more after the first that completes the proof."""

    tactics: list[str]
    """★ The tactics."""
    proofState: int
    """The state."""


class TacticReply(ErrorReply, total=False):
    """What came of a tactic that did not fail."""

    proofState: int
    """The new state."""
    goals: list[str]
    """Its goals, as Lean shows them."""
    proofStatus: str
    """`Completed`, `Incomplete: ...` or `Error: ...`."""
    messages: list[Message]
    """What Lean says. Absent when empty."""


class TacticsReply(ErrorReply, total=False):
    """What came of several tactics."""

    results: list[TacticReply]
    """★ What `tactic` would have been answered, for each that was tried."""


class Ids(TypedDict, total=False):
    """What is to be dropped."""

    proofStates: list[int]
    """States."""
    envs: list[int]
    """Environments."""


@final
class DropRequest(TypedDict):
    """Give back states and environments. Ids are not used again."""

    drop: Ids
    """★ What is to be dropped."""


class DropReply(ErrorReply, total=False):
    """How much was dropped."""

    dropped: int
    """★ How many of the ids were there."""


class ExportClaim(TypedDict):
    """A theorem with its proof, to be elaborated."""

    source: str
    """A whole file that ends with the theorem and its proof."""
    original: NotRequired[str]
    """The same text with `sorry` in the place of the proof."""
    name: str
    """The theorem's full name."""
    timeLimit: NotRequired[int]
    """Milliseconds."""


@final
class ExportRequest(TypedDict):
    """Elaborate a proof and hand it out as terms."""

    export: ExportClaim
    """★ The theorem and its proof."""


class Exported(TypedDict):
    """The answer to `export`."""

    terms: Terms | None
    """The proof, and the constants that it brings; null if there is none to be had."""
    messages: NotRequired[list[Message]]
    """What Lean says of the file."""
    reason: NotRequired[str | None]
    """Why there are no terms, for people."""
    kind: NotRequired[str | None]
    """The same, for decisions: one of the kinds of rejection."""
    lean: NotRequired[str]
    """The version of Lean; only `Check.lean` sends it."""


class ExportReply(ErrorReply, total=False):
    """The reply to `export`."""

    export: Exported
    """★ The terms, or why there are none."""


class GivenText(TypedDict):
    """The text that a statement was cut out of."""

    text: str
    """The text."""
    start: int
    """Where the declaration begins in it, in UTF-8 bytes."""
    preamble: str
    """What comes between its imports and its commands."""


class CheckClaim(TypedDict):
    """A statement, and terms that are said to prove it."""

    source: str
    """As for `export`; it is only parsed."""
    original: str
    """The same text with `sorry` in the place of the proof, which ends there."""
    name: str
    """The theorem's full name."""
    terms: Terms
    """What `export` replied."""
    given: NotRequired[GivenText]
    """Where the statement comes from; then that is what counts."""
    statementStart: NotRequired[int]
    """With `given`: where the declaration begins in `source`, in UTF-8 bytes."""
    timeLimit: NotRequired[int]
    """Milliseconds."""


@final
class CheckRequest(TypedDict):
    """Have Lean's kernel check that terms prove a statement."""

    check: CheckClaim
    """★ The statement and the terms."""


class Checked(TypedDict):
    """The answer to `check`."""

    accepted: bool
    """Whether the kernel accepts the proof and every rule is kept."""
    statement: NotRequired[str | None]
    """The theorem's type, as Lean shows it after elaboration."""
    axioms: NotRequired[list[str] | None]
    """The axioms that the proof reaches."""
    inductives: NotRequired[list[str] | None]
    """The inductive types of `original` that the theorem rests on."""
    contextCode: NotRequired[list[str] | None]
    """What runs code in `original` while it is elaborated, each with its line."""
    library: NotRequired[str | None]
    """The library of prover's own, and its version, that `original` imports; null if it imports none."""
    reason: NotRequired[str | None]
    """Why the proof is not accepted, for people."""
    kind: NotRequired[str | None]
    """The same, for decisions: one of the kinds of rejection."""
    lean: NotRequired[str]
    """The version of Lean; only `Check.lean` sends it."""


class CheckReply(ErrorReply, total=False):
    """The reply to `check`."""

    check: Checked
    """★ What Lean's kernel says."""


class InductivesClaim(TypedDict):
    """A text whose inductive types are to be examined."""

    source: str
    """The text."""
    own: NotRequired[bool]
    """Whether only those that the text declares itself are looked at."""
    timeLimit: NotRequired[int]
    """Milliseconds."""


@final
class InductivesRequest(TypedDict):
    """Try the rules for inductive types on those that are there after a text."""

    inductives: InductivesClaim
    """★ The text."""


class RefusedType(TypedDict):
    """An inductive type that breaks a rule."""

    name: str
    """Its name."""
    reason: str
    """The rule that it breaks."""


class Inductives(TypedDict):
    """The answer to `inductives`."""

    types: int
    """How many types were examined."""
    refused: list[RefusedType]
    """Those that are refused."""
    messages: list[Message]
    """What Lean says of the text."""


class InductivesReply(ErrorReply, total=False):
    """The reply to `inductives`."""

    inductives: Inductives
    """★ The types."""


@final
class CancelRequest(TypedDict):
    """End requests that have not been answered. It gets no reply of its own."""

    cancel: int
    """★ The number of the last request to be cancelled, counted from 1."""


@final
class ResetRequest(TypedDict):
    """Make the engine what it was when its process was new."""

    reset: dict[str, Any]
    """★ An empty object."""


class ResetReply(ErrorReply, total=False):
    """Whether that was done."""

    reset: bool
    """★ If false, nothing has changed, and a new process has to be started."""


@final
class StatsRequest(TypedDict):
    """Ask what the engine holds."""

    stats: bool
    """★ True."""


class LibraryStats(TypedDict):
    """The library of prover's own that an engine has."""

    name: str
    """Its name."""
    version: str
    """Its version."""
    axioms: list[str]
    """The axioms that its constants rest on."""
    constants: int
    """How many constants it has."""


class Stats(TypedDict):
    """The answer to `stats`."""

    heapBytes: int
    """Memory of Lean's that is in use."""
    proofStates: int
    """How many states there are."""
    envs: int
    """How many environments there are."""
    rssBytes: int
    """Resident memory of the process."""
    codeKept: bool
    """Whether it began with compiled code."""
    library: LibraryStats | None
    """The pocket library; null without it."""


class StatsReply(ErrorReply, total=False):
    """The reply to `stats`."""

    stats: Stats
    """★ What the engine holds."""


class Ready(TypedDict):
    """What an engine says of itself before it reads anything."""

    engine: str
    """Its name."""
    lean: NotRequired[str]
    """The version of its Lean."""
    protocol: NotRequired[int]
    """The version of this protocol."""
    extensions: NotRequired[list[str]]
    """Which of the extensions marked ★ it has."""


class Announcement(ErrorReply, total=False):
    """The first object that an engine writes."""

    ready: Ready
    """★ What it is."""


Request = (
    CommandRequest
    | TacticRequest
    | TacticsRequest
    | DropRequest
    | ExportRequest
    | CheckRequest
    | InductivesRequest
    | ResetRequest
    | StatsRequest
)


class Reply(
    CommandReply,
    TacticReply,
    TacticsReply,
    DropReply,
    ExportReply,
    CheckReply,
    InductivesReply,
    ResetReply,
    StatsReply,
    Announcement,
    total=False,
):
    """A reply to any request: it has the fields of the kind of request that it answers."""


Ask = Callable[[Request], Awaitable[Reply]]
"""Sends one request to an engine and returns the reply."""
OpenEngine = Callable[[], AbstractAsyncContextManager[Ask]]
"""Starts a new engine, or one that is as new; it ends with the block."""
