"""The actors of a run on a Ray cluster: kept alive, and handed out while they are idle.

An actor that is lost is started anew, wherever the cluster has room.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from prover import __version__
from prover.cluster.actor import EvaluationActor
from prover.cluster.answering import Answering
from prover.cluster.object_refs import result_of
from prover.cluster.resources import Needs, keyless
from prover.errors import InputError, SetupError
from prover.evaluation.run.chat_models import ChatModels, ChatPrompts
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.pipeline import Reading
from prover.lean.embedded.install import download_of
from prover.util.within import cancel_all

RESTART_S = 2.0
"""Seconds to wait before an actor is started again."""
NO_ACTOR_SAID_S = 20.0
NO_ACTOR_S = 300.0
"""Seconds without any actor after which a run gives up."""


class PooledActor:
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


class ActorPool:
    """As many actors as `size` says, each idle once for each of the run's workers.

    With `models`, this process asks them what the actors' attempts ask. `note` writes a line to the run's log.
    """

    def __init__(
        self,
        ray: Any,  # noqa: ANN401  (Ray is not typed)
        config: RunConfig,
        needs: Needs,
        size: int,
        note: Callable[[str], None],
        models: ChatModels | None = None,
    ) -> None:
        self._ray = ray
        self._result = result_of(ray)
        self._config = config
        self._needs = needs
        self._note = note
        self._prompts = ChatPrompts() if models is None else models.prompts
        self._idle: asyncio.Queue[PooledActor] = asyncio.Queue()
        self._addresses: dict[int, str] = {}
        self._started = 0
        self._first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._package: list[Any] = []
        self._own_node = ray.get_runtime_context().get_node_id()
        errors = ray.exceptions
        self.gone = (errors.RayActorError, errors.ObjectLostError, errors.WorkerCrashedError)
        self.size = size
        self.answering = None if models is None else Answering(models, self._result)
        self.readings: dict[int, Reading] = {}

    @property
    def nodes(self) -> Mapping[str, int]:
        """The addresses of the nodes that have actors, with their number."""
        return Counter(self._addresses.values())

    def is_alive(self, node: str) -> bool:
        """Whether the node with this id is."""
        return any(each["NodeID"] == node and each["Alive"] for each in self._ray.nodes())

    def idle_now(self) -> PooledActor | None:
        """Take an actor that is idle, if there is one."""
        return None if self._idle.empty() else self._idle.get_nowait()

    def give_back(self, actor: PooledActor) -> None:
        """Have an actor be idle again."""
        self._idle.put_nowait(actor)

    async def idle(self) -> PooledActor:
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

    async def keep(self) -> None:
        """Keep the wanted number of actors alive, until it is cancelled; a failure is what jobs are told."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.size):
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
            elif not self.is_alive(self._own_node):
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
        options = {} if self.answering is None else keyless(self._config)
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
                        self.give_back(actor)
                    await self._until_lost(actor)
                finally:
                    del self._addresses[actor.number]
                self._note(f"cluster: the actor on node {actor.node[:8]} is lost; another one is started")
            except self.gone as error:
                line = str(error).strip().partition("\n")[0]
                self._note(f"cluster: an actor was lost while it started: {line}")
            finally:
                ray.kill(handle)
            await asyncio.sleep(RESTART_S)

    async def _until_lost(self, actor: PooledActor) -> None:
        """Answer what the actor's attempts ask, until it is lost."""
        tasks: list[asyncio.Task[Any]] = [asyncio.create_task(actor.lost.wait())]
        if self.answering is not None:
            tasks.append(asyncio.create_task(self.answering.serve(actor.handle)))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            with contextlib.suppress(*self.gone):
                for task in done:
                    task.result()
        finally:
            actor.lost.set()
            await cancel_all(tasks)

    async def _open(self, handle: Any) -> PooledActor:  # noqa: ANN401
        """Wait until the actor has opened what the run needs.

        Raises:
            InputError, SetupError: it cannot; the message says on which node.
        """
        self._started += 1
        number = self._started
        node, address = await self._result(handle.where.remote())
        try:
            self.readings[number] = await self._result(handle.open.remote(self._package))
        except (InputError, SetupError) as error:
            raise SetupError(f"on the node {address}: {error.message}", advice=error.advice) from error
        return PooledActor(number, handle, node, address)

    async def offer_package(self) -> None:
        """Put the file that Lean is installed from where nodes can have it, if this machine has it."""
        path = download_of()
        if self._config.engine == "embedded" and path.exists():
            content = await asyncio.to_thread(path.read_bytes)
            self._package = [await asyncio.to_thread(self._ray.put, content)]
