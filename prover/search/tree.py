"""The proof tree: tactic states as nodes, tactics with their results as edges.

States that agree up to the names of hypotheses are one node (see `merging`), so the "tree" is a graph with a
spanning tree in it: each node remembers the one edge, its `parent`, by which its own state was made.
Replaying the tactics along these edges from the root gives exactly that state. After ReProver's proof tree
(Yang et al. 2023); there nodes can close when their children do, here a state holds all open goals at once,
so a proof is a single path and nothing is propagated. :mod:`prover.search.goal_tree` takes states apart.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prover.lean.environment import (
    LeanError,
    ProofFinished,
    ProofGivenUp,
    TacticCrashed,
    TacticState,
    TacticTimeout,
)
from prover.search.goals import GoalClosed, GoalResult
from prover.search.merging import StateKey, state_key
from prover.search.script import Step

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class ProofRejected:
    """Lean's tactic framework said that the proof was finished; `accept` said no."""


Outcome = GoalResult | ProofRejected


class NodeKind(enum.StrEnum):
    """What the edges of a node are: alternatives, or parts that all have to be proved."""

    STATE = "state"
    SPLIT = "split"


class NodeStatus(enum.StrEnum):
    """Where a node is in its life; it goes through these in order."""

    OPEN = "open"
    EXPANDING = "being expanded"
    EXPANDED = "expanded"


@dataclass(slots=True, eq=False)
class Edge:
    """One tactic tried on one node. `target` is the node it leads to, where it leads to one."""

    source: Node
    tactic: str
    logprob: float
    outcome: Outcome
    tokens: int = 1
    target: Node | None = None

    @property
    def kind(self) -> str:
        """`outcome_kind` of the outcome, or "subgoal" where the edge leads to a part of its source."""
        return SUBGOAL if self.source.kind is NodeKind.SPLIT else outcome_kind(self.outcome)


@dataclass(slots=True, eq=False)
class Node:
    """A tactic state. `id` is the identity and counts up in order of discovery, the root being 0.

    `state`, `parent`, `depth`, `logprob` and `per_token` (sums along the path, the latter of each tactic's
    log-probability divided by its tokens) change together, and only while the node is open: when a likelier
    path to the same goals turns up. `value` is the critic's score of the state, 0 without a critic. The last
    `rest` goals of the state are not the node's: they are proved elsewhere.
    """

    id: int
    state: TacticState
    key: StateKey | None
    parent: Edge | None = None
    logprob: float = 0.0
    per_token: float = 0.0
    depth: int = 0
    value: float = 0.0
    edges: list[Edge] = field(default_factory=list)
    status: NodeStatus = NodeStatus.OPEN
    kind: NodeKind = NodeKind.STATE
    rest: int = 0

    @property
    def goals(self) -> tuple[str, ...]:
        """The goals that are to be proved here."""
        return self.state.goals[: self.state.num_goals - self.rest]

    def path(self) -> list[Edge]:
        """Return the edges from the root to this node's state."""
        edges: list[Edge] = []
        node = self
        while node.parent is not None:
            edges.append(node.parent)
            node = node.parent.source
        edges.reverse()
        return edges

    def tactics(self) -> tuple[str, ...]:
        """Return the tactics from the root to this node's state."""
        return tuple(edge.tactic for edge in self.path() if edge.outcome is not edge.source.state)

    def tried(self) -> tuple[str, ...]:
        """Return those of them that were suggested: without the ones that bring a part of a state to the front."""
        return tuple(edge.tactic for edge in self.path() if edge.source.kind is NodeKind.STATE)


