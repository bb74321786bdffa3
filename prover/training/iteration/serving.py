"""vLLM between the rounds of an expert iteration: servers that get the weights of each round's model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from prover.cluster.replicas import Replicas
from prover.policy.api_key import KEY_VARIABLES, read_api_key
from prover.policy.open import SERVER_VARIABLE
from prover.policy.reference import compute_reference
from prover.serving.keeper import ServerKeeper
from prover.training.iteration.config import Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How a search finds the servers: environment variables, and options of `prover evaluate`."""

    environment: Mapping[str, str]
    options: tuple[str, ...] = ()


class Servers(Protocol):
    """What serves one model after the other; raises as `RoundServer` says."""

    async def serve(self, model: Path) -> Serving:
        """Serve the folder `model`."""

    async def rest(self) -> None:
        """Make room for a training on the GPUs."""

    async def stop(self) -> None:
        """End the servers. Safe to call twice."""


class OwnServer:
    """One server on this machine; `link` is where it finds its model, `dtype` is as for `prover serve`."""

    def __init__(self, link: Path, *, dtype: str, say: Callable[[str], None]) -> None:
        self._keeper = ServerKeeper(link, compute_reference, key=read_api_key, dtype=dtype, say=say)
        self.rest = self._keeper.rest
        self.stop = self._keeper.stop

    async def serve(self, model: Path) -> Serving:
        """Serve the folder `model`."""
        server = await self._keeper.serve(model)
        return Serving(environment={SERVER_VARIABLE: server.url, KEY_VARIABLES[0]: server.key})


class ClusterServers:
    """Servers on a cluster."""

    def __init__(self, replicas: Replicas) -> None:
        self._replicas = replicas
        self.rest = replicas.rest
        self.stop = replicas.stop

    async def serve(self, model: Path) -> Serving:
        """Serve the folder `model`."""
        environment = await self._replicas.serve(model)
        return Serving(environment=environment, options=("--cluster", self._replicas.address))


class RoundServer:
    """Serves the newest model to the commands of a run; nothing is started before the first `serve`."""

    def __init__(self, servers: Servers) -> None:
        self._runner = asyncio.Runner()
        self._servers = servers

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._runner.run(self._servers.stop())
        finally:
            self._runner.close()

    def serve(self, model: Path) -> Serving:
        """Have the servers serve the folder `model`; return how commands find them.

        Raises:
            InputError, SetupError: they cannot be started.
        """
        return self._runner.run(self._servers.serve(model))

    def rest(self) -> None:
        """Make room for a training on the GPU; on processors the servers stay as they are."""
        self._runner.run(self._servers.rest())


def servers_of(search: Search, folder: Path, say: Callable[[str], None]) -> Servers:
    """Return what serves the models of a run whose searches are these; `folder` is for links and logs."""
    dtype = str(search.options.get("dtype", "auto"))
    if search.cluster is None:
        return OwnServer(folder / "model", dtype=dtype, say=say)
    return ClusterServers(Replicas(search.cluster, search.replicas, folder, dtype=dtype, say=say))
