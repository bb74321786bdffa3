"""A run from its configuration: begun or gone on with, its models and engines opened, and worked off."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from prover.attempt import TACTIC_LIMITS
from prover.errors import InputError
from prover.evaluation.run.config import RunConfig, differences
from prover.evaluation.run.pipeline import Pipeline
from prover.evaluation.run.runner import Machinery, Observer, Runner
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.rows import ProblemRow
from prover.lean.engines import Lean
from prover.lean.theorem import Theorem
from prover.policy.open import opened, opened_critic
from prover.problems.problem import Problem, ProblemSet
from prover.problems.support import Support, support_of
from prover.util.full_disk import writing


def begin(folder: RunFolder, config: RunConfig, problems: ProblemSet, lean: Lean) -> RunStore:
    """Begin a run in a folder without one, whose lock must be held; `lean` reads the problems.

    Raises:
        InputError: there is a run already.
        SetupError: it cannot be written.
    """
    rows = [_row(number, problem, lean) for number, problem in enumerate(problems)]
    store = RunStore.create(folder, config, rows, created_at=time.time())
    with writing(folder.path):
        config.write(folder.config)
    return store


def go_on(folder: RunFolder, config: RunConfig) -> RunStore:
    """Open the run in a folder, whose lock must be held, to go on with it.

    Raises:
        InputError: it was begun with another configuration.
    """
    store = RunStore.open(folder)
    if changed := differences(store.config, config):
        store.close()
        raise InputError(
            f"{folder.path} was begun differently: {'; '.join(changed)}",
            advice="Repeat the command that began it, with --resume, or choose another folder.",
        )
    return store


async def work_off(
    store: RunStore,
    folder: RunFolder,
    problems: ProblemSet,
    lean: Lean,
    *,
    observe: Observer,
    stop: asyncio.Event,
) -> tuple[bool, Pipeline | None]:
    """Do what is left of a run; return whether it was finished before `stop` was set, and how busy it was.

    Raises:
        InputError, SetupError: a model or an engine cannot be had, or the disk is full.
    """
    config = store.config
    async with (
        opened(config) as policies,
        opened_critic(config.critic, config) as critic,
        lean.engines(config.engines, TACTIC_LIMITS) as pool,
        lean.verifier() as verifier,
    ):

        async def classify(problem_id: int) -> Support:
            problem = _as_read(problems.problems[problem_id], lean)
            return await support_of(problem, pool, core=lean.reads_as_core(problem.header))

        machinery = Machinery(
            pool=pool,
            verifier=verifier,
            policy=policies.for_search,
            critic=critic,
            generators=policies.generators,
            classify=classify,
        )
        runner = Runner(folder, store, machinery, observe=observe)
        return await runner.run(stop), runner.pipeline


def _as_read(problem: Problem, lean: Lean) -> Problem:
    return replace(problem, header=lean.with_header(problem.header))


def _row(number: int, problem: Problem, lean: Lean) -> ProblemRow:
    if problem.unusable:
        theorem = Theorem(name=problem.name, statement=problem.statement, source=problem.source)
    else:
        theorem = _as_read(problem, lean).theorem(core=lean.reads_as_core(problem.header))
    return ProblemRow.from_theorem(
        number,
        problem.name,
        theorem,
        split=problem.split,
        category=problem.category,
        informal=problem.informal,
        expected=problem.expected,
        unusable=f"{problem.source}: {problem.unusable}" if problem.unusable else "",
    )
