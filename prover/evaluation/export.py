"""The proofs of a run in the forms that others read: one Lean file, JSON lines, LeanDojo's traced tactics."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from prover.evaluation.lean_export import lean_file
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.proofs import StoredProof, stored_proofs
from prover.search.tree import SUBGOAL

NO_GOALS = "no goals"
"""What LeanDojo writes for the state after the last tactic."""


def export_lean(store: RunStore) -> str:
    """Return one Lean file with a proof of every problem that has one, the shortest."""
    shortest: dict[tuple[str, bool], StoredProof] = {}
    for proof in stored_proofs(store):
        key = (proof.problem, proof.negated)
        if key not in shortest or proof.length < shortest[key].length:
            shortest[key] = proof
    return lean_file([(proof.theorem, proof.text) for proof in shortest.values()])


def export_jsonl(store: RunStore) -> str:
    """Return a line for every proof: a JSON object with the theorem, the tactic block and what checked it.

    `declaration` is the theorem with its proof, which stands after `header` in a file. Of a negated attempt
    the theorem is the negation.
    """
    return "".join(json.dumps(_proof(proof), ensure_ascii=False) + "\n" for proof in stored_proofs(store))


def export_leandojo(store: RunStore) -> str:
    """Return a JSON list with, for every proof, the states and tactics of the path that the search found.

    The path is the one before shortening, so that every tactic stands with the state it was applied to.
    """
    theorems = [
        {
            "theorem": proof.theorem.name,
            "problem": proof.problem,
            "statement": proof.theorem.statement,
            "traced_tactics": list(_traced(store, proof.attempt_id)),
        }
        for proof in stored_proofs(store)
    ]
    return json.dumps(theorems, ensure_ascii=False, indent=1) + "\n"


def _proof(proof: StoredProof) -> dict[str, Any]:
    return {
        "name": proof.theorem.name,
        "problem": proof.problem,
        "pass": proof.pass_number,
        "seed": proof.seed,
        "negated": proof.negated,
        "header": proof.theorem.header,
        "statement": proof.theorem.statement,
        "proof": proof.text,
        "declaration": proof.theorem.with_proof(proof.text),
        "length": proof.length,
        "type": proof.statement,
        "axioms": list(proof.axioms),
        "inductives": list(proof.inductives),
        "context_code": list(proof.context_code),
        "sha256": proof.sha256,
        "engine": proof.engine,
        "lean_version": proof.lean_version,
    }


def _traced(store: RunStore, attempt_id: int) -> Iterator[dict[str, str]]:
    states = {
        row["node"]: "\n\n".join(json.loads(row["goals"]))
        for row in store.connection.execute(
            "SELECT node, goals FROM node WHERE attempt_id = ?1 AND node IN"
            " (SELECT source FROM step WHERE attempt_id = ?1 AND on_proof)",
            (attempt_id,),
        )
    }
    steps = store.connection.execute(
        "SELECT step.source, step.target, step.tactic FROM step"
        " JOIN node ON node.attempt_id = step.attempt_id AND node.node = step.source"
        " WHERE step.attempt_id = ? AND on_proof AND outcome != ? ORDER BY node.depth",
        (attempt_id, SUBGOAL),
    )
    for step in steps:
        after = NO_GOALS if step["target"] is None else states[step["target"]]
        yield {"state_before": states[step["source"]], "tactic": step["tactic"], "state_after": after}
