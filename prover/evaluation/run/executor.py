"""What makes the attempts of a run: the jobs it is given, what it returns, and the interface of all executors.

`local` makes them in this process; `prover.cluster` hands them out to the machines of a Ray cluster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from prover.evaluation.run.pipeline import Reading
from prover.evaluation.store.rows import AttemptRow, AutomationRow, FinishedAttempt
from prover.lean.theorem import Theorem
from prover.problems.support import Support
from prover.search.checkpoint import Save, SavedAnswers


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptJob:
    """One attempt at `theorem` or, if `negated`, at its negation. `informal` is the problem in words, or empty.

    `before` is what an earlier process saved of its search.
    """

    attempt_id: int
    problem_id: int
    pass_number: int
    negated: bool
    seed: int
    theorem: Theorem
    informal: str = ""
    before: tuple[SavedAnswers, ...] = ()

    def begun(self, at: float) -> AttemptRow:
        """Return the row of this attempt as it begins, at this Unix time; it is "failed" until it is more."""
        return AttemptRow(
            id=self.attempt_id,
            problem_id=self.problem_id,
            pass_number=self.pass_number,
            negated=self.negated,
            seed=self.seed,
            outcome="failed",
            started_at=at,
            wall_s=0.0,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResult(FinishedAttempt):
    """The rows of a finished attempt; with `policy_silent`, it ended because the policy did not answer at all."""

    policy_silent: bool = False


class Executor(Protocol):
    """Engines and models, here or elsewhere, and the attempts that are made with them."""

    @property
    def slots(self) -> int:
        """Jobs that it works on at the same time."""

    @property
    def notes(self) -> Sequence[str]:
        """What the run's log should say of it."""

    @property
    def engine_restarts(self) -> int:
        """Engines that were started again so far."""

    @property
    def nodes(self) -> Mapping[str, int]:
        """The addresses of a cluster's nodes, with the number of actors on each; empty without a cluster."""

    async def check(self, problem_id: int) -> Support:
        """Elaborate the statement of the problem of this number.

        Raises:
            EngineError: the engine failed.
        """

    async def automate(self, theorem: Theorem) -> list[AutomationRow]:
        """Try plain automation; raises as :func:`prover.evaluation.run.automation.try_automation` does."""

    async def attempt(self, job: AttemptJob, save: Save) -> AttemptResult:
        """Make one attempt. An error of Lean or of the policy is an outcome.

        `save` is told from time to time what a search has heard, for a job that goes on with it.

        Raises:
            SetupError: no engine can be run.
            InputError: the run's budget of tokens is spent.
        """

    async def reading(self) -> Reading:
        """Read how busy engines and models have been so far."""
