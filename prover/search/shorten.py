"""Leave out the steps of a proof that it does not need, and say what each of the others was applied to."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prover.errors import EngineError
from prover.lean.environment import ProofFinished, Session, TacticState, run_tac


@dataclass(frozen=True, slots=True)
class TracedStep:
    """A tactic of a proof and the goals it was applied to, the main one first."""

    goals: tuple[str, ...]
    tactic: str


async def shorten(
    session: Session,
    tactics: Sequence[str],
    *,
    seconds: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[str, ...]:
    """Return what is left of a proof after dropping its tactics one at a time, first to last, where that works.

    `tactics` finish the session's theorem, and so does the result. After `seconds` of `clock` no further tactic
    is tried, so a proof of slow tactics may stay as it is.
    """
    kept = list(tactics)
    state = session.root
    index = 0
    started = clock()
    while index < len(kept) - 1 and clock() - started < seconds:
        rest = kept[index + 1 :]
        if length := await _finishes(session, state, rest):
            kept = kept[:index] + rest[:length]
            continue
        result = await run_tac(session, state, kept[index])
        if not isinstance(result, TacticState):
            break
        state = result
        index += 1
    return tuple(kept)


async def traced(session: Session, tactics: Sequence[str]) -> tuple[TracedStep, ...]:
    """Return a proof's tactics, each with the goals it was applied to. The last one is not run again.

    Raises:
        EngineError: Lean does not do again what it did before.
    """
    steps: list[TracedStep] = []
    state = session.root
    for index, tactic in enumerate(tactics, start=1):
        steps.append(TracedStep(state.goals, tactic))
        if index == len(tactics):
            break
        result = await run_tac(session, state, tactic)
        if not isinstance(result, TacticState):
            raise EngineError(f"{tactic!r}, a step of a proof of {session.theorem.name}, now gives {result}")
        state = result
    return tuple(steps)


async def _finishes(session: Session, state: TacticState, tactics: Sequence[str]) -> int:
    """Return after how many of `tactics` the proof is finished; 0 if it is not."""
    for count, tactic in enumerate(tactics, start=1):
        result = await run_tac(session, state, tactic)
        if isinstance(result, ProofFinished):
            return count
        if not isinstance(result, TacticState):
            break
        state = result
    return 0
