"""Who may use which engine when: engines are leased in the order of asking, and replaced when worn out.

An engine that dies or outgrows its memory is replaced in the background as soon as its lease ends, one that is spoiled
is made new; one whose request was cancelled is waited for there. An engine is started when it is first needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prover.errors import EngineError, ProverError
from prover.lean.process.command import EngineCommand
from prover.lean.process.engine import Engine
from prover.lean.process.supervisor import EngineOptions

Preference = Callable[[Engine], int]
"""How much a lease wants this engine: the higher the better, 0 for indifferent."""


@dataclass(slots=True, eq=False)
class _Waiter:
    preference: Preference
    granted: asyncio.Future[Engine]
    overtaken: int = 0


class Leases:
    """A fixed number of engines, each leased to one task at a time.

    Leases are granted first come, first served, save that a task may be overtaken, at most once for every
    engine there is, by one that prefers the engine that has become free: it spares Lean a replay.
    """

    def __init__(self, command: EngineCommand, size: int, options: EngineOptions) -> None:
        if size < 1:
            raise ValueError(f"a pool needs at least one engine, not {size}")
        self.engines = [Engine(command, options) for _ in range(size)]
        self._down = list(self.engines)
        self._idle: list[Engine] = []
        self._waiting: list[_Waiter] = []
        self._preparing: set[asyncio.Task[None]] = set()
        self._closed = False

    @asynccontextmanager
    async def lease(self, preference: Preference) -> AsyncIterator[Engine]:
        """Wait for an engine and use it.

        Raises:
            EngineError: no engine can be started, or the pool has been closed.
            SetupError: the engine's program cannot be run at all.
        """
        engine = await self._acquire(preference)
        try:
            yield engine
        finally:
            self._release(engine)

    def forget(self, session: int, states: Iterable[int] | None = None) -> None:
        """Drop these states of a session, or all of them, wherever they are held."""
        wanted = None if states is None else list(states)
        for engine in self.engines:
            engine.forget(session, wanted)

    async def close(self) -> None:
        """End every process; requests that wait for an engine raise an EngineError."""
        self._closed = True
        self._refuse_all(EngineError("the engine pool has been closed"))
        for task in self._preparing:
            task.cancel()
        await asyncio.gather(*self._preparing, return_exceptions=True)
        await asyncio.gather(*(engine.stop() for engine in self.engines))

    async def _acquire(self, preference: Preference) -> Engine:
        if self._closed:
            raise EngineError("the engine pool has been closed")
        waiter = _Waiter(preference, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        self._dispatch()
        try:
            return await waiter.granted
        except asyncio.CancelledError:
            if not waiter.granted.cancelled() and waiter.granted.exception() is None:
                self._release(waiter.granted.result())
            raise

    def _release(self, engine: Engine) -> None:
        if self._closed:
            return
        if not engine.idle:
            self._prepare(self._wait_for(engine))
        elif engine.alive and not engine.over_memory_limit and not engine.spoiled:
            self._idle.append(engine)
        else:
            self._prepare(self._bring_up(engine))
        self._dispatch()

    def _dispatch(self) -> None:
        """Match waiting tasks with idle engines, and start engines for those that remain."""
        for engine in [engine for engine in self._idle if not engine.alive]:
            self._idle.remove(engine)
            self._prepare(self._bring_up(engine))
        self._waiting = [waiter for waiter in self._waiting if not waiter.granted.cancelled()]
        while self._waiting and self._idle:
            first = self._waiting[0]
            candidates = self._waiting if first.overtaken < len(self.engines) else [first]
            waiter, engine = max(
                ((waiter, engine) for waiter in candidates for engine in self._idle),
                key=lambda pair: pair[0].preference(pair[1]),
            )
            for earlier in self._waiting[: self._waiting.index(waiter)]:
                earlier.overtaken += 1
            self._waiting.remove(waiter)
            self._idle.remove(engine)
            waiter.granted.set_result(engine)
        while self._down and len(self._preparing) < len(self._waiting):
            self._prepare(self._bring_up(self._down.pop(0)))

    def _prepare(self, work: Coroutine[None, None, None]) -> None:
        """Have an engine made ready in the background."""
        task = asyncio.get_running_loop().create_task(work)
        self._preparing.add(task)
        task.add_done_callback(self._preparing.discard)

    async def _wait_for(self, engine: Engine) -> None:
        await engine.wait_idle()
        self._release(engine)

    async def _bring_up(self, engine: Engine) -> None:
        try:
            await engine.renew()
        except ProverError as error:
            self._down.append(engine)
            self._refuse_all(error)
            return
        self._idle.append(engine)
        self._dispatch()

    def _refuse_all(self, error: ProverError) -> None:
        for waiter in self._waiting:
            if not waiter.granted.done():
                waiter.granted.set_exception(error)
        self._waiting.clear()
