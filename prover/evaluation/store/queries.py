"""What training and exports ask of a run's database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from prover.evaluation.store.database import RunStore
from prover.evaluation.store.rows import NodeRow, ProofStepRow, StepRow
from prover.evaluation.store.tables import select
from prover.search.tree import SUBGOAL

ON_PATH = (
    "attempt_id = :attempt AND source IN (SELECT source FROM step WHERE attempt_id = :attempt AND on_proof)"
)


@dataclass(frozen=True, slots=True)
class PathStates:
    """The states of a search's winning path with every step tried in them, as far as stored, likeliest first.

    `goals` has the goals of these states and of those that the steps led to, by the number of the node.
    """

    goals: dict[int, tuple[str, ...]]
    steps: tuple[StepRow, ...]


def proof_steps(store: RunStore, attempt_id: int) -> list[ProofStepRow]:
    """Return the tactics of the attempt's verified proof, after shortening."""
    return select(store.connection, ProofStepRow, "WHERE attempt_id = ? ORDER BY step", (attempt_id,))


def path_states(store: RunStore, attempt_id: int) -> PathStates:
    """Return the path that the search found, before it was shortened, and its siblings."""
    key = {"attempt": attempt_id}
    steps = select(store.connection, StepRow, f"WHERE {ON_PATH} ORDER BY source, logprob DESC, step", key)
    nodes = select(
        store.connection,
        NodeRow,
        f"WHERE attempt_id = :attempt AND node IN (SELECT source FROM step WHERE {ON_PATH}"
        f" UNION SELECT target FROM step WHERE {ON_PATH})",
        key,
    )
    return PathStates({node.node: node.goals for node in nodes}, tuple(steps))


def traced_path(store: RunStore, attempt_id: int) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """Yield the winning path from the root: goals, tactic, the goals that it leads to (none at the end)."""
    nodes = {
        node.node: node
        for node in select(
            store.connection,
            NodeRow,
            "WHERE attempt_id = :attempt"
            " AND node IN (SELECT source FROM step WHERE attempt_id = :attempt AND on_proof)",
            {"attempt": attempt_id},
        )
    }
    steps = select(
        store.connection,
        StepRow,
        "WHERE attempt_id = ? AND on_proof AND outcome != ? ORDER BY step",
        (attempt_id, SUBGOAL),
    )
    for step in sorted(steps, key=lambda step: nodes[step.source].depth):
        after = () if step.target is None else nodes[step.target].goals
        yield nodes[step.source].goals, step.tactic, after


def outcomes_by_problem(store: RunStore) -> dict[str, set[str]]:
    """Return the outcomes of the attempts at each problem that has any, by the problem's name."""
    rows = store.connection.execute(
        "SELECT problem.name, json_group_array(attempt.outcome) FROM problem"
        " JOIN attempt ON attempt.problem_id = problem.id GROUP BY problem.id"
    )
    return {name: set(json.loads(outcomes)) for name, outcomes in rows}


def tactics_until_proved(store: RunStore) -> dict[str, int]:
    """Return, for each proved problem, the least number of tactics of an attempt that proved it."""
    return dict(
        store.connection.execute(
            "SELECT problem.name, min(attempt.tactics) FROM problem JOIN attempt"
            " ON attempt.problem_id = problem.id AND attempt.outcome = 'proved' GROUP BY problem.id"
        )
    )


def proof_lengths(store: RunStore) -> list[int]:
    """Return the number of tactics of every proof."""
    return [length for (length,) in store.connection.execute("SELECT length FROM proof")]


def proof_tactics(store: RunStore) -> list[str]:
    """Return the tactics of all proofs."""
    return [tactic for (tactic,) in store.connection.execute("SELECT tactic FROM proof_step")]
