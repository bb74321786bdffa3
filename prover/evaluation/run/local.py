"""Make the attempts of a run in this process, with engines and models that are open."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from prover.attempt import Attempt, Verified, attempt
from prover.errors import EngineError, PolicyError, PolicyUnavailable, StatementError, UnsupportedError
from prover.evaluation.run.automation import try_automation
from prover.evaluation.run.chat_models import ChatModels, sketch_choice
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.executor import AttemptJob, AttemptResult
from prover.evaluation.run.pipeline import Reading
from prover.evaluation.run.sketch import attempt_by_planner
from prover.evaluation.run.whole_proof import attempt_by_chat
from prover.evaluation.store.rows import (
    AttemptRow,
    AutomationRow,
    OutcomeName,
    ProofRow,
    ProofStepRow,
    TreeRows,
)
from prover.evaluation.store.tree_rows import storable, tree_rows
from prover.lean.backend import FileTools, LeanPool
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Verifier
from prover.negation import NegationVerifier, NotNegated, negation
from prover.policy.base import Critic, Policy
from prover.policy.batching import BatchingGenerator
from prover.problems.support import Support
from prover.search.base import SearchOptions
from prover.search.checkpoint import Checkpoint, Save
from prover.search.result import Proved, Unproved

Classify = Callable[[int], Awaitable[Support]]
"""Elaborates the statement of the problem of this number; may raise `EngineError`."""


@dataclass(frozen=True, slots=True)
class ChatResources:
    """What whole proofs and sketches need: the run's chat models, and what elaborates their answers."""

    models: ChatModels
    files: FileTools


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResources:
    """What a run uses. `pool` is what theorems are opened in, `verifier` decides about proofs.

    `policy` makes the policy of an attempt from the attempt's seed; `generators` are the models that all
    attempts share. Whole proofs and sketches need `chat`. `notes` are what the run's log should say of all this.
    """

    pool: LeanPool
    verifier: Verifier
    policy: Callable[[int], Policy]
    classify: Classify
    critic: Critic | None = None
    generators: Sequence[BatchingGenerator] = ()
    chat: ChatResources | None = None
    notes: Sequence[str] = ()


