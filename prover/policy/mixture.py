"""Several policies as one: each proposes, and a weight says how much each is trusted.

A mixture of distributions: a tactic's probability is the sum of what each member gives it, times the member's share
of the weights. The heuristic's priors are chances that each move is right and add up to more than 1; such a member
is scaled down, otherwise one heuristic tactic would outweigh all of the model's. Members that can score tactics
(language models, on every backend that can tell) score those of the members that cannot, so that a model decides which
of the heuristic's tactics come first; where it repeats itself or proposes nothing that works, they are left to try.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from prover.policy.base import (
    Policy,
    PolicyInput,
    Suggestion,
    TacticScorer,
    merge_duplicates,
    trouble_of,
)

MOST_SCORED = 24
"""Tactics of other members that a model scores, for each state."""


class MixturePolicy:
    """Implements :class:`prover.policy.base.Policy` over `members`, pairs of a positive weight and a policy."""

    def __init__(self, members: Sequence[tuple[float, Policy]]) -> None:
        if not members or any(not 0 < weight < math.inf for weight, _ in members):
            raise ValueError("a mixture needs members with positive weights")
        total = sum(weight for weight, _ in members)
        self._members = [(math.log(weight / total), policy) for weight, policy in members]

    @property
    def name(self) -> str:
        """The names of the members."""
        return "+".join(policy.name for _, policy in self._members)

    @property
    def tokens(self) -> int:
        """How many tokens the members have generated."""
        return sum(policy.tokens for _, policy in self._members)

    @property
    def trouble(self) -> str:
        """What is wrong with one of the members at the moment; empty if nothing is."""
        return next(filter(None, (trouble_of(policy) for _, policy in self._members)), "")

    async def suggest(self, states: Sequence[PolicyInput]) -> list[list[Suggestion]]:
        """Ask all members, and those that can score also about the tactics of those that cannot.

        Raises:
            PolicyError: a member could not answer.
        """
        proposers = [
            (share, policy) for share, policy in self._members if not isinstance(policy, TacticScorer)
        ]
        scorers = [(share, policy) for share, policy in self._members if isinstance(policy, TacticScorer)]
        proposed = [await policy.suggest(states) for _, policy in proposers]
        tactics = [_likeliest(answer[index] for answer in proposed) for index in range(len(states))]
        scored = await asyncio.gather(*(_suggest_and_score(policy, states, tactics) for _, policy in scorers))
        shares = [share for share, _ in (*proposers, *scorers)]
        answers = [*proposed, *scored]
        return [
            _mix((share, answer[index]) for share, answer in zip(shares, answers, strict=True))
            for index in range(len(states))
        ]


async def _suggest_and_score(
    policy: Policy, states: Sequence[PolicyInput], tactics: Sequence[Sequence[str]]
) -> list[list[Suggestion]]:
    """Return the policy's own suggestions and its scores of `tactics`, each tactic once."""
    if not any(tactics):
        return await policy.suggest(states)
    assert isinstance(policy, TacticScorer)
    own, scored = await asyncio.gather(policy.suggest(states), policy.score(states, tactics))
    return [merge_duplicates([*mine, *others]) for mine, others in zip(own, scored, strict=True)]


def _likeliest(answers: Iterable[Sequence[Suggestion]]) -> list[str]:
    merged = merge_duplicates(suggestion for answer in answers for suggestion in answer)
    return [suggestion.tactic for suggestion in merged[:MOST_SCORED]]


def _mix(members: Iterable[tuple[float, Sequence[Suggestion]]]) -> list[Suggestion]:
    """Add up the probabilities that members, each with the logarithm of its share, give each tactic."""
    mixed: dict[str, Suggestion] = {}
    for share, suggestions in members:
        share -= math.log(max(1.0, math.fsum(math.exp(each.logprob) for each in suggestions)))
        for suggestion in suggestions:
            mine = replace(suggestion, logprob=suggestion.logprob + share)
            if (other := mixed.get(mine.tactic)) is not None:
                high, low = max(mine.logprob, other.logprob), min(mine.logprob, other.logprob)
                mine = replace(mine, logprob=high + math.log1p(math.exp(low - high)))
            mixed[mine.tactic] = mine
    return merge_duplicates(mixed.values())
