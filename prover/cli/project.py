"""`prover project`: Lake projects for use with a Lean of your own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from prover.cli.lean import print_line, say_on_stderr
from prover.lean.native.project import find_project
from prover.lean.native.provision import Source
from prover.lean.native.setup import make_ready
from prover.lean.native.template import write_project

app = typer.Typer(no_args_is_help=True, help="Make a Lake project with Mathlib.")


@app.callback()
def root() -> None:
    """Make a Lake project with Mathlib."""


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is empty or not there yet.")],
    build: Annotated[
        bool, typer.Option("--build", help="Then fetch Mathlib and its cache, and build the REPL.")
    ] = False,
) -> None:
    """Write a Lake project with miniF2F's header and examples, ready to be built with Mathlib."""
    write_project(folder)
    print_line(f"{folder} is a Lake project now")
    if build:
        program = make_ready(find_project(folder), Source(), say=say_on_stderr)
        print_line(f"{folder} is ready; its REPL: {program}")
    else:
        print_line(f"next: prover lean setup --project {folder}")
