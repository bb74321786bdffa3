"""The arguments of `evaluate` that say which attempts a run makes, and where."""

from __future__ import annotations

from typing import TypedDict


class RunArguments(TypedDict, total=False):
    """As the options of `prover evaluate` of these names; those that are left out are as they are there."""

    passes: int
    seed: int
    stop_at_proof: int
    cluster: str
    actors: int