class ProofTree:
    """Grows by `begin` and `add`; everything else reads. `key` says which states count as one."""

    def __init__(
        self, root: TacticState, *, key: Callable[[Sequence[str]], StateKey | None] = state_key
    ) -> None:
        self._key = key
        self.root = Node(id=0, state=root, key=key(root.goals))
        self.nodes: list[Node] = [self.root]
        self.winner: Edge | None = None
        self._by_key: dict[StateKey, Node] = {}
        if self.root.key is not None:
            self._by_key[self.root.key] = self.root

    def can_reopen(self, node: Node) -> bool:
        """Whether other tactics than those tried so far could help on `node`."""
        return node.status is NodeStatus.EXPANDED

    def begin(self, node: Node) -> None:
        """Mark `node` as being expanded, for the first time or once more: from now on its path is fixed."""
        assert node.status is not NodeStatus.EXPANDING
        node.status = NodeStatus.EXPANDING

    def finish(self, node: Node) -> None:
        """Mark `node` as expanded: it gets no more edges, unless it is begun once more."""
        assert node.status is NodeStatus.EXPANDING
        node.status = NodeStatus.EXPANDED

    def add(
        self,
        node: Node,
        tactic: str,
        logprob: float,
        outcome: Outcome,
        *,
        tokens: int = 1,
        value: float = 0.0,
        rest: int = 0,
    ) -> Node | None:
        """Record that `tactic` was tried on `node`; return the node to open or to score anew, if any.

        A state that is already in the tree only gets another edge, and the better of the two paths if it is
        still open. The last `rest` goals of the new state are not its node's.
        """
        assert node.status is NodeStatus.EXPANDING
        edge = Edge(node, tactic, logprob, outcome, tokens)
        node.edges.append(edge)
        if not isinstance(outcome, TacticState):
            return None
        key = self._key(outcome.goals[: outcome.num_goals - rest])
        target = None if key is None else self._by_key.get(key)
        reached = node.logprob + logprob
        if target is None:
            target = Node(id=len(self.nodes), state=outcome, key=key, value=value)
            self.nodes.append(target)
            if key is not None:
                self._by_key[key] = target
        elif target.status is not NodeStatus.OPEN or reached <= target.logprob:
            edge.target = target
            return None
        edge.target = target
        target.state, target.parent, target.rest = outcome, edge, rest
        target.logprob, target.per_token = reached, node.per_token + logprob / tokens
        target.depth = node.depth + 1
        return target

    def finished_by(self, edge: Edge) -> tuple[Step, ...] | None:
        """Return the whole proof that `edge`, the newest one, has completed, if it has."""
        if not isinstance(edge.outcome, ProofFinished):
            return None
        return (*edge.source.tactics(), edge.tactic)

    def reject(self, edge: Edge) -> list[Node]:
        """Mark the proof that `edge` completed as refused; return open nodes that are of interest again."""
        edge.outcome = ProofRejected()
        return []

    def edges(self) -> Iterator[Edge]:
        """Yield every edge, in the order of the nodes they leave and then of being tried."""
        for node in self.nodes:
            yield from node.edges

    def check_invariants(self) -> None:
        """Raise `AssertionError` if the tree contradicts itself."""
        assert self.root.parent is None
        assert self.root.depth == 0
        keys = [node.key for node in self.nodes if node.key is not None]
        assert len(keys) == len(set(keys)), "two nodes hold the same goals"
        for index, node in enumerate(self.nodes):
            assert node.id == index
            assert node.key == self._key(node.goals)
            assert not (node.edges and node.status is NodeStatus.OPEN)
            assert (node.parent is None) == (node is self.root)
            if node.parent is not None:
                source = node.parent.source
                assert any(edge is node.parent for edge in source.edges)
                assert node.parent.target is node
                assert node.parent.outcome is node.state
                assert node.depth == source.depth + 1
                assert math.isclose(node.logprob, source.logprob + node.parent.logprob, abs_tol=1e-9)
            assert len(node.path()) == node.depth
            for edge in node.edges:
                assert edge.source is node
                assert (edge.target is not None) == isinstance(edge.outcome, TacticState)
        if self.winner is not None:
            assert any(edge is self.winner for edge in self.winner.source.edges)
            self._check_proof(self.proof_edges())

    def _check_proof(self, proof: list[Edge]) -> None:
        assert isinstance(proof[-1].outcome, ProofFinished)

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the whole tree as a graph for analysis and drawing; nothing in it refers back to the tree.

        Nodes are called ``n0``, ``n1``, ... with `goals`, `kind` (a `NodeKind`), `depth`, `logprob`, `status` (a
        `NodeStatus`). A tactic that leads to no state ends in a node of its own, ``n0.3`` for the fourth tactic
        of n0, with only a `status`, its `outcome_kind`. Edges have `tactic`, `logprob`, `message` (Lean's, where
        there is one) and `on_proof`.
        """
        import networkx as nx  # a fifth of the time in which a command starts, and few want it

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for node in self.nodes:
            graph.add_node(
                f"n{node.id}",
                goals=list(node.goals),
                kind=node.kind.value,
                depth=node.depth,
                logprob=node.logprob,
                status=node.status.value,
            )
        proof = self.proof_edges()
        for node in self.nodes:
            for index, edge in enumerate(node.edges):
                head = f"n{node.id}.{index}" if edge.target is None else f"n{edge.target.id}"
                if edge.target is None:
                    graph.add_node(head, status=outcome_kind(edge.outcome))
                graph.add_edge(
                    f"n{node.id}",
                    head,
                    tactic=edge.tactic,
                    logprob=edge.logprob,
                    message=outcome_message(edge.outcome),
                    on_proof=any(edge is other for other in proof),
                )
        return graph

    def proof_edges(self) -> list[Edge]:
        """Return the edges of the accepted proof in order; empty while there is none."""
        return [] if self.winner is None else [*self.winner.source.path(), self.winner]

    def _repr_html_(self) -> str:
        from prover.search.tree_html import tree_html

        return tree_html(self)


SUBGOAL = "subgoal"

_KINDS: dict[type[Outcome], str] = {
    TacticState: "state",
    ProofFinished: "finished",
    GoalClosed: "closed",
    ProofRejected: "rejected",
    ProofGivenUp: "given up",
    LeanError: "error",
    TacticTimeout: "timeout",
    TacticCrashed: "crashed",
}


def outcome_kind(outcome: Outcome) -> str:
    """Return one or two words for a tactic's result."""
    return _KINDS[type(outcome)]


def outcome_message(outcome: Outcome) -> str:
    """Return why a tactic led nowhere, in Lean's words where it has any; empty for what did not fail."""
    match outcome:
        case LeanError(error) | TacticTimeout(error) | TacticCrashed(error):
            return error
        case ProofGivenUp():
            return "the proof uses `sorry`"
        case ProofRejected():
            return "the finished proof did not pass the check"
        case TacticState() | ProofFinished() | GoalClosed():
            return ""
