"""What a search depends on besides its theorem and its budget."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from prover.errors import InputError
from prover.policy.settings import PolicySettings
from prover.search.algorithms import DEFAULT_ALGORITHM, search_algorithm
from prover.search.base import SearchAlgorithm
from prover.search.scoring import DEFAULT_RULE, ScoringRule, scoring_rule


class SearchSettings(PolicySettings):
    """Who proposes tactics, and which state is expanded first."""

    scoring: str = DEFAULT_RULE.name
    """Which state is expanded first, see :mod:`prover.search.scoring`."""
    search: str = DEFAULT_ALGORITHM
    """How the tree of states is searched, see :mod:`prover.search.algorithms`."""
    critic: str | None = None
    """A transformers model with a scalar head that scores states, by folder or id."""

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
