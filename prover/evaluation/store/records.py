"""What the store is given: rows that belong together and are written in one transaction.

The fields are the columns of `schema.sql`, which explains them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from prover.lean.theorem import Theorem
from prover.search.shorten import TracedStep
from prover.search.tree import SUBGOAL, Edge, NodeStatus, ProofTree, outcome_message

OutcomeName = Literal[
    "proved", "disproved", "failed", "unsupported", "invalid", "policy error", "engine error"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRecord:
    """A problem as it enters a run. `theorem` is what the engine is given; `name` is unique in the set.

    `expected` is whether the statement is true, where the set says so. A record that is no problem says in `unusable`
    why, and its `theorem` is what is written there.
    """

    name: str
    theorem: Theorem
    split: str = ""
    category: str = ""
    informal: str = ""
    expected: bool | None = None
    unusable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationRecord:
    """One call of a closing tactic; `seconds` of wall time, waiting for an engine included."""

    tactic: str
    closed: bool
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRecord:
    """A tactic state."""

    node: int
    goals: tuple[str, ...]
    depth: int
    logprob: float
    expanded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """A tactic that was tried."""

    step: int
    source: int
    target: int | None
    tactic: str
    logprob: float
    outcome: str
    message: str
    on_proof: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRecord:
    """A search tree, as much of it as is stored."""

    nodes: tuple[NodeRecord, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    steps_left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRecord:
    """A verified proof; `verified_at` is Unix time, `steps` its tactics with the goals they were applied to."""

    text: str
    length: int
    statement: str
    axioms: tuple[str, ...]
    inductives: tuple[str, ...]
    context_code: tuple[str, ...]
    sha256: str
    engine: str
    lean_version: str
    verified_at: float
    steps: tuple[TracedStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """One finished attempt with everything it left. Times are in seconds, `started_at` is Unix time."""

    problem_id: int
    pass_number: int
    negated: bool
    seed: int
    outcome: OutcomeName
    stopped_by: str = ""
    reason: str = ""
    started_at: float
    wall_s: float
    lean_s: float = 0.0
    policy_s: float = 0.0
    verify_s: float = 0.0
    idle_s: float = 0.0
    expansions: int = 0
    tactics: int = 0
    nodes: int = 0
    policy_tokens: int = 0
    tree: TreeRecord = TreeRecord()
    proof: ProofRecord | None = None


def tree_record(tree: ProofTree, max_steps: int) -> TreeRecord:
    """Return the winning path of `tree`, `max_steps` further steps, and the states they connect.

    Steps are numbered in the order of the states they leave and, within one, of being tried. The numbers
    count steps that are left out too.
    """
    winning = {id(edge) for edge in tree.proof_edges()}
    steps: list[StepRecord] = []
    room = max_steps
    left_out = 0
    for number, edge in enumerate(tree.edges()):
        on_proof = id(edge) in winning
        if not on_proof and room == 0:
            left_out += 1
            continue
        room -= not on_proof
        steps.append(_step(number, edge, on_proof))
    kept = {0, *(step.source for step in steps), *(step.target for step in steps)}
    nodes = tuple(
        NodeRecord(
            node=node.id,
            goals=tuple(map(storable, node.goals)),
            depth=node.depth,
            logprob=node.logprob,
            expanded=node.status is NodeStatus.EXPANDED,
        )
        for node in tree.nodes
        if node.id in kept
    )
    return TreeRecord(nodes=nodes, steps=tuple(steps), steps_left_out=left_out)


def _step(number: int, edge: Edge, on_proof: bool) -> StepRecord:
    return StepRecord(
        step=number,
        source=edge.source.id,
        target=None if edge.target is None else edge.target.id,
        tactic=f"goal {edge.source.edges.index(edge) + 1}" if edge.kind == SUBGOAL else storable(edge.tactic),
        logprob=edge.logprob,
        outcome=edge.kind,
        message=storable(outcome_message(edge.outcome)),
        on_proof=on_proof,
    )


def storable(text: str) -> str:
    """Return text that UTF-8 can hold: models have been seen to write half a character."""
    return text.encode("utf-8", "backslashreplace").decode()
