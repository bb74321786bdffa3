"""What may be spent on chat models: tokens and money, counted over a command or a run."""

from __future__ import annotations

from dataclasses import dataclass

from prover.policy.chat.messages import ChatAnswer

PER = 1_000_000
"""Prices are for this many tokens."""


@dataclass(slots=True, kw_only=True)
class TokenBudget:
    """Counts tokens, and says when no more may be asked for.

    `max_tokens` is for prompts and answers together, None being no limit. The prices are for a million tokens, in
    whatever currency; None where they are not known. Answers under way when the limit is reached still count, so the
    sum may exceed it by what one round of requests takes.
    """

    max_tokens: int | None = None
    price_input: float | None = None
    price_output: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False

    @property
    def tokens(self) -> int:
        """All tokens so far."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def is_spent(self) -> bool:
        """Whether no more may be asked for."""
        return self.max_tokens is not None and self.tokens >= self.max_tokens

    @property
    def cost(self) -> float | None:
        """What it cost so far, if the prices are known."""
        if self.price_input is None or self.price_output is None:
            return None
        return (self.prompt_tokens * self.price_input + self.completion_tokens * self.price_output) / PER

    def count(self, answer: ChatAnswer) -> None:
        """Add what one answer took."""
        self.prompt_tokens += answer.prompt_tokens
        self.completion_tokens += answer.completion_tokens
        self.estimated |= answer.estimated
