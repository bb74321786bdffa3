"""LeanDojo as an environment: theorems of a traced repository, each opened in a number of Dojos.

A Dojo holds one theorem, and states that any other tactic can be run on; a process holds one Dojo. The processes of a
theorem make an ordinary :class:`prover.lean.process.pool.EnginePool`: it distributes the tactics, replays a path of
tactics on a new Dojo when one was lost to a time-out, and blames the tactic that has ended three Dojos in a row.

LeanDojo knows no heartbeats: of the limits of a tactic only the seconds hold.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from prover.lean.dojo.repository import TracedRepository
from prover.lean.environment import TacticLimits
from prover.lean.process.pool import EnginePool
from prover.lean.process.session import PooledSession
from prover.lean.process.supervisor import EngineStats
from prover.lean.theorem import Theorem

DOJOS_CHUNK = 4
"""Tactics in one request: after a time-out the rest of them wait for a new Dojo."""
OPEN_TIMEOUT_S = 600.0
"""What Lean may take to import what the file imports and to elaborate it up to the theorem."""
START_TIMEOUT_S = 120.0
WORKER_MEMORY_BYTES = 4_000_000_000
"""Of LeanDojo's Python, with the syntax trees of a file. Lean has a limit of its own, `TACTIC_MEMORY_LIMIT`."""


class DojoEnvironment:
    """Implements :class:`prover.lean.environment.Environment`; an asynchronous context manager.

    Every theorem is opened in `size` Dojos; `limits` are for each tactic.
    """

    def __init__(self, repository: TracedRepository, size: int, *, limits: TacticLimits) -> None:
        self._repository = repository
        self._size = size
        self._limits = limits
        self._pools: list[EnginePool] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def stats(self) -> list[EngineStats]:
        """What each Dojo's place has done so far, theorem after theorem."""
        return [each for pool in self._pools for each in pool.stats]

    async def open(self, theorem: Theorem) -> PooledSession:
        """Open a theorem that the repository has found, see :class:`prover.lean.environment.Environment`.

        Closing the session ends its Dojos.
        """
        pool = EnginePool(
            self._repository.worker(theorem),
            self._size,
            limits=self._limits,
            chunk=DOJOS_CHUNK,
            max_rss_bytes=WORKER_MEMORY_BYTES,
            startup_timeout_s=START_TIMEOUT_S,
            open_timeout_s=OPEN_TIMEOUT_S,
        )
        self._pools.append(pool)
        try:
            return await pool.open(theorem, on_close=pool.close)
        except BaseException:
            await pool.close()
            raise

    async def close(self) -> None:
        """End every Dojo."""
        for pool in self._pools:
            await pool.close()
