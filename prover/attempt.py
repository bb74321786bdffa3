"""One attempt at one theorem: open it, search, shorten what was found, have it checked.

The search only ever says "Lean's tactics finished"; a theorem counts as proved when
a :class:`prover.lean.trust.verify.Verifier` has accepted the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from prover.lean.environment import Environment, Session, TacticLimits
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate, Verifier, verdict
from prover.policy.base import Policy
from prover.search.accept import Acceptor, Refused
from prover.search.base import SearchAlgorithm, SearchOptions
from prover.search.budget import StopReason
from prover.search.result import SearchResult, Unproved
from prover.search.script import Step, proof_text
from prover.search.shorten import TracedStep, trace_proof

TACTIC_LIMITS = TacticLimits(seconds=8.0)
"""What one tactic may use, for environments that attempts are made in; the heuristic's largest take seconds."""

OutcomeName = Literal["proved", "disproved", "not proved", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A proof, a tactic block whose lines are not yet indented, and the verifier's certificate.

    `steps` are its tactics, each with the goals it was applied to.
    """

    proof: str
    certificate: Certificate
    steps: tuple[TracedStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disproof:
    """The theorem is false: `theorem` is its negation, and `verified` the proof of that.

    `counterexample` has the values at which the theorem fails, by the names of its variables, where the proof names
    some.
    """

    theorem: Theorem
    verified: Verified
    counterexample: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The result of an attempt. `rejections` are the verifier's reasons for refusing finished proofs.

    `time_s` is wall time: opening, search and verification. `verified` is None if nothing was proved, and `disproof` is
    what :func:`prover.disprove.prove_or_disprove` may find instead.
    """

    theorem: Theorem
    search: SearchResult
    verified: Verified | None
    rejections: tuple[str, ...]
    time_s: float
    disproof: Disproof | None = None

    @property
    def outcome(self) -> OutcomeName:
        """One word or two for reports."""
        if self.verified is not None:
            return "proved"
        if self.disproof is not None:
            return "disproved"
        ending = self.search.ending
        if isinstance(ending, Unproved) and ending.stopped_by is StopReason.INTERRUPTED:
            return "interrupted"
        return "not proved"


async def attempt(
    theorem: Theorem,
    *,
    environment: Environment,
    verifier: Verifier,
    policy: Policy,
    algorithm: SearchAlgorithm,
    options: SearchOptions,
) -> Attempt:
    """Try to prove `theorem`.

    Raises:
        StatementError, UnsupportedError: the theorem cannot be opened.
        EngineError: Lean could not be kept alive, or a proof could not be checked.
        PolicyError: the policy or the critic could not answer.
    """
    began = options.clock()
    session = await environment.open(theorem)

    async def check(steps: tuple[Step, ...]) -> Verified | Refused:
        return await verify_steps(session, verifier, steps)

    acceptor = Acceptor(session, check)
    try:
        result = await algorithm.run(session, policy, acceptor, options)
    finally:
        await session.close()
    return Attempt(
        theorem=theorem,
        search=result,
        verified=acceptor.accepted,
        rejections=tuple(acceptor.rejections),
        time_s=options.clock() - began,
    )


async def verify_steps(session: Session, verifier: Verifier, steps: tuple[Step, ...]) -> Verified | Refused:
    """Have `verifier` check the proof of these steps, which finish the session's theorem.

    Raises:
        SetupError, EngineError: the check could not be carried out.
    """
    proof, tracing = proof_text(steps), await trace_proof(session, steps)
    ruling = await verdict(verifier, session.theorem, proof)
    if not isinstance(ruling, Certificate):
        return Refused((ruling.message,))
    return Verified(proof=proof, certificate=ruling, steps=tracing)
