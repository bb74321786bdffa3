"""Create or resume a run from its configuration, open its models and engines, and run what is left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from prover import __version__
from prover.attempt import TACTIC_LIMITS
from prover.errors import InputError
from prover.evaluation.run.config import RunConfig, differences
from prover.evaluation.run.pipeline import Pipeline
from prover.evaluation.run.runner import Observer, Runner, RunResources
from prover.evaluation.run.sketch import PlannerResources
from prover.evaluation.run.whole_proof import ChatResources
from prover.evaluation.store.database import RunStore, has_run
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.rows import ProblemRow
from prover.lean.backend import LeanBackend, LeanPool
from prover.lean.backends import backend_of
from prover.lean.reading.pocket import NAME, library_version
from prover.lean.settings import EngineSettings
from prover.lean.theorem import Theorem
from prover.policy.open import OpenPolicies, open_critic, open_policies
from prover.problems.load import load
from prover.problems.problem import Problem, ProblemSet
from prover.problems.support import Support, support_of
from prover.sketching.open import SketchChoice, open_planner
from prover.util.full_disk import writing
from prover.util.progress import Progress
from prover.whole_proof.open import open_chat
from prover.whole_proof.settings import MethodSettings


def require_sets(settings: EngineSettings) -> None:
    """Refuse an engine that opens single theorems only.

    Raises:
        InputError: it is one, or there is no such engine, or it does not take one of the settings.
    """
    if backend_of(settings).single_theorems_only:
        raise InputError(
            f"--engine {settings.engine} proves one theorem at a time",
            advice="Use prover prove, or --engine native with the repository's folder as --project.",
        )


def load_problems(
    spec: str, lean: LeanBackend[Any], progress: Progress, *, solved: bool = False
) -> ProblemSet:
    """Read a problem set, its .lean files with `lean` where that can; raises as `prover.problems.load.load` does."""
    reader = lean.reader
    command = None if reader is None else lambda: reader
    return load(spec, progress=progress, command=command, solved=solved)


def run_folder(out: Path, *, resume: bool) -> RunFolder:
    """Return the folder of a run, which is made unless there is a run in it to resume.

    Raises:
        InputError: there is no run to resume.
        SetupError: it cannot be made.
    """
    folder = RunFolder(out)
    if resume and not has_run(folder):
        raise InputError(f"{out} has no run to resume", advice="Begin one: leave out resume.")
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    return folder


def new_config(
    problems: ProblemSet,
    engine: EngineSettings,
    lean: LeanBackend[Any],
    fields: Mapping[str, Any],
) -> RunConfig:
    """Return the configuration of a run over `problems` with the Lean that `engine` chose; `fields` say the rest.

    Raises:
        ValidationError: a value cannot be used.
    """
    paths = {name: None if path is None else path.resolve() for name, path in _paths(engine).items()}
    return RunConfig(
        **{**engine.model_dump(), **paths, **fields},
        prover_version=__version__,
        set_name=problems.name,
        set_origin=problems.origin,
        set_version=problems.version,
        set_hash=problems.content_hash,
        toolchain=None if engine.project is None else lean.version,
        library=f"{NAME} {library_version()}" if lean.library == "pocket" else None,
    )


def _paths(engine: EngineSettings) -> dict[str, Path | None]:
    return {"project": engine.project, "repl": engine.repl}


def open_store(
    folder: RunFolder, config: RunConfig, problems: ProblemSet, lean: LeanBackend[Any], *, resume: bool
) -> RunStore:
    """Open the run to resume, or a new one; raises as `resume_run` and `create_run` do."""
    return resume_run(folder, config) if resume else create_run(folder, config, problems, lean)


def create_run(
    folder: RunFolder, config: RunConfig, problems: ProblemSet, lean: LeanBackend[Any]
) -> RunStore:
    """Create a run in a folder without one, whose lock must be held; `lean` reads the problems.

    Raises:
        InputError: there is a run already.
        SetupError: it cannot be written.
    """
    rows = [_row(number, problem, lean) for number, problem in enumerate(problems)]
    store = RunStore.create(folder, config, rows, created_at=time.time())
    with writing(folder.path):
        config.write(folder.config)
    return store


def resume_run(folder: RunFolder, config: RunConfig) -> RunStore:
    """Open the run in a folder, whose lock must be held, to resume it.

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


