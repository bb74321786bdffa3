"""What an actor of a run takes of its node, and how many of them a cluster has room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prover.errors import SetupError
from prover.evaluation.run.chat_models import sketch_choice
from prover.evaluation.run.config import RunConfig
from prover.lean.backends import backend_of
from prover.policy.api_key import KEY_VARIABLES
from prover.policy.spec import ServedModel, parse_spec

CHECKER_BYTES = 1_500_000_000
"""What an actor takes besides its engines: Python, and the engines that check proofs."""


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
