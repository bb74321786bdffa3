"""Sketches for the holes of a file: what the search does not prove is planned."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from prover.errors import RequestRefused
from prover.filling.search import Found, NotFound
from prover.lean.reading.holes import Hole
from prover.policy.base import Policy, raise_trouble
from prover.policy.chat.client import BudgetSpent
from prover.sketching.options import SketchOptions
from prover.sketching.planning import Planning, SketchTools
from prover.sketching.reader import SketchReader
from prover.sketching.spending import Spending, TacticsSpent
from prover.sketching.step import FalseStep, counterexample_text
from prover.util.within import Stopped, within


class SketchHoles:
    """Proves holes as :class:`prover.filling.search.HoleSearch` does, by sketches; an asynchronous context manager.

    The time and the tactics of the options are for each hole. Steps that are proved are known to all holes.
    """

    def __init__(self, tools: SketchTools, options: SketchOptions) -> None:
        self._options = options
        self._reader = SketchReader(tools.ask, Spending())
        self._planning = Planning(
            tools=tools, options=options, reader=self._reader, spending=Spending(options.tactics)
        )

    async def run(
        self,
        hole: Hole,
        file_text: str,
        policy: Policy,
        *,
        interrupt: asyncio.Event,
        also: Callable[[Found], Awaitable[str]] | None = None,
    ) -> Found | NotFound:
        """Look for a proof of `hole`, see :meth:`prover.filling.search.HoleSearch.run`.

        Raises:
            PolicyError: the policy, or a chat model's server, does not answer.
            SetupError, EngineError: Lean could not be kept alive.
        """
        planning = replace(self._planning, spending=Spending(self._options.tactics))
        try:
            ended = await within(
                planning.step(hole, file_text, depth=-1, also=also),  # so that its own plans have depth 0
                seconds=self._options.seconds,
                interrupt=interrupt,
            )
        except TacticsSpent:
            return NotFound(hole=hole, reason="not proved: ended by the limit of tactics")
        except (BudgetSpent, RequestRefused) as error:
            return NotFound(hole=hole, reason=f"not proved: {error.message}")
        match ended:
            case Stopped():
                interrupted = ended is Stopped.INTERRUPTED
                if not interrupted:
                    raise_trouble(planning.tools, "the attempt")
                why = "an interrupt" if interrupted else "the time limit"
                return NotFound(hole=hole, reason=f"not proved: ended by {why}", interrupted=interrupted)
            case FalseStep(disproof=disproof):
                values = counterexample_text(disproof)
                return NotFound(
                    hole=hole, reason=f"it is false{f', for example for {values}' if values else ''}"
                )
            case _:
                return ended

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._reader.close()
