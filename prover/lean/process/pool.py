"""A fixed number of engine processes, shared by any number of sessions.

    async with EnginePool(command, size=2) as pool:
        session = await pool.open(theorem)
        results = await session.run_tacs(session.root, ["intro h", "omega"])

The parts: `repl` talks to a process, `supervisor` replaces it, `environments` keeps what it elaborated, `engine` opens
goals on it, `leases` says whose turn it is, `session` replays and finds culprits.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

from prover.errors import EngineCrashed, EngineTimeout
from prover.lean.environment import TacticLimits
from prover.lean.goal import Goal, OpenedGoal
from prover.lean.process.command import EngineCommand
from prover.lean.process.engine import Engine
from prover.lean.process.environments import Admit
from prover.lean.process.leases import Leases
from prover.lean.process.replies import require_environment
from prover.lean.process.session import PooledSession
from prover.lean.process.supervisor import EngineOptions, EngineStats, Usage
from prover.lean.protocol import Ask, CommandReply, Reply, Request

DEFAULT_LIMITS = TacticLimits()
MAX_RSS_BYTES = 1_200_000_000
"""Memory after which an engine is replaced, unless the pool is told otherwise."""
ATTEMPTS = 2
"""Engines that a text is given to, if they end without a word."""


class Reader:
    """One of the engines, while a text is read with it. Made by :meth:`EnginePool.reading`."""

    def __init__(self, engine: Engine, timeout_s: float) -> None:
        self._engine = engine
        self._timeout_s = timeout_s

    async def ask(self, request: Request) -> Reply:
        """Return the reply to any request; nothing that it makes is kept.

        Raises:
            EngineCrashed, EngineTimeout: the engine failed.
        """
        return await self._engine.ask(request, self._timeout_s)

    def keep_open(self, goal: Goal, opened: OpenedGoal) -> None:
        """Keep what a reply says of `goal`, so that it need not be elaborated again to be opened."""
        self._engine.keep_open(goal, opened)


class EnginePool:
    """Implements :class:`prover.lean.environment.Environment`; an asynchronous context manager.

    `limits` are for each tactic. A call of `run_tacs` is cut into requests of `chunk` tactics, which run at
    the same time where engines are free. The other settings are explained in
    :class:`prover.lean.process.supervisor.EngineOptions`. Nothing is started before an engine is needed.
    """

    def __init__(
        self,
        command: EngineCommand,
        size: int,
        *,
        limits: TacticLimits = DEFAULT_LIMITS,
        chunk: int = 8,
        max_rss_bytes: int = MAX_RSS_BYTES,
        startup_timeout_s: float = 120.0,
        open_timeout_s: float = 120.0,
        grace_s: float = 10.0,
        admit: Admit | None = None,
    ) -> None:
        if chunk < 1:
            raise ValueError(f"a chunk needs at least one tactic, not {chunk}")
        options = EngineOptions(
            limits=limits,
            max_rss_bytes=max_rss_bytes,
            startup_timeout_s=startup_timeout_s,
            open_timeout_s=open_timeout_s,
            grace_s=grace_s,
            admit=admit,
        )
        self._leases = Leases(command, size, options)
        self._chunk = chunk
        self._keys = itertools.count()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def stats(self) -> list[EngineStats]:
        """What each engine has done so far."""
        return [replace(engine.stats) for engine in self._leases.engines]

    async def open(
        self, goal: Goal, *, on_close: Callable[[], Awaitable[None]] | None = None
    ) -> PooledSession:
        """Open a theorem or a hole, see :class:`prover.lean.environment.Environment`.

        `on_close` is called when the session is closed.
        """
        return await PooledSession.open(
            self._leases, goal, key=next(self._keys), chunk=self._chunk, on_close=on_close
        )

    async def place(self, goal: Goal, text: str) -> CommandReply:
        """Elaborate `text` in the place of the goal's command, and return the reply.

        Raises:
            StatementError: Lean reports an error in it.
            EngineError: the engine failed.
        """
        async with self._leases.lease(lambda engine: engine.readiness_for(goal)) as engine:
            await engine.evict()
            return await engine.place(goal, text)

    async def elaborate(
        self, text: str, timeout_s: float, *, fresh: bool = False
    ) -> tuple[CommandReply, Usage]:
        """Elaborate a text of its own for at most `timeout_s`; the reply has its errors, and nothing is kept.

        With `fresh`, the engine is as new, and is made so again before anything else uses it. A text under which an
        engine ends without a word, as when it is killed, is given to another one.

        Raises:
            StatementError, UnsupportedError: the text imports something that is not there.
            EngineTimeout: it took longer.
            EngineCrashed: it ended the engine, or two of them.
            SetupError, EngineError: no engine can be started.
        """
        for attempt in range(ATTEMPTS):
            async with self._leases.lease(lambda engine: 0) as engine:
                try:
                    await engine.evict()
                    if fresh:
                        await engine.renew()
                        engine.spoiled = True
                    began = time.monotonic()
                    reply = await engine.elaborate(text, timeout_s)
                except EngineCrashed:
                    if attempt + 1 == ATTEMPTS:
                        raise
                    continue
                usage = Usage(seconds=time.monotonic() - began, rss_bytes=engine.rss_bytes)
            if "timeout" in reply:
                raise EngineTimeout(f"Lean was stopped after {timeout_s:g} s")
            require_environment(reply)
            return reply, usage
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def reading(self, timeout_s: float) -> AsyncIterator[Reader]:
        """Yield a way to ask one of the engines, each request for at most `timeout_s`, and to keep a goal open on it.

        Raises:
            SetupError, EngineError: no engine can be started.
        """
        async with self._leases.lease(lambda engine: 0) as engine:
            yield Reader(engine, timeout_s)

    @asynccontextmanager
    async def lend(self, timeout_s: float) -> AsyncIterator[Ask]:
        """Yield a way to ask an engine that is as new, and is made so again before anything else uses it.

        Each request may take `timeout_s`. Sessions replay what they had on it.

        Raises:
            SetupError, EngineError: no engine can be started.
        """
        async with self._leases.lease(lambda engine: 0) as engine:
            await engine.renew()
            engine.spoiled = True
            yield lambda request: engine.ask(request, timeout_s)

    async def close(self) -> None:
        """End every process. Sessions still open get an EngineError when they are used."""
        await self._leases.close()
