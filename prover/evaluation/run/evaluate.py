"""Create or resume a run from its configuration, open its models and engines, and run what is left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from prover import __version__
from prover.errors import InputError
from prover.evaluation.run.config import RunConfig, differences, stored_form
from prover.evaluation.run.executor import Executor
from prover.evaluation.run.pipeline import Pipeline
from prover.evaluation.run.runner import Observer, Runner, RunProgress
from prover.evaluation.run.status_file import StatusFile
from prover.evaluation.store.database import RunStore, has_run
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.pending import is_complete
from prover.evaluation.store.rows import ProblemRow
from prover.lean.backend import LeanBackend
from prover.lean.backends import backend_of
from prover.lean.reading.pocket import NAME, library_version
from prover.lean.settings import EngineSettings
from prover.lean.theorem import Theorem
from prover.problems.load import load
from prover.problems.problem import Problem, ProblemSet
from prover.util.full_disk import writing
from prover.util.progress import Progress
from prover.util.within import enter_until


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
    stored = stored_form(config)
    store = RunStore.create(folder, stored, rows, created_at=time.time())
    with writing(folder.path):
        stored.write(folder.config)
    return store


def resume_run(folder: RunFolder, config: RunConfig) -> RunStore:
    """Open the run in a folder, whose lock must be held, to resume it.

    Raises:
        InputError: it was begun with another configuration.
    """
    store = RunStore.open(folder)
    if changed := differences(store.config, stored_form(config)):
        store.close()
        raise InputError(
            f"{folder.path} was begun differently: {'; '.join(changed)}",
            advice="Repeat the command that began it, with --resume, or choose another folder.",
        )
    return store


async def run_remaining(
    store: RunStore,
    folder: RunFolder,
    executor: AbstractAsyncContextManager[Executor],
    *,
    observe: Observer,
    stop: asyncio.Event,
) -> tuple[bool, Pipeline | None]:
    """Run what is left; return whether it was finished before `stop` was set, and how busy engines and models were.

    Where nothing is left, the executor is not opened. The run's status is kept in its folder, for `prover status`.

    Raises:
        InputError, SetupError: a model or an engine cannot be had, or the disk is full.
    """
    if is_complete(store):
        folder.note("nothing is left to do")
        return True, None
    async with AsyncExitStack() as stack:
        opened = await enter_until(stop, stack, executor)
        if opened is None:
            folder.note("interrupted before anything was begun")
            return False, None
        for note in opened.notes:
            folder.note(note)
        keep_status = StatusFile(folder, store.config)

        def watch(progress: RunProgress) -> None:
            observe(progress)
            keep_status(progress)

        runner = Runner(folder, store, opened, observe=watch)
        return await runner.run(stop), runner.pipeline


def as_read(problem: Problem, lean: LeanBackend[Any]) -> Problem:
    """Return the problem with the header that `lean` reads it with."""
    return replace(problem, header=lean.with_header(problem.header))


def _row(number: int, problem: Problem, lean: LeanBackend[Any]) -> ProblemRow:
    if problem.unusable:
        theorem = Theorem(name=problem.name, statement=problem.statement, source=problem.source)
    else:
        theorem = as_read(problem, lean).theorem(
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


def reader_of(problems: ProblemSet, lean: LeanBackend[Any]) -> Callable[[int], Problem]:
    """Return what gives the problems by number, as `lean` reads them."""
    return lambda number: as_read(problems.problems[number], lean)
