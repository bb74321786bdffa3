"""A theorem opened in Lean, after LeanDojo's `Dojo`: tactics are run on its states."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from prover.errors import InputError
from prover.lean.environment import Session, TacticResult, TacticState
from prover.lean.theorem import Theorem


class AsyncSession:
    """A theorem opened by :meth:`prover.AsyncLean.open`; an asynchronous context manager, which closes it.

    `state` is the state before any tactic. Every state stays usable, so several tactics can be tried on one.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._states = {session.root.id: session.root}
        self._closed = False

    @property
    def theorem(self) -> Theorem:
        """The theorem that is open."""
        return self._session.theorem

    @property
    def state(self) -> TacticState:
        """The state before any tactic."""
        return self._session.root

    async def run_tac(self, state: TacticState, tactic: str) -> TacticResult:
        """Apply one tactic to a state of this theorem.

        Returns a new `TacticState`, `ProofFinished`, or why there is neither: `LeanError`, `ProofGivenUp` (the tactic
        used `sorry`), `TacticTimeout`, `TacticCrashed`.

        Raises:
            InputError: `state` is not of this theorem, or it is closed.
            EngineError: Lean could not be kept alive.
        """
        return (await self.run_tacs(state, [tactic]))[0]

    async def run_tacs(self, state: TacticState, tactics: Sequence[str]) -> list[TacticResult]:
        """Apply each of several tactics to the same state; results are in the order of `tactics`.

        Stops at the first `ProofFinished`, so that there may be fewer results than tactics.

        Raises:
            InputError, EngineError: as for `run_tac`.
        """
        if self._closed:
            raise InputError(f"{self.theorem.name} has been closed", advice="Open it again.")
        wrong = (
            [tactics] if isinstance(tactics, str) else [each for each in tactics if not isinstance(each, str)]
        )
        if wrong:
            raise InputError(
                f"tactics are a list of strings; {wrong[0]!r} is none",
                advice="Write [tactic, ...], or use run_tac.",
            )
        if not isinstance(state, TacticState):
            raise InputError(
                f"a tactic needs a TacticState to be run on, not {type(state).__name__}",
                advice="Only a TacticState has goals left.",
            )
        if self._states.get(state.id) is not state:
            raise InputError(
                f"the state is not of {self.theorem.name}",
                advice="Use the session that the state came from.",
            )
        results = await self._session.run_tacs(state, tactics)
        self._states |= {result.id: result for result in results if isinstance(result, TacticState)}
        return results

    async def close(self) -> None:
        """Release all states. Safe to call twice."""
        self._closed = True
        await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.theorem.name}{', closed' if self._closed else ''}>"
