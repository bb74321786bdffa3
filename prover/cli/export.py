"""`prover export`: export the proofs of a run."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from prover.cli.console import note
from prover.errors import InputError
from prover.evaluation.export import export_jsonl, export_lean, export_leandojo
from prover.evaluation.judges import Pair, write_comparator, write_safe_verify
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.training.data.dataset import write_trajectories
from prover.training.data.trajectories import FAILURES_PER_STATE, read_trajectories
from prover.util.files import write_atomically

PROOFS_PER_PROBLEM = 4


class ExportFormat(enum.StrEnum):
    """What is written."""

    LEAN = "lean"
    JSONL = "jsonl"
    LEANDOJO = "leandojo"
    PARQUET = "parquet"


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
            help="lean: one file with a proof of each problem; jsonl: an object a line for each proof; leandojo: "
            "states and tactics as LeanDojo traces them; parquet: a folder that `prover train` reads.",
        ),
    ] = ExportFormat.LEAN,
    out: Annotated[Path | None, typer.Option(help="The file to write, instead of stdout.")] = None,
    comparator: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write Challenge.lean, Solution.lean and config.json into this folder, for `lake challenge`.",
        ),
    ] = None,
    safe_verify: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write Target.lean and Submission.lean there, for SafeVerify."),
    ] = None,
) -> None:
    """Write the proofs of a run."""
    if comparator is not None or safe_verify is not None:
        _export_for_judges(run, comparator, safe_verify)
        return
    if form is ExportFormat.PARQUET:
        _export_trajectories(run, out)
        return
    with RunStore.open(RunFolder(run), read_only=True) as store:
        text = WRITERS[form](store)
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_atomically(out, text)


def _export_for_judges(run: Path, comparator: Path | None, safe_verify: Path | None) -> None:
    with RunStore.open(RunFolder(run), read_only=True) as store:
        pair = Pair.of_run(store)
    written: list[Path] = []
    if comparator is not None:
        written += write_comparator(pair, comparator)
    if safe_verify is not None:
        written += write_safe_verify(pair, safe_verify)
    for path in written:
        typer.echo(str(path))
    if "import Pocket" in pair.stated:
        note(
            "They import the pocket library: the judging project needs its modules, Pocket.lean and Pocket/ of "
            "lean_project."
        )


def _export_trajectories(run: Path, out: Path | None) -> None:
    if out is None:
        raise InputError("--format parquet writes a folder", advice="Add --out FOLDER.")
    with RunStore.open(RunFolder(run), read_only=True):
        trajectories = read_trajectories(
            [(0, run)], proofs_per_problem=PROOFS_PER_PROBLEM, failures_per_state=FAILURES_PER_STATE
        )
    write_trajectories(trajectories, out)
    typer.echo(
        f"{len(trajectories.steps)} steps of proofs and {len(trajectories.failures)} refused tactics: {out}"
    )
