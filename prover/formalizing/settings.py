"""Settings of statements from words."""

from __future__ import annotations

from pydantic import Field

from prover.policy.formats import AUTO
from prover.search.budget import Budget
from prover.whole_proof.settings import ChatSettings


class FormalizeSettings(ChatSettings):
    """Which chat model writes, how often, and what the checks of its statements may use."""

    model: str = Field(json_schema_extra={"metavar": "URL"})
    """The chat model, as http://HOST:PORT/v1#MODEL."""
    format: str = Field(default=AUTO, json_schema_extra={"metavar": "NAME"})
    """The prompts the model was trained with: auto, kimina, stepfun, goedel, herald, generic, or a .toml file."""
    temperature: float | None = Field(default=None, ge=0)
    """Sampling temperature, in the place of the format's."""
    max_new_tokens: int | None = Field(default=None, ge=1)
    """Tokens that one answer may have, in the place of the format's."""
    judge: str | None = Field(default=None, json_schema_extra={"metavar": "URL"})
    """A chat model that says each statement in words again, and whether they are the same problem; none without."""
    samples: int = Field(default=4, ge=1)
    """Statements to ask for, for each problem."""
    check_tactics: int = Field(default=200, ge=1)
    """Tactics that Lean may run in each search about a statement."""
    check_timeout_s: float = Field(
        default=20.0, gt=0, json_schema_extra={"option": "--check-timeout", "metavar": "SECONDS"}
    )
    """Seconds that each search about a statement may take."""
    seed: int = 0
    """The seed of random choices."""

    @property
    def check_budget(self) -> Budget:
        """What each search about a statement may use."""
        return Budget(seconds=self.check_timeout_s, tactics=self.check_tactics)
