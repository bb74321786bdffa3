"""Theorems that clients hold open, to run tactics on their states; idle ones are closed."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from prover.api.session import AsyncSession
from prover.lean.environment import TacticResult, TacticState
from prover.service.http.engines import Engines
from prover.service.http.turns import QueueFull

SWEEP_S = 5.0
RETRY_S = 30


@dataclass(slots=True)
class Session:
    """An open theorem; `states` are all that its client has come to, by their ids."""

    id: str
    client: str
    opened: AsyncSession
    states: dict[int, TacticState]
    used: float = field(default_factory=time.monotonic)
    busy: int = 0

    async def run(self, state: TacticState, tactics: Sequence[str]) -> list[TacticResult]:
        """Run tactics on a state, and keep those that they lead to."""
        self.busy += 1
        try:
            results = await self.opened.run_tacs(state, tactics)
        finally:
            self.busy -= 1
            self.used = time.monotonic()
        self.states |= {each.id: each for each in results if isinstance(each, TacticState)}
        return results


class Sessions:
    """All sessions of a server; made by :func:`open_sessions`."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._open: dict[str, Session] = {}
        self._reserved: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    async def open(self, client: str, theorem: str) -> Session:
        """Open a theorem.

        Raises:
            QueueFull: the client has too many open.
            InputError, EngineError: as for :meth:`prover.AsyncLean.open`.
        """
        if self._reserved[client] >= self._engines.settings.max_sessions:
            raise QueueFull(RETRY_S)
        self._reserved[client] += 1
        try:
            opened = await self._engines.lean.open(theorem)
        except BaseException:
            self._release(client)
            raise
        root = opened.state
        session = Session(uuid.uuid4().hex, client, opened, {root.id: root})
        self._open[session.id] = session
        return session

    def get(self, id: str) -> Session | None:
        """Return an open session; None where there is none."""
        return self._open.get(id)

    async def close(self, id: str) -> bool:
        """Close a session; say whether there was one."""
        session = self._open.pop(id, None)
        if session is None:
            return False
        self._release(session.client)
        await session.opened.close()
        return True

    async def sweep(self) -> None:
        """Close what nobody has used for a while."""
        oldest = time.monotonic() - self._engines.settings.idle_s
        for session in [each for each in self._open.values() if not each.busy and each.used < oldest]:
            await self.close(session.id)

    def _release(self, client: str) -> None:
        self._reserved[client] -= 1
        if not self._reserved[client]:
            del self._reserved[client]


@asynccontextmanager
async def open_sessions(engines: Engines) -> AsyncIterator[Sessions]:
    """Open the sessions of a server."""
    sessions = Sessions(engines)

    async def sweep_now_and_then() -> None:
        while True:
            await asyncio.sleep(min(SWEEP_S, engines.settings.idle_s / 2))
            await sessions.sweep()

    sweeping = asyncio.ensure_future(sweep_now_and_then())
    try:
        yield sessions
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping
        for id in list(sessions._open):
            await sessions.close(id)
