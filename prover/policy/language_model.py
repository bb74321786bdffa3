"""A policy that asks a language model: states become prompts, completions become tactics.

One object serves one search: it counts the tokens that the search used, and its seed is the search's. What is
costly, the `Generator`, is shared between searches.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from prover.errors import PolicyError
from prover.policy.base import PolicyInput, Suggestion, merge_duplicates, trouble_of
from prover.policy.formats import PromptFormat
from prover.policy.generation import (
    Completion,
    GenerationRequest,
    Generator,
    Sampling,
    Scorer,
    ScoreRequest,
)
from prover.policy.schedule import Schedule
from prover.policy.truncation import fit_prompt

SHORTEST_ANSWER = 16
"""Tokens that are kept free for an answer where the model's context is small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingPlan:
    """How many completions a state gets, and at which temperature; `beam` takes the best of a beam instead."""

    samples: Schedule
    temperature: Schedule
    beam: bool = False
    max_new_tokens: int | None = None


class LanguageModelPolicy:
    """Implements :class:`prover.policy.base.Policy`; `tokens` counts what the model has generated for it."""

    def __init__(
        self, generator: Generator, prompt_format: PromptFormat, plan: SamplingPlan, *, seed: int
    ) -> None:
        self.tokens = 0
        self._generator = generator
        self._format = prompt_format
        self._plan = plan
        self._seed = seed
        self._asked: Counter[tuple[str, int]] = Counter()
        self._answer_tokens, self._prompt_tokens = _room(generator, prompt_format, plan)

    @property
    def name(self) -> str:
        """What reports and logs call the policy."""
        return self._generator.name

    @property
    def trouble(self) -> str:
        """What is wrong with the model at the moment; empty if nothing is."""
        return trouble_of(self._generator)

    async def suggest(self, states: Sequence[PolicyInput]) -> list[list[Suggestion]]:
        """Return the model's tactics for each state; answers that were cut off are no tactics.

        Raises:
            PolicyError: the model could not answer, or a prompt cannot be made to fit.
        """
        prompts = await asyncio.gather(*(self._prompt(state) for state in states))
        requests = [self._request(state, prompt) for state, prompt in zip(states, prompts, strict=True)]
        answers = await self._generator.generate(requests)
        self.tokens += sum(completion.tokens for answer in answers for completion in answer)
        return [self._suggestions(answer) for answer in answers]

    async def score(
        self, states: Sequence[PolicyInput], tactics: Sequence[Sequence[str]]
    ) -> list[list[Suggestion]]:
        """Return the model's log-probabilities of tactics, see :class:`prover.policy.base.TacticScorer`.

        Raises:
            PolicyError: as for `suggest`.
        """
        generator = self._generator
        if not isinstance(generator, Scorer) or generator.why_no_scores:
            return [[] for _ in states]
        prompts = await asyncio.gather(*(self._prompt(state) for state in states))
        requests = [
            ScoreRequest(
                prompt=prompt,
                completions=tuple(map(self._format.answer, mine)),
                stop=self._format.stop,
                max_new_tokens=self._answer_tokens,
            )
            for prompt, mine in zip(prompts, tactics, strict=True)
        ]
        return [
            [
                Suggestion(tactic, score.logprob, score.tokens)
                for tactic, score in zip(mine, scores, strict=True)
                if score is not None
            ]
            for mine, scores in zip(tactics, await generator.score(requests), strict=True)
        ]

    async def _prompt(self, state: PolicyInput) -> str:
        async def fits(prompt: str) -> bool:
            limit = self._prompt_tokens
            return limit is None or await self._generator.count_tokens(prompt) <= limit

        prompt = await fit_prompt(state, self._format.prompt, fits)
        if prompt is None:
            raise PolicyError(
                f"no state of {state.name} fits the {self._prompt_tokens} tokens of {self.name}"
            )
        return prompt

    def _request(self, state: PolicyInput, prompt: str) -> GenerationRequest:
        asked = prompt, state.expansion
        times = self._asked[asked]
        self._asked[asked] += 1
        digest = hashlib.sha256(f"{self._seed}\0{state.expansion}.{times}\0{prompt}".encode()).digest()
        plan = self._plan
        return GenerationRequest(
            prompt=prompt,
            sampling=Sampling(
                samples=round(plan.samples.at(state.expansion)),
                temperature=plan.temperature.at(state.expansion),
                beam=plan.beam,
                max_new_tokens=self._answer_tokens,
                stop=self._format.stop,
                seed=int.from_bytes(digest[:4], "big") >> 1,
            ),
        )

    def _suggestions(self, answer: Sequence[Completion]) -> list[Suggestion]:
        return merge_duplicates(
            Suggestion(self._format.tactic(completion.text), completion.logprob, completion.tokens)
            for completion in answer
            if completion.finished
        )


def _room(generator: Generator, prompt_format: PromptFormat, plan: SamplingPlan) -> tuple[int, int | None]:
    """Return how many tokens an answer may have, and a prompt."""
    answer = plan.max_new_tokens or prompt_format.max_new_tokens
    context, prompt = generator.context_length, prompt_format.max_prompt_tokens
    if context is None:
        return answer, prompt
    answer = max(1, min(answer, context // 4 if context >= 4 * SHORTEST_ANSWER else SHORTEST_ANSWER))
    return answer, min(context - answer, prompt or context)
