"""Policies as a run uses them: one for each attempt, with its seed, and blamed for its failures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prover.errors import InputError, PolicyError, ProverError
from prover.policy.base import Policy, PolicyInput, Suggestion
from prover.policy.heuristic import HeuristicPolicy

PolicyMaker = Callable[[int], Policy]
"""From the seed of an attempt to the policy that it asks; what is costly is shared between them."""


class Blamed:
    """A policy whose errors are told from the engine's."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    @property
    def name(self) -> str:
        """What reports and logs call the policy."""
        return self._policy.name

    async def suggest(self, states: Sequence[PolicyInput]) -> list[list[Suggestion]]:
        """Ask the policy.

        Raises:
            PolicyError: it raised a `ProverError`.
        """
        try:
            return await self._policy.suggest(states)
        except ProverError as error:
            raise PolicyError(error.message, advice=error.advice) from error


def policy_maker(name: str) -> PolicyMaker:
    """Return what makes the policy of this name.

    Raises:
        InputError: there is none.
    """
    if name == "heuristic":
        policy = HeuristicPolicy()
        return lambda seed: policy
    raise InputError(f"there is no policy {name!r}", advice="There is: heuristic.")
