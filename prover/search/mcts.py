"""Monte-Carlo tree search over a hypertree, with the policy's priors and a value instead of rollouts.

After HyperTree Proof Search (HTPS; Lample et al. 2022, arXiv:2205.11491, section 4). A *simulation* goes down from the
root: at a goal it takes one tactic, where several goals are left it goes into each of them, so it ends in several
leaves. They are expanded, valued, and the values are carried back up: the value of several goals is the product of
theirs, since all have to be proved. With N(g, t) the number of simulations that took tactic t at goal g and W(g, t)
the sum of the values they brought back, Q = W / N, and the tactic that is taken is

    argmax over t of  Q(g, t) + c P(t | g) sqrt(sum of N(g, .)) / (1 + N(g, t))                              ("puct")

or it is drawn from the regularised policy of Grill et al. (2020, arXiv:2007.12509), the other choice that HTPS has:

    pi(t) = lambda P(t | g) / (alpha - Q(g, t)),  lambda = c sqrt(sum of N) / sum of (1 + N),          ("regularised")

with alpha such that pi sums to 1.

P is what the policy says of the tactics that led anywhere, scaled to sum to 1. A simulation in progress counts
as N without W, the virtual loss of HTPS, so that the next ones go elsewhere. A proved goal is worth 1, a hopeless
one 0. Any other leaf is worth 1 / (1 + exp(-value)) with a critic's value, or else a half for each of its goals: the
order is then that of priors and visits. A tactic that was never taken has the value of the goals it leads to.

Unlike in HTPS, leaves that cannot help any more are passed over, and only the tactics that lead to an open leaf are
considered, so that no simulation is empty.
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from prover.lean.environment import Session
from prover.policy.base import Policy
from prover.search.base import Accept, SearchOptions
from prover.search.goal_tree import GoalTree
from prover.search.loop import search
from prover.search.result import SearchResult
from prover.search.tree import Edge, Node, NodeKind, NodeStatus

Rule = Literal["puct", "regularised"]
UNKNOWN = 0.5
"""The value of a goal of which nothing is known."""
BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class Mcts:
    """The algorithm; `exploration` is c, `rule` how a simulation chooses among tactics.

    The larger c, the more the priors weigh against the values. 3 proved 7 of 12 on
    scripts/bench_algorithms.lean, without a critic, 0.25 only one.
    """

    name: str = "mcts"
    exploration: float = 3.0
    rule: Rule = "puct"

    async def run(
        self, session: Session, policy: Policy, accept: Accept, options: SearchOptions
    ) -> SearchResult:
        """Search, see :class:`prover.search.base.SearchAlgorithm`; `options.seed` is for the regularised policy."""
        tree = GoalTree(session.root)
        return await search(
            session,
            policy,
            accept,
            options,
            tree=tree,
            strategy=_Simulations(tree, self, random.Random(options.seed), valued=options.critic is not None),
            critic=options.critic,
        )


@dataclass(slots=True)
class Statistics:
    """Statistics of an edge: N, W, and the number of simulations in progress."""

    visits: int = 0
    total: float = 0.0
    virtual: int = 0

    def q(self, unvisited: float) -> float:
        """Return the mean value, with simulations in progress as losses; `unvisited` is it before there is one."""
        total = self.total if self.visits else unvisited
        return total / max(1, self.visits + self.virtual)


@dataclass(slots=True)
class _Visit:
    """A node of a simulation, and where the simulation went from there: by one edge, or into all parts."""

    node: Node
    edge: Edge | None = None
    below: list[_Visit] = field(default_factory=list)


@dataclass(slots=True)
class _Simulation:
    """A simulation and the leaves that have yet to be expanded before it is carried back up."""

    root: _Visit
    leaves: dict[int, Node]


class _Simulations:
    """Chooses the leaves of one simulation after the other."""

    def __init__(self, tree: GoalTree, settings: Mcts, chance: random.Random, *, valued: bool) -> None:
        self._tree = tree
        self._settings = settings
        self._chance = chance
        self._valued = valued
        self._statistics: dict[int, Statistics] = {}
        self._under_way: list[_Simulation] = []
        self._pending: deque[Node] = deque()

    def opened(self, node: Node) -> None:
        """A leaf that is open again, because its goals are connected, is still to be expanded."""
        if any(node.id in simulation.leaves for simulation in self._under_way):
            self._pending.appendleft(node)

    def next(self) -> Node | None:
        """Return the next leaf of the newest simulation, or the first one of a new simulation."""
        while True:
            while self._pending:
                node = self._pending.popleft()
                if node.status is NodeStatus.OPEN and self._tree.needed(node):
                    return node
                self.expanded(node, 0)
            expandable = self._tree.expandable()
            if self._tree.root.id not in expandable:
                return None
            leaves: dict[int, Node] = {}
            root = self._descend(self._tree.root, expandable, frozenset(), leaves)
            self._under_way.append(_Simulation(root, leaves))
            if not leaves:  # every way down came back to a goal above it
                self._carry_back(self._under_way.pop().root)
                return min(
                    (node for node in expandable.values() if node.status is NodeStatus.OPEN),
                    key=lambda node: (-node.logprob, node.id),
                )
            self._pending += leaves.values()

    def expanded(self, node: Node, new: int) -> None:
        """Carry the simulations back up that have waited for this leaf alone."""
        for simulation in list(self._under_way):
            if simulation.leaves.pop(node.id, None) and not simulation.leaves:
                self._under_way.remove(simulation)
                self._carry_back(simulation.root)

    def _descend(
        self, node: Node, expandable: dict[int, Node], above: frozenset[int], leaves: dict[int, Node]
    ) -> _Visit:
        visit = _Visit(node)
        above |= {node.id}
        if node.status is NodeStatus.OPEN:
            leaves[node.id] = node
        elif node.status is NodeStatus.EXPANDED:
            ways = [
                (edge, edge.target)
                for edge in node.edges
                if edge.target is not None and edge.target.id in expandable and edge.target.id not in above
            ]
            if node.kind is NodeKind.SPLIT:
                open_ways = {target.id for _, target in ways}
                visit.below = [
                    self._descend(edge.target, expandable, above, leaves)
                    if edge.target.id in open_ways
                    else _Visit(edge.target)
                    for edge in node.edges
                    if edge.target is not None
                ]
            elif ways:
                visit.edge, target = ways[self._choose(ways)]
                self._of(visit.edge).virtual += 1
                visit.below = [self._descend(target, expandable, above, leaves)]
        return visit

    def _choose(self, ways: Sequence[tuple[Edge, Node]]) -> int:
        """Return the place of the tactic that the simulation takes."""
        statistics = [self._of(edge) for edge, _ in ways]
        counts = [each.visits + each.virtual for each in statistics]
        values = [each.q(self._value(target)) for each, (_, target) in zip(statistics, ways, strict=True)]
        priors = _priors([edge.logprob for edge, _ in ways])
        if self._settings.rule == "puct":
            scores = puct(values, counts, priors, self._settings.exploration)
            return max(range(len(ways)), key=lambda index: (scores[index], -index))
        weights = regularise(values, counts, priors, self._settings.exploration)
        return self._chance.choices(range(len(ways)), weights)[0]

    def _of(self, edge: Edge) -> Statistics:
        return self._statistics.setdefault(id(edge), Statistics())

    def _carry_back(self, visit: _Visit) -> float:
        """Add the values of a simulation's leaves to the edges above them; return the value of the visit."""
        if not visit.below:
            return self._value(visit.node)
        value = math.prod([self._carry_back(below) for below in visit.below])
        if visit.edge is not None:
            statistics = self._of(visit.edge)
            statistics.virtual -= 1
            statistics.visits += 1
            statistics.total += value
        return value

    def _value(self, node: Node) -> float:
        """Return what is known of a node without the simulations that went through it."""
        if self._tree.is_solved(node):
            return 1.0
        if self._tree.is_hopeless(node):
            return 0.0
        if node.kind is NodeKind.SPLIT:
            return math.prod([self._value(edge.target) for edge in node.edges if edge.target is not None])
        if self._valued and node is not self._tree.root:
            return 1 / (1 + math.exp(-max(-700.0, node.value)))
        return UNKNOWN ** len(node.goals)


