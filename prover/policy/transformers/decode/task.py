"""A request as the decoding loops see it: tokens in, and a rule that says when a row of tokens is complete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prover.policy.generation import Completion, Sampling

# Tokens that decode to nothing may stand in a stop string; this many are reckoned with.
_SLACK = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One prompt and how to complete it.

    `limit` is how many tokens may follow `prompt`: what was asked for, or what the context leaves room for.
    `end_ids` end a completion without being part of its text; `stops` are looked for in the text.
    """

    prompt: tuple[int, ...]
    sampling: Sampling
    limit: int
    end_ids: frozenset[int]
    stops: tuple[str, ...]
    decode: Callable[[list[int]], str]

    @property
    def rows(self) -> int:
        """How many completions are worked on at once."""
        greedy = self.sampling.temperature == 0 and not self.sampling.beam
        return 1 if greedy else self.sampling.samples

    def completion(self, tokens: Sequence[int], logprob: float) -> Completion | None:
        """Return the completion that `tokens` make, None if they are to be continued.

        To be asked after each token, as only the end of `tokens` is looked at.
        """
        if tokens[-1] in self.end_ids:
            text, finished = self.decode(list(tokens[:-1])), True
        elif (stopped := self._before_stop(tokens)) is not None:
            text, finished = stopped, True
        elif len(tokens) >= self.limit:
            text, finished = self.decode(list(tokens)), False
        else:
            return None
        return Completion(text=text, logprob=logprob, tokens=len(tokens), finished=finished)

    def _before_stop(self, tokens: Sequence[int]) -> str | None:
        if not self.stops:
            return None
        window = max(len(stop.encode()) for stop in self.stops) + _SLACK
        if not _stops_in(self.decode(list(tokens[-window:])), self.stops):
            return None
        text = self.decode(list(tokens))
        positions = _stops_in(text, self.stops)
        return text[: min(positions)] if positions else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTask:
    """One prompt and the tokens of completions to score, each with what ends it; at most `limit` tokens each."""

    prompt: tuple[int, ...]
    completions: tuple[tuple[int, ...], ...]
    limit: int


def _stops_in(text: str, stops: Sequence[str]) -> list[int]:
    return [position for stop in stops if (position := text.find(stop)) >= 0]
