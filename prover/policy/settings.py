"""Policy settings: stored with every run, read from the command line."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from prover.policy.formats import AUTO
from prover.policy.language_model import SamplingPlan
from prover.policy.schedule import parse_schedule
from prover.policy.shipped import default_policy
from prover.policy.spec import parse_spec


class PolicySettings(BaseModel):
    """What proposes tactics, and how many.

    Raises:
        InputError: a value cannot be read (besides pydantic's own errors).
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=True
    )

    policy: str = Field(
        default_factory=default_policy,
        json_schema_extra={
            "metavar": "SPEC",
            "shown_default": "heuristic+4*shipped where torch and transformers are installed, else heuristic",
        },
    )
    """What proposes tactics: heuristic (no model), shipped (the small model that comes with prover, which needs the
    extra `local`), hf:FOLDER_OR_ID, vllm:FOLDER_OR_ID, http://HOST:PORT/v1#MODEL, or a mixture such as
    0.3*heuristic+0.7*hf:FOLDER."""
    format: str = Field(default=AUTO, json_schema_extra={"metavar": "NAME"})
    """The prompts the model was trained with: auto, reprover, internlm2-step-prover, internlm2.5-step-prover,
    bfs-prover, leandojo-v2, llmstep, prover, or a .toml file."""
    samples: str = Field(default="8", json_schema_extra={"metavar": "N"})
    """Tactics to sample for each state; 4..32/100 goes from 4 to 32 over 100 expansions."""
    temperature: str = Field(default="1", json_schema_extra={"metavar": "T"})
    """Sampling temperature; may change like --samples."""
    beam: bool = False
    """Take the best of a beam, not samples."""
    max_new_tokens: int | None = Field(default=None, ge=1)
    """Tokens that one tactic may have; else the prompt format's own limit."""
    device: str = "auto"
    """Where a local model runs: auto, cpu, cuda, cuda:1, mps."""
    dtype: str = "auto"
    """A local model's numbers: auto, float32, bfloat16, float16."""
    trust_remote_code: bool = False
    """Let code that comes with a local model run; read it first."""

    @model_validator(mode="after")
    def _readable(self) -> Self:
        parse_spec(self.policy)
        assert self.plan
        return self

    @property
    def plan(self) -> SamplingPlan:
        """How completions are drawn."""
        return SamplingPlan(
            samples=parse_schedule(self.samples, "the number of samples", minimum=1),
            temperature=parse_schedule(self.temperature, "the temperature", minimum=0),
            beam=self.beam,
            max_new_tokens=self.max_new_tokens,
        )
