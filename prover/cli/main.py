"""The `prover` command: its subcommands, and what becomes of errors."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from prover import __version__
from prover.cli import lean, problems, project
from prover.cli.compare import compare
from prover.cli.evaluate import evaluate
from prover.cli.export import export
from prover.cli.iterate import iterate
from prover.cli.prove import prove
from prover.cli.report import report
from prover.cli.serve import serve
from prover.cli.train import train
from prover.cli.verify import verify
from prover.errors import ProverError

app = typer.Typer(
    name="prover",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (prove, evaluate, report, compare, verify, export, serve, train, iterate):
    app.command()(command)
app.add_typer(problems.app, name="problems")
app.add_typer(lean.app, name="lean")
app.add_typer(project.app, name="project")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"prover {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Find proofs of Lean 4 theorems that Lean's kernel accepts."""


def main() -> None:
    """Run the command line.

    Exit codes: 2 for a wrong command line and for every `ProverError`, 130 for Ctrl-C; otherwise the
    command's own.
    """
    try:
        app()
    except ProverError as error:
        report_error(error)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def report_error(error: ProverError) -> None:
    """Print the error on one line of stderr, and on the next what to do about it."""
    console = Console(stderr=True)
    console.print(Text.assemble(("error: ", "bold red"), (error.message, "red")), soft_wrap=True)
    if error.advice:
        console.print(Text(error.advice), soft_wrap=True)
