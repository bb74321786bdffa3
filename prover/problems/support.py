"""Which statements elaborate in an engine.

A statement that Lean refuses may be wrong, or the engine may lack what it is written with. Lean's messages
do not tell these apart (an unknown identifier can be either), the header does: that a problem which asks for
Mathlib is refused by core Lean says nothing about the problem.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable
from dataclasses import dataclass, replace

from prover.errors import EngineError, InputError, UnsupportedError
from prover.lean.environment import Environment
from prover.lean.hints import mathlib_name
from prover.lean.reading.pocket import Stated, library_of
from prover.problems.lean3 import lean3_name
from prover.problems.problem import LEAN_3, Problem, ProblemSet

AT_ONCE_PER_ENGINE = 4


class Status(enum.StrEnum):
    """The result of elaborating a problem's statement."""

    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    """The engine lacks what it needs: an import, or the Mathlib that its header asks for."""
    INVALID = "invalid"
    """Lean refuses it, with all there that it asks for."""
    UNCHECKED = "unchecked"
    """The engine failed, which says nothing about the problem."""
    UNUSABLE = "unusable"
    """Its record is not a problem."""


@dataclass(frozen=True, slots=True)
class Support:
    """Whether a statement elaborates in an engine, over which library; `reason` is Lean's message if it does not."""

    status: Status
    reason: str = ""
    library: Stated | None = None

    @property
    def first_line(self) -> str:
        """The reason's first line."""
        return self.reason.strip().partition("\n")[0]


SUPPORTED = Support(Status.SUPPORTED)


async def support_of(
    problem: Problem, environment: Environment, *, core: bool, pocket: bool = False
) -> Support:
    """Open the problem and close it again. `core` and `pocket` as for :meth:`Problem.theorem`.

    Raises:
        EngineError: the engine broke, or took too long.
    """
    if problem.unusable:
        return Support(Status.UNUSABLE, problem.unusable)
    theorem = problem.theorem(core=core, pocket=pocket)
    try:
        session = await environment.open(theorem)
    except InputError as error:
        return refusal(error, problem, core=core)
    await session.close()
    return replace(SUPPORTED, library=library_of(theorem.header))


def refusal(error: InputError, problem: Problem, *, core: bool) -> Support:
    """Return what it means that the problem could not be opened because of `error`."""
    lacking = isinstance(error, UnsupportedError)
    lacking = lacking or (core and (problem.needs_more_than_core or mathlib_name(error.message) != ""))
    old = lean3_name(f"{problem.header}\n{problem.statement}")
    reason = f"{LEAN_3} ({old!r}): {error.message}" if old else error.message
    return Support(Status.UNSUPPORTED if lacking else Status.INVALID, reason)


async def support_of_all(
    problems: ProblemSet,
    environment: Environment,
    *,
    core: bool,
    pocket: bool = False,
    engines: int,
    done: Callable[[Problem, Support], None] = lambda problem, support: None,
) -> list[Support]:
    """Open every problem, many at a time, so that `engines` engines are kept busy; in the order of the set.

    A problem on which the engine fails stays unchecked. `done` is called as the results come.

    Raises:
        SetupError: no engine can be started.
    """
    turns = asyncio.Semaphore(engines * AT_ONCE_PER_ENGINE)

    async def check(problem: Problem) -> Support:
        async with turns:
            try:
                support = await support_of(problem, environment, core=core, pocket=pocket)
            except EngineError as error:
                support = Support(Status.UNCHECKED, error.message)
            done(problem, support)
            return support

    tasks = [asyncio.create_task(check(problem)) for problem in problems]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
