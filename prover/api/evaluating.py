"""A run over a problem set from Python, with the parts that `prover evaluate` uses."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from prover.api.opening import LoggedProgress
from prover.cluster.connect import require_cluster
from prover.cluster.open import open_executor
from prover.cluster.settings import ClusterSettings
from prover.errors import InputError
from prover.evaluation.analysis.numbers import Numbers
from prover.evaluation.report import write_report
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.evaluate import (
    load_problems,
    new_config,
    open_store,
    reader_of,
    require_sets,
    run_folder,
    run_remaining,
)
from prover.evaluation.run.runner import Observer
from prover.lean.backend import LeanBackend
from prover.lean.settings import EngineSettings
from prover.problems.problem import ProblemSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A run over a problem set. `out` is its folder, `report` the HTML page in it, `summary` Markdown."""

    out: Path
    report: Path
    numbers: Numbers = field(repr=False)
    summary: str = field(repr=False)

    @property
    def proved(self) -> int:
        """How many problems are proved."""
        return self.numbers.proved_all.count

    @property
    def total(self) -> int:
        """How many problems there are, those included that this Lean cannot state."""
        return self.numbers.proved_all.total

    def _repr_markdown_(self) -> str:
        return self.summary


async def evaluate_problems(
    problems: str,
    out: Path,
    source: EngineSettings,
    lean: LeanBackend[Any],
    asked: Mapping[str, Any],
    *,
    resume: bool,
    cluster: str | None,
    actors: int | None,
    observe: Observer,
) -> Evaluation:
    """Create a run with the settings `asked`, or resume it, and write its report.

    With `cluster`, `actors` of it make the attempts, as many as it has room for by default.

    Raises:
        InputError: the problems or a setting cannot be used, or there is a run already, or none to resume.
        SetupError: something is missing, or the folder cannot be written to.
    """
    require_sets(source)
    read = await asyncio.to_thread(load_problems, problems, lean, LoggedProgress())
    config = _config(problems, read, source, lean, asked)
    try:
        machines = ClusterSettings(cluster=cluster, actors=actors)
    except ValidationError as error:
        raise _unusable(error) from error
    if machines.cluster is not None and not resume:
        await require_cluster(machines.cluster)
    folder = run_folder(out, resume=resume)
    with folder.locked():
        with open_store(folder, config, read, lean, resume=resume) as store:
            problem = reader_of(read, lean)
            executor = open_executor(folder, store, config, problem, lean, machines)
            await run_remaining(store, folder, executor, observe=observe, stop=asyncio.Event())
        report = await asyncio.to_thread(write_report, out)
    return Evaluation(out=out, report=report.page, numbers=report.numbers, summary=report.summary)


def _config(
    problems: str,
    read: ProblemSet,
    source: EngineSettings,
    lean: LeanBackend[Any],
    asked: Mapping[str, Any],
) -> RunConfig:
    try:
        return new_config(read, source, lean, {**asked, "problems": problems})
    except ValidationError as error:
        raise _unusable(error) from error


def _unusable(error: ValidationError) -> InputError:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return InputError(f"a setting cannot be used: {place}: {first['msg']}")
