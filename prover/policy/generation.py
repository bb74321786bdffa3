"""Text generation as policies need it: many prompts in, for each some completions with log-probabilities.

Every backend (a transformers model on this machine, vLLM in this process, a server) is a `Generator`; what
turns proof states into prompts and completions into tactics is :mod:`prover.policy.language_model`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How completions of one prompt are drawn.

    `samples` completions are sampled at `temperature` (0 takes the likeliest token each time, so that one
    completion is enough and no more are returned); with `beam` they are the best of a beam of that width and
    the temperature plays no role. A completion ends with the model's end token, before the first of the
    strings in `stop`, or unfinished after `max_new_tokens`. The same `seed` and prompt give the same
    completions, as far as the backend's arithmetic does not depend on what else is in its batch.
    """

    samples: int = 8
    temperature: float = 1.0
    beam: bool = False
    max_new_tokens: int = 128
    stop: tuple[str, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if self.samples < 1 or self.max_new_tokens < 1:
            raise ValueError(f"samples and max_new_tokens must be at least 1: {self}")
        if not 0 <= self.temperature < float("inf"):
            raise ValueError(f"a temperature must be a finite number of at least 0, not {self.temperature}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """A prompt, exactly as the model is to see it, save for what its tokenizer adds (such as a start token)."""

    prompt: str
    sampling: Sampling


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRequest:
    """A prompt and completions whose log-probabilities are wanted.

    The completions are texts without what ends them: the first of the strings in `stop`, or else the model's end token.
    """

    prompt: str
    completions: tuple[str, ...]
    stop: tuple[str, ...] = ()
    max_new_tokens: int = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One completion.

    `text` has neither the end token nor the stop string. `logprob` is the natural logarithm of the model's
    probability of the whole completion, at temperature 1, summed over its `tokens` tokens; the end token, or
    the tokens that held the stop string, are counted in both. `finished` is False where `max_new_tokens` or
    the model's context cut it off.
    """

    text: str
    logprob: float
    tokens: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Score:
    """The log-probability of a completion and its number of tokens, as in :class:`Completion`."""

    logprob: float
    tokens: int


class Generator(Protocol):
    """A language model that completes prompts. Some can also score completions, see :class:`Scorer`."""

    @property
    def name(self) -> str:
        """What reports and logs call the model."""

    @property
    def context_length(self) -> int | None:
        """Tokens that a prompt and its completion may have together; for an encoder-decoder, the prompt alone.

        None if it is unknown.
        """

    @property
    def slots(self) -> int | None:
        """How many calls of `generate` run at the same time; more wait.

        None if any number can, sharing what does the work.
        """

    async def count_tokens(self, text: str) -> int:
        """Return how many tokens `text` makes as a prompt, or an upper bound where it is unknown."""

    async def generate(self, requests: Sequence[GenerationRequest]) -> list[list[Completion]]:
        """Return the completions of each request, in order; duplicates are left in.

        Raises:
            PolicyError: the backend failed and trying again did not help.
        """

    async def close(self) -> None:
        """Release the backend's resources. Safe to call twice."""


@runtime_checkable
class Scorer(Protocol):
    """The part of a generator that scores completions which it has not written; optional."""

    @property
    def why_no_scores(self) -> str:
        """Why this model cannot score completions after all; empty if it can."""

    async def score(self, requests: Sequence[ScoreRequest]) -> list[list[Score | None]]:
        """Return, for each request, the score of each of its completions, in order.

        A completion of more than `max_new_tokens` tokens has None.

        Raises:
            PolicyError: the backend failed and trying again did not help.
        """


def why_no_scores(generator: Generator) -> str:
    """Return why a generator cannot score completions; empty if it can."""
    return generator.why_no_scores if isinstance(generator, Scorer) else "its backend has no way to"


def ending_tokens(
    stop: Sequence[str],
    *,
    special: Mapping[str, int],
    end_token: int,
    encode: Callable[[str], Sequence[int]],
) -> tuple[int, ...]:
    """Return the tokens that end a completion.

    `special` are the tokenizer's added tokens, `end_token` the model's end token, `encode` returns the tokens of a text
    without any that the tokenizer would add.
    """
    ends = [special[each] for each in stop if each in special]
    if ends:
        return (ends[0],)
    return tuple(encode(stop[0])) if stop else (end_token,)
