"""`prover export`: the proofs of a run, for others to read."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from prover.evaluation.export import export_jsonl, export_lean, export_leandojo
from prover.evaluation.folder import RunFolder
from prover.evaluation.store import RunStore
from prover.files import write_atomically


class ExportFormat(enum.StrEnum):
    """What is written."""

    LEAN = "lean"
    JSONL = "jsonl"
    LEANDOJO = "leandojo"


WRITERS = {
    ExportFormat.LEAN: export_lean,
    ExportFormat.JSONL: export_jsonl,
    ExportFormat.LEANDOJO: export_leandojo,
}


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run, finished or not.")],
    form: Annotated[
        ExportFormat,
        typer.Option(
            "--format",
            help="One Lean file with a proof of each problem; a JSON object a line for each proof; "
            "or states and tactics as LeanDojo traces them.",
        ),
    ] = ExportFormat.LEAN,
    out: Annotated[Path | None, typer.Option(help="The file to write, instead of stdout.")] = None,
) -> None:
    """Write the proofs of a run."""
    with RunStore.open(RunFolder(run), read_only=True) as store:
        text = WRITERS[form](store)
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_atomically(out, text)
