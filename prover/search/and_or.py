"""Best-first search over an AND/OR tree: goals that have nothing to do with each other are proved apart.

The states of best-first search hold all open goals, so the search for a proof of the second of two goals begins again
in every state in which the first has been proved in another way. Here a state is split when its turn comes
(:mod:`prover.search.goal_tree`), each goal has its own place in the order of expansion, and its proof is found once.
The score of a goal is that of the tactics that lead to it, as a scoring rule computes it. A goal is skipped once it
cannot help any more: it has been proved, a goal above it has been proved in another way, or a sibling is hopeless.
"""

from __future__ import annotations

from dataclasses import dataclass

from prover.lean.environment import Session
from prover.policy.base import Policy
from prover.search.base import Accept, SearchOptions
from prover.search.best_first import HighestScore
from prover.search.goal_tree import GoalTree
from prover.search.loop import search
from prover.search.result import SearchResult
from prover.search.scoring import ScoringRule
from prover.search.tree import Node


@dataclass(frozen=True, slots=True)
class AndOr:
    """The algorithm as such; the scoring rule is in the options."""

    name: str = "and-or"

    async def run(
        self, session: Session, policy: Policy, accept: Accept, options: SearchOptions
    ) -> SearchResult:
        """Search, see :class:`prover.search.base.SearchAlgorithm`."""
        tree = GoalTree(session.root)
        return await search(
            session,
            policy,
            accept,
            options,
            tree=tree,
            strategy=_HighestNeeded(tree, options.scoring),
            critic=options.critic if options.scoring.needs_critic else None,
        )


class _HighestNeeded(HighestScore):
    """The order of best-first search, without the goals that cannot help."""

    def __init__(self, tree: GoalTree, scoring: ScoringRule) -> None:
        super().__init__(scoring)
        self._tree = tree

    def next(self) -> Node | None:
        """Take the best open node that a proof may need."""
        while (node := super().next()) and not self._tree.needed(node):
            pass
        return node
