"""RMaxTS: Monte-Carlo tree search that is rewarded for states it has not seen, until a proof turns up.

After DeepSeek-Prover-V1.5 (Xin et al. 2024, arXiv:2408.08152, section 3). A proof is too rare a reward to learn from
within one search, so a simulation is rewarded with 1 if it adds a state to the tree and with 0 if it does not (after
R-max, Brafman and Tennenholtz 2002). As this reward fades while the tree fills up, older ones are discounted (DUCB,
Garivier and Moulines 2011): with r_1, ..., r_n the rewards of the simulations that went through a state, the one with
the highest

    W / N + sqrt(2 ln(sum of N) / N),  W = sum of gamma^(n - i) r_i,  N = sum of gamma^(n - i),  gamma = 0.99

is followed, down to a state that has not been expanded. A simulation in progress counts as one without reward, as in
the code published with the paper (deepseek-ai/DeepSeek-Prover-V1.5, prover/algorithms/rmax_tree_search.py).

Two things differ, since a policy here proposes single tactics for a state and not the rest of a proof. A simulation
ends with the expansion of one state, for which all of the policy's tactics are tried at once, so no state is expanded
twice and there is no action for doing so. And the policy's prior, relative to the likeliest sibling, stands as the
first reward of a state; otherwise all children of a state would be expanded before any state below them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from prover.lean.environment import Session
from prover.policy.base import Policy
from prover.search.base import Accept, SearchOptions
from prover.search.loop import search
from prover.search.result import SearchResult
from prover.search.tree import Node, NodeStatus, ProofTree


@dataclass(frozen=True, slots=True)
class RMaxTS:
    """The algorithm; `discount` is gamma, less than 1."""

    name: str = "rmaxts"
    discount: float = 0.99

    async def run(
        self, session: Session, policy: Policy, accept: Accept, options: SearchOptions
    ) -> SearchResult:
        """Search, see :class:`prover.search.base.SearchAlgorithm`."""
        tree = ProofTree(session.root)
        return await search(
            session, policy, accept, options, tree=tree, strategy=_Exploration(tree, self.discount)
        )


@dataclass(slots=True)
class Discounted:
    """The discounted rewards and visits of a state; `running` simulations have gone through it and not ended."""

    rewards: float
    visits: float = 1.0
    running: int = 0

    def ended(self, reward: float, discount: float) -> None:
        """Add the reward of a simulation."""
        self.rewards = discount * self.rewards + reward
        self.visits = discount * self.visits + 1.0

    def estimate(self, discount: float) -> tuple[float, float]:
        """Return the mean reward and the visits, as if the running simulations had ended without a reward."""
        kept = discount**self.running
        visits = kept * self.visits + (1 - kept) / (1 - discount)
        return kept * self.rewards / visits, visits


class _Exploration:
    """Goes down the tree by the discounted upper confidence bound."""

    def __init__(self, tree: ProofTree, discount: float) -> None:
        self._tree = tree
        self._discount = discount
        self._statistics: dict[int, Discounted] = {}
        self._paths: dict[int, list[Node]] = {}

    def opened(self, node: Node) -> None:
        """Nothing needs to be remembered: open nodes are found from above."""

    def next(self) -> Node | None:
        """Return the open node at the end of a simulation's way down."""
        alive = self._with_open_nodes()
        node = self._tree.root
        if node.id not in alive:
            return None
        path: list[Node] = []
        while node.status is not NodeStatus.OPEN:
            node = self._best_child(node, alive)
            path.append(node)
        for each in path:
            self._statistics[each.id].running += 1
        self._paths[node.id] = path
        return node

    def expanded(self, node: Node, new: int) -> None:
        """End the simulation that led to `node`."""
        for each in self._paths.pop(node.id, []):
            statistics = self._statistics[each.id]
            statistics.running -= 1
            statistics.ended(1.0 if new else 0.0, self._discount)

    def _with_open_nodes(self) -> set[int]:
        """Return the nodes below which, or in which, a node is open."""
        found: set[int] = set()
        for node in self._tree.nodes:
            at: Node | None = node if node.status is NodeStatus.OPEN else None
            while at is not None and at.id not in found:
                found.add(at.id)
                at = None if at.parent is None else at.parent.source
        return found

    def _best_child(self, node: Node, alive: set[int]) -> Node:
        edges = [edge for edge in node.edges if edge.target is not None and edge.target.parent is edge]
        likeliest = max(edge.logprob for edge in edges)
        children: list[tuple[Node, float, float]] = []
        for edge in edges:
            child = edge.target
            assert child is not None
            if child.id in alive:
                prior = math.exp(edge.logprob - likeliest)
                statistics = self._statistics.setdefault(child.id, Discounted(prior))
                children.append((child, *statistics.estimate(self._discount)))
        doubled = 2 * math.log(max(2.0, sum(visits for _, _, visits in children)))

        def bound(child: tuple[Node, float, float]) -> float:
            _, mean, visits = child
            return mean + math.sqrt(doubled / visits)

        return max(children, key=bound)[0]