def _priors(logprobs: Sequence[float]) -> list[float]:
    most = max(logprobs)
    weights = [math.exp(each - most) for each in logprobs]
    total = sum(weights)
    return [each / total for each in weights]


def puct(
    values: Sequence[float], counts: Sequence[int], priors: Sequence[float], exploration: float
) -> list[float]:
    """Return Q + c P sqrt(sum of N) / (1 + N) for each tactic; before the first visit the sum counts as 1."""
    root = math.sqrt(max(1, sum(counts)))
    return [
        value + exploration * prior * root / (1 + count)
        for value, count, prior in zip(values, counts, priors, strict=True)
    ]


def regularise(
    values: Sequence[float], counts: Sequence[int], priors: Sequence[float], exploration: float
) -> list[float]:
    """Return the regularised policy, whose alpha is found by bisection; before the first visit it is the prior."""
    weight = exploration * math.sqrt(sum(counts)) / (len(counts) + sum(counts))
    if weight == 0:
        return [*priors]
    low = max(value + weight * prior for value, prior in zip(values, priors, strict=True))
    high = max(values) + weight
    for _ in range(BISECTIONS):
        alpha = (low + high) / 2
        total = sum(weight * prior / (alpha - value) for value, prior in zip(values, priors, strict=True))
        low, high = (alpha, high) if total > 1 else (low, alpha)
    return [weight * prior / (high - value) for value, prior in zip(values, priors, strict=True)]
