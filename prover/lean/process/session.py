"""A theorem, or a hole of a file, opened on a pool of engines.

The session owns the tree of its states, each as a tactic applied to an earlier state; an engine merely holds
copies of some of them. An engine without a copy gets one by replaying the path from the nearest state it
holds, or from the statement. So results do not depend on which engine computed what, or when: they come in
the order of the tactics, and the ids of new states follow from the order of the calls.

When an engine dies under several tactics, they are run again one by one to find the one that ends it. A tactic
is rejected when it has ended three engines in a row with nothing else in the request: an engine that was killed from
outside, or that was worn out, costs time and changes no result.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from prover.errors import EngineCrashed, EngineError, EngineTimeout
from prover.lean.environment import (
    Heard,
    LeanError,
    ProofFinished,
    TacticCrashed,
    TacticResult,
    TacticState,
    TacticTimeout,
)
from prover.lean.goal import Goal
from prover.lean.process.engine import Batch, Engine
from prover.lean.process.leases import Leases
from prover.lean.process.replies import tactic_result
from prover.lean.protocol import TacticReply
from prover.lean.theorem import Theorem
from prover.lean.trust.tactics import check_tactic

ROOT = 0
STRIKES = 3
"""Engines in a row that a tactic must end, alone, before it is blamed."""
PREPARATIONS = 5
"""Engines in a row that may die while the statement is opened or a path replayed."""
REPLAY_PATIENCE = 4.0
"""A tactic that worked once may take this many times its seconds when it is replayed."""

_Job = tuple[int, str]
"""A tactic and its index in the call of `run_tacs`."""


@dataclass(slots=True)
class _Run:
    """One call of `run_tacs`: the result of the tactic at index i concerns state `first_id + i`."""

    state: TacticState
    first_id: int
    heard: Heard | None
    results: dict[int, TacticResult] = field(default_factory=dict)

    def tell(self, index: int, result: TacticResult) -> None:
        """Report a result to the caller as soon as it is there."""
        if self.heard is not None:
            self.heard(index, result)

    def finished_before(self, index: int) -> bool:
        return any(i < index and isinstance(r, ProofFinished) for i, r in self.results.items())


class PooledSession:
    """One theorem or hole, opened; implements :class:`prover.lean.environment.Session`. Made by `open`."""

    def __init__(
        self,
        leases: Leases,
        goal: Goal,
        key: int,
        chunk: int,
        on_close: Callable[[], Awaitable[None]] | None,
    ) -> None:
        self._leases = leases
        self._goal = goal
        self._key = key
        self._chunk = chunk
        self._on_close = on_close
        self._states: dict[int, TacticState] = {}
        self._made_by: dict[int, tuple[int, str]] = {}
        self._blamed: dict[tuple[int, str], TacticResult] = {}
        self._next_id = ROOT + 1
        self._closed = False

    @classmethod
    async def open(
        cls,
        leases: Leases,
        goal: Goal,
        *,
        key: int,
        chunk: int,
        on_close: Callable[[], Awaitable[None]] | None = None,
    ) -> PooledSession:
        """Open a theorem or a hole. `key` tells the sessions of a pool apart, `chunk` tactics go into one request.

        `on_close` is called when the session is closed.

        Raises:
            StatementError, UnsupportedError, EngineError: as for `Environment.open`.
        """
        self = cls(leases, goal, key, chunk, on_close)
        for attempt in range(1, PREPARATIONS + 1):
            async with leases.lease(lambda engine: engine.readiness_for(goal)) as engine:
                try:
                    await self._open_on(engine)
                    break
                except EngineCrashed:
                    if attempt == PREPARATIONS:
                        raise
        return self

    @property
    def theorem(self) -> Theorem:
        """The theorem this session was opened for, or that the hole belongs to."""
        return self._goal.theorem

    @property
    def root(self) -> TacticState:
        """The state before any tactic."""
        return self._states[ROOT]

    async def run_tacs(
        self, state: TacticState, tactics: Sequence[str], heard: Heard | None = None
    ) -> list[TacticResult]:
        """Apply each tactic to `state`, see :class:`prover.lean.environment.Session`.

        Raises:
            EngineError: no engine could be kept alive, or Lean did not do again what it had done before.
        """
        if self._closed:
            raise ValueError("the session has been closed")
        if state.id not in self._states:
            raise ValueError(f"state {state.id} is not one of this session's")
        run = _Run(state, self._next_id, heard)
        self._next_id += len(tactics)
        jobs: list[_Job] = []
        for index, tactic in enumerate(tactics):
            if reason := check_tactic(tactic):
                run.results[index] = LeanError(f"refused: {reason}")
            elif blamed := self._blamed.get((state.id, tactic)):
                run.results[index] = blamed
            else:
                jobs.append((index, tactic))
        for index, result in run.results.items():
            run.tell(index, result)
        await self._run_chunks(run, [jobs[i : i + self._chunk] for i in range(0, len(jobs), self._chunk)])
        return self._register_results(run, tactics)

    def recall(
        self, state: TacticState, tactic: str, goals: tuple[str, ...], messages: tuple[str, ...] = ()
    ) -> TacticState:
        """Return a state of an earlier session, see :class:`prover.lean.environment.Session`."""
        made = TacticState(self._next_id, goals, messages)
        self._next_id += 1
        self._register(made, state, tactic)
        return made

    def discard(self, states: Iterable[TacticState]) -> None:
        """Let Lean free the memory of `states`. A discarded state can still be used; it costs a replay."""
        self._leases.forget(self._key, [state.id for state in states])

    async def close(self) -> None:
        """Give every state back. Safe to call twice."""
        self._closed = True
        self._leases.forget(self._key)
        if self._on_close is not None:
            await self._on_close()

    async def _run_chunks(self, run: _Run, chunks: list[list[_Job]]) -> None:
        tasks = [asyncio.create_task(self._run_chunk(run, jobs)) for jobs in chunks]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._closed:
                self._leases.forget(self._key)

    async def _run_chunk(self, run: _Run, jobs: list[_Job]) -> None:
        alone = False
        strikes = unprepared = 0
        while jobs and not run.finished_before(jobs[0][0]):
            async with self._leases.lease(lambda engine: engine.affinity(self._key, run.state.id)) as engine:
                if run.finished_before(jobs[0][0]):
                    return
                sent = jobs[:1] if alone else jobs
                try:
                    proof_state = await self._replay_to(engine, run.state.id)
                except (EngineCrashed, EngineTimeout):
                    unprepared += 1
                    if unprepared == PREPARATIONS:
                        raise
                    continue
                try:
                    batch = await engine.apply(proof_state, [tactic for _, tactic in sent])
                except asyncio.CancelledError:
                    self._hear(run, sent, engine.partial_results())
                    raise
                self._record_batch(run, engine, sent, batch)
            unprepared = 0
            jobs = jobs[len(batch.replies) :]
            if batch.replies:
                strikes = 0
            if batch.failure is None:
                continue
            alone = True
            if not batch.exact:
                continue
            strikes += 1
            if isinstance(batch.failure, EngineTimeout):
                verdict: TacticResult = TacticTimeout(batch.failure.message)
            elif strikes == STRIKES:
                verdict = TacticCrashed(batch.failure.message)
            else:
                continue
            (index, tactic), *jobs = jobs
            run.results[index] = self._blamed[run.state.id, tactic] = verdict
            alone = False
            strikes = 0

    async def _replay_to(self, engine: Engine, state_id: int) -> int:
        """Return the engine's number for a state, after replaying the way there if it must."""
        await engine.evict()
        held = engine.held(self._key)
        missing: list[int] = []
        while state_id not in held and state_id != ROOT:
            missing.append(state_id)
            state_id = self._made_by[state_id][0]
        proof_state = held[state_id] if state_id in held else await self._open_on(engine)
        for child in reversed(missing):
            tactic = self._made_by[child][1]
            batch = await engine.apply(proof_state, [tactic], patience=REPLAY_PATIENCE)
            if batch.failure is not None:
                raise batch.failure
            result = tactic_result(batch.replies[0], child)
            if not isinstance(result, TacticState) or result.goals != self._states[child].goals:
                raise EngineError(
                    f"replaying {tactic!r} in {self.theorem.name} gave {str(result)[:300]}, "
                    f"not {str(self._states[child])[:300]}"
                )
            proof_state = engine.held(self._key)[child] = batch.replies[0]["proofState"]
        return proof_state

    async def _open_on(self, engine: Engine) -> int:
        opened = await engine.open(self._goal)
        engine.held(self._key)[ROOT] = opened.proof_state
        root = self._states.setdefault(ROOT, TacticState(ROOT, (opened.text,)))
        if root.goals != (opened.text,):
            raise EngineError(f"opening {self.theorem.name} again gave {opened.text!r}, not {root.pp!r}")
        return opened.proof_state

    @staticmethod
    def _hear(run: _Run, jobs: Sequence[_Job], replies: Sequence[TacticReply]) -> None:
        """Tell what has come of `jobs` in a request that has been cancelled; nothing of it is kept."""
        for (index, _), reply in zip(jobs, replies, strict=False):
            run.tell(index, tactic_result(reply, run.first_id + index))

    def _record_batch(self, run: _Run, engine: Engine, jobs: list[_Job], batch: Batch) -> None:
        """Record the results of `jobs` that have come."""
        for (index, _), reply in zip(jobs, batch.replies, strict=False):
            result = tactic_result(reply, run.first_id + index)
            run.results[index] = result
            run.tell(index, result)
            if not isinstance(result, TacticState):
                engine.drop_state(reply)
            elif engine.alive:
                engine.held(self._key)[result.id] = reply["proofState"]

    def _register_results(self, run: _Run, tactics: Sequence[str]) -> list[TacticResult]:
        """Return the results up to the first finish; make their states the session's, drop the others."""
        finish = min(
            (i for i, r in run.results.items() if isinstance(r, ProofFinished)), default=len(tactics)
        )
        for index, result in run.results.items():
            if isinstance(result, TacticState):
                if index < finish:
                    self._register(result, run.state, tactics[index])
                else:
                    self.discard([result])
        return [run.results[index] for index in range(min(finish + 1, len(tactics)))]

    def _register(self, made: TacticState, state: TacticState, tactic: str) -> None:
        """Remember how a state was made."""
        self._states[made.id] = made
        self._made_by[made.id] = (state.id, tactic)