class LocalExecutor:
    """An :class:`~prover.evaluation.run.executor.Executor` with `resources`, by the settings of a run.

    `clock` gives seconds, `now` Unix time.
    """

    def __init__(
        self,
        config: RunConfig,
        resources: RunResources,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._resources = resources
        self._clock = clock
        self._now = now

    @property
    def slots(self) -> int:
        """Jobs that it works on at the same time."""
        return self._config.workers

    @property
    def notes(self) -> Sequence[str]:
        """What the run's log should say of it."""
        return self._resources.notes

    @property
    def engine_restarts(self) -> int:
        """Engines that were started again so far."""
        return sum(engine.restarts for engine in self._resources.pool.stats)

    @property
    def nodes(self) -> Mapping[str, int]:
        """See the protocol: there are none."""
        return {}

    async def reading(self) -> Reading:
        """Read how busy engines and models have been so far."""
        resources = self._resources
        engines = resources.pool.stats
        return Reading(
            clock_s=self._clock(),
            lean_s=sum(engine.lean_s for engine in engines),
            engines=len(engines),
            policy_s=tuple(each.stats.busy_s for each in resources.generators),
            slots=tuple(each.slots for each in resources.generators),
        )

    async def check(self, problem_id: int) -> Support:
        """Elaborate the statement of the problem of this number.

        Raises:
            EngineError: the engine failed.
        """
        return await self._resources.classify(problem_id)

    async def automate(self, theorem: Theorem) -> list[AutomationRow]:
        """Try plain automation; raises as :func:`prover.evaluation.run.automation.try_automation` does."""
        return await try_automation(theorem, self._resources.pool, clock=self._clock)

    async def attempt(self, job: AttemptJob, save: Save) -> AttemptResult:
        """Make one attempt. An error of Lean or of the policy is an outcome.

        `save` is told from time to time what a search has heard.

        Raises:
            SetupError: no engine can be run.
            InputError: the run's budget of tokens is spent.
        """
        resources = self._resources
        stated = job.theorem
        verifier = NegationVerifier(resources.verifier, stated) if job.negated else resources.verifier
        began = self._clock()
        row = job.begun(self._now())
        policy = None if self._config.method == "whole-proof" else resources.policy(job.seed)
        try:
            theorem = _negate(stated) if job.negated else stated
            informal = "" if job.negated else job.informal
            if policy is None:
                result = await self._by_chat(row, theorem, informal, verifier)
            elif self._config.method == "sketch":
                result = await self._by_sketch(row, theorem, informal, verifier, policy)
            else:
                checkpoint = Checkpoint(save, job.before, clock=self._clock)
                result = await self._by_search(row, theorem, verifier, policy, checkpoint)
        except (PolicyError, EngineError, StatementError, UnsupportedError) as error:
            wall_s = self._clock() - began
            reason = error.full if isinstance(error, PolicyError) else error.message
            row = replace(row, outcome=_outcome(error), reason=storable(reason), wall_s=wall_s)
            result = AttemptResult(attempt=row, policy_silent=isinstance(error, PolicyUnavailable))
        if policy is not None:
            tokens = (
                result.attempt.policy_tokens + policy.tokens + sum(each.tokens for each in job.before[-1:])
            )
            result = replace(result, attempt=replace(result.attempt, policy_tokens=tokens))
        return result

    async def _by_search(
        self,
        row: AttemptRow,
        theorem: Theorem,
        verifier: Verifier,
        policy: Policy,
        checkpoint: Checkpoint,
    ) -> AttemptResult:
        result = await attempt(
            theorem,
            environment=self._resources.pool,
            verifier=verifier,
            policy=policy,
            algorithm=self._config.algorithm,
            options=replace(self._options(row.seed), checkpoint=checkpoint),
        )
        tree = tree_rows(result.search.tree, self._config.max_steps)
        row = self._finish(row, result, tree, checkpoint.seconds)
        return AttemptResult(attempt=row, tree=tree, proof_steps=_proof_steps(result.verified))

    async def _by_chat(
        self, row: AttemptRow, theorem: Theorem, informal: str, verifier: Verifier
    ) -> AttemptResult:
        chat = self._resources.chat
        assert chat is not None
        writer = chat.models.writer(row.id)
        assert writer is not None
        row, verified, tries = await attempt_by_chat(
            row,
            theorem,
            informal,
            config=self._config,
            writer=writer,
            ask=chat.files.ask,
            verifier=verifier,
            clock=self._clock,
        )
        proof = None if verified is None else _proof(verified, self._now())
        return AttemptResult(attempt=replace(row, proof=proof), tries=tries)

    async def _by_sketch(
        self, row: AttemptRow, theorem: Theorem, informal: str, verifier: Verifier, policy: Policy
    ) -> AttemptResult:
        chat = self._resources.chat
        assert chat is not None
        row, verified, tries = await attempt_by_planner(
            row,
            theorem,
            informal,
            chosen=sketch_choice(self._config),
            models=chat.models,
            files=chat.files,
            verifier=verifier,
            policy=policy,
            search=self._options(row.seed),
        )
        proof = None if verified is None else _proof(verified, self._now())
        return AttemptResult(
            attempt=replace(row, proof=proof), tries=tries, proof_steps=_proof_steps(verified)
        )

    def _options(self, seed: int) -> SearchOptions:
        config = self._config
        return SearchOptions(
            budget=config.budget,
            scoring=config.rule,
            critic=self._resources.critic,
            width=config.width,
            seed=seed,
            clock=self._clock,
        )

    def _finish(self, row: AttemptRow, result: Attempt, tree: TreeRows, before_s: float) -> AttemptRow:
        """Return the row with the outcome of the search and its costs; `before_s` were spent by an earlier process."""
        search, ending = result.search, result.search.ending
        outcome: OutcomeName = "failed"
        if result.verified is not None:
            assert isinstance(ending, Proved)
            outcome = "disproved" if row.negated else "proved"
        return replace(
            row,
            outcome=outcome,
            stopped_by=ending.stopped_by.value if isinstance(ending, Unproved) else "",
            reason=storable("; ".join(dict.fromkeys(result.rejections))),
            wall_s=result.time_s + before_s,
            lean_s=search.times.lean,
            policy_s=search.times.policy,
            verify_s=search.times.accept,
            idle_s=search.times.idle,
            expansions=search.expansions,
            tactics=search.tactics_tried,
            nodes=len(search.tree.nodes),
            steps_left_out=tree.steps_left_out,
            proof=None if result.verified is None else _proof(result.verified, self._now()),
        )


def _outcome(error: PolicyError | EngineError | StatementError | UnsupportedError) -> OutcomeName:
    match error:
        case PolicyError():
            return "policy error"
        case EngineError():
            return "engine error"
        case UnsupportedError():
            return "unsupported"
        case StatementError():
            return "invalid"


def _negate(theorem: Theorem) -> Theorem:
    """Return the negation of a theorem.

    Raises:
        UnsupportedError: there is none.
    """
    negated = negation(theorem)
    if isinstance(negated, NotNegated):
        raise UnsupportedError(negated.reason)
    return negated


def _proof(verified: Verified, now: float) -> ProofRow:
    certificate = verified.certificate
    return ProofRow(
        text=verified.proof,
        length=len(verified.steps),
        statement=certificate.statement,
        axioms=certificate.axioms,
        inductives=certificate.inductives,
        context_code=certificate.context_code,
        sha256=certificate.sha256,
        engine=certificate.engine,
        lean_version=certificate.lean_version or "",
        verified_at=now,
    )


def _proof_steps(verified: Verified | None) -> tuple[ProofStepRow, ...]:
    if verified is None:
        return ()
    return tuple(
        ProofStepRow(step=number, goals=step.goals, tactic=step.tactic)
        for number, step in enumerate(verified.steps)
    )
