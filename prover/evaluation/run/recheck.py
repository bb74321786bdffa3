"""Check stored proofs again, from their text, in new engines."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from prover.evaluation.store.database import RunStore
from prover.evaluation.store.proofs import StoredProof
from prover.lean.trust.verify import Rejection, Verifier


@dataclass(frozen=True, slots=True)
class Recheck:
    """The result of checking a stored proof again: `refusal` is empty if it is right."""

    proof: StoredProof
    refusal: str


async def recheck(
    store: RunStore, proof: StoredProof, verifier: Verifier, *, now: Callable[[], float] = time.time
) -> Recheck:
    """Check one proof in a fresh engine, and record when, if it is right.

    Raises:
        SetupError, EngineError: it could not be checked, or the result not be written.
    """
    verdict = await verifier.verify(proof.theorem, proof.proof.text)
    if isinstance(verdict, Rejection):
        return Recheck(proof, verdict.message)
    if verdict.sha256 != proof.proof.sha256:
        return Recheck(
            proof, "the header, the statement or the proof is not the one that was checked at first"
        )
    if verdict.statement != proof.proof.statement:
        return Recheck(proof, f"Lean now reads the statement as {verdict.statement}")
    store.set_rechecked(proof.attempt.id, now())
    return Recheck(proof, "")
