"""Hand a run's jobs out to actors on a Ray cluster.

Each actor has `workers` lanes, and a lane has one job at a time, so that no more results are under way than the driver
has lanes: a slow store slows the actors. A job whose actor is lost is handed out again. When lanes are idle and a job
takes far longer than those before it did, the job is given to a second actor, too, and the first result counts; not an
attempt that asks a chat model, for whose answers both would wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

from prover.cluster.actor import Returned
from prover.cluster.actor_pool import ActorPool, PooledActor
from prover.cluster.object_refs import result_of
from prover.errors import EngineCrashed, PolicyUnavailable, ProverError
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.executor import AttemptJob, AttemptResult
from prover.evaluation.run.pipeline import Reading
from prover.evaluation.store.rows import AutomationRow, OutcomeName
from prover.evaluation.store.tree_rows import storable
from prover.lean.theorem import Theorem
from prover.policy.base import raise_trouble
from prover.problems.problem import Problem
from prover.problems.support import Support
from prover.search.budget import StopReason
from prover.search.checkpoint import Save, SavedAnswers
from prover.util.within import cancel_all

LOST_AT_MOST = 3
"""Actors that one job may have ended, on nodes that stay alive, before it counts as what ends them."""
FOLLOW_S = 15.0
"""How often the driver asks an actor for what its searches have saved."""
STRAGGLER_FACTOR = 3.0
"""How many times longer than the longest finished job one may take before it is given to a second actor, too."""
STRAGGLER_LEAST_S = 30.0


class _Lost(Exception):
    """The actor that worked on a job is gone; `node_lives` if the machine it ran on is not."""

    def __init__(self, node_lives: bool) -> None:
        super().__init__()
        self.node_lives = node_lives


class RayExecutor:
    """An :class:`~prover.evaluation.run.executor.Executor` with the actors of `pool`.

    `problem` gives the run's problems by number, `note` writes a line to the run's log.
    """

    def __init__(
        self,
        ray: Any,  # noqa: ANN401  (Ray is not typed)
        config: RunConfig,
        problem: Callable[[int], Problem],
        pool: ActorPool,
        note: Callable[[str], None],
    ) -> None:
        self._ray = ray
        self._result = result_of(ray)
        self._config = config
        self._problem = problem
        self._pool = pool
        self._note = note
        self._restarts: dict[int, int] = {}
        self._longest_s = 0.0

    @property
    def slots(self) -> int:
        """Jobs that it works on at the same time."""
        return self._pool.size * self._config.workers

    @property
    def notes(self) -> Sequence[str]:
        """What the run's log should say of it."""
        nodes = sum(bool(node["Alive"]) for node in self._ray.nodes())
        return [
            f"cluster: {self._pool.size} actors on {nodes} nodes, each with {self._config.engines} engines"
        ]

    @property
    def engine_restarts(self) -> int:
        """Engines that were started again so far."""
        return sum(self._restarts.values())

    @property
    def nodes(self) -> Mapping[str, int]:
        """The addresses of the nodes that have actors, with their number."""
        return self._pool.nodes

    async def reading(self) -> Reading:
        """Read how busy engines and models have been so far, as far as finished jobs told."""
        last = list(self._pool.readings.values())
        models = range(max((len(each.policy_s) for each in last), default=0))
        return Reading(
            clock_s=time.monotonic(),
            lean_s=sum(each.lean_s for each in last),
            engines=self._pool.size * self._config.engines,
            policy_s=tuple(sum(each.policy_s[model] for each in last) for model in models),
            slots=tuple(self._pool.size * (last[-1].slots[model] or 1) for model in models),
        )

    async def check(self, problem_id: int) -> Support:
        """Elaborate a statement on some node; raises as for the protocol."""
        support: Support = await self._call("check", problem_id, self._problem(problem_id))
        return support

    async def automate(self, theorem: Theorem) -> list[AutomationRow]:
        """Try plain automation on some node; raises as for the protocol."""
        calls: list[AutomationRow] = await self._call("automate", theorem)
        return calls

    async def attempt(self, job: AttemptJob, save: Save) -> AttemptResult:
        """Make one attempt on some node; raises as for the protocol. Another node goes on where a lost one was."""
        began, row = time.monotonic(), job.begun(time.time())

        def keep(saved: SavedAnswers) -> None:
            nonlocal job
            job = replace(job, before=(*job.before, saved))
            save(saved)

        def ask(actor: PooledActor) -> Awaitable[AttemptResult]:
            follow = partial(self._follow, actor, job, keep)
            return self._raced(actor, "attempt", (job,), follow, twice=self._pool.answering is None)

        answered = (
            nullcontext() if self._pool.answering is None else self._pool.answering.attempt(job.attempt_id)
        )
        outcome: OutcomeName = "engine error"
        try:
            async with answered as asking:
                result: AttemptResult = await self._retried(ask)
                if asking is not None and result.attempt.stopped_by == StopReason.SECONDS:
                    raise_trouble(asking, "the attempt")
                return result
        except EngineCrashed as error:
            reason = error.message
        except PolicyUnavailable as error:
            outcome, reason = "policy error", error.full
        row = replace(row, outcome=outcome, reason=storable(reason), wall_s=time.monotonic() - began)
        return AttemptResult(attempt=row, policy_silent=outcome == "policy error")

    async def _call(self, method: str, *arguments: object) -> Any:  # noqa: ANN401  (what the method returns)
        """Have some actor call `method`; raises as `_retried` does."""
        return await self._retried(lambda actor: self._raced(actor, method, arguments))

    async def _retried(self, ask: Callable[[PooledActor], Awaitable[Any]]) -> Any:  # noqa: ANN401
        """Ask some actor, again another one as often as actors are lost.

        Raises:
            EngineCrashed: the job seems to be what ends the actors.
            SetupError: no actor is left.
        """
        lost = 0
        while True:
            actor = await self._pool.idle()
            try:
                return await ask(actor)
            except _Lost as loss:
                lost += loss.node_lives
                if lost == LOST_AT_MOST:
                    raise EngineCrashed(f"{lost} actors ended while they worked on it") from loss

    async def _raced(
        self,
        actor: PooledActor,
        method: str,
        arguments: tuple[object, ...],
        follow: Callable[[], Coroutine[Any, Any, None]] | None = None,
        *,
        twice: bool = True,
    ) -> Any:  # noqa: ANN401
        """Return the result of `actor` or, if that takes very long and others are idle, of a second one if `twice`.

        `follow` runs meanwhile.
        """
        running: set[asyncio.Task[Any]] = {asyncio.create_task(self._ask(actor, method, arguments))}
        beside = [] if follow is None else [asyncio.create_task(follow())]
        patience = max(STRAGGLER_LEAST_S, STRAGGLER_FACTOR * self._longest_s)
        try:
            while True:
                done, running = await asyncio.wait(
                    running, timeout=patience if twice else None, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    if running and isinstance(task.exception(), _Lost):
                        continue
                    return task.result()
                if twice and (second := self._pool.idle_now()) is not None:
                    twice = False
                    self._note(f"cluster: a job takes more than {patience:.0f} s, handed out a second time")
                    running.add(asyncio.create_task(self._ask(second, method, arguments)))
        finally:
            await cancel_all([*running, *beside])

    async def _follow(self, actor: PooledActor, job: AttemptJob, save: Save) -> None:
        """Take over from time to time what the actor's search has saved, until this is cancelled."""
        with contextlib.suppress(*self._pool.gone):
            while True:
                await asyncio.sleep(FOLLOW_S)
                for saved in await self._result(actor.handle.saved.remote(job.attempt_id)):
                    save(saved)

    async def _ask(self, actor: PooledActor, method: str, arguments: tuple[object, ...]) -> Any:  # noqa: ANN401
        """Have `actor` call `method`; it is idle again afterwards, unless it is lost."""
        began = time.monotonic()
        reference = getattr(actor.handle, method).remote(*arguments)
        try:
            returned: Returned[Any] = await self._result(reference)
        except self._pool.gone as error:
            actor.lost.set()
            raise _Lost(self._pool.is_alive(actor.node)) from error
        except asyncio.CancelledError:
            self._ray.cancel(reference)
            self._pool.give_back(actor)
            raise
        except ProverError:
            self._pool.give_back(actor)
            raise
        self._pool.readings[actor.number] = returned.reading
        self._restarts[actor.number] = returned.engine_restarts
        self._longest_s = max(self._longest_s, time.monotonic() - began)
        self._pool.give_back(actor)
        return returned.value
