"""Hand a run's jobs out to actors on a Ray cluster.

Each actor has `workers` lanes, and a lane has one job at a time, so that no more results are under way than the driver
has lanes: a slow store slows the actors. A job whose actor is lost is handed out again; an actor that is lost is
started anew, wherever the cluster has room. When lanes are idle and a job takes far longer than those before it did,
the job is given to a second actor, too, and the first result counts; not an attempt that asks a chat model, for whose
answers both would wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

from prover import __version__
from prover.cluster.actor import EvaluationActor, Returned
from prover.cluster.answering import Answering
from prover.cluster.connect import Needs, connected, room_for
from prover.cluster.serving import served_models
from prover.cluster.settings import ClusterSettings
from prover.errors import EngineCrashed, InputError, PolicyUnavailable, ProverError, SetupError
from prover.evaluation.run.chat_models import ChatModels, ChatPrompts, open_chat_models, sketch_choice
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.executor import AttemptJob, AttemptResult
from prover.evaluation.run.pipeline import Reading
from prover.evaluation.run.recorded_chat import RecordedAnswers
from prover.evaluation.store.rows import AutomationRow, OutcomeName
from prover.evaluation.store.tree_rows import storable
from prover.lean.backends import backend_of
from prover.lean.embedded.install import download_of
from prover.lean.theorem import Theorem
from prover.policy.api_key import KEY_VARIABLES
from prover.policy.base import raise_trouble
from prover.policy.spec import ServedModel, parse_spec
from prover.problems.problem import Problem
from prover.problems.support import Support
from prover.search.budget import StopReason
from prover.search.checkpoint import Save, SavedAnswers
from prover.util.within import cancel_all

LOST_AT_MOST = 3
"""Actors that one job may have ended, on nodes that stay alive, before it counts as what ends them."""
RESTART_S = 2.0
"""Seconds to wait before an actor is started again."""
NO_ACTOR_SAID_S = 20.0
NO_ACTOR_S = 300.0
"""Seconds without any actor after which a run gives up."""
FOLLOW_S = 15.0
"""How often the driver asks an actor for what its searches have saved."""
STRAGGLER_FACTOR = 3.0
"""How many times longer than the longest finished job one may take before it is given to a second actor, too."""
STRAGGLER_LEAST_S = 30.0
CHECKER_BYTES = 1_500_000_000
"""What an actor takes besides its engines: Python, and the engines that check proofs."""


class _Lost(Exception):
    """The actor that worked on a job is gone; `node_lives` if the machine it ran on is not."""

    def __init__(self, node_lives: bool) -> None:
        super().__init__()
        self.node_lives = node_lives


class _Actor:
    """An actor that has started: its handle, the node it is on with its address, and whether it is gone."""

    def __init__(
        self,
        number: int,
        handle: Any,  # noqa: ANN401  (Ray's handles have no type)
        node: str,
        address: str,
    ) -> None:
        self.number = number
        self.handle = handle
        self.node = node
        self.address = address
        self.lost = asyncio.Event()


class RayExecutor:
    """An :class:`~prover.evaluation.run.executor.Executor` on a cluster. Made by :func:`open_ray`.

    With `models`, this process asks them what the attempts ask.
    """

    def __init__(
        self,
        ray: Any,  # noqa: ANN401  (Ray is not typed)
        config: RunConfig,
        problem: Callable[[int], Problem],
        needs: Needs,
        actors: int,
        note: Callable[[str], None],
        models: ChatModels | None = None,
    ) -> None:
        self._ray = ray
        self._result = result_of(ray)
        self._config = config
        self._problem = problem
        self._needs = needs
        self._actors = actors
        self._note = note
        self._prompts = ChatPrompts() if models is None else models.prompts
        self._answering = None if models is None else Answering(models, self._result)
        self._idle: asyncio.Queue[_Actor] = asyncio.Queue()
        self._readings: dict[int, Reading] = {}
        self._restarts: dict[int, int] = {}
        self._addresses: dict[int, str] = {}
        self._started = 0
        self._longest_s = 0.0
        self._first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._package: list[Any] = []
        self._own_node = ray.get_runtime_context().get_node_id()
        errors = ray.exceptions
        self._gone = (errors.RayActorError, errors.ObjectLostError, errors.WorkerCrashedError)

    @property
    def slots(self) -> int:
        """Jobs that it works on at the same time."""
        return self._actors * self._config.workers

    @property
    def notes(self) -> Sequence[str]:
        """What the run's log should say of it."""
        nodes = sum(bool(node["Alive"]) for node in self._ray.nodes())
        return [f"cluster: {self._actors} actors on {nodes} nodes, each with {self._config.engines} engines"]

    @property
    def engine_restarts(self) -> int:
        """Engines that were started again so far."""
        return sum(self._restarts.values())

    @property
    def nodes(self) -> Mapping[str, int]:
        """The addresses of the nodes that have actors, with their number."""
        return Counter(self._addresses.values())

    async def reading(self) -> Reading:
        """Read how busy engines and models have been so far, as far as finished jobs told."""
        last = list(self._readings.values())
        models = range(max((len(each.policy_s) for each in last), default=0))
        return Reading(
            clock_s=time.monotonic(),
            lean_s=sum(each.lean_s for each in last),
            engines=self._actors * self._config.engines,
            policy_s=tuple(sum(each.policy_s[model] for each in last) for model in models),
            slots=tuple(self._actors * (last[-1].slots[model] or 1) for model in models),
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

        def ask(actor: _Actor) -> Awaitable[AttemptResult]:
            follow = partial(self._follow, actor, job, keep)
            return self._raced(actor, "attempt", (job,), follow, twice=self._answering is None)

        answered = nullcontext() if self._answering is None else self._answering.attempt(job.attempt_id)
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

    async def _retried(self, ask: Callable[[_Actor], Awaitable[Any]]) -> Any:  # noqa: ANN401
        """Ask some actor, again another one as often as actors are lost.

        Raises:
            EngineCrashed: the job seems to be what ends the actors.
            SetupError: no actor is left.
        """
        lost = 0
        while True:
            actor = await self._idle_actor()
            try:
                return await ask(actor)
            except _Lost as loss:
                lost += loss.node_lives
                if lost == LOST_AT_MOST:
                    raise EngineCrashed(f"{lost} actors ended while they worked on it") from loss

    async def _raced(
        self,
        actor: _Actor,
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
                if twice and not self._idle.empty():
                    twice = False
                    self._note(f"cluster: a job takes more than {patience:.0f} s, handed out a second time")
                    second = self._idle.get_nowait()
                    running.add(asyncio.create_task(self._ask(second, method, arguments)))
        finally:
            await cancel_all([*running, *beside])

    async def _follow(self, actor: _Actor, job: AttemptJob, save: Save) -> None:
        """Take over from time to time what the actor's search has saved, until this is cancelled."""
        with contextlib.suppress(*self._gone):
            while True:
                await asyncio.sleep(FOLLOW_S)
                for saved in await self._result(actor.handle.saved.remote(job.attempt_id)):
                    save(saved)

    async def _ask(self, actor: _Actor, method: str, arguments: tuple[object, ...]) -> Any:  # noqa: ANN401
        """Have `actor` call `method`; it is idle again afterwards, unless it is lost."""
        began = time.monotonic()
        reference = getattr(actor.handle, method).remote(*arguments)
        try:
            returned: Returned[Any] = await self._result(reference)
        except self._gone as error:
            actor.lost.set()
            raise _Lost(self._is_alive(actor.node)) from error
        except asyncio.CancelledError:
            self._ray.cancel(reference)
            self._idle.put_nowait(actor)
            raise
        except ProverError:
            self._idle.put_nowait(actor)
            raise
        self._readings[actor.number] = returned.reading
        self._restarts[actor.number] = returned.engine_restarts
        self._longest_s = max(self._longest_s, time.monotonic() - began)
        self._idle.put_nowait(actor)
        return returned.value

    async def _idle_actor(self) -> _Actor:
        """Wait for an actor that is idle.

        Raises:
            SetupError: there is none, and none can be started.
        """
        while True:
            waiting = asyncio.create_task(self._idle.get())
            ends: list[asyncio.Future[Any]] = [waiting, self._failed]
            try:
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                if self._failed.done():
                    self._failed.result()
                actor = waiting.result()
            finally:
                waiting.cancel()
            if not actor.lost.is_set():
                return actor

    def _is_alive(self, node: str) -> bool:
        return any(each["NodeID"] == node and each["Alive"] for each in self._ray.nodes())

    async def keep(self) -> None:
        """Keep the wanted number of actors alive, until it is cancelled; a failure is what jobs are told."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._actors):
                    group.create_task(self._keep_one())
                group.create_task(self._watch())
        except ExceptionGroup as errors:
            first = errors.exceptions[0]
            while isinstance(first, ExceptionGroup):
                first = first.exceptions[0]
            self._failed.set_exception(first)
            if not self._first.done():
                self._first.set_exception(first)

    async def first(self) -> None:
        """Wait until the first actor is there.

        Raises:
            InputError, SetupError: an actor could not open what the run needs.
        """
        await self._first

    async def _watch(self) -> None:
        """Say when there is no actor for a while, give up when there has been none for long."""
        since, said = time.monotonic(), False
        while True:
            await asyncio.sleep(1.0)
            if self._addresses:
                since, said = time.monotonic(), False
            elif not self._is_alive(self._own_node):
                raise SetupError(
                    "the cluster has lost the node that this process belongs to, and with it all actors",
                    advice="All that is finished is stored. Start the node again; --resume goes on.",
                )
            elif not said and time.monotonic() - since > NO_ACTOR_SAID_S:
                said = True
                free = self._ray.available_resources()
                self._note(
                    f"cluster: no actor has started for {NO_ACTOR_SAID_S:.0f} s: each takes {self._needs}; free are "
                    f"{free.get('CPU', 0.0):g} CPU and {free.get('memory', 0.0) / 1e9:.1f} GB on all nodes together"
                )
            elif time.monotonic() - since > NO_ACTOR_S:
                raise SetupError(
                    f"no actor could be started on the cluster for {NO_ACTOR_S:.0f} s: each takes {self._needs}",
                    advice="See `ray status`. All that is finished is stored; --resume goes on.",
                )

    async def _keep_one(self) -> None:
        ray = self._ray
        options = {} if self._answering is None else keyless(self._config)
        kind = ray.remote(num_cpus=self._needs.cpus, memory=self._needs.memory, **options)(EvaluationActor)
        while True:
            handle = kind.remote(self._config.model_dump_json(), __version__, self._prompts)
            try:
                actor = await self._open(handle)
                self._addresses[actor.number] = actor.address
                try:
                    if not self._first.done():
                        self._first.set_result(None)
                    for _ in range(self._config.workers):
                        self._idle.put_nowait(actor)
                    await self._until_lost(actor)
                finally:
                    del self._addresses[actor.number]
                self._note(f"cluster: the actor on node {actor.node[:8]} is lost; another one is started")
            except self._gone as error:
                line = str(error).strip().partition("\n")[0]
                self._note(f"cluster: an actor was lost while it started: {line}")
            finally:
                ray.kill(handle)
            await asyncio.sleep(RESTART_S)

    async def _until_lost(self, actor: _Actor) -> None:
        """Answer what the actor's attempts ask, until it is lost."""
        tasks: list[asyncio.Task[Any]] = [asyncio.create_task(actor.lost.wait())]
        if self._answering is not None:
            tasks.append(asyncio.create_task(self._answering.serve(actor.handle)))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            with contextlib.suppress(*self._gone):
                for task in done:
                    task.result()
        finally:
            actor.lost.set()
            await cancel_all(tasks)

    async def _open(self, handle: Any) -> _Actor:  # noqa: ANN401
        """Wait until the actor has opened what the run needs.

        Raises:
            InputError, SetupError: it cannot; the message says on which node.
        """
        self._started += 1
        number = self._started
        node, address = await self._result(handle.where.remote())
        try:
            self._readings[number] = await self._result(handle.open.remote(self._package))
        except (InputError, SetupError) as error:
            raise SetupError(f"on the node {address}: {error.message}", advice=error.advice) from error
        return _Actor(number, handle, node, address)

    async def offer_package(self) -> None:
        """Put the file that Lean is installed from where nodes can have it, if this machine has it."""
        path = download_of()
        if self._config.engine == "embedded" and path.exists():
            content = await asyncio.to_thread(path.read_bytes)
            self._package = [await asyncio.to_thread(self._ray.put, content)]


@asynccontextmanager
async def open_ray(
    config: RunConfig,
    problem: Callable[[int], Problem],
    settings: ClusterSettings,
    note: Callable[[str], None],
    answers: RecordedAnswers,
    page: str | None = None,
) -> AsyncIterator[RayExecutor]:
    """Start actors on the cluster that `settings` names; `problem` gives the run's problems by number.

    `note` writes a line to the run's log. `answers` is where the answers of chat models are kept; `page` is the address
    of the run's page.

    Raises:
        InputError, SetupError: there is no such cluster, it has no room, a node lacks what the run needs, or a chat
            model cannot be had.
    """
    assert settings.cluster is not None
    async with AsyncExitStack() as stack:
        ray = await stack.enter_async_context(connected(settings.cluster, page))
        if settings.model_replicas:
            serving = served_models(ray, _specs(config), settings.model_replicas, result_of(ray), note)
            config = config.model_copy(update=await stack.enter_async_context(serving))
        needs = needs_of(config)
        actors = room_for(ray.nodes(), needs, settings.actors)
        models = await stack.enter_async_context(open_chat_models(config, answers))
        executor = RayExecutor(
            ray, config, problem, needs, actors, note, models if models.prompts.any else None
        )
        if len({node["NodeManagerHostname"] for node in ray.nodes() if node["Alive"]}) > 1:
            await executor.offer_package()
        keeper = asyncio.create_task(executor.keep())
        try:
            await executor.first()
            yield executor
        finally:
            await cancel_all([keeper])


def result_of(ray: Any) -> Callable[[Any], Awaitable[Any]]:  # noqa: ANN401  (Ray is not typed)
    """Return what awaits a reference of Ray's; an error of prover's is raised as it was on the node."""

    async def result(reference: Any) -> Any:  # noqa: ANN401
        future, done = reference.future(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def tell(_: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(done.set)

        future.add_done_callback(tell)
        await done.wait()  # when this is cancelled, `future` is not: Ray's client breaks at futures that are
        try:
            return future.result()
        except ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, ProverError):
                raise error.cause from None
            raise

    return result


def needs_of(config: RunConfig) -> Needs:
    """Return what an actor of a run takes of its node; what elaborates whole proofs and sketches is one engine more."""
    engine = config.memory_bytes or backend_of(config).engine_memory_bytes
    engines = config.engines + (0 if config.method == "search" else config.workers)
    return Needs(cpus=config.engines, memory=engines * engine + CHECKER_BYTES)


def keyless(config: RunConfig) -> dict[str, Any]:
    """Return Ray's options for actors that get no API key: nothing where their searches ask a server themselves."""
    policy = "" if config.method == "whole-proof" else sketch_choice(config).searching.policy
    if policy and any(isinstance(source, ServedModel) for _, source in parse_spec(policy)):
        return {}
    return {"runtime_env": {"env_vars": dict.fromkeys(KEY_VARIABLES, "")}}


def _specs(config: RunConfig) -> dict[str, str]:
    """Return the settings that may name models to be served."""
    specs = {"policy": config.policy}
    if config.method == "sketch" and config.planner is not None and config.planned_by_chat:
        specs["planner"] = config.planner
    return specs
