"""Settings of a search: stored with every run, made into options by the command line."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from prover.errors import InputError
from prover.policy.settings import PolicySettings
from prover.search.algorithms import DEFAULT_ALGORITHM, search_algorithm
from prover.search.base import SearchAlgorithm
from prover.search.budget import Budget
from prover.search.scoring import DEFAULT_RULE, ScoringRule, scoring_rule


class SearchSettings(PolicySettings):
    """Who proposes tactics, and how the tree of states is searched."""

    search: str = Field(default=DEFAULT_ALGORITHM, json_schema_extra={"metavar": "ALGORITHM"})
    """How the tree of proof states is searched: best-first, and-or, mcts, mcts-regularised, rmaxts."""
    scoring: str = Field(default=DEFAULT_RULE.name, json_schema_extra={"metavar": "RULE"})
    """Which state is expanded first: cumulative, length-normalised:ALPHA, step-prover, bfs-prover:ALPHA, critic,
    or a sum such as 0.5*critic+0.5*step-prover."""
    critic: str | None = Field(default=None, json_schema_extra={"metavar": "MODEL"})
    """A model that scores states, by folder or id."""

    @model_validator(mode="after")
    def _has_its_critic(self) -> Self:
        if self.rule.needs_critic and self.critic is None:
            raise InputError(
                f"the scoring rule {self.scoring} needs a critic", advice="Name one with --critic."
            )
        return self

    @model_validator(mode="after")
    def _has_an_algorithm(self) -> Self:
        search_algorithm(self.search)
        return self

    @property
    def algorithm(self) -> SearchAlgorithm:
        """How the tree of states is searched."""
        return search_algorithm(self.search)

    @property
    def rule(self) -> ScoringRule:
        """Which state is expanded first."""
        return scoring_rule(self.scoring)


class BudgetSettings(BaseModel):
    """What one search may use."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        validate_default=True,
    )

    timeout_s: float | None = Field(
        default=60.0, gt=0, json_schema_extra={"option": "--timeout", "metavar": "SECONDS"}
    )
    """Seconds that one search may take; starting Lean, and the check of a proof in a new one, come on top."""
    max_expansions: int | None = Field(default=None, ge=1)
    """Proof states that one search may expand. As the only limit that it meets, it makes the same search every
    time, for the same --engines."""
    max_tactics: int | None = Field(default=None, ge=1)
    """Tactics that Lean may run in one search."""

    @property
    def budget(self) -> Budget:
        """The same for the search itself."""
        return Budget(seconds=self.timeout_s, expansions=self.max_expansions, tactics=self.max_tactics)
