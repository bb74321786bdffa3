"""What a search found, and everything needed to explain it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from prover.lean.environment import ProofFinished, TacticState
from prover.lean.theorem import Theorem
from prover.search.budget import StopReason
from prover.search.goals import GoalClosed
from prover.search.script import Step
from prover.search.timing import Times
from prover.search.tree import Node, ProofTree, outcome_kind, outcome_message

_FALSE_FROM_NOTHING = re.compile(r"(?:case .*\n)?⊢ False")


@dataclass(frozen=True, slots=True)
class Proved:
    """A proof was found and accepted: these tactics, in order."""

    tactics: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Unproved:
    """No proof was accepted. `tactics` are the best unfinished one, after which `goals` are left."""

    stopped_by: StopReason
    tactics: tuple[str, ...]
    goals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FailedTactic:
    """A tactic that led nowhere from node `node`: `kind` as in `outcome_kind`, `reason` in Lean's words."""

    node: int
    tactic: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The end of one search. `outcomes` counts the tactics tried by `outcome_kind`."""

    theorem: Theorem
    ending: Proved | Unproved
    expansions: int
    tactics_tried: int
    outcomes: Mapping[str, int]
    times: Times
    failures: tuple[FailedTactic, ...] = field(repr=False)
    tree: ProofTree = field(repr=False)


def best_unfinished(tree: ProofTree) -> Node:
    """Return the state with the least left to prove: the fewest goals, then the shortest, then the oldest.

    One in which `False` is to be proved from nothing comes after all others.
    """

    def left(node: Node) -> tuple[bool, int, int, int]:
        hopeless = any(_FALSE_FROM_NOTHING.fullmatch(goal) for goal in node.state.goals)
        return hopeless, node.state.num_goals, len(node.state.pp), node.id

    return min(tree.nodes, key=left)


def failed_tactics(tree: ProofTree) -> tuple[FailedTactic, ...]:
    """Return every tactic that led nowhere, in the order of `ProofTree.edges`."""
    return tuple(
        FailedTactic(edge.source.id, edge.tactic, outcome_kind(edge.outcome), outcome_message(edge.outcome))
        for edge in tree.edges()
        if not isinstance(edge.outcome, TacticState | ProofFinished | GoalClosed)
    )
