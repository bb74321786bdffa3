"""vLLM servers on a cluster's nodes, for runs whose policy names a model as ``vllm:MODEL``."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeGuard

from prover.errors import InputError, ProverError, SetupError
from prover.policy.spec import LocalModel, ServedModel, Source, parse_spec, write_spec
from prover.serving.server import ServeSettings, VllmServer, choose_build
from prover.util.home import home
from prover.util.ports import free_port

READY_S = 1800.0
"""Seconds until a server must be ready: a large model is read from a slow disk."""
KEPT_VARIABLE = "PROVER_VLLM_REPLICAS"
"""Servers that run already: a JSON object with the policy spec of those that serve a model, by the model's folder."""


class ModelActor:
    """An actor that serves `model` on its node."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._server: VllmServer | None = None

    async def start(self) -> str:
        """Start vLLM, and return the policy spec of its server once it answers.

        Raises:
            InputError, SetupError: it cannot be started.
        """
        import ray

        address = str(ray.util.get_node_ip_address())
        settings = ServeSettings(model=self._model, host=address, port=free_port(address))
        build = await asyncio.to_thread(choose_build, None)
        log = home() / "serve" / f"{settings.port}.log"
        self._server = await VllmServer.start(settings, build, log)
        await self._server.wait_ready(READY_S, lambda stage: None)
        return f"{settings.url}#{settings.name}"

    async def ended(self) -> str:
        """Wait until the server ends by itself, and return why it did."""
        assert self._server is not None
        try:
            await self._server.wait_end()
        except ProverError as error:
            return error.message
        return "it ended"

    async def stop(self) -> None:
        """End the server."""
        if self._server is not None:
            await self._server.stop()


@asynccontextmanager
async def served_models(
    ray: Any,  # noqa: ANN401  (Ray is not typed)
    specs: Mapping[str, str],
    replicas: int,
    result: Callable[[Any], Any],
    note: Callable[[str], None],
) -> AsyncIterator[dict[str, str]]:
    """Yield those of `specs` that name models as ``vllm:MODEL``, with `replicas` servers of each instead, one on a GPU.

    Without GPUs in the cluster a server takes a processor. `result` awaits a reference of Ray's; `note` is told
    of servers that end. A model that `KEPT_VARIABLE` has servers of gets no others.

    Raises:
        InputError: none names such a model.
        SetupError: there is no room for the servers, or one cannot be started.
    """
    read = {setting: parse_spec(spec) for setting, spec in specs.items()}
    read = {
        setting: members for setting, members in read.items() if any(is_vllm(each) for _, each in members)
    }
    models = [source for members in read.values() for _, source in members if is_vllm(source)]
    if not models:
        raise InputError(
            f"--model-replicas serves models such as vllm:MODEL, and {' and '.join(specs.values())} has none",
            advice="Leave it out, or name a model so.",
        )
    kept: dict[str, str] = json.loads(os.environ.get(KEPT_VARIABLE, "{}"))
    needs = server_needs(ray, sum(each.model not in kept for each in models) * replicas)
    actors: list[Any] = []
    watching: list[asyncio.Task[None]] = []

    async def serve(model: str) -> str:
        actor = ray.remote(**needs)(ModelActor).remote(model)
        actors.append(actor)
        try:
            spec: str = await result(actor.start.remote())
        except (InputError, SetupError) as error:
            raise SetupError(f"{model} cannot be served: {error.message}", advice=error.advice) from error
        watching.append(asyncio.create_task(_watch(actor, spec)))
        return spec

    async def _watch(actor: Any, spec: str) -> None:  # noqa: ANN401
        try:
            why = await result(actor.ended.remote())
        except ray.exceptions.RayActorError:
            why = "its node is gone"
        note(f"cluster: the model server {spec} has ended: {why}; the others go on")

    async def replaced(source: Source) -> Source:
        if not is_vllm(source):
            return source
        if source.model in kept:
            [(_, running)] = parse_spec(kept[source.model])
            return running
        return joined(await asyncio.gather(*(serve(source.model) for _ in range(replicas))))

    try:
        yield {
            setting: write_spec([(weight, await replaced(source)) for weight, source in members])
            for setting, members in read.items()
        }
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        await asyncio.gather(*(result(each.stop.remote()) for each in actors), return_exceptions=True)
        for each in actors:
            ray.kill(each)


def joined(specs: Sequence[str]) -> ServedModel:
    """Return the servers of these policy specs as replicas of one model."""
    urls = tuple(spec.partition("#")[0] for spec in specs)
    return ServedModel(urls, specs[0].partition("#")[2])


def is_vllm(source: Source) -> TypeGuard[LocalModel]:
    """Whether it is a model that vLLM is to run."""
    return isinstance(source, LocalModel) and source.vllm


def server_needs(ray: Any, count: int) -> dict[str, float]:  # noqa: ANN401
    """Return what a server takes of a node.

    Raises:
        SetupError: there is no room for `count` of them.
    """
    resources = ray.cluster_resources()
    kind, name = ("GPU", "GPUs") if resources.get("GPU") else ("CPU", "processors")
    if resources.get(kind, 0.0) < count:
        raise SetupError(
            f"the cluster has {resources.get(kind, 0.0):g} {name}, and {count} model servers take one each",
            advice="Ask for fewer with --model-replicas.",
        )
    return {"num_gpus": 1, "num_cpus": 0} if kind == "GPU" else {"num_cpus": 1}
