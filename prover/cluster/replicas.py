"""vLLM servers on a cluster's nodes, kept for one model after the other: each gets the weights while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.cluster.connect import connected
from prover.cluster.object_refs import result_of
from prover.cluster.serving import KEPT_VARIABLE, joined, server_needs
from prover.errors import InputError, SetupError
from prover.policy.reference import compute_reference
from prover.policy.spec import write_spec
from prover.serving.keeper import ServerKeeper

LOST_AT_MOST = 3
"""Actors of one replica that may be lost before it has served a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Where a replica serves its model: a policy spec, and what is to be said of how it came to."""

    spec: str
    said: tuple[str, ...]


class ReplicaActor:
    """An actor that keeps a server on its node; the others are as for `ServerKeeper`."""

    def __init__(self, link: str, dtype: str) -> None:
        import ray

        self._address = str(ray.util.get_node_ip_address())
        self._said: list[str] = []
        self._keeper = ServerKeeper(
            Path(link),
            compute_reference,
            key=lambda: None,
            dtype=dtype,
            say=self._said.append,
            shared_at=self._address,
        )

    async def serve(self, model: str) -> Served:
        """Have the server serve the folder `model`.

        Raises:
            InputError, SetupError: it cannot be started, or the folder is not on this node.
        """
        if not await asyncio.to_thread(Path(model).is_dir):
            raise InputError(
                f"there is no folder {model} on the node {self._address}",
                advice="Put the run on a disk that every node has at the same path.",
            )
        server = await self._keeper.serve(Path(model))
        return Served(spec=f"{server.url}#{server.name}", said=self._news())

    async def rest(self) -> tuple[str, ...]:
        """Make room for a training; return what is to be said of it."""
        await self._keeper.rest()
        return self._news()

    async def stop(self) -> None:
        """End the server."""
        await self._keeper.stop()

    def _news(self) -> tuple[str, ...]:
        news = tuple(f"{self._address}: {line}" for line in self._said)
        self._said.clear()
        return news


class Replicas:
    """Keeps `count` servers on the cluster at `address`; nothing is started before the first `serve`.

    The folder `folder` has, for each, the link by which it finds its model, and its log. Each takes a GPU, or, in a
    cluster without, a processor. `say` receives progress messages.
    """

    def __init__(
        self, address: str, count: int, folder: Path, *, dtype: str, say: Callable[[str], None]
    ) -> None:
        self.address = address
        self._count = count
        self._folder = folder
        self._dtype = dtype
        self._say = say
        self._stack = AsyncExitStack()
        self._ray: Any = None
        self._actors: dict[int, Any] = {}

    async def serve(self, model: Path) -> dict[str, str]:
        """Have all servers serve the folder `model`; return the environment variables by which searches find them.

        From then on `address` is where the cluster is that has them, also of one that was started here.

        Raises:
            InputError, SetupError: there is no such cluster, it has no room, or a server cannot be started.
        """
        if self._ray is None:
            self._ray = await self._stack.enter_async_context(connected(self.address))
            if self.address == "local":
                self.address = str(self._ray.get_runtime_context().gcs_address)
        if not self._actors:
            self._say(f"cluster: {self._count} model servers are started for {model}")
        specs = await asyncio.gather(*(self._serve(number, model) for number in range(self._count)))
        return {KEPT_VARIABLE: json.dumps({str(model): write_spec([(1.0, joined(specs))])})}

    async def rest(self) -> None:
        """Make room for a training on GPUs."""
        asked = [each.rest.remote() for each in self._actors.values()]
        for said in await asyncio.gather(*map(self._result, asked), return_exceptions=True):
            for line in () if isinstance(said, BaseException) else said:
                self._say(line)

    async def stop(self) -> None:
        """End the servers, and leave the cluster. Safe to call twice."""
        actors, self._actors = self._actors, {}
        asked = [each.stop.remote() for each in actors.values()]
        await asyncio.gather(*map(self._result, asked), return_exceptions=True)
        for each in actors.values():
            self._ray.kill(each)
        await self._stack.aclose()
        self._ray = None

    async def _serve(self, number: int, model: Path) -> str:
        """Return the policy spec of one server, which is started on another node if its own is lost."""
        for _ in range(LOST_AT_MOST):
            try:
                served: Served = await self._result(self._actor(number).serve.remote(str(model)))
            except self._ray.exceptions.RayActorError:
                with contextlib.suppress(KeyError):
                    self._ray.kill(self._actors.pop(number))
                self._say(f"cluster: the actor of model server {number + 1} is lost; another one is started")
            except (InputError, SetupError) as error:
                raise SetupError(f"{model} cannot be served: {error.message}", advice=error.advice) from error
            else:
                for line in served.said:
                    self._say(f"model server {number + 1} on {line}")
                return served.spec
        raise SetupError(f"the cluster has lost {LOST_AT_MOST} actors that were to serve {model}")

    def _actor(self, number: int) -> Any:  # noqa: ANN401  (Ray's handles have no type)
        """Return the actor that keeps a server.

        Raises:
            SetupError: there is none, and no room for one.
        """
        if number not in self._actors:
            needs = server_needs(self._ray, self._count)
            link = self._folder / str(number + 1) / "model"
            kind = self._ray.remote(**needs)(ReplicaActor)
            self._actors[number] = kind.remote(str(link), self._dtype)
        return self._actors[number]

    async def _result(self, reference: Any) -> Any:  # noqa: ANN401
        return await result_of(self._ray)(reference)
