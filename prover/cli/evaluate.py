"""`prover evaluate`: every problem of a set, so many attempts each, into a run folder."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from prover import __version__
from prover.cli.engine_options import (
    EngineName,
    EngineOption,
    MemoryOption,
    ProjectOption,
    ReplOption,
    UntrustedOption,
    engine_choice,
)
from prover.cli.interrupt import Interrupt
from prover.cli.lean import print_line
from prover.cli.problems import (
    FilterOption,
    LimitOption,
    SetArgument,
    ShardOption,
    SolvedOption,
    SplitOption,
    print_unusable,
)
from prover.cli.progress import shown_progress
from prover.cli.run_progress import count_line, shown_run
from prover.cli.search_options import (
    BeamOption,
    CriticOption,
    DeviceOption,
    DtypeOption,
    FormatOption,
    MaxTokensOption,
    PolicyOption,
    SamplesOption,
    ScoringOption,
    SearchOption,
    TemperatureOption,
)
from prover.errors import InputError
from prover.evaluation.backlog import counts
from prover.evaluation.config import RunConfig
from prover.evaluation.evaluate import begin, go_on, work_off
from prover.evaluation.folder import RunFolder
from prover.evaluation.full_disk import writing
from prover.evaluation.report import write_report
from prover.evaluation.store import RunStore, has_run
from prover.lean.engines import Lean, chosen_lean
from prover.problems.load import load
from prover.problems.problem import ProblemSet, Selection, parse_shard
from prover.search.settings import SearchSettings

DEFAULTS = SearchSettings()


def evaluate(
    spec: SetArgument,
    out: Annotated[Path, typer.Option(metavar="RUN", help="The folder of the run.")],
    policy: PolicyOption = DEFAULTS.policy,
    engine: EngineOption = EngineName.EMBEDDED,
    project: ProjectOption = None,
    repl: ReplOption = None,
    engine_memory: MemoryOption = None,
    untrusted: UntrustedOption = False,
    passes: Annotated[int, typer.Option(min=1, help="Attempts at each problem.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Attempts under way at the same time.")] = 2,
    engines: Annotated[int, typer.Option(min=1, help="Lean processes that work at the same time.")] = 2,
    timeout: Annotated[float, typer.Option(min=0.001, help="Seconds that one search may take.")] = 60.0,
    max_expansions: Annotated[
        int | None, typer.Option(min=1, help="Proof states that one search may expand.")
    ] = None,
    max_tactics: Annotated[
        int | None, typer.Option(min=1, help="Tactics that Lean may run in one search.")
    ] = None,
    seed: Annotated[int, typer.Option(help="What the seeds of the attempts are made from.")] = 0,
    split: SplitOption = None,
    pattern: FilterOption = None,
    limit: LimitOption = None,
    shard: ShardOption = "1/1",
    solved: SolvedOption = False,
    disprove: Annotated[
        bool, typer.Option("--disprove", help="Also search for the negation of what is not proved.")
    ] = False,
    automation: Annotated[
        bool, typer.Option(help="Also try one call of plain automation on each problem, to compare with.")
    ] = True,
    max_steps: Annotated[
        int, typer.Option(min=0, help="Tried tactics to store for each attempt, besides those of its proof.")
    ] = 20_000,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run where it stopped; all else must be the same.")
    ] = False,
    retry_errors: Annotated[
        bool,
        typer.Option("--retry-errors", help="With --resume: repeat what the policy or an engine spoilt."),
    ] = False,
    width: Annotated[int, typer.Option(min=1, help="States that one search expands at the same time.")] = 2,
    search: SearchOption = DEFAULTS.search,
    scoring: ScoringOption = DEFAULTS.scoring,
    prompt_format: FormatOption = DEFAULTS.format,
    critic: CriticOption = DEFAULTS.critic,
    device: DeviceOption = DEFAULTS.device,
    dtype: DtypeOption = DEFAULTS.dtype,
    samples: SamplesOption = DEFAULTS.samples,
    temperature: TemperatureOption = DEFAULTS.temperature,
    beam: BeamOption = DEFAULTS.beam,
    max_new_tokens: MaxTokensOption = DEFAULTS.max_new_tokens,
) -> None:
    """Search for a proof of every problem of a set, and store all that happens in a folder.

    Exits with 0 when everything has been attempted, 130 after Ctrl-C, 2 if the input or the machine is at
    fault; in each case what was finished is stored, and --resume goes on.
    """
    if retry_errors and not resume:
        raise InputError("--retry-errors is for a run that is resumed", advice="Add --resume.")
    if engine is EngineName.DOJO:
        raise InputError(
            "--engine dojo proves one theorem at a time",
            advice="Use prover prove, or --engine native with the repository's folder as --project.",
        )
    with shown_progress() as progress:
        lean = chosen_lean(
            engine_choice(engine, project=project, repl=repl, memory_gb=engine_memory, untrusted=untrusted),
            progress,
        )
        selection = Selection(split=split, pattern=pattern, limit=limit, shard=parse_shard(shard))
        reader = lean.reader
        command = None if reader is None else lambda: reader
        problems = selection.apply(load(spec, progress=progress, command=command, solved=solved))
    print_unusable(problems)
    config = RunConfig(
        prover_version=__version__,
        problems=spec,
        split=split,
        filter=pattern,
        limit=limit,
        shard=shard,
        solved=solved,
        set_name=problems.name,
        set_origin=problems.origin,
        set_version=problems.version,
        set_hash=problems.content_hash,
        policy=policy,
        format=prompt_format,
        samples=samples,
        temperature=temperature,
        beam=beam,
        max_new_tokens=max_new_tokens,
        device=device,
        dtype=dtype,
        search=search,
        scoring=scoring,
        critic=critic,
        engine=engine.value,
        project=None if project is None else str(project.resolve()),
        toolchain=None if project is None else lean.version,
        repl=None if repl is None else str(repl.resolve()),
        engine_memory_gb=engine_memory,
        passes=passes,
        workers=workers,
        engines=engines,
        width=width,
        timeout_s=timeout,
        max_expansions=max_expansions,
        max_tactics=max_tactics,
        seed=seed,
        disprove=disprove,
        automation=automation,
        max_steps=max_steps,
    )
    folder = RunFolder(out)
    if not resume:
        with writing(out):
            out.mkdir(parents=True, exist_ok=True)
    elif not has_run(folder):
        raise InputError(f"{out} has no run to go on with", advice="Begin one by leaving out --resume.")
    with folder.locked():
        with go_on(folder, config) if resume else begin(folder, config, problems, lean) as store:
            if retry_errors:
                folder.note(f"forgot {store.forget_errors()} attempts that ended in errors")
            interrupt = Interrupt()
            finished = interrupt.run(_run(folder, store, problems, lean, interrupt.event))
            print_line(count_line(counts(store)))
        if not finished:
            print_line("interrupted; every finished attempt is stored. Go on: the same command with --resume")
            raise typer.Exit(interrupt.exit_code)
        print_line(f"report: {write_report(out)}")


async def _run(
    folder: RunFolder, store: RunStore, problems: ProblemSet, lean: Lean, stop: asyncio.Event
) -> bool:
    with shown_run() as observe:
        finished, pipeline = await work_off(store, folder, problems, lean, observe=observe, stop=stop)
    if pipeline is not None:
        print_line(pipeline.line)
    return finished
