"""A run from its configuration: begun or gone on with, its models and engines opened, and worked off."""

from __future__ import annotations

import asyncio
import time

from prover.attempt import TACTIC_LIMITS
from prover.errors import InputError
from prover.evaluation.config import RunConfig, differences
from prover.evaluation.folder import RunFolder
from prover.evaluation.full_disk import writing
from prover.evaluation.pipeline import Pipeline
from prover.evaluation.records import ProblemRecord
from prover.evaluation.runner import Machinery, Observer, Runner
from prover.evaluation.store import RunStore
from prover.lean.command import EngineCommand
from prover.lean.pool import EnginePool
from prover.lean.verify import KernelVerifier
from prover.policy.open import opened, opened_critic
from prover.problems.problem import Problem, ProblemSet
from prover.problems.support import Support, support_of


def begin(folder: RunFolder, config: RunConfig, problems: ProblemSet) -> RunStore:
    """Begin a run in a folder without one, whose lock must be held.

    Raises:
        InputError: there is a run already.
        SetupError: it cannot be written.
    """
    records = [_record(problem) for problem in problems]
    store = RunStore.create(folder, config, records, created_at=time.time())
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
    command: EngineCommand,
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
        opened_critic(config.critic, device=config.device, dtype=config.dtype) as critic,
        EnginePool(command, size=config.engines, limits=TACTIC_LIMITS) as pool,
        KernelVerifier(command) as verifier,
    ):

        async def classify(problem_id: int) -> Support:
            return await support_of(problems.problems[problem_id], pool, core=True)

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


def _record(problem: Problem) -> ProblemRecord:
    return ProblemRecord(
        name=problem.name,
        theorem=problem.theorem(core=True),
        split=problem.split,
        category=problem.category,
        informal=problem.informal,
    )
