"""`prover iterate`: start, resume and inspect expert iteration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from filelock import FileLock, Timeout
from rich.table import Table

from prover.cli.console import console
from prover.cli.lean import print_line
from prover.cli.progress import show_progress
from prover.errors import InputError
from prover.evaluation.analysis.statistics import wilson
from prover.lean.embedded.install import ensure_installed
from prover.lean.process.command import EngineCommand
from prover.problems.decontamination import decontaminate
from prover.problems.load import load
from prover.problems.problem import Problem, ProblemSet
from prover.problems.splits import without_near_duplicates
from prover.training.iteration.config import IterationConfig
from prover.training.iteration.expert_iteration import ExpertIteration, Interrupted, begin, read_metrics
from prover.util.files import write_atomically
from prover.util.progress import Progress


def iterate(
    config: Annotated[
        str | None, typer.Argument(help="A .toml file, laptop, or shipped; left out with --resume or --show.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="RUN", help="The folder of the run.")] = None,
    keep_out: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SET", help="A problem set to decontaminate the training data against; may be repeated."
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Resume the run where it stopped.")] = False,
    status: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Show how a run stands, and do nothing.")
    ] = None,
) -> None:
    """Search, train on the proofs that were found, measure, and again, round after round.

    Exits with 0 when the rounds are done, 130 after Ctrl-C, 2 if the input or the machine is at fault; --resume goes
    on.
    """
    if status is not None:
        show_status(status)
        return
    if out is None:
        raise InputError("no folder for the run was named", advice="Add --out RUN.")
    begun = (out / "config.json").exists()
    if resume != begun:
        said = "has no run to resume" if resume else "has a run already"
        raise InputError(
            f"{out} {said}",
            advice="Leave out --resume." if resume else "Add --resume, or name another folder.",
        )
    if not begun and config is None:
        raise InputError("no configuration was named", advice="Name a .toml file, laptop, or shipped.")
    out.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(out / "lock", timeout=0):
            if not begun:
                assert config is not None
                _begin(out, _keep_out(IterationConfig.read(config), keep_out or []))
            _go_on(out)
    except Timeout as error:
        raise InputError(f"another process works on {out}", advice="Wait for it to end.") from error


def show_status(folder: Path) -> None:
    """Print a table of the rounds of a run.

    Raises:
        InputError: there is no run.
    """
    if not (folder / "config.json").exists():
        raise InputError(f"{folder} has no expert iteration", advice="`prover iterate` makes one.")
    rounds = read_metrics(folder)
    table = Table(
        "round", "searched", "proved", "new", "ever", "false", "held out", "95 %", "calls", "loss", "minutes"
    )
    for each in rounds:
        share = wilson(each.held_out_proved, each.held_out)
        table.add_row(
            str(each.round),
            str(each.searched),
            str(each.proved),
            str(each.new),
            str(each.proved_ever),
            str(each.false),
            f"{each.held_out_proved} of {each.held_out}",
            f"{100 * share.low:.0f} to {100 * share.high:.0f} %",
            f"{each.calls:g}",
            f"{each.losses[-1]:.3f}",
            f"{sum(each.seconds.values()) / 60:.0f}",
        )
    screen = console()
    screen.print(table)
    if rounds:
        screen.print(
            f"The first policy proves {rounds[-1].baseline_proved} of {rounds[-1].held_out} held-out problems, "
            f"with {rounds[-1].baseline_calls:g} Lean calls where both prove."
        )


def _keep_out(config: IterationConfig, more: list[str]) -> IterationConfig:
    pool = config.pool.model_copy(update={"keep_out": (*config.pool.keep_out, *more)})
    return config.model_copy(update={"pool": pool})


def _begin(out: Path, config: IterationConfig) -> None:
    with show_progress() as progress:
        held_out = _load(config.pool.held_out, progress, "held out")
        others = [
            load(spec, progress=progress, command=_reader(progress)).usable for spec in config.pool.keep_out
        ]
        pool, duplicates = without_near_duplicates(_load(config.pool.train, progress, "training"))
        pool, report = decontaminate(pool, [held_out, *others])
    text = f"{len(duplicates)} near-duplicates were left out of the training problems.\n{report.text()}\n"
    write_atomically(out / "decontamination.txt", text)
    print_line(text.strip())
    begin(out, config, pool.problems, held_out.problems)


def _reader(progress: Progress) -> Callable[[], EngineCommand]:
    """Return how to get the engine that reads .lean files and Lean's own library."""
    return lambda: ensure_installed(progress).engine_command()


def _load(specs: tuple[str, ...], progress: Progress, name: str) -> ProblemSet:
    """Return the problems of all these sets, each name once."""
    found: dict[str, Problem] = {}
    for spec in specs:
        for problem in load(spec, progress=progress, command=_reader(progress)).usable:
            found.setdefault(problem.name, problem)
    return ProblemSet(name=name, problems=tuple(found.values()))


def _go_on(out: Path) -> None:
    path = out / "config.json"
    try:
        config = IterationConfig.model_validate_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(
            f"{path} is no configuration of this version of prover",
            advice="Begin a run in another folder, or resume with the version that began this one.",
        ) from error
    try:
        ExpertIteration(out, config, say=print_line).run()
    except (Interrupted, KeyboardInterrupt) as error:
        print_line(f"interrupted; resume with: prover iterate --out {out} --resume")
        raise typer.Exit(130) from error
