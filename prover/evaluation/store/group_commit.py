"""Attempts that finish within a few milliseconds are written in one transaction: the disk is waited for once.

Nothing is acknowledged before it is on the disk.
"""

from __future__ import annotations

import asyncio
import sqlite3

from prover.errors import ProverError
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.rows import FinishedAttempt

WAIT_S = 0.005
MOST = 500
"""How long a finished attempt waits for others, and how many are written at once."""


_Waiting = tuple[FinishedAttempt, asyncio.Future[None]]


class GroupCommit:
    """Writes finished attempts into `store`, in the event loop that it is called from."""

    def __init__(self, store: RunStore, *, wait_s: float = WAIT_S, most: int = MOST) -> None:
        self._store = store
        self._wait_s = wait_s
        self._most = most
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None

    async def add(self, finished: FinishedAttempt) -> None:
        """Return when the attempt is on the disk. If this is cancelled, it is written first.

        Raises:
            SetupError: it cannot be written, and none of those that waited with it.
            sqlite3.IntegrityError: it is there already, or contradicts itself; the others are written.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((finished, done))
        if len(self._waiting) >= self._most:
            self._flush()
        elif self._timer is None:
            self._timer = loop.call_later(self._wait_s, self._flush)
        try:
            await asyncio.shield(done)
        except asyncio.CancelledError:
            self._flush()
            done.result()
            raise

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        batch, self._waiting, self._timer = self._waiting, [], None
        if self._write(batch):
            return
        for each in batch:
            self._write([each])

    def _write(self, batch: list[_Waiting]) -> bool:
        """Write the batch and say so to those who wait; return False if one of several attempts is refused."""
        try:
            self._store.add_attempts([finished for finished, _ in batch])
        except (ProverError, sqlite3.Error, ValueError) as error:
            if len(batch) > 1 and not isinstance(error, ProverError):
                return False
            for _, done in batch:
                done.set_exception(error)
        else:
            for _, done in batch:
                done.set_result(None)
        return True
