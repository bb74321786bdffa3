"""Where Lean comes from: stored with every run, made into options by the command line."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

DEFAULT_ENGINE = "embedded"


class EngineSettings(BaseModel):
    """Which Lean. What an engine does not take is refused when it is looked for (:mod:`prover.lean.backends`)."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True, validate_default=True
    )

    engine: str = Field(default=DEFAULT_ENGINE, json_schema_extra={"metavar": "NAME"})
    """Where Lean comes from: embedded (prover's own), native (a Lake project of yours), or dojo (LeanDojo)."""
    project: Path | None = Field(default=None, json_schema_extra={"metavar": "DIR"})
    """With --engine native: the Lake project."""
    repl: Path | None = Field(default=None, json_schema_extra={"metavar": "PATH"})
    """With --engine native: the REPL to use, a program or a built checkout of leanprover-community/repl; else the one
    that `prover lean setup` built."""
    repo: str | None = Field(default=None, json_schema_extra={"metavar": "URL_OR_PATH"})
    """With --engine dojo: the repository that has the file."""
    commit: str | None = Field(default=None, json_schema_extra={"metavar": "SHA"})
    """With --engine dojo: the repository's commit."""
    engine_memory_gb: float | None = Field(
        default=None, ge=0.1, json_schema_extra={"option": "--engine-memory", "metavar": "GB"}
    )
    """Memory after which an engine is replaced; 1.2 for prover's own Lean, 8 for a native one."""
    untrusted: bool = False
    """Refuse texts that run code while Lean elaborates them, such as #eval, elab and run_cmd: for texts of strangers
    and models."""

    no_library: bool = False
    """Leave out the small library that stands in for Mathlib (ℝ, ℂ, sums, sets, primes) where there is none."""

    @property
    def memory_bytes(self) -> int | None:
        """The same as `engine_memory_gb`, in bytes."""
        return None if self.engine_memory_gb is None else round(self.engine_memory_gb * 1e9)
