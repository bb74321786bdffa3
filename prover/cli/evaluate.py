"""`prover evaluate`: attempts at every problem of a set, stored in a run folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from prover.cli.interrupt import Interrupt
from prover.cli.lean import print_line, say_on_stderr
from prover.cli.problems import (
    FilterOption,
    LimitOption,
    SetArgument,
    ShardOption,
    SolvedOption,
    SplitOption,
    print_unusable,
)
from prover.cli.progress import show_progress
from prover.cli.run_progress import count_line, show_run
from prover.cli.settings_options import LeftOut, settings_options
from prover.cluster.address import require_address
from prover.cluster.connect import require_cluster
from prover.cluster.open import open_executor
from prover.cluster.settings import ClusterSettings
from prover.errors import InputError
from prover.evaluation.analysis.summary import library_line
from prover.evaluation.report import write_report
from prover.evaluation.run.config import RunSettings
from prover.evaluation.run.evaluate import (
    load_problems,
    new_config,
    open_store,
    reader_of,
    require_sets,
    run_folder,
    run_remaining,
)
from prover.evaluation.run.executor import Executor
from prover.evaluation.status import run_status
from prover.evaluation.store.counting import NOT_ATTEMPTED
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.pending import counts, is_complete
from prover.lean.backends import find_lean
from prover.lean.settings import EngineSettings
from prover.problems.problem import Selection, parse_shard
from prover.search.settings import BudgetSettings, SearchSettings
from prover.service.run_page.serving import place_of, serving_run_page
from prover.sketching.settings import SketchSettings
from prover.whole_proof.settings import MethodSettings


@settings_options
def evaluate(
    spec: SetArgument,
    out: Annotated[Path, typer.Option(metavar="RUN", help="The folder of the run.")],
    split: SplitOption = None,
    pattern: FilterOption = None,
    limit: LimitOption = None,
    shard: ShardOption = "1/1",
    solved: SolvedOption = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Resume the run where it stopped; all else must be the same.")
    ] = False,
    retry_errors: Annotated[
        bool,
        typer.Option(
            "--retry-errors", help="With --resume: retry attempts that ended in an engine or policy error."
        ),
    ] = False,
    dashboard: Annotated[
        str | None,
        typer.Option(
            metavar="[HOST:]PORT",
            help="Serve a page that shows the run while it goes on (extra service); any HOST but a loopback "
            "address needs PROVER_SERVER_TOKEN.",
        ),
    ] = None,
    *,
    source: Annotated[EngineSettings, LeftOut(frozenset({"repo", "commit"}))],
    settings: SearchSettings,
    limits: BudgetSettings,
    method: MethodSettings,
    sketch: SketchSettings,
    run: RunSettings,
    cluster: ClusterSettings,
) -> None:
    """Search for a proof of every problem of a set, and store all that happens in a folder.

    Exits with 0 when everything has been attempted, 130 after Ctrl-C, 2 if the input or the machine is at
    fault; in each case what was finished is stored, and --resume continues.
    """
    if cluster.cluster is None and (cluster.actors is not None or cluster.model_replicas):
        raise InputError(
            "--actors and --model-replicas are for a run on a cluster",
            advice="Add --cluster, or leave them out.",
        )
    if cluster.cluster is not None:
        require_address(cluster.cluster)
        if not resume:
            asyncio.run(require_cluster(cluster.cluster))
    if dashboard is not None:
        place_of(dashboard)
    if retry_errors and not resume:
        raise InputError("--retry-errors is for a run that is resumed", advice="Add --resume.")
    require_sets(source)
    with show_progress() as progress:
        lean = find_lean(source, progress)
        selection = Selection(split=split, pattern=pattern, limit=limit, shard=parse_shard(shard))
        problems = selection.apply(load_problems(spec, lean, progress, solved=solved))
    print_unusable(problems)
    chosen = {
        "problems": spec,
        "split": split,
        "filter": pattern,
        "limit": limit,
        "shard": shard,
        "solved": solved,
    }
    settings_of_run = {
        key: value
        for each in (settings, limits, method, sketch, run)
        for key, value in each.model_dump().items()
    }
    config = new_config(problems, source, lean, {**chosen, **settings_of_run})
    folder = run_folder(out, resume=resume)
    with folder.locked():
        with open_store(folder, config, problems, lean, resume=resume) as store:
            if retry_errors:
                folder.note(f"forgot {store.forget_errors()} attempts that ended in errors")
            problem = reader_of(problems, lean)

            def executor(page: str | None) -> AbstractAsyncContextManager[Executor]:
                return open_executor(
                    folder, store, config, problem, lean, cluster, say=say_on_stderr, page=page
                )

            interrupt = Interrupt()
            finished = interrupt.run(_run(folder, store, executor, dashboard, interrupt.event))
            outcomes = counts(store)
            print_line(count_line(outcomes))
        if not finished:
            begun = outcomes.get(NOT_ATTEMPTED, 0) < sum(outcomes.values())
            what = "; every finished attempt is stored" if begun else " before the first attempt was finished"
            print_line(f"interrupted{what}. To resume it, repeat the command with --resume")
            raise typer.Exit(interrupt.exit_code)
        report = write_report(out)
        if over := library_line(report.numbers):
            print_line(over)
        print_line(f"report: {report.page}")


async def _run(
    folder: RunFolder,
    store: RunStore,
    executor: Callable[[str | None], AbstractAsyncContextManager[Executor]],
    dashboard: str | None,
    stop: asyncio.Event,
) -> bool:
    async with AsyncExitStack() as stack:
        page = None
        if is_complete(store):
            print_line("the run is complete: nothing is left to do")
        elif dashboard is not None:
            page = await stack.enter_async_context(
                serving_run_page(partial(run_status, folder.path), dashboard)
            )
            say_on_stderr(f"the run's page: {page}")
        with show_run() as observe:
            finished, pipeline = await run_remaining(
                store, folder, executor(page), observe=observe, stop=stop
            )
    if pipeline is not None:
        print_line(pipeline.line)
    return finished
