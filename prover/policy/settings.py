"""What a policy depends on: stored with every run, read from the command line."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from prover.policy.formats import AUTO
from prover.policy.language_model import SamplingPlan
from prover.policy.schedule import parse_schedule
from prover.policy.shipped import default_policy
from prover.policy.spec import parse_spec


class PolicySettings(BaseModel):
    """Who proposes tactics, and how many.

    Raises:
        InputError: a value cannot be read (besides pydantic's own errors).
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=True
    )

    policy: str = Field(default_factory=default_policy)
    """Who proposes tactics, see :mod:`prover.policy.spec`; :mod:`prover.policy.shipped` where nobody is named."""
    format: str = AUTO
    """The prompt format of the models, see :mod:`prover.policy.formats`."""
    samples: str = "8"
    """Completions for each state: a number or a schedule."""
    temperature: str = "1"
    """The temperature they are sampled at: a number or a schedule."""
    beam: bool = False
    """Take the best of a beam of `samples` instead of sampling."""
    max_new_tokens: int | None = Field(default=None, ge=1)
    """Tokens that one completion may have; the prompt format's own limit if None."""
    device: str = "auto"
    """Where a model in this process runs: cpu, cuda, cuda:1, mps, or auto."""
    dtype: str = "auto"
    """The numbers a model in this process computes with: float32, bfloat16, float16, or auto."""

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
