"""The vocabulary of interaction with Lean, after LeanDojo (Yang et al. 2023, section 4).

A `Session` is one theorem opened in Lean, what LeanDojo calls a `Dojo`. It hands out immutable
`TacticState`s; `run_tac` applies a tactic to a state and returns one of the outcomes below. Every state
stays usable, so a search can branch from any of them. That Lean refuses a tactic is an outcome; that Lean
breaks is an exception (:class:`prover.errors.EngineError`), and a session survives it where it can.

`ProofFinished` is the search's word, not the verifier's: only :mod:`prover.lean.trust.verify` says "proved".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from prover.lean.theorem import Theorem
from prover.util.html import goals_html


@dataclass(frozen=True, slots=True)
class TacticState:
    """What is left to prove. `goals` are pretty-printed as Lean does, the first one being the main goal.

    `id` is the identity, meaningful only within the session that made the state.
    """

    id: int
    goals: tuple[str, ...] = field(compare=False)
    messages: tuple[str, ...] = field(default=(), compare=False)

    @property
    def pp(self) -> str:
        """The goals as Lean's infoview shows them, separated by blank lines."""
        return "\n\n".join(self.goals)

    @property
    def num_goals(self) -> int:
        """The number of open goals, at least 1."""
        return len(self.goals)

    def _repr_html_(self) -> str:
        return goals_html(self.goals)


@dataclass(frozen=True, slots=True)
class ProofFinished:
    """No goals are left, and the proof term has no `sorry` and no metavariable and passed the kernel."""

    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProofGivenUp:
    """The tactic used `sorry`, or something that puts it in."""


@dataclass(frozen=True, slots=True)
class LeanError:
    """Lean refused the tactic; `error` is its own message."""

    error: str


@dataclass(frozen=True, slots=True)
class TacticTimeout:
    """The tactic used up its heartbeats or its seconds; `error` says which."""

    error: str


@dataclass(frozen=True, slots=True)
class TacticCrashed:
    """The tactic ended the engine that ran it, or would have; it is not tried again."""

    error: str


TacticResult = TacticState | ProofFinished | ProofGivenUp | LeanError | TacticTimeout | TacticCrashed


Heard = Callable[[int, TacticResult], None]
"""Is told the index of a tactic and its result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TacticLimits:
    """What one tactic may use: `heartbeats` in thousands, as Lean's option has them, and `seconds`."""

    heartbeats: int = 200_000
    seconds: float = 5.0


class Session(Protocol):
    """One theorem, opened."""

    @property
    def theorem(self) -> Theorem:
        """The theorem this session was opened for."""

    @property
    def root(self) -> TacticState:
        """The state before any tactic."""

    async def run_tacs(
        self, state: TacticState, tactics: Sequence[str], heard: Heard | None = None
    ) -> list[TacticResult]:
        """Apply each tactic to `state`; the results stand in the order of `tactics`.

        Stops early at the first `ProofFinished`: the list may then be shorter than `tactics`, and its last
        element is the `ProofFinished`. `heard` is told each result by the time this returns or is cancelled, as far
        as Lean has given it: what has been found counts even where the rest is not waited for.
        """

    def recall(
        self, state: TacticState, tactic: str, goals: tuple[str, ...], messages: tuple[str, ...] = ()
    ) -> TacticState:
        """Return the state that `tactic` led to from `state` in an earlier session of the same theorem.

        Lean makes it again when it is used; if it has other goals then, that is an `EngineError`.
        """

    async def close(self) -> None:
        """Give every state back. Safe to call twice."""


async def run_tac(session: Session, state: TacticState, tactic: str) -> TacticResult:
    """Apply one tactic, as `Dojo.run_tac` does."""
    return (await session.run_tacs(state, [tactic]))[0]


class Environment(Protocol):
    """Somewhere theorems can be opened: one engine, or a pool of them."""

    async def open(self, theorem: Theorem) -> Session:
        """Open `theorem`.

        Raises:
            StatementError: Lean refuses the statement or its header.
            UnsupportedError: an import of the header is not there.
            EngineError: no engine could be kept alive.
        """

    async def close(self) -> None:
        """End every process."""
