"""The Lean behind all routes, and whose turn it is to use it.

Texts come from strangers. With prover's own Lean no engine that others use elaborates one that runs code (`#eval`,
`elab`, `run_cmd`, ...): such a text is given to an engine that is as new, and is made so again before the next. A
Lean of one's own has no way back, so there `--untrusted` decides whether such texts are refused.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from prover.api.lean import AsyncLean
from prover.api.results import CheckedText
from prover.lean.backend import LeanBackend
from prover.lean.process.supervisor import EngineStats
from prover.lean.settings import DEFAULT_ENGINE, EngineSettings
from prover.service.http.settings import ServerSettings
from prover.service.http.turns import Turns

Find = Callable[[EngineSettings], LeanBackend]  # type: ignore[type-arg]
"""Finds the Lean that settings choose."""


@dataclass(slots=True)
class Engines:
    """What routes use. `code` is for texts that run code, None where these need no Lean of their own."""

    lean: AsyncLean
    code: AsyncLean | None
    settings: ServerSettings
    turns: Turns
    requests: itertools.count[int] = field(default_factory=itertools.count)

    def stats(self) -> list[EngineStats]:
        """Return what each engine has done so far, those for code last."""
        return [*self.lean.engine_stats, *(self.code.engine_stats if self.code is not None else [])]

    async def check(self, text: str, timeout_s: float, *, fresh: bool = False) -> CheckedText:
        """Have a text elaborated, see :meth:`prover.AsyncLean.check`.

        Raises:
            InputError, EngineError: as for that.
        """
        checked = await self.lean.check(text, timeout=timeout_s, fresh=fresh)
        if checked.code_refused and self.code is not None:
            return await self.code.check(text, timeout=timeout_s, fresh=True)
        return checked


def find_leans(
    source: EngineSettings, settings: ServerSettings, find: Find
) -> tuple[AsyncLean, AsyncLean | None]:
    """Return the Lean that `source` chooses, and the one for texts that run code, if these need one of their own.

    Raises:
        InputError, SetupError: as for :func:`prover.lean.backends.find_lean`.
    """
    apart = source.engine == DEFAULT_ENGINE and not source.untrusted
    trusting_none = source.model_copy(update={"untrusted": True}) if apart else source
    lean = AsyncLean(trusting_none, find(trusting_none), engines=settings.engines)
    return lean, AsyncLean(source, find(source), engines=1) if apart else None


@asynccontextmanager
async def open_engines(
    lean: AsyncLean, code: AsyncLean | None, settings: ServerSettings
) -> AsyncIterator[Engines]:
    """Open what :func:`find_leans` returns; every engine is started, but for those for code.

    Raises:
        SetupError, EngineError: they cannot be started.
    """
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(lean)
        if code is not None:
            await stack.enter_async_context(code)
        await asyncio.gather(*(lean.check("") for _ in range(settings.engines)))
        turns = Turns(
            at_once=settings.engines + 1,
            most=settings.max_queue,
            most_of_one=settings.most_of_one_client,
        )
        yield Engines(lean, code, settings, turns)