async def run_remaining(
    store: RunStore,
    folder: RunFolder,
    problems: ProblemSet,
    lean: LeanBackend[Any],
    *,
    observe: Observer,
    stop: asyncio.Event,
    method: MethodSettings | None = None,
) -> tuple[bool, Pipeline | None]:
    """Run what is left; return whether it was finished before `stop` was set, and how busy engines and models were.

    `method` may give a chat model other prices and another budget than the run was begun with.

    Raises:
        InputError, SetupError: a model or an engine cannot be had, or the disk is full.
    """
    config = store.config
    async with (
        _policies(config) as policies,
        open_critic(config.critic, config) as critic,
        lean.open_pool(config.engines, TACTIC_LIMITS) as pool,
        lean.verifier() as verifier,
        _chat(store, method or config, lean, pool) as chat,
        _planner(store, method or config, lean, pool) as planner,
    ):
        for note in policies.notes:
            folder.note(note)

        async def classify(problem_id: int) -> Support:
            problem = _as_read(problems.problems[problem_id], lean)
            core = lean.reads_as_core(problem.header)
            return await support_of(problem, pool, core=core, pocket=lean.library == "pocket")

        machinery = RunResources(
            pool=pool,
            verifier=verifier,
            policy=policies.for_search,
            critic=critic,
            generators=policies.generators,
            classify=classify,
            chat=chat,
            planner=planner,
        )
        runner = Runner(folder, store, machinery, observe=observe)
        return await runner.run(stop), runner.pipeline


@asynccontextmanager
async def _policies(config: RunConfig) -> AsyncIterator[OpenPolicies]:
    """Open what searches need; a chat model is opened otherwise."""
    if config.method == "whole-proof":
        yield OpenPolicies((), ())
        return
    async with open_policies(_choice(config, config).searching) as policies:
        yield policies


@asynccontextmanager
async def _chat(
    store: RunStore, method: MethodSettings, lean: LeanBackend[Any], pool: LeanPool
) -> AsyncIterator[ChatResources | None]:
    """Connect to the run's chat model, where it has one; what its answers cost so far counts."""
    if store.config.method != "whole-proof":
        yield None
        return
    chat = await open_chat(store.config, method)
    chat.budget.prompt_tokens, chat.budget.completion_tokens = store.answer_tokens()
    async with chat.client:
        yield ChatResources(chat=chat, ask=lean.file_tools(pool).ask)


@asynccontextmanager
async def _planner(
    store: RunStore, method: MethodSettings, lean: LeanBackend[Any], pool: LeanPool
) -> AsyncIterator[PlannerResources | None]:
    """Connect to the run's planner, where it has one; what its answers cost so far counts."""
    if store.config.method != "sketch":
        yield None
        return
    chosen = _choice(store.config, method)
    async with open_planner(chosen) as planner:
        planner.budget.prompt_tokens, planner.budget.completion_tokens = store.answer_tokens()
        yield PlannerResources(planner=planner, chosen=chosen, files=lean.file_tools(pool))


def _choice(config: RunConfig, method: MethodSettings) -> SketchChoice:
    return SketchChoice(search=config, sketch=config, method=method)


def _as_read(problem: Problem, lean: LeanBackend[Any]) -> Problem:
    return replace(problem, header=lean.with_header(problem.header))


def _row(number: int, problem: Problem, lean: LeanBackend[Any]) -> ProblemRow:
    if problem.unusable:
        theorem = Theorem(name=problem.name, statement=problem.statement, source=problem.source)
    else:
        theorem = _as_read(problem, lean).theorem(
            core=lean.reads_as_core(problem.header), pocket=lean.library == "pocket"
        )
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
