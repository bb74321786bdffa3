"""Leave out the steps of a proof that it does not need, and say what each of the others was applied to."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prover.errors import EngineError
from prover.lean.environment import ProofFinished, Session, TacticState
from prover.search.goals import GoalClosed, GoalResult, run_tactics
from prover.search.script import Bullet, Step, step_text


@dataclass(frozen=True, slots=True)
class TracedStep:
    """A tactic of a proof and the goals it was applied to, the main one first."""

    goals: tuple[str, ...]
    tactic: str


async def shorten(
    session: Session,
    steps: Sequence[Step],
    *,
    seconds: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Step, ...]:
    """Return what is left of a proof after dropping its steps one at a time, first to last, where that works.

    `steps` finish the session's theorem, and so does the result. What is in a bullet is shortened likewise. After
    `seconds` of `clock` no further step is tried, so a proof of slow tactics may stay as it is.
    """
    started = clock()
    return await _shorten(session, session.root, 0, steps, lambda: clock() - started < seconds)


async def _shorten(
    session: Session, state: TacticState, rest: int, steps: Sequence[Step], more: Callable[[], bool]
) -> tuple[Step, ...]:
    """Shorten `steps`, which close all but the last `rest` goals of `state`, while there is `more` time."""
    kept = list(steps)
    index = 0
    while index < len(kept) and more():
        step, following = kept[index], kept[index + 1 :]
        if following and (length := await _closes(session, state, rest, following)):
            kept = kept[:index] + following[:length]
            continue
        if isinstance(step, Bullet):
            inner = await _shorten(session, state, state.num_goals - 1, step.steps, more)
            step = kept[index] = Bullet(inner)
        if not following:
            break
        result = await _run(session, state, rest, step)
        if not isinstance(result, TacticState):
            break
        state = result
        index += 1
    return tuple(kept)


async def trace_proof(session: Session, steps: Sequence[Step]) -> tuple[TracedStep, ...]:
    """Return a proof's tactics, each with the goals it was applied to. The last one is not run again.

    Raises:
        EngineError: Lean does not do again what it did before.
    """
    return tuple(await _trace(session, session.root, 0, steps))


async def _trace(session: Session, state: TacticState, rest: int, steps: Sequence[Step]) -> list[TracedStep]:
    found: list[TracedStep] = []
    for index, step in enumerate(steps, start=1):
        if isinstance(step, Bullet):
            found += await _trace(session, state, state.num_goals - 1, step.steps)
        else:
            found.append(TracedStep(state.goals[: state.num_goals - rest], step))
        if index == len(steps):
            break
        result = await _run(session, state, rest, step)
        if not isinstance(result, TacticState):
            raise EngineError(f"{step!r}, a step of a proof of {session.theorem.name}, now gives {result}")
        state = result
    return found


async def _closes(session: Session, state: TacticState, rest: int, steps: Sequence[Step]) -> int:
    """Return after how many of `steps` the goals but the last `rest` are closed; 0 if they are not."""
    for count, step in enumerate(steps, start=1):
        result = await _run(session, state, rest, step)
        if isinstance(result, ProofFinished | GoalClosed):
            return count
        if not isinstance(result, TacticState):
            break
        state = result
    return 0


async def _run(session: Session, state: TacticState, rest: int, step: Step) -> GoalResult:
    return (await run_tactics(session, state, rest, [step_text(step)]))[0]
