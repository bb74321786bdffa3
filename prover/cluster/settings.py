"""Settings of a cluster. They are not stored with a run: it may be resumed elsewhere, or without one."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ClusterSettings(BaseModel):
    """On which machines the attempts of a run are made."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=True
    )

    cluster: str | None = Field(default=None, json_schema_extra={"metavar": "ADDRESS"})
    """Make the attempts on a Ray cluster: local (one that is started on this machine), auto (the one this machine
    belongs to), HOST:PORT, or ray://HOST:PORT. --engines and --workers are then those of each actor."""
    model_replicas: int = Field(default=0, ge=0)
    """With --cluster and a policy or planner such as vllm:MODEL: serve it with vLLM on this many GPUs of the cluster,
    for all actors together."""
    actors: int | None = Field(default=None, ge=1)
    """With --cluster: actors to start, each with its own engines; as many as the cluster has room for by default."""
