"""What a search that found no proof has proved on its way: goals that it closed, facts that it added.

All of it is read off what Lean printed, and is tried again by Lean wherever it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from prover.lean.environment import TacticState
from prover.policy.heuristic.goal_shape import Goal, parse_goal
from prover.search.script import proof_text
from prover.search.tree import Edge, Node, NodeKind, ProofTree
from prover.sketching.sketch import steps_of

MAX_FACTS = 12
MAX_CLOSED = 200

_INTRODUCES = re.compile(r"(?:intro|rintro)\b")


@dataclass(frozen=True, slots=True)
class Fact:
    """A tactic that adds hypotheses to a goal and leaves it as it is otherwise: their names and types, in order."""

    tactic: str
    names: tuple[str, ...]
    types: tuple[str, ...]

    @property
    def statement(self) -> str:
        """What it proves, as steps without proofs."""
        return "\n".join(f"have {name} : {each}" for name, each in zip(self.names, self.types, strict=True))

    def renamed(self, suffix: str) -> Fact:
        """Return the same fact with other names for what it proves."""
        tactic = self.tactic
        for name in self.names:
            tactic = re.sub(rf"(?<![\w.'✝]){re.escape(name)}(?![\w'])", f"{name}{suffix}", tactic)
        return replace(self, tactic=tactic, names=tuple(f"{name}{suffix}" for name in self.names))

    @property
    def steps(self) -> list[str]:
        """Its tactics."""
        return steps_of(self.tactic)


def base_of(tree: ProofTree) -> Node:
    """Return the state in which everything is introduced that the statement quantifies over, as far as it was seen."""
    node = tree.root
    while True:
        deeper = (
            edge.target
            for edge in node.edges
            if edge.target is not None
            and edge.target.parent is edge
            and edge.target.state.num_goals == 1
            and _INTRODUCES.match(edge.tactic)
        )
        below = next(deeper, None)
        if below is None:
            return node
        node = below


def proved_facts(tree: ProofTree) -> list[Fact]:
    """Return the facts that were proved in the state `base_of`, the likeliest first, each once.

    Mere instances of what is known, such as ``have := h 2``, are left out: there are too many.
    """
    base = base_of(tree)
    if base.state.num_goals != 1:
        return []
    found: dict[tuple[str, ...], Fact] = {}
    for edge in sorted(base.edges, key=lambda each: -each.logprob):
        fact = _fact(edge)
        if fact is not None and " : " in fact.tactic:
            found.setdefault(fact.types, fact)
    return list(found.values())[:MAX_FACTS]


def closed_goals(tree: ProofTree) -> Iterator[tuple[str, str]]:
    """Yield goals that were closed though the proof was not finished, and facts as goals, each with its proof."""
    found: dict[str, str] = {}
    for node in tree.nodes:
        if len(found) >= MAX_CLOSED:
            break
        if node.kind is NodeKind.STATE and not node.rest and node.parent is not None:
            closed = _closed_on_the_way_to(node)
            if closed is not None:
                found.setdefault(*closed)
    yield from found.items()
    base = base_of(tree)
    for fact in proved_facts(tree):
        if len(fact.names) == 1:
            facts = base.state.goals[0].rpartition("⊢ ")[0]
            yield f"{facts}⊢ {fact.types[0]}", f"{fact.tactic}\nexact {fact.names[0]}"


def _closed_on_the_way_to(node: Node) -> tuple[str, str] | None:
    """Return the goal that the last tactics before `node` have closed, and these tactics."""
    tactics: list[str] = []
    at = node
    while at.parent is not None:
        edge = at.parent
        if edge.source.kind is not NodeKind.STATE or edge.source.rest:
            return None
        tactics.insert(0, edge.tactic)
        at = edge.source
        before, after = at.state.goals, node.state.goals
        if len(before) == len(after) + 1 and before[1:] == after:
            return before[0], proof_text(tactics)
        if len(before) <= len(after):
            continue
        return None
    return None


def _fact(edge: Edge) -> Fact | None:
    before = edge.source.state
    if not isinstance(edge.outcome, TacticState) or edge.outcome.num_goals != before.num_goals:
        return None
    old, new = parse_goal(before.goals[0]), parse_goal(edge.outcome.goals[0])
    added = [each for each in new.hypotheses if each not in old.hypotheses]
    kept = len(new.hypotheses) - len(added) == len(old.hypotheses)
    if new.target != old.target or not kept or not added:
        return None
    if any(not each.accessible or each.value or each.name in old.names for each in added):
        return None
    if any(each not in new.facts for each in added):
        return None
    return Fact(edge.tactic.strip(), tuple(each.name for each in added), tuple(each.type for each in added))


def goal_of(node: Node) -> Goal:
    """Return the goal of a state that has one, read."""
    return parse_goal(node.state.goals[0])
