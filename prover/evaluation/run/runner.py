"""Run what is left of a run: elaborate the statements, call plain automation, search.

Each of the three stages takes its work from the store, so that a new run and one that was killed go the same
way. Every finished piece is stored at once. An error of Lean or of
the policy is an outcome of the attempt; an error of the run (no engine starts, the disk is full, the policy does
not answer) is raised.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from prover.attempt import Attempt, Verified, attempt
from prover.errors import EngineError, PolicyError, PolicyUnavailable, StatementError, UnsupportedError
from prover.evaluation.analysis.problem_outcome import NOT_OPENED
from prover.evaluation.run.automation import try_automation
from prover.evaluation.run.pipeline import Pipeline, Reading
from prover.evaluation.run.seeds import attempt_seed
from prover.evaluation.run.sketch import PlannerResources, attempt_by_planner
from prover.evaluation.run.whole_proof import ChatResources, attempt_by_chat
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.group_commit import GroupCommit
from prover.evaluation.store.pending import (
    Slot,
    counts,
    informal_of,
    is_open,
    open_slots,
    outcome_in,
    theorem_of,
    unchecked,
    without_automation,
)
from prover.evaluation.store.rows import (
    AttemptRow,
    AutomationRow,
    FinishedAttempt,
    OutcomeName,
    ProofRow,
    ProofStepRow,
    TreeRows,
    TryRow,
)
from prover.evaluation.store.tree_rows import storable, tree_rows
from prover.lean.backend import LeanPool
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Verifier
from prover.negation import NegationVerifier, NotNegated, negation
from prover.policy.base import Critic, Policy
from prover.policy.batching import BatchingGenerator
from prover.problems.support import Status, Support
from prover.search.base import SearchOptions
from prover.search.budget import stop_text
from prover.search.result import Proved, Unproved
from prover.util.workers import for_each

SILENCE = 3
"""Consecutive attempts without an answer of the policy, after which, if as many are running, a run stops."""

Classify = Callable[[int], Awaitable[Support]]
"""Elaborates the statement of the problem of this number; may raise `EngineError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResources:
    """What a run uses. `pool` is what theorems are opened in, `verifier` decides about proofs.

    `policy` makes the policy of an attempt from the attempt's seed; `generators` are the models that all
    attempts share. With `chat`, a chat model attempts the problems, and there is no policy; with `planner`, one plans.
    """

    pool: LeanPool
    verifier: Verifier
    policy: Callable[[int], Policy]
    classify: Classify
    critic: Critic | None = None
    generators: Sequence[BatchingGenerator] = ()
    chat: ChatResources | None = None
    planner: PlannerResources | None = None


@dataclass(slots=True, kw_only=True)
class RunProgress:
    """Progress of a run. `began` is a reading of the runner's clock, in seconds."""

    stage: str = ""
    began: float = 0.0
    done: int = 0
    total: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    current: list[str] = field(default_factory=list)
    engine_restarts: int = 0


Observer = Callable[[RunProgress], None]


class Runner:
    """Runs what is left of one run. `clock` gives seconds, `now` Unix time.

    `pipeline` says how busy engines and models were while it searched; None before it has searched.
    """

    def __init__(
        self,
        folder: RunFolder,
        store: RunStore,
        machinery: RunResources,
        *,
        observe: Observer,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._store = store
        self._commits = GroupCommit(store)
        self._machinery = machinery
        self._observe = observe
        self._clock = clock
        self._now = now
        self._progress = RunProgress()
        self._silent = 0
        self.pipeline: Pipeline | None = None

    async def run(self, stop: asyncio.Event) -> bool:
        """Run everything that is left; return False if `stop` was set first.

        Raises:
            PolicyUnavailable: one attempt after the other got no answer from the policy.
            SetupError: no engine can be run, or the disk is full. What was finished is stored.
        """
        config = self._store.config
        workers = config.workers
        to_check = unchecked(self._store)
        self._begin("checking the statements", len(to_check))
        await for_each(to_check, self._check, workers=workers, stop=stop)
        untried = [] if stop.is_set() or not config.automation else without_automation(self._store)
        self._begin("plain automation", len(untried))
        await for_each(untried, self._automate, workers=workers, stop=stop)
        slots = [] if stop.is_set() else open_slots(self._store)
        self._begin("searching", len(slots))
        before = self._read_stats()
        await for_each(slots, self._search, workers=workers, stop=stop)
        if slots:
            self.pipeline = Pipeline.between(before, self._read_stats())
            self._folder.note(self.pipeline.line)
        self._folder.note("interrupted" if stop.is_set() else "finished")
        return not stop.is_set()

    def _read_stats(self) -> Reading:
        machinery = self._machinery
        engines = machinery.pool.stats
        return Reading(
            clock_s=self._clock(),
            lean_s=sum(engine.lean_s for engine in engines),
            engines=len(engines),
            policy_s=tuple(each.stats.busy_s for each in machinery.generators),
            slots=tuple(each.slots for each in machinery.generators),
        )

    def _begin(self, stage: str, total: int) -> None:
        progress = self._progress
        progress.stage, progress.began, progress.done, progress.total = stage, self._clock(), 0, total
        progress.counts = counts(self._store)
        if total:
            self._folder.note(f"{stage}: {total} to do")
            self._observe(progress)

    @contextlib.contextmanager
    def _show_current(self, name: str) -> Iterator[None]:
        """Show `name` as being worked on, and that it is done unless it fails."""
        progress = self._progress
        progress.current.append(name)
        self._observe(progress)
        try:
            yield
            progress.done += 1
            progress.counts = counts(self._store)
        finally:
            progress.current.remove(name)
            progress.engine_restarts = sum(engine.restarts for engine in self._machinery.pool.stats)
            self._observe(progress)

    async def _check(self, problem_id: int) -> None:
        theorem = theorem_of(self._store, problem_id)
        with self._show_current(theorem.name):
            try:
                support = await self._machinery.classify(problem_id)
            except EngineError as error:
                support = Support(Status.UNCHECKED, error.message)
            self._store.set_support(problem_id, support.status.value, storable(support.reason))
            if support.status is not Status.SUPPORTED:
                self._folder.note(f"{theorem.name}: {support.status.value}: {support.first_line}")

    async def _automate(self, problem_id: int) -> None:
        theorem = theorem_of(self._store, problem_id)
        with self._show_current(theorem.name):
            began = self._clock()
            try:
                records = await try_automation(theorem, self._machinery.pool, clock=self._clock)
            except (EngineError, StatementError, UnsupportedError) as error:
                seconds = self._clock() - began
                records = [AutomationRow(tactic=NOT_OPENED, closed=False, seconds=seconds)]
                self._folder.note(f"{theorem.name}: automation: {error.message}")
            self._store.add_automation(problem_id, records)

    async def _search(self, slot: Slot) -> None:
        if not is_open(self._store, slot):
            self._progress.done += 1
            return
        theorem = theorem_of(self._store, slot.problem_id)
        with self._show_current(theorem.name):
            outcome = outcome_in(self._store, slot, negated=False)
            if outcome is None:
                outcome = await self._attempt(slot, theorem, theorem.name, negated=False)
            if outcome == "proved" or not self._store.config.disprove:
                return
            if outcome_in(self._store, slot, negated=True) is None:
                await self._attempt(slot, theorem, theorem.name, negated=True)

    async def _attempt(self, slot: Slot, stated: Theorem, name: str, *, negated: bool) -> OutcomeName:
        """Make one attempt at the statement called `name`, or at its negation, and store it."""
        config, machinery = self._store.config, self._machinery
        verifier = NegationVerifier(machinery.verifier, stated) if negated else machinery.verifier
        seed = attempt_seed(config.seed, name, slot.pass_number, negated=negated)
        began = self._clock()
        row = AttemptRow(
            id=self._store.attempt_id(slot.problem_id, slot.pass_number, negated=negated),
            problem_id=slot.problem_id,
            pass_number=slot.pass_number,
            negated=negated,
            seed=seed,
            outcome="failed",
            started_at=self._now(),
            wall_s=0.0,
        )
        tree = TreeRows()
        proof_steps: tuple[ProofStepRow, ...] = ()
        tries: tuple[TryRow, ...] = ()
        policy = machinery.policy(seed) if machinery.chat is None else None
        try:
            theorem = _negate(stated) if negated else stated
            if policy is None:
                row, tries = await self._by_chat(row, theorem, verifier)
            elif machinery.planner is not None:
                row, tries, proof_steps = await self._by_sketch(row, theorem, verifier, policy)
            else:
                row, tree, proof_steps = await self._by_search(row, theorem, verifier, policy)
        except (PolicyError, EngineError, StatementError, UnsupportedError) as error:
            self._silent += isinstance(error, PolicyUnavailable)
            wall_s = self._clock() - began
            row = replace(row, outcome=_outcome(error), reason=storable(error.message), wall_s=wall_s)
        if policy is not None:
            row = replace(row, policy_tokens=row.policy_tokens + policy.tokens)
        await self._commits.add(FinishedAttempt(attempt=row, tree=tree, proof_steps=proof_steps, tries=tries))
        self._folder.note(_line(name, row))
        self._stop_if_silent(row)
        return row.outcome

    async def _by_search(
        self, row: AttemptRow, theorem: Theorem, verifier: Verifier, policy: Policy
    ) -> tuple[AttemptRow, TreeRows, tuple[ProofStepRow, ...]]:
        result = await attempt(
            theorem,
            environment=self._machinery.pool,
            verifier=verifier,
            policy=policy,
            algorithm=self._store.config.algorithm,
            options=self._options(row.seed),
        )
        tree = tree_rows(result.search.tree, self._store.config.max_steps)
        return self._finish(row, result, tree), tree, _proof_steps(result.verified)

    async def _by_chat(
        self, row: AttemptRow, theorem: Theorem, verifier: Verifier
    ) -> tuple[AttemptRow, tuple[TryRow, ...]]:
        assert self._machinery.chat is not None
        row, verified, tries = await attempt_by_chat(
            row,
            theorem,
            self._in_words(row),
            store=self._store,
            machinery=self._machinery.chat,
            verifier=verifier,
            clock=self._clock,
        )
        return replace(row, proof=None if verified is None else _proof(verified, self._now())), tries

    async def _by_sketch(
        self, row: AttemptRow, theorem: Theorem, verifier: Verifier, policy: Policy
    ) -> tuple[AttemptRow, tuple[TryRow, ...], tuple[ProofStepRow, ...]]:
        assert self._machinery.planner is not None
        row, verified, tries = await attempt_by_planner(
            row,
            theorem,
            self._in_words(row),
            store=self._store,
            machinery=self._machinery.planner,
            verifier=verifier,
            policy=policy,
            search=self._options(row.seed),
        )
        proof = None if verified is None else _proof(verified, self._now())
        return replace(row, proof=proof), tries, _proof_steps(verified)

    def _in_words(self, row: AttemptRow) -> str:
        return "" if row.negated else informal_of(self._store, row.problem_id)

    def _options(self, seed: int) -> SearchOptions:
        config = self._store.config
        return SearchOptions(
            budget=config.budget,
            scoring=config.rule,
            critic=self._machinery.critic,
            width=config.width,
            seed=seed,
            clock=self._clock,
        )

    def _stop_if_silent(self, record: AttemptRow) -> None:
        """Stop the run if the model is gone: the remaining attempts would fail too."""
        if record.outcome in ("proved", "disproved", "failed"):
            self._silent = 0
        if self._silent >= max(SILENCE, self._store.config.workers):
            self._folder.note("stopped: the policy does not answer")
            raise PolicyUnavailable(
                f"the last {self._silent} attempts got no answer from the policy: {record.reason}",
                advice="All that is finished is stored. When the policy answers again: the same command with --resume "
                "--retry-errors.",
            )

    def _finish(self, row: AttemptRow, result: Attempt, tree: TreeRows) -> AttemptRow:
        """Return the row with the outcome of the search and its costs."""
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
            wall_s=result.time_s,
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
        case StatementError():
            return "invalid"
        case _:
            return "unsupported"


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


def _line(name: str, record: AttemptRow) -> str:
    """Return the log line of a finished attempt."""
    what = f"{name}, pass {record.pass_number}" + (", negation" if record.negated else "")
    why = "; ".join(filter(None, (stop_text(record.stopped_by), record.reason)))
    cost = f"{record.wall_s:.1f} s, {record.expansions} expansions"
    return f"{what}: {record.outcome}{f' ({why})' if why else ''}, {cost}"
