"""The proofs of a run, each with the theorem that it proves."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from prover.evaluation.run.pending import stored_theorem
from prover.evaluation.store.database import RunStore
from prover.lean.theorem import Theorem
from prover.negation import NotNegated, negation


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProof:
    """A proof as it is stored. `theorem` is what it should prove: for a negated attempt the negation.

    `problem` is the problem's name in its set, `statement` the theorem's type as Lean showed it, `sha256`
    that of the file that was checked.
    """

    attempt_id: int
    problem: str
    pass_number: int
    seed: int
    negated: bool
    theorem: Theorem
    text: str
    length: int
    statement: str
    axioms: tuple[str, ...]
    inductives: tuple[str, ...]
    context_code: tuple[str, ...]
    sha256: str
    engine: str
    lean_version: str


def stored_proofs(store: RunStore) -> list[StoredProof]:
    """Return every stored proof, in the order of the problems and passes."""
    return [
        StoredProof(
            attempt_id=row["attempt_id"],
            problem=row["name"],
            pass_number=row["pass"],
            seed=row["seed"],
            negated=bool(row["negated"]),
            theorem=_theorem(row),
            text=row["text"],
            length=row["length"],
            statement=row["elaborated"],
            axioms=tuple(json.loads(row["axioms"])),
            inductives=tuple(json.loads(row["inductives"])),
            context_code=tuple(json.loads(row["context_code"])),
            sha256=row["sha256"],
            engine=row["engine"],
            lean_version=row["lean_version"],
        )
        for row in store.connection.execute(
            "SELECT problem.*, attempt.pass, attempt.seed, attempt.negated, proof.attempt_id, proof.text,"
            " proof.length, proof.sha256, proof.axioms, proof.inductives,"
            " proof.context_code, proof.engine, proof.lean_version,"
            " proof.statement AS elaborated"
            " FROM proof JOIN attempt ON attempt.id = proof.attempt_id"
            " JOIN problem ON problem.id = attempt.problem_id"
            " ORDER BY problem.id, attempt.negated, attempt.pass"
        )
    ]


def _theorem(row: sqlite3.Row) -> Theorem:
    theorem = stored_theorem(row)
    if not row["negated"]:
        return theorem
    opposite = negation(theorem)
    assert not isinstance(opposite, NotNegated), "a negation that was proved can be stated"
    return opposite
