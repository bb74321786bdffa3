"""What Lean makes of a sketch: its errors, or the holes that it leaves."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from prover.errors import EngineCrashed, EngineTimeout, InputError, UnsupportedError
from prover.filling.verify import apply_edits
from prover.lean.process.replies import errors
from prover.lean.protocol import Ask, CommandReply, OpenEngine, Reply, Request
from prover.lean.reading.holes import Hole, read_holes
from prover.lean.reading.text import Edit
from prover.lean.theorem import Theorem
from prover.policy.chat.repair import ProofError
from prover.sketching.sketch import SORRY, head_of, join_steps, steps_of, with_hole
from prover.sketching.spending import Spending
from prover.whole_proof.elaborate import error_of

SKETCH_TIMEOUT_S = 60.0
"""For elaborating one sketch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A sketch of a proof of `theorem`, as Lean elaborates it: `holes` are those of its whole `file`.

    There are none where it has `errors`, or where Lean was stopped (`timed_out`).
    """

    theorem: Theorem
    block: str
    holes: tuple[Hole, ...] = ()
    errors: tuple[ProofError, ...] = ()
    timed_out: bool = False

    @property
    def file(self) -> str:
        """The text that Lean is given."""
        return self.theorem.file_with_proof(self.block)

    @property
    def is_sound(self) -> bool:
        """Whether Lean takes it, holes included."""
        return not self.errors and not self.timed_out

    @property
    def first_line(self) -> int:
        """The line of the file in which the sketch begins, from 1."""
        return (self.theorem.before_statement + self.theorem.statement).count("\n") + 2

    def head_at(self, line: int) -> str | None:
        """Return what the ``have`` states that has this line of the file; None where there is another tactic."""
        number = self.step_at(line)
        return None if number is None else head_of(steps_of(self.block)[number])

    def step_at(self, line: int) -> int | None:
        """Return the number of the step that has this line of the file; None before the first one."""
        at = self.first_line
        if line < at:
            return None
        steps = steps_of(self.block)
        for number, step in enumerate(steps):
            at += step.count("\n") + 1
            if line < at:
                return number
        return len(steps) - 1

    def fill(self, edits: Iterable[Edit]) -> str:
        """Return the proof that the sketch becomes with these edits of its file."""
        before = f"{self.theorem.before_statement}{self.theorem.statement} := by\n"
        return textwrap.dedent(apply_edits(self.file, edits)[len(before) :]).strip("\n")


class SketchReader:
    """An engine that elaborates sketches, started when it is first needed; an asynchronous context manager.

    One that breaks is replaced. `spending` counts the sketches that Lean elaborates.
    """

    def __init__(self, start: OpenEngine, spending: Spending) -> None:
        self._start = start
        self._spending = spending
        self._stack = AsyncExitStack()
        self._turn = asyncio.Lock()
        self._ask: Ask | None = None

    async def read(self, theorem: Theorem, block: str) -> Sketch:
        """Elaborate a sketch.

        Raises:
            SetupError, EngineError: no engine can be started.
            UnsupportedError: this Lean cannot tell where declarations are.
        """
        async with self._turn:
            return await self._read(theorem, block)

    async def _read(self, theorem: Theorem, block: str) -> Sketch:
        block = join_steps(steps_of(block))
        sketch = Sketch(theorem=theorem, block=block)
        self._spending.take(1)
        replies: list[Reply] = []
        if self._ask is None:
            self._ask = await self._stack.enter_async_context(self._start())
        engine = self._ask

        async def ask(request: Request) -> Reply:
            if "cmd" in request:
                request = {**request, "timeLimit": round(SKETCH_TIMEOUT_S * 1000)}
            replies.append(await engine(request))
            return replies[-1]

        try:
            try:
                holes = (await read_holes(ask, sketch.file, theorem.source or theorem.name)).holes
            except UnsupportedError:
                raise
            except InputError:
                holes = ()  # for an error, or since there is none: the messages tell
            for reply in replies:
                await self._drop(engine, reply)
        except (EngineCrashed, EngineTimeout):
            await self.close()
            return replace(sketch, timed_out=True)
        if not replies or replies[0].get("fatal") or "timeout" in replies[0]:
            return replace(sketch, timed_out=True)
        found = tuple(error_of(each) for each in errors(replies[0]))
        start = len(theorem.before_statement)
        own = () if found else tuple(each for each in holes if each.start >= start)
        return replace(sketch, holes=own, errors=found)

    async def keep(self, theorem: Theorem, block: str) -> Sketch | None:
        """Return what is left of a sketch when all that Lean refuses has become a hole, or has been left out.

        None if no step is left. Statements stay where their proofs fail; what fails otherwise is left out, up to the
        end if it is no ``have``.

        Raises:
            SetupError, EngineError, UnsupportedError: as for `read`.
        """
        steps = steps_of(block)
        for _ in range(2 * len(steps) + 2):
            sketch = await self.read(theorem, join_steps(steps))
            if sketch.is_sound:
                return sketch if sketch.holes and join_steps(steps) != SORRY else None
            if sketch.timed_out:
                return None
            steps = _without_error(steps, sketch.step_at(sketch.errors[0].line))
            if not steps:
                return None
        return None

    async def close(self) -> None:
        """End the engine; a later `read` starts another."""
        self._ask = None
        await self._stack.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _drop(self, ask: Ask, reply: CommandReply) -> None:
        states = [each["proofState"] for each in reply.get("sorries", [])]
        if "env" in reply:
            await ask({"drop": {"envs": [reply["env"]], "proofStates": states}})


def _without_error(steps: list[str], wrong: int | None) -> list[str]:
    """Return the steps without what Lean refuses in the one of number `wrong`; None is the goal that is left."""
    if wrong is None:
        return [*steps, SORRY]
    step, before, after = steps[wrong], steps[:wrong], steps[wrong + 1 :]
    head = head_of(step)
    if head is not None and step != with_hole(head):
        return [*before, with_hole(head), *after]
    if head is not None or step == SORRY:
        return [*before, *after]
    return [*before, SORRY]
