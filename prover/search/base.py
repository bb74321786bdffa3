"""The interface of search algorithms, and their options.

An algorithm is a frozen object with a name; :mod:`prover.search.algorithms` has the register of them. It is given an
opened theorem, a policy and `accept`, and grows a :class:`prover.search.tree.ProofTree` until a proof is accepted or a
limit ends it. Most are a strategy for the loop in :mod:`prover.search.loop`, which says in which order states are
expanded.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from prover.lean.environment import Session
from prover.policy.base import Critic, Policy
from prover.search.budget import Budget, Spent
from prover.search.checkpoint import Checkpoint
from prover.search.result import SearchResult
from prover.search.scoring import DEFAULT_RULE, ScoringRule
from prover.search.script import Step
from prover.search.tree import ProofTree

Clock = Callable[[], float]
"""Returns seconds."""
Accept = Callable[[tuple[Step, ...]], Awaitable[bool]]
"""Decides whether the steps of a finished proof are accepted."""
Observer = Callable[[ProofTree, Spent], None]
"""Is called after every expansion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions:
    """Options of a search, for every algorithm.

    `scoring` is for algorithms that order states by their paths, and `critic` for those that ask for values of states;
    others ignore them. `width` states are expanded at the same time. `seed` is for algorithms that choose at random.
    Setting `interrupt` ends the search with what it has. With a `checkpoint` it goes on where an earlier process was,
    and saves what it hears for another.
    """

    budget: Budget
    scoring: ScoringRule = DEFAULT_RULE
    critic: Critic | None = None
    width: int = 2
    seed: int = 0
    clock: Clock = time.monotonic
    observe: Observer | None = None
    interrupt: asyncio.Event | None = None
    checkpoint: Checkpoint | None = None

    def __post_init__(self) -> None:
        if self.scoring.needs_critic and self.critic is None:
            raise ValueError(f"the scoring rule {self.scoring.name} needs a critic")


class SearchAlgorithm(Protocol):
    """A search algorithm."""

    @property
    def name(self) -> str:
        """What configurations and results call the algorithm."""

    async def run(
        self, session: Session, policy: Policy, accept: Accept, options: SearchOptions
    ) -> SearchResult:
        """Search until a proof of `session`'s theorem is accepted, the budget is spent or nothing is left to do.

        Raises:
            EngineError: the session could not be kept alive.
            PolicyError: the policy or the critic could not answer.
        """
