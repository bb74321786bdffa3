"""The search for a proof of one hole, and the text that Lean takes in its place.

A hole is searched like a theorem (:mod:`prover.search`). What the search finishes is accepted if Lean
elaborates the declaration with it in the hole's place, which says that it fits, and no more than that:
:mod:`prover.filling.recheck` checks it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from prover.errors import EngineCrashed, EngineError, EngineTimeout, StatementError
from prover.filling.layout import Place
from prover.lean.backend import HoleEnvironment
from prover.lean.environment import TacticState, run_tac
from prover.lean.reading.holes import Hole, gaps_of
from prover.lean.reading.text import Edit
from prover.policy.base import Policy
from prover.search.accept import Acceptor, Refused
from prover.search.base import SearchAlgorithm, SearchOptions
from prover.search.budget import StopReason
from prover.search.result import SearchResult, Unproved
from prover.search.script import proof_text
from prover.search.tree import ProofTree

IS_A_PROPOSITION = "show (_ : Prop)"
"""Changes nothing; fails where a value is asked for, not a proof."""
IS_A_TACTIC = "exact sorry"
"""What can stand in the place of a `sorry` where a tactic is expected, and nowhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A proof that fits: `proof` is a tactic block, `edit` puts it into the file; `tactics` were tried for it."""

    hole: Hole
    proof: str
    edit: Edit
    tactics: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """The hole stays; `reason` says why in a few words, `interrupted` that the user did not want to wait.

    `tactics` is how many were tried, `tree` what the search has seen, None if there was none.
    """

    hole: Hole
    reason: str
    interrupted: bool = False
    tactics: int = 0
    tree: ProofTree | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoleSearch:
    """How holes are searched."""

    environment: HoleEnvironment
    algorithm: SearchAlgorithm
    options: SearchOptions

    async def run(
        self,
        hole: Hole,
        file_text: str,
        policy: Policy,
        *,
        interrupt: asyncio.Event,
        also: Callable[[Found], Awaitable[str]] | None = None,
    ) -> Found | NotFound:
        """Search for a proof of `hole`, until `interrupt` is set at the latest.

        `also` may refuse a proof that fits, with a reason that is not empty.

        That Lean breaks over one hole is said in a `NotFound`, since the other holes need not suffer from it.

        Raises:
            SetupError: no engine can be started.
            PolicyError: the policy or the critic could not answer.
        """
        try:
            session = await self.environment.open(hole)
        except (StatementError, EngineError) as error:
            return NotFound(hole=hole, reason=f"it cannot be opened: {error.message}")
        fitting = Fitting(self.environment, hole, file_text, also)
        acceptor = Acceptor(session, lambda steps: fitting.check(proof_text(steps)))
        try:
            if not isinstance(await run_tac(session, session.root, IS_A_PROPOSITION), TacticState):
                target = session.root.goals[0].rpartition("⊢ ")[2]
                return NotFound(hole=hole, reason=f"it asks for a value, not for a proof: {target}")
            options = replace(self.options, interrupt=interrupt)
            result = await self.algorithm.run(session, policy, acceptor, options)
        except EngineError as error:
            return NotFound(hole=hole, reason=f"Lean broke over it: {error.message}")
        finally:
            await session.close()
        if acceptor.accepted is not None:
            return replace(acceptor.accepted, tactics=result.tactics_tried)
        return _not_found(hole, result, acceptor.rejections)


class Fitting:
    """Says whether Lean takes a proof in the place of a hole. `also` is that of `HoleSearch.run`."""

    def __init__(
        self,
        environment: HoleEnvironment,
        hole: Hole,
        file_text: str,
        also: Callable[[Found], Awaitable[str]] | None = None,
    ) -> None:
        self._environment = environment
        self._hole = hole
        self._file_text = file_text
        self._also = also

    async def check(self, proof: str) -> Found | Refused:
        """Return a proof, a tactic block, with the first of its layouts that fits."""
        reasons: list[str] = []
        for edit in await self._layouts(proof):
            if reason := await self._misfit(edit):
                reasons.append(reason)
                continue
            found = Found(hole=self._hole, proof=proof, edit=edit)
            if self._also is None or not (reason := await self._also(found)):
                return found
            reasons.append(reason)
            break
        return Refused(tuple(reasons))

    async def _layouts(self, proof: str) -> Iterable[Edit]:
        hole = self._hole
        expects_a_tactic = not await self._misfit(
            Edit(start=hole.start, end=hole.end, text=IS_A_TACTIC), gaps=0
        )
        return Place(self._file_text, hole.start, hole.end, expects_a_tactic).layouts(proof)

    async def _misfit(self, edit: Edit, gaps: int = 1) -> str:
        """Return why Lean refuses the declaration with `edit`, which is to fill `gaps` holes; empty if it does not."""
        hole = self._hole
        shift = len(hole.command) - hole.unit.end
        text = hole.command[: edit.start + shift] + edit.text + hole.command[edit.end + shift :]
        try:
            reply = await self._environment.place(hole, text)
        except StatementError as error:
            return f"it does not fit: {error.message}"
        except (EngineCrashed, EngineTimeout) as error:
            return f"it could not be tried: {error.message}"
        if len(gaps_of(reply)) > hole.gaps_in_command - gaps:
            return "it leaves a `sorry` behind"
        return ""


def _not_found(hole: Hole, result: SearchResult, rejections: Sequence[str]) -> NotFound:
    ending = result.ending
    assert isinstance(ending, Unproved)
    interrupted = ending.stopped_by is StopReason.INTERRUPTED
    reason = f"not proved: ended by {ending.stopped_by.text}"
    if rejections:
        reason += f"; what was found was refused: {next(iter(dict.fromkeys(rejections)))}"
    return NotFound(
        hole=hole, reason=reason, interrupted=interrupted, tactics=result.tactics_tried, tree=result.tree
    )
