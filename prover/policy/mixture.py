"""Several policies as one: each proposes, and a weight says how much each is trusted.

A mixture of distributions: a tactic's probability is its member's times the member's share of the weights.
Where a model repeats itself or proposes nothing that works, the others' tactics are what is left to try.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace

from prover.policy.base import Policy, PolicyInput, Suggestion, merge_duplicates


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

    async def suggest(self, states: Sequence[PolicyInput]) -> list[list[Suggestion]]:
        """Ask all members at the same time; a tactic that several propose counts once, at its best.

        Raises:
            PolicyError: a member could not answer.
        """
        answers = await asyncio.gather(*(policy.suggest(states) for _, policy in self._members))
        shares = [share for share, _ in self._members]
        return [
            merge_duplicates(
                replace(suggestion, logprob=suggestion.logprob + share)
                for share, answer in zip(shares, answers, strict=True)
                for suggestion in answer[index]
            )
            for index in range(len(states))
        ]
