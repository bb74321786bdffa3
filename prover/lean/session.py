"""A theorem opened on a pool of engines.

The session owns the tree of its states, each as a tactic applied to an earlier state; an engine merely holds
copies of some of them. An engine without a copy gets one by replaying the path from the nearest state it
holds, or from the statement. So results do not depend on which engine computed what, or when: they come in
the order of the tactics, and the ids of new states follow from the order of the calls.

When an engine dies under several tactics, they are run again one by one to find the culprit. A tactic is
blamed when it has ended two engines in a row with nothing else in the request: an engine that was killed from
outside, or that was worn out, costs time and changes no result.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from prover.errors import EngineCrashed, EngineError, EngineTimeout
from prover.lean.engine import Batch, Engine
from prover.lean.environment import (
    LeanError,
    ProofFinished,
    TacticCrashed,
    TacticResult,
    TacticState,
    TacticTimeout,
)
from prover.lean.leases import Leases
from prover.lean.replies import tactic_result
from prover.lean.tactics import check_tactic
from prover.lean.theorem import Theorem

ROOT = 0
STRIKES = 2
"""Engines in a row that a tactic must end, alone, before it is blamed."""
PREPARATIONS = 3
"""Engines in a row that may die while the statement is opened or a path replayed."""
REPLAY_PATIENCE = 4.0
"""A tactic that worked once may take this many times its seconds when it is replayed."""


@dataclass(slots=True)
class _Run:
    """One call of `run_tacs`: the result of the tactic at index i concerns state `first_id + i`."""

    state: TacticState
    first_id: int
    results: dict[int, TacticResult] = field(default_factory=dict)

    def finished_before(self, index: int) -> bool:
        return any(i < index and isinstance(r, ProofFinished) for i, r in self.results.items())


class PooledSession:
    """One theorem, opened; implements :class:`prover.lean.environment.Session`. Made by `open`."""

    def __init__(self, leases: Leases, theorem: Theorem, key: int, chunk: int) -> None:
        self._leases = leases
        self._theorem = theorem
        self._key = key
        self._chunk = chunk
        self._states: dict[int, TacticState] = {}
        self._made_by: dict[int, tuple[int, str]] = {}
        self._blamed: dict[tuple[int, str], TacticResult] = {}
        self._next_id = ROOT + 1
        self._closed = False

    @classmethod
    async def open(cls, leases: Leases, theorem: Theorem, *, key: int, chunk: int) -> PooledSession:
        """Open `theorem`. `key` tells the sessions of a pool apart, `chunk` tactics go into one request.

        Raises:
            StatementError, UnsupportedError, EngineError: as for `Environment.open`.
        """
        self = cls(leases, theorem, key, chunk)
        for attempt in range(1, PREPARATIONS + 1):
            async with leases.lease(lambda engine: engine.has_header(theorem)) as engine:
                try:
                    self._states[ROOT] = TacticState(ROOT, (await self._open_on(engine),))
                    break
                except (EngineCrashed, EngineTimeout):
                    if attempt == PREPARATIONS:
                        raise
        return self

    @property
    def theorem(self) -> Theorem:
        """The theorem this session was opened for."""
        return self._theorem

    @property
    def root(self) -> TacticState:
        """The state before any tactic."""
        return self._states[ROOT]

    async def run_tacs(self, state: TacticState, tactics: Sequence[str]) -> list[TacticResult]:
        """Apply each tactic to `state`, see :class:`prover.lean.environment.Session`.

        Raises:
            EngineError: no engine could be kept alive, or Lean did not do again what it had done before.
        """
        if self._closed or self._states.get(state.id) is not state ...
