"""Connect to a Ray cluster, or start one on this machine, and see what it has room for."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from prover.errors import InputError, SetupError
from prover.util.distribution import install_command
from prover.util.guard import Guard

NAMESPACE = "prover"
_ADDRESS = re.compile(r"(ray://)?([^\s/:\[\]]+|\[[0-9a-fA-F:.]+\]):\d{1,5}")
MESSAGE_CHARACTERS = 400
"""Of what Ray says, which may be a traceback."""
TOKEN_ADVICE = (
    "Where it has a token, copy ~/.ray/auth_token from its head to here, and set RAY_AUTH_MODE=token."
)


@dataclass(frozen=True, slots=True)
class Needs:
    """What one actor takes of a node: processors, and bytes of memory."""

    cpus: int
    memory: int

    def fits(self, resources: Mapping[str, float]) -> int:
        """Return how many such actors a node with `resources`, as Ray names them, has room for."""
        by_cpus = int(resources.get("CPU", 0.0) // self.cpus)
        return min(by_cpus, int(resources.get("memory", 0.0) // self.memory))

    def __str__(self) -> str:
        return f"{self.cpus} CPU and {self.memory / 1e9:.1f} GB of memory"


def import_ray() -> Any:  # noqa: ANN401  (Ray's module is not typed)
    """Return Ray.

    Raises:
        SetupError: it is not installed.
    """
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # what Ray will do anyway, and warns of
    try:
        import ray
    except ImportError as error:
        raise SetupError("--cluster needs Ray", advice=f"Run: {install_command('cluster')}") from error
    return ray


def require_address(address: str) -> None:
    """Raise unless this can be the address of a cluster.

    Raises:
        InputError: it cannot.
    """
    if address not in ("local", "auto") and not _ADDRESS.fullmatch(address):
        raise InputError(
            f"{address!r} is no address of a cluster",
            advice="Give local, auto, HOST:PORT or ray://HOST:PORT.",
        )


@asynccontextmanager
async def connected(address: str, page: str | None = None) -> AsyncIterator[Any]:
    """Connect to the cluster at `address`, as `ClusterSettings.cluster` names it; a local one ends with the context.

    `page` is an address that the cluster's dashboard shows with this job, in its metadata.

    Raises:
        SetupError: Ray is not installed, or there is no cluster.
        InputError: the address cannot be one.
    """
    require_address(address)
    ray = import_ray()
    if ray.is_initialized():
        yield ray
        return
    try:
        await asyncio.to_thread(_init, ray, address, page)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError, ray.exceptions.RayError) as error:
        line = " ".join(str(error).split())[:MESSAGE_CHARACTERS]
        raise SetupError(
            f"no Ray cluster answers at {address}: {line}",
            advice=f"Start one with `ray start --head`, or give --cluster local. {TOKEN_ADVICE}",
        ) from error
    with ExitStack() as guards:
        if address == "local":
            for child in psutil.Process().children(recursive=True):
                guards.callback(Guard(child.pid, group=False).release)
        try:
            yield ray
        finally:
            await asyncio.to_thread(ray.shutdown)


def _init(ray: Any, address: str, page: str | None) -> None:  # noqa: ANN401  (see above)
    settings: dict[str, Any] = {
        "namespace": NAMESPACE,
        "logging_level": logging.ERROR,
        "log_to_driver": False,
    }
    if page is not None and not address.startswith("ray://"):  # Ray's client cannot tell a cluster
        settings["job_config"] = ray.job_config.JobConfig(metadata={"prover": page})
    if address == "local":
        temporary = os.environ.get("RAY_TMPDIR", tempfile.gettempdir())
        settings |= {
            "address": "local",
            "include_dashboard": False,
            "_temp_dir": os.path.join(temporary, "ray"),  # noqa: PTH118  (Ray wants text)
        }
    else:
        settings["address"] = address
    ray.init(**settings)


def room_for(nodes: Sequence[Mapping[str, Any]], needs: Needs, wanted: int | None) -> int:
    """Return how many actors to start on `nodes`, as `ray.nodes()` lists them.

    Raises:
        SetupError: there is no room for one, or not for as many as are `wanted`.
    """
    alive: list[Mapping[str, float]] = [node["Resources"] for node in nodes if node["Alive"]]
    room = sum(needs.fits(resources) for resources in alive)
    asked = max(room, 1) if wanted is None else wanted
    if asked <= room:
        return asked
    largest: Mapping[str, float] = max(alive, key=lambda node: node.get("CPU", 0.0), default={})
    raise SetupError(
        f"the cluster has room for {room} of {asked} actors: each takes {needs}, the largest of {len(alive)} nodes has "
        f"{largest.get('CPU', 0.0):g} CPU and {largest.get('memory', 0.0) / 1e9:.1f} GB",
        advice="Ask for fewer with --actors, or give each fewer --engines.",
    )
