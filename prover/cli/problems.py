"""`prover problems`: list, fetch, show and check problem sets."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from prover.cli.console import console
from prover.cli.lean import print_line
from prover.cli.progress import show_progress
from prover.cli.synthesize import synthesize
from prover.errors import InputError
from prover.lean.embedded.install import ensure_installed
from prover.lean.process.command import EngineCommand
from prover.lean.process.pool import EnginePool
from prover.lean.settings import EngineSettings
from prover.problems.fetch import fetch as bring
from prover.problems.fetch import find_cached
from prover.problems.load import load
from prover.problems.problem import Problem, ProblemSet, Selection, parse_shard
from prover.problems.registry import MADE, SETS, Registered, read_registered
from prover.problems.support import Status, Support, support_of_all

app = typer.Typer(no_args_is_help=True, help="List, fetch and examine problem sets.")

HASH_SHOWN = 12
STATUS_STYLES = {
    Status.SUPPORTED: "green",
    Status.UNSUPPORTED: "yellow",
    Status.INVALID: "red",
    Status.UNCHECKED: "red",
    Status.UNUSABLE: "red",
}
UNUSABLE_SHOWN = 10

SetArgument = Annotated[
    str,
    typer.Argument(
        metavar="SET",
        help="A set from `prover problems list`, a .jsonl, .parquet or .lean file, or a folder.",
    ),
]
SplitOption = Annotated[str | None, typer.Option(help="Only this split, for example valid.")]
FilterOption = Annotated[
    str | None, typer.Option("--filter", help="Only names in which this regular expression occurs.")
]
LimitOption = Annotated[int | None, typer.Option(min=1, help="Use only the first N of those.")]
ShardOption = Annotated[str, typer.Option(metavar="I/N", help="Only the i-th of n equal parts of those.")]
SolvedOption = Annotated[
    bool,
    typer.Option("--solved", help="Of .lean files, take theorems that have a proof, too; it is left out."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


app.command("synthesize")(synthesize)


@app.command("list")
def list_sets(as_json: JsonOption = False) -> None:
    """List the registered sets, and which of them are here."""
    if as_json:
        made = [{"name": name, "title": title} for name, title in MADE.items()]
        print_json({"sets": [_describe(known) for known in SETS.values()], "made": made})
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("set", "what it is", "here"):
        table.add_column(heading, overflow="fold")
    for known in SETS.values():
        table.add_row(Text(known.name, style="bold"), Text(known.title), Text(_describe_cached(known)))
    for name, title in MADE.items():
        table.add_row(Text(name, style="bold"), Text(title), Text("made when named"))
    console().print(table)


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A registered set.")],
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="PATH_OR_URL",
            help="Take it from here: a clone, a repository's URL, or a file with its problems.",
        ),
    ] = None,
) -> None:
    """Bring a registered set here, with git and at the commit that this version of prover expects."""
    known = SETS.get(name)
    if known is None:
        raise InputError(f"there is no registered set called {name}", advice=f"There are: {', '.join(SETS)}.")
    with show_progress() as progress:
        here = bring(known, progress, source=source)
    problems = read_registered(known, here.files)
    told = f"{len(problems.usable)} problems from {here.source}, {_version(here.commit)}"
    print_line(f"{name}: {told}")
    print_unusable(problems)


@app.command()
def show(
    spec: SetArgument,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Show this problem in full.")] = None,
    split: SplitOption = None,
    pattern: FilterOption = None,
    limit: LimitOption = None,
    shard: ShardOption = "1/1",
    solved: SolvedOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show how many problems a set has in each split and category, or one problem in full."""
    selection = Selection(split=split, pattern=pattern, limit=limit, shard=parse_shard(shard))
    problems = _read(spec, selection, solved=solved)
    if name is not None:
        _show_problem(problems, name, as_json=as_json)
    elif as_json:
        print_json({**_summary(problems), "problems": [each.name for each in problems.usable]})
    else:
        _show_counts(problems)


