"""Best-first search: always the open state with the highest score.

As in ReProver (Yang et al. 2023, section 5); a scoring rule computes the score (:mod:`prover.search.scoring`). A
state holds all open goals, so a proof is one path.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass

from prover.lean.environment import Session
from prover.policy.base import Policy
from prover.search.base import Accept, SearchOptions
from prover.search.loop import search
from prover.search.result import SearchResult
from prover.search.scoring import PathScore, ScoringRule
from prover.search.tree import Node, NodeStatus, ProofTree


@dataclass(frozen=True, slots=True)
class BestFirst:
    """The algorithm as such; the scoring rule is in the options."""

    name: str = "best-first"

    async def run(
        self, session: Session, policy: Policy, accept: Accept, options: SearchOptions
    ) -> SearchResult:
        """Search, see :class:`prover.search.base.SearchAlgorithm`."""
        return await search(
            session,
            policy,
            accept,
            options,
            tree=ProofTree(session.root),
            strategy=HighestScore(options.scoring),
            critic=options.critic if options.scoring.needs_critic else None,
        )


class HighestScore:
    """The open nodes, ordered by score and, where it is the same, by when they were opened."""

    def __init__(self, scoring: ScoringRule) -> None:
        self._scoring = scoring
        self._frontier: list[tuple[float, int, Node]] = []
        self._order = itertools.count()

    def opened(self, node: Node) -> None:
        """Put the node in its place; one with a score of -inf is left out."""
        score = self._scoring(
            PathScore(
                logprob=node.logprob,
                per_token=node.per_token,
                depth=len(node.tried()),
                value=node.value,
            )
        )
        if score > float("-inf"):
            heapq.heappush(self._frontier, (-score, next(self._order), node))

    def next(self) -> Node | None:
        """Take the best open node. One that was scored anew is there twice, and its better score counts."""
        while self._frontier:
            _, _, node = heapq.heappop(self._frontier)
            if node.status is NodeStatus.OPEN:
                return node
        return None

    def expanded(self, node: Node, new: int) -> None:
        """Nothing needs to be remembered."""
