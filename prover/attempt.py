"""One attempt at one theorem: open it, search, shorten what was found, have it checked.

The search only ever says "Lean's tactics finished"; a theorem counts as proved when
a :class:`prover.lean.verify.Verifier` has accepted the text. Where the shortened proof is refused, the proof as it
was found gets its chance, and where that is refused too, the search goes on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from prover.lean.environment import Environment, Session, TacticLimits
from prover.lean.theorem import Theorem
from prover.lean.verify import Certificate, Verifier, verdict
from prover.policy.base import Critic, Policy
from prover.search.best_first import Clock, Observer, best_first
from prover.search.budget import Budget, StopReason
from prover.search.result import SearchResult, Unproved, proof_text
from prover.search.scoring import DEFAULT_RULE, ScoringRule
from prover.search.shorten import TracedStep, shorten, traced

TACTIC_LIMITS = TacticLimits(seconds=8.0)
"""What one tactic may use, for environments that attempts are made in; the heuristic's largest take seconds."""

OutcomeName = Literal["proved", "not proved", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A proof, a tactic block whose lines are not yet indented, and the verifier's word for it.

    `steps` are its tactics, each with the goals it was applied to.
    """

    proof: str
    certificate: Certificate
    steps: tuple[TracedStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of an attempt. `rejections` are the verifier's reasons for refusing finished proofs.

    `time_s` is wall time: opening, search and verification. `verified` is None if nothing was proved.
    """

    theorem: Theorem
    search: SearchResult
    verified: Verified | None
    rejections: tuple[str, ...]
    time_s: float

    @property
    def outcome(self) -> OutcomeName:
        """One word or two for reports."""
        if self.verified is not None:
            return "proved"
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
    budget: Budget,
    scoring: ScoringRule = DEFAULT_RULE,
    critic: Critic | None = None,
    width: int = 2,
    clock: Clock = time.monotonic,
    observe: Observer | None = None,
    interrupt: asyncio.Event | None = None,
) -> Attempt:
    """Try to prove `theorem`. What is not of its own is as for `best_first`.

    Raises:
        StatementError, UnsupportedError: the theorem cannot be opened.
        EngineError: Lean could not be kept alive, or a proof could not be checked.
        PolicyError: the policy or the critic could not answer.
    """
    began = clock()
    session = await environment.open(theorem)
    judge = _Judge(session, verifier)
    try:
        result = await best_first(
            session,
            policy,
            accept=judge.accept,
            budget=budget,
            scoring=scoring,
            critic=critic,
            width=width,
            clock=clock,
            observe=observe,
            interrupt=interrupt,
        )
    finally:
        await session.close()
    return Attempt(
        theorem=theorem,
        search=result,
        verified=judge.verified,
        rejections=tuple(judge.rejections),
        time_s=clock() - began,
    )


class _Judge:
    """Accepts finished proofs, and keeps the one it accepted and the reasons against the others."""

    def __init__(self, session: Session, verifier: Verifier) -> None:
        self.verified: Verified | None = None
        self.rejections: list[str] = []
        self._session = session
        self._verifier = verifier

    async def accept(self, tactics: Sequence[str]) -> bool:
        shorter = await shorten(self._session, tactics)
        for each in dict.fromkeys([shorter, tuple(tactics)]):
            proof = proof_text(each)
            ruling = await verdict(self._verifier, self._session.theorem, proof)
            if isinstance(ruling, Certificate):
                steps = await traced(self._session, each)
                self.verified = Verified(proof=proof, certificate=ruling, steps=steps)
                return True
            self.rejections.append(ruling.reason)
        return False
