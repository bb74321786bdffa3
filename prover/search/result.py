"""What a search found, and everything needed to explain it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from prover.lean.environment import ProofFinished, TacticState
from prover.lean.theorem import Theorem
from prover.search.budget import StopReason
from prover.search.tree import Node, ProofTree, outcome_kind, outcome_message


@dataclass(frozen=True, slots=True)
class Proved:
    """A proof was found and accepted: these tactics, in order."""

    tactics: tuple[str, ...]


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
class Times:
    """Where the time went, in seconds.

    `wall` is the whole search. `lean` and `policy` add up the requests to each, which overlap when several
    states are expanded at once and include waiting for a free engine; `idle` is the part of `wall` in which
    nothing was asked of either; `accept` is what accepting finished proofs took.
    """

    wall: float
    lean: float
    policy: float
    idle: float
    accept: float


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


def proof_text(tactics: tuple[str, ...]) -> str:
    """Return the tactic block for `tactics`, one after the other, each beginning in column 0.

    Tactics act on all open goals, the main one first, as lines of a block do, so no bullets are needed. The
    further lines of a tactic keep their indentation, which is relative to that column already.
    """
    return "\n".join(tactic.strip() for tactic in tactics)


def best_unfinished(tree: ProofTree) -> Node:
    """Return the state with the least left to prove: the fewest goals, then the shortest, then the oldest."""
    return min(tree.nodes, key=lambda node: (node.state.num_goals, len(node.state.pp), node.id))


def failed_tactics(tree: ProofTree) -> tuple[FailedTactic, ...]:
    """Return every tactic that led nowhere, in the order of `ProofTree.edges`."""
    return tuple(
        FailedTactic(edge.source.id, edge.tactic, outcome_kind(edge.outcome), outcome_message(edge.outcome))
        for edge in tree.edges()
        if not isinstance(edge.outcome, TacticState | ProofFinished)
    )
