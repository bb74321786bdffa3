"""`prover report`: the page and the summary of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from prover.evaluation.report import write_report


def report(run: Annotated[Path, typer.Argument(help="The folder of a run, finished or not.")]) -> None:
    """Write report.html, which needs no network, and summary.md into a run's folder; print the page's path."""
    typer.echo(str(write_report(run).page))
