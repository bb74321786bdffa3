"""The AND/OR tree: a state whose goals share no metavariable is taken apart, and each part is proved by itself.

A node is a goal, or several that are connected; its edges are alternatives (OR). Where a tactic leaves several goals,
the node it leads to may be split: its edges then are its parts, all of which have to be proved (AND). States are
factorised in this way by HyperTree Proof Search (Lample et al. 2022, arXiv:2205.11491, whose hypertree this is: a
tactic leads from one goal to several) and by LeanTree (Kripner et al. 2025).

Nodes with the same goals, word for word, are one node: a goal that has been proved once is proved wherever it
turns up, and work on it is never repeated. Only the text is compared, so a proof that is joined from parts has yet to
be accepted as a whole, like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from prover.lean.environment import ProofFinished, TacticState
from prover.search.goals import GoalClosed, Part
from prover.search.merging import StateKey, hides_something
from prover.search.script import Bullet, Step
from prover.search.tree import (
    Edge,
    Node,
    NodeKind,
    NodeStatus,
    Outcome,
    ProofRejected,
    ProofTree,
)


def exact_key(goals: Sequence[str]) -> StateKey | None:
    """Return the goals without their case tags, or None for a state that counts by itself.

    Unlike `state_key` it keeps the names of hypotheses, which the proofs of the goals mention.
    """
    if any(map(hides_something, goals)):
        return None
    return tuple(
        "\n".join(line for line in goal.splitlines() if not line.startswith("case ")) for goal in goals
    )


class GoalTree(ProofTree):
    """A proof tree whose nodes can be split, and that knows which nodes are proved and which cannot be."""

    def __init__(self, root: TacticState) -> None:
        super().__init__(root, key=exact_key)
        self._incoming: list[list[Edge]] = [[]]
        self._solutions: dict[int, Edge] = {}
        self._solved: set[int] = set()
        self._dead: set[int] = set()
        self._whole: set[int] = set()
        self._unusable: set[int] = set()

    def is_solved(self, node: Node) -> bool:
        """Whether the node's goals are proved."""
        return node.id in self._solved

    def is_hopeless(self, node: Node) -> bool:
        """Whether nothing that could prove the node's goals is left to be tried."""
        return node.id in self._dead

    def needed(self, node: Node) -> bool:
        """Whether a proof of the node's goals could be a part of a proof of the root."""
        above = self._collect_connected([node], lambda at: [edge.source for edge in self._incoming[at.id]])
        return self.root.id in above

    def expandable(self) -> dict[int, Node]:
        """Return the nodes that are needed and from which a way leads down to an open node, or that are open."""
        needed = self._collect_connected(
            [self.root], lambda at: [edge.target for edge in at.edges if edge.target]
        )
        open_nodes = [node for node in needed.values() if node.status is NodeStatus.OPEN]
        above = self._collect_connected(
            open_nodes, lambda at: [edge.source for edge in self._incoming[at.id]]
        )
        return {number: node for number, node in above.items() if number in needed}

    def _collect_connected(
        self, nodes: Iterable[Node], beside: Callable[[Node], Iterable[Node]]
    ) -> dict[int, Node]:
        """Return what can be reached from `nodes` over nodes that are neither proved nor hopeless."""
        found: dict[int, Node] = {}
        waiting = [*nodes]
        while waiting:
            at = waiting.pop()
            if at.id in found or at.id in self._solved or at.id in self._dead:
                continue
            found[at.id] = at
            waiting += beside(at)
        return found

    def can_split(self, node: Node, tactics_left: int | None) -> bool:
        """Whether it has yet to be asked how the node's goals are connected, and `tactics_left` allow it."""
        goals = len(node.goals)
        return goals > 1 and node.id not in self._whole and (tactics_left is None or goals <= tactics_left)

    def can_reopen(self, node: Node) -> bool:
        """Whether other tactics than those tried so far could help on `node`: not where it is split or proved."""
        return super().can_reopen(node) and node.kind is NodeKind.STATE and not self.is_solved(node)

    def begin(self, node: Node) -> None:
        """Mark `node` as being expanded. If that is once more, nothing counts as hopeless any longer."""
        if node.status is NodeStatus.EXPANDED:
            self._dead.clear()
        super().begin(node)

    def keep_whole(self, node: Node) -> None:
        """Learn that the goals of a node that was begun are connected; it is open again."""
        assert node.status is NodeStatus.EXPANDING
        self._whole.add(node.id)
        node.status = NodeStatus.OPEN

    def split(self, node: Node, parts: Iterable[tuple[Part, float]]) -> list[Node]:
        """Give a node that was begun its parts, in order, each with its value; return the nodes to open."""
        node.kind = NodeKind.SPLIT
        opened = [
            self.add(node, part.tactic, 0.0, part.state, value=value, rest=part.rest) for part, value in parts
        ]
        return [each for each in opened if each is not None]

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
        """Record that `tactic` was tried on `node`, see `ProofTree.add`; a target that is open is always returned."""
        super().add(node, tactic, logprob, outcome, tokens=tokens, value=value, rest=rest)
        edge = node.edges[-1]
        self._incoming += [[] for _ in range(len(self.nodes) - len(self._incoming))]
        if edge.target is not None:
            self._incoming[edge.target.id].append(edge)
        if node.kind is NodeKind.STATE:
            self._mark_solved(node)
        return edge.target if edge.target is not None and edge.target.status is NodeStatus.OPEN else None

    def finish(self, node: Node) -> None:
        """Mark `node` as expanded: it gets no more edges."""
        super().finish(node)
        self._mark_solved(node)
        self._mark_hopeless(node)

    def finished_by(self, edge: Edge) -> tuple[Step, ...] | None:
        """Return the whole proof that has been completed, if it has."""
        return self._script(self.root) if self.is_solved(self.root) else None

    def reject(self, edge: Edge) -> list[Node]:
        """Exclude what may have invalidated the proof that `edge` completed; return all open nodes.

        Where the proof of a goal was taken over from another place, that may be why: a text does not tell all of
        a goal. Such a place has to be proved in another way. If there is none, `edge` is to blame.
        """
        taken_over = [
            each
            for each in self._proof(self.root)
            if each.target is not None and each.target.parent is not each
        ]
        if not taken_over and edge.target is None:
            edge.outcome = ProofRejected()
        self._unusable |= {id(each) for each in taken_over or [edge]}
        self._solutions.clear()
        self._solved.clear()
        self._dead.clear()
        for node in self.nodes:
            self._mark_solved(node)
        for node in self.nodes:
            self._mark_hopeless(node)
        return [node for node in self.nodes if node.status is NodeStatus.OPEN]

    def proof_edges(self) -> list[Edge]:
        """Return the edges of the accepted proof, each goal's before the next one's; empty while there is none."""
        return [] if self.winner is None else self._proof(self.root)

    def _proof(self, node: Node) -> list[Edge]:
        """Return the edges of the proof of a node that is proved."""
        edges: dict[int, Edge] = {}
        waiting = [node]
        while waiting:
            node = waiting.pop()
            taken = node.edges if node.kind is NodeKind.SPLIT else [self._solutions[node.id]]
            edges |= {id(edge): edge for edge in taken}
            waiting += [edge.target for edge in reversed(taken) if edge.target is not None]
        return list(edges.values())

    def check_invariants(self) -> None:
        """Raise `AssertionError` if the tree contradicts itself."""
        super().check_invariants()
        assert len(self._incoming) == len(self.nodes)
        assert not self._solved & self._dead
        for node in self.nodes:
            assert all(edge.target is node for edge in self._incoming[node.id])
            if node.kind is NodeKind.SPLIT:
                assert len(node.edges) > 1 or node.status is NodeStatus.EXPANDING
                assert all(edge.kind == "subgoal" for edge in node.edges)
                goals = [goal for edge in node.edges for goal in _own(edge)]
                assert node.status is NodeStatus.EXPANDING or goals == [*node.goals]
            if self.is_solved(node):
                assert self._proves(node)

    def _check_proof(self, proof: list[Edge]) -> None:
        assert self.is_solved(self.root)
        assert {edge.source.id for edge in proof} <= self._solved
        ends = [edge for edge in proof if edge.target is None]
        assert ends
        assert all(isinstance(edge.outcome, ProofFinished | GoalClosed) for edge in ends)

    def _mark_solved(self, node: Node) -> None:
        """Mark `node` and what follows from it as proved, where that is so."""
        waiting = [node]
        while waiting:
            at = waiting.pop()
            if at.id in self._solved or not self._proves(at):
                continue
            if at.kind is NodeKind.STATE:
                self._solutions[at.id] = next(edge for edge in at.edges if self._closes(edge))
            self._solved.add(at.id)
            waiting += [edge.source for edge in self._incoming[at.id]]

    def _proves(self, node: Node) -> bool:
        if node.kind is NodeKind.STATE:
            return any(self._closes(edge) for edge in node.edges)
        return node.status is NodeStatus.EXPANDED and all(self._closes(edge) for edge in node.edges)

    def _closes(self, edge: Edge) -> bool:
        if edge.target is not None:
            return edge.target.id in self._solved and id(edge) not in self._unusable
        return isinstance(edge.outcome, ProofFinished | GoalClosed)

    def _mark_hopeless(self, node: Node) -> None:
        """Mark `node` and what follows from it as hopeless, where that is so."""
        waiting = [node]
        while waiting:
            at = waiting.pop()
            if at.status is not NodeStatus.EXPANDED or at.id in self._solved or at.id in self._dead:
                continue
            hopes = [
                edge.target is not None
                and edge.target.id not in self._dead
                and id(edge) not in self._unusable
                for edge in at.edges
            ]
            if any(hopes) if at.kind is NodeKind.STATE else all(hopes):
                continue
            self._dead.add(at.id)
            waiting += [edge.source for edge in self._incoming[at.id]]

    def _script(self, node: Node) -> tuple[Step, ...]:
        """Return the proof of a node that is proved."""
        if node.kind is NodeKind.STATE:
            edge = self._solutions[node.id]
            return (edge.tactic, *(() if edge.target is None else self._script(edge.target)))
        steps: list[Step] = []
        for edge in node.edges:
            assert edge.target is not None
            proof = self._script(edge.target)
            steps += [Bullet(proof)] if len(edge.target.goals) == 1 else proof
        return tuple(steps)


def _own(edge: Edge) -> tuple[str, ...]:
    assert edge.target is not None
    assert isinstance(edge.outcome, TacticState)
    return edge.outcome.goals[: len(edge.target.goals)]
