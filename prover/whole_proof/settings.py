"""Settings of whole proofs: stored with every run, read from the command line."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from prover.policy.chat.budget import TokenBudget

Method = Literal["search", "whole-proof", "sketch"]


class ChatSettings(BaseModel):
    """What chat models may be asked for, and what they cost."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True, validate_default=True
    )

    rounds: int = Field(default=2, ge=0)
    """How often what Lean refuses, proofs, plans or statements, goes back to the chat model with its messages."""
    max_tokens_total: int | None = Field(default=None, ge=1)
    """Tokens that all requests to chat models together may take, prompts and answers."""
    price_input: float | None = Field(default=None, ge=0, json_schema_extra={"metavar": "PRICE"})
    """What a million tokens of prompts cost, in any currency."""
    price_output: float | None = Field(default=None, ge=0, json_schema_extra={"metavar": "PRICE"})
    """What a million tokens of answers cost."""
    requests: int = Field(default=8, ge=1)
    """Requests to a chat model that are under way at the same time."""

    @model_validator(mode="after")
    def _both_prices(self) -> Self:
        if (self.price_input is None) != (self.price_output is None):
            raise ValueError("--price-input and --price-output go together")
        return self

    def token_budget(self) -> TokenBudget:
        """Return a new count of tokens within these limits."""
        return TokenBudget(
            max_tokens=self.max_tokens_total, price_input=self.price_input, price_output=self.price_output
        )


class MethodSettings(ChatSettings):
    """How a theorem is proved, and what a chat model may use for it."""

    method: Method = "search"
    """How a theorem is proved: search (a policy proposes tactics, best-first search closes goals), whole-proof (a
    chat model, named by --policy http://HOST:PORT/v1#MODEL, writes proofs; Lean's messages go back to it) or sketch (a
    chat model, named by --planner, or the heuristic proposes steps, which are proved by the search)."""
    per_failure: int = Field(default=1, ge=1)
    """With --method whole-proof: answers to ask for each failed proof."""