@app.command()
def check(
    spec: SetArgument,
    split: SplitOption = None,
    pattern: FilterOption = None,
    limit: LimitOption = None,
    shard: ShardOption = "1/1",
    solved: SolvedOption = False,
    engines: Annotated[int, typer.Option(min=1, help="Lean processes that work at the same time.")] = 2,
    no_library: Annotated[
        bool, typer.Option("--no-library", help=EngineSettings.model_fields["no_library"].description)
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Have Lean read every statement, and list those that do not elaborate, with the reason.

    Exits with 1 if there are statements that Lean refuses or that could not be checked, or unusable records.
    """
    selection = Selection(split=split, pattern=pattern, limit=limit, shard=parse_shard(shard))
    command = _embedded_lean(pocket=not no_library)
    problems = _read(spec, selection, solved=solved)
    began = time.monotonic()
    supports = asyncio.run(_check(problems, command, pocket=not no_library, engines=engines))
    wall_s = time.monotonic() - began
    counts = {status: sum(each.status is status for each in supports) for status in Status}
    if as_json:
        _print_checked_json(problems, supports, counts, wall_s)
    else:
        _print_checked(problems, supports, counts, wall_s)
    wrong = (Status.INVALID, Status.UNCHECKED, Status.UNUSABLE)
    raise typer.Exit(1 if any(counts[each] for each in wrong) else 0)


def print_json(content: dict[str, Any]) -> None:
    """Print one JSON object to stdout."""
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))


def print_unusable(problems: ProblemSet) -> None:
    """Say how many records of a set are no problems, and of the first few why."""
    unusable = problems.unusable
    if not unusable:
        return
    print_line(f"{len(unusable)} of {len(problems)} records cannot be used:")
    for each in unusable[:UNUSABLE_SHOWN]:
        print_line(f"  {each.source}: {each.unusable}")
    if len(unusable) > UNUSABLE_SHOWN:
        print_line(f"  and {len(unusable) - UNUSABLE_SHOWN} more; `prover problems show --json` lists all")


def _read(spec: str, selection: Selection, *, solved: bool) -> ProblemSet:
    with show_progress() as progress:
        problems = load(spec, progress=progress, command=_embedded_lean, solved=solved)
    return selection.apply(problems)


def _embedded_lean(*, pocket: bool = True) -> EngineCommand:
    with show_progress() as progress:
        return ensure_installed(progress).engine_command(pocket=pocket)


async def _check(
    problems: ProblemSet, command: EngineCommand, *, pocket: bool, engines: int
) -> list[Support]:
    async with EnginePool(command, size=engines) as pool:
        with _bar(len(problems)) as advance:
            return await support_of_all(
                problems, pool, core=True, pocket=pocket, engines=engines, done=advance
            )


@contextmanager
def _bar(total: int) -> Iterator[Callable[[Problem, Support], None]]:
    """Show on stderr how many problems are done, if that is a terminal."""
    screen = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bars:
        task = bars.add_task("stating", total=total)
        yield lambda problem, support: bars.advance(task)


def _show_problem(problems: ProblemSet, name: str, *, as_json: bool) -> None:
    problem = next((each for each in problems if each.name == name), None)
    if problem is None:
        advice = f"`prover problems show {problems.name} --json` lists the names."
        raise InputError(f"{problems.name} has no problem called {name}", advice=advice)
    if as_json:
        print_json(dataclasses.asdict(problem))
        return
    facts = [problem.name, problem.split, problem.category, problem.source]
    facts += [f"level {problem.level}"] if problem.level is not None else []
    facts += [f"expected to be {str(problem.expected).lower()}"] if problem.expected is not None else []
    print_line(f"-- {' · '.join(fact for fact in facts if fact)}")
    if problem.informal:
        print_line(f"/- {problem.informal} -/")
    if problem.unusable:
        print_line(f"cannot be used: {problem.unusable}\n{problem.statement}")
    else:
        print_line(f"{problem.header}{problem.statement} := by\n  sorry")


def _show_counts(problems: ProblemSet) -> None:
    usable = problems.usable
    print_line(f"{problems.name}: {len(usable)} problems, content {problems.content_hash[:HASH_SHOWN]}")
    print_unusable(problems)
    table = Table(box=None, pad_edge=False)
    table.add_column("split")
    table.add_column("category")
    table.add_column("problems", justify="right")
    for (split, category), count in usable.counts().items():
        table.add_row(Text(split or "-"), Text(category or "-"), str(count))
    console().print(table)


def _summary(problems: ProblemSet) -> dict[str, Any]:
    return {
        "set": problems.name,
        "content_hash": problems.content_hash,
        "counts": [
            {"split": split, "category": category, "problems": count}
            for (split, category), count in problems.usable.counts().items()
        ],
        "unusable": [
            {"name": each.name, "source": each.source, "reason": each.unusable} for each in problems.unusable
        ],
    }


def _print_checked_json(
    problems: ProblemSet, supports: Sequence[Support], counts: dict[Status, int], wall_s: float
) -> None:
    rows = [
        {"name": problem.name, "status": support.status, "library": support.library, "reason": support.reason}
        for problem, support in zip(problems, supports, strict=True)
    ]
    told = {"support": counts, "shared_names": _shared_names(problems), "wall_s": round(wall_s, 3)}
    print_json({**_summary(problems), **told, "problems": rows})


def _shared_names(problems: ProblemSet) -> dict[str, list[str]]:
    """Return the names that several records of a set have, with what these are called instead."""
    shared: dict[str, list[str]] = {}
    for each in problems:
        if each.shared_name:
            shared.setdefault(each.shared_name, []).append(each.name)
    return shared


def _print_checked(
    problems: ProblemSet, supports: Sequence[Support], counts: dict[Status, int], wall_s: float
) -> None:
    screen = console()
    for problem, support in zip(problems, supports, strict=True):
        if support.status is not Status.SUPPORTED:
            status = Text(support.status, style=STATUS_STYLES[support.status])
            line = Text.assemble(status, f"  {problem.name}: {support.first_line}")
            screen.print(line, soft_wrap=True)
    for name, called in _shared_names(problems).items():
        some = ", ".join(called[:UNUSABLE_SHOWN])
        print_line(f"{len(called)} records have the name {name}: they are called {some}")
    told = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    over = sum(each.library == "pocket" for each in supports)
    told += f" ({over} of them over the pocket library)" if over else ""
    print_line(f"{problems.name}: of {len(problems)} problems {told}; {wall_s:.1f} s")


def _describe(known: Registered) -> dict[str, Any]:
    here = find_cached(known)
    return {
        "name": known.name,
        "title": known.title,
        "url": known.url,
        "commit": known.commit,
        "here": None
        if here is None
        else {"source": here.source, "commit": here.commit, "files": str(here.files)},
    }


def _describe_cached(known: Registered) -> str:
    here = find_cached(known)
    return "no" if here is None else f"{_version(here.commit)}, from {here.source}"


def _version(commit: str) -> str:
    return f"commit {commit[:HASH_SHOWN]}" if commit else "as it was there"
