"""The proofs of a run in the forms that others read: one Lean file, JSON lines, LeanDojo's traced tactics."""

from __future__ import annotations

import json
from typing import Any

from prover.evaluation.lean_export import lean_file
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.proofs import StoredProof, stored_proofs
from prover.evaluation.store.queries import traced_path

NO_GOALS = "no goals"
"""What LeanDojo writes for the state after the last tactic."""


def export_lean(store: RunStore) -> str:
    """Return one Lean file with a proof of every problem that has one, the shortest."""
    return lean_file([(proof.theorem, proof.proof.text) for proof in shortest_proofs(store)])


def shortest_proofs(store: RunStore) -> list[StoredProof]:
    """Return the shortest proof of every problem that has one, and of every negation."""
    shortest: dict[tuple[str, bool], StoredProof] = {}
    for proof in stored_proofs(store):
        key = (proof.problem.name, proof.attempt.negated)
        if key not in shortest or proof.proof.length < shortest[key].proof.length:
            shortest[key] = proof
    return list(shortest.values())


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
            "problem": proof.problem.name,
            "statement": proof.theorem.statement,
            "traced_tactics": _read_trace(store, proof.attempt.id),
        }
        for proof in stored_proofs(store)
    ]
    return json.dumps(theorems, ensure_ascii=False, indent=1) + "\n"


def _proof(found: StoredProof) -> dict[str, Any]:
    theorem, attempt, proof = found.theorem, found.attempt, found.proof
    return {
        "name": theorem.name,
        "problem": found.problem.name,
        "pass": attempt.pass_number,
        "seed": attempt.seed,
        "negated": attempt.negated,
        "header": theorem.header,
        "statement": theorem.statement,
        "proof": proof.text,
        "declaration": theorem.with_proof(proof.text),
        "length": proof.length,
        "type": proof.statement,
        "axioms": list(proof.axioms),
        "inductives": list(proof.inductives),
        "context_code": list(proof.context_code),
        "sha256": proof.sha256,
        "engine": proof.engine,
        "lean_version": proof.lean_version,
    }


def _read_trace(store: RunStore, attempt_id: int) -> list[dict[str, str]]:
    return [
        {
            "state_before": "\n\n".join(before),
            "tactic": tactic,
            "state_after": "\n\n".join(after) or NO_GOALS,
        }
        for before, tactic, after in traced_path(store, attempt_id)
    ]
