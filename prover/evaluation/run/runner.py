"""Run what is left of a run: elaborate the statements, call plain automation, search.

Each of the three stages takes its work from the store, so that a new run and one that was killed go the same
way. Every finished piece is stored at once. An executor does the work. An error of Lean or of the policy is an outcome
of the attempt; an error of the run (no engine starts, the disk is full, the policy does not answer) is raised.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from prover.errors import EngineError, PolicyUnavailable, StatementError, UnsupportedError
from prover.evaluation.analysis.problem_outcome import NOT_OPENED
from prover.evaluation.run.executor import AttemptJob, Executor
from prover.evaluation.run.pipeline import Pipeline
from prover.evaluation.run.seeds import attempt_seed
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.group_commit import GroupCommit
from prover.evaluation.store.pending import (
    Slot,
    counts,
    is_open,
    open_slots,
    outcome_in,
    problem_of,
    unchecked,
    without_automation,
)
from prover.evaluation.store.rows import AttemptRow, AutomationRow, OutcomeName, ProblemRow
from prover.evaluation.store.tree_rows import storable
from prover.problems.support import Status, Support
from prover.search.budget import stop_text
from prover.search.checkpoint import SavedAnswers, is_readable
from prover.util.within import cancel_all
from prover.util.workers import for_each

TICK_S = 1.0
"""How often the progress is observed while nothing begins or ends."""
SILENCE = 3
"""Consecutive attempts without an answer of the policy, after which, if as many are running, a run stops."""


@dataclass(slots=True, kw_only=True)
class RunProgress:
    """Progress of a run. `began` is a reading of the runner's clock, in seconds; `slots` jobs are done at a time.

    `nodes` is as for :class:`prover.evaluation.run.executor.Executor`.
    """

    stage: str = ""
    began: float = 0.0
    done: int = 0
    total: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    current: list[str] = field(default_factory=list)
    engine_restarts: int = 0
    slots: int = 0
    nodes: Mapping[str, int] = field(default_factory=dict)


Observer = Callable[[RunProgress], None]


class Runner:
    """Runs what is left of one run. `executor` makes the attempts, `clock` gives seconds.

    `pipeline` says how busy engines and models were while it searched; None before it has searched.
    """

    def __init__(
        self,
        folder: RunFolder,
        store: RunStore,
        executor: Executor,
        *,
        observe: Observer,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._store = store
        self._commits = GroupCommit(store)
        self._executor = executor
        self._observe = observe
        self._clock = clock
        self._progress = RunProgress()
        self._silent = 0
        self.pipeline: Pipeline | None = None

    async def run(self, stop: asyncio.Event) -> bool:
        """Run everything that is left; return False if `stop` was set first.

        Raises:
            PolicyUnavailable: one attempt after the other got no answer from the policy.
            SetupError: no engine can be run, or the disk is full. What was finished is stored.
        """
        ticking = asyncio.create_task(self._tick())
        try:
            return await self._run(stop)
        finally:
            await cancel_all([ticking])

    async def _run(self, stop: asyncio.Event) -> bool:
        config = self._store.config
        workers = self._executor.slots
        to_check = unchecked(self._store)
        self._begin("checking the statements", len(to_check))
        await for_each(to_check, self._check, workers=workers, stop=stop)
        untried = [] if stop.is_set() or not config.automation else without_automation(self._store)
        self._begin("plain automation", len(untried))
        await for_each(untried, self._automate, workers=workers, stop=stop)
        slots = [] if stop.is_set() else open_slots(self._store)
        self._begin("searching", len(slots))
        before = await self._executor.reading()
        await for_each(slots, self._search, workers=workers, stop=stop)
        if slots:
            self.pipeline = Pipeline.between(before, await self._executor.reading())
            self._folder.note(self.pipeline.line)
        self._folder.note("interrupted" if stop.is_set() else "finished")
        return not stop.is_set()

    def _begin(self, stage: str, total: int) -> None:
        progress = self._progress
        progress.stage, progress.began, progress.done, progress.total = stage, self._clock(), 0, total
        progress.counts, progress.slots = counts(self._store), self._executor.slots
        if total:
            self._folder.note(f"{stage}: {total} to do")
            self._observe(progress)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            if self._progress.done < self._progress.total:
                self._look_at_executor()
                self._observe(self._progress)

    def _look_at_executor(self) -> None:
        self._progress.engine_restarts = self._executor.engine_restarts
        self._progress.nodes = self._executor.nodes

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
            self._look_at_executor()
            self._observe(progress)

    async def _check(self, problem_id: int) -> None:
        theorem = problem_of(self._store, problem_id).theorem
        with self._show_current(theorem.name):
            try:
                support = await self._executor.check(problem_id)
            except EngineError as error:
                support = Support(Status.UNCHECKED, error.message)
            self._store.set_support(problem_id, support.status.value, storable(support.reason))
            if support.status is not Status.SUPPORTED:
                self._folder.note(f"{theorem.name}: {support.status.value}: {support.first_line}")

    async def _automate(self, problem_id: int) -> None:
        theorem = problem_of(self._store, problem_id).theorem
        with self._show_current(theorem.name):
            began = self._clock()
            try:
                records = await self._executor.automate(theorem)
            except (EngineError, StatementError, UnsupportedError) as error:
                seconds = self._clock() - began
                records = [AutomationRow(tactic=NOT_OPENED, closed=False, seconds=seconds)]
                self._folder.note(f"{theorem.name}: automation: {error.message}")
            self._store.add_automation(problem_id, records)

    async def _search(self, slot: Slot) -> None:
        if not is_open(self._store, slot):
            self._progress.done += 1
            self._observe(self._progress)
            return
        problem = problem_of(self._store, slot.problem_id)
        with self._show_current(problem.full_name):
            outcome = outcome_in(self._store, slot, negated=False)
            if outcome is None:
                outcome = await self._attempt(slot, problem, negated=False)
            if outcome == "proved" or not self._store.config.disprove:
                return
            if outcome_in(self._store, slot, negated=True) is None:
                await self._attempt(slot, problem, negated=True)

    async def _attempt(self, slot: Slot, problem: ProblemRow, *, negated: bool) -> OutcomeName:
        """Have one attempt made at the problem's statement, or at its negation, and store it."""
        store, name = self._store, problem.full_name
        job = AttemptJob(
            attempt_id=store.attempt_id(slot.problem_id, slot.pass_number, negated=negated),
            problem_id=slot.problem_id,
            pass_number=slot.pass_number,
            negated=negated,
            seed=attempt_seed(store.config.seed, name, slot.pass_number, negated=negated),
            theorem=problem.theorem,
            informal=problem.informal,
        )
        job = replace(job, before=self._saved(job.attempt_id, name))
        result = await self._executor.attempt(job, partial(store.add_checkpoint, job.attempt_id))
        row = result.attempt
        self._silent += result.policy_silent
        await self._commits.add(result)
        self._folder.note(_line(name, row))
        self._stop_if_silent(row)
        return row.outcome

    def _saved(self, attempt_id: int, name: str) -> tuple[SavedAnswers, ...]:
        """Return what an earlier process saved of the attempt's search."""
        saved = self._store.checkpoint(attempt_id)
        if not is_readable(saved):
            self._folder.note(f"{name}: what was saved of its search is damaged; the search begins anew")
            self._store.drop_checkpoint(attempt_id)
            return ()
        if saved:
            self._folder.note(f"{name}: the search goes on after {saved[-1].seconds:.0f} s")
        return saved

    def _stop_if_silent(self, record: AttemptRow) -> None:
        """Stop the run if the model is gone: the remaining attempts would fail too."""
        if record.outcome in ("proved", "disproved", "failed"):
            self._silent = 0
        if self._silent >= max(SILENCE, self._executor.slots):
            self._folder.note("stopped: the policy does not answer")
            raise PolicyUnavailable(
                f"the last {self._silent} attempts got no answer from the policy: {record.reason}",
                advice="All that is finished is stored. When the policy answers again: the same command with --resume "
                "--retry-errors.",
            )


def _line(name: str, record: AttemptRow) -> str:
    """Return the log line of a finished attempt."""
    what = f"{name}, pass {record.pass_number}" + (", negation" if record.negated else "")
    why = "; ".join(filter(None, (stop_text(record.stopped_by), record.reason)))
    cost = f"{record.wall_s:.1f} s, {record.expansions} expansions"
    return f"{what}: {record.outcome}{f' ({why})' if why else ''}, {cost}"
