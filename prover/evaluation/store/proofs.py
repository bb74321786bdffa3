"""The proofs of a run, each with the theorem that it proves."""

from __future__ import annotations

from dataclasses import dataclass

from prover.evaluation.store.database import RunStore
from prover.evaluation.store.rows import AttemptRow, ProblemRow, ProofRow
from prover.evaluation.store.run_data import read_attempts
from prover.evaluation.store.tables import select
from prover.lean.theorem import Theorem
from prover.negation import NotNegated, negation


@dataclass(frozen=True, slots=True)
class StoredProof:
    """A verified proof with the problem, without its attempts, and the attempt that it belongs to."""

    problem: ProblemRow
    attempt: AttemptRow
    proof: ProofRow

    @property
    def theorem(self) -> Theorem:
        """What it should prove: for a negated attempt the negation."""
        theorem = self.problem.theorem
        if not self.attempt.negated:
            return theorem
        opposite = negation(theorem)
        assert not isinstance(opposite, NotNegated), "a negation that was proved can be stated"
        return opposite


def stored_proofs(store: RunStore) -> list[StoredProof]:
    """Return every stored proof, in the order of the problems and passes, those of negations last."""
    attempts = read_attempts(store.connection, "WHERE id IN (SELECT attempt_id FROM proof)")
    problems = select(
        store.connection,
        ProblemRow,
        "WHERE id IN (SELECT problem_id FROM attempt JOIN proof ON proof.attempt_id = attempt.id) ORDER BY id",
    )
    return [
        StoredProof(problem, attempt, attempt.proof)
        for problem in problems
        for attempt in attempts[problem.id]
        if attempt.proof is not None
    ]
