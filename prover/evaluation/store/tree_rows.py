"""A search tree as rows of the database."""

from __future__ import annotations

from prover.evaluation.store.rows import NodeRow, StepRow, TreeRows
from prover.search.tree import SUBGOAL, Edge, NodeStatus, ProofTree, outcome_message


def tree_rows(tree: ProofTree, max_steps: int) -> TreeRows:
    """Return the winning path of `tree`, at most `max_steps` further steps, and the states they connect.

    Steps are numbered in the order of the states they leave and, within one, in the order they were tried. The numbers
    count steps that are left out too.
    """
    winning = {id(edge) for edge in tree.proof_edges()}
    steps: list[StepRow] = []
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
        NodeRow(
            node=node.id,
            goals=tuple(map(storable, node.goals)),
            depth=node.depth,
            logprob=node.logprob,
            expanded=node.status is NodeStatus.EXPANDED,
        )
        for node in tree.nodes
        if node.id in kept
    )
    return TreeRows(nodes=nodes, steps=tuple(steps), steps_left_out=left_out)


def _step(number: int, edge: Edge, on_proof: bool) -> StepRow:
    return StepRow(
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
    """Return `text` with what UTF-8 cannot encode as escapes: models have been seen to write half a character."""
    return text.encode("utf-8", "backslashreplace").decode()
