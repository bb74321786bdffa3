"""`prover runs`: join the parts of a run, drop what a finished run has too much of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from prover.cli.lean import print_line
from prover.cli.progress import show_progress
from prover.errors import InputError
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.evaluate import load_problems, run_folder
from prover.evaluation.store.compacting import compact as compact_run
from prover.evaluation.store.database import require_run
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.merging import Part, read_parts
from prover.evaluation.store.merging import merge as merge_parts
from prover.lean.backends import find_lean
from prover.problems.problem import Selection

app = typer.Typer(no_args_is_help=True, help="Join runs, and make them smaller.")


@app.callback()
def root() -> None:
    """Join runs, and make them smaller."""


@app.command()
def merge(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder of the whole run, without one yet.")],
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="The folders of its parts.")],
) -> None:
    """Join all shards of a run, or parts of it that were made on several machines, into one.

    Parts that were begun differently are refused, and attempts that are in two of them and ended differently. The
    parts stay as they are. What they leave open, `prover evaluate --resume` does in the whole.
    """
    parts = read_parts(runs)
    whole = _whole_config(parts)
    folder = run_folder(out, resume=False)
    with folder.locked():
        merged = merge_parts(folder, parts, whole)
    repeated = f", {merged.repeated} attempts were in several parts" if merged.repeated else ""
    print_line(
        f"{out}: {merged.problems} problems, {merged.attempts} attempts, {merged.proofs} proofs{repeated}"
    )


@app.command()
def compact(run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")]) -> None:
    """Drop the search trees of a run but those of its proofs, and give the room back.

    Reports then show no tree of an attempt that failed; nothing else changes.
    """
    folder = RunFolder(run)
    require_run(folder)
    with folder.locked():
        done = compact_run(folder)
        folder.note(f"compacted: dropped {done.steps} tactics of {done.trees} search trees")
    print_line(
        f"dropped {done.trees} search trees with {done.steps} tried tactics: {_megabytes(done.before)} before, "
        f"{_megabytes(done.after)} now, {_megabytes(done.before - done.after)} freed"
    )


def _whole_config(parts: list[Part]) -> RunConfig:
    """Return the configuration of the whole; of shards, the problem set is read, as its hash is not one of theirs.

    Raises:
        InputError: the set is not the one that the shards are of.
    """
    config = parts[0].config
    if parts[0].shards == 1:
        return config
    with show_progress() as progress:
        lean = find_lean(config, progress)
        problems = load_problems(config.problems, lean, progress, solved=config.solved)
    selection = Selection(split=config.split, pattern=config.filter, limit=config.limit)
    for part in parts:
        shard = replace(selection, shard=(part.index, part.shards)).apply(problems)
        if shard.content_hash != part.config.set_hash:
            raise InputError(
                f"{config.problems} is not the set that {part.folder} is a shard of: it has changed",
                advice="Merge where the set is as it was.",
            )
    return config.model_copy(update={"shard": "1/1", "set_hash": selection.apply(problems).content_hash})


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
