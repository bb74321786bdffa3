"""Options that say where Lean comes from, for every command that uses one."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from prover.cli.progress import shown_progress
from prover.lean.engines import EngineChoice, Lean, chosen_lean


class EngineName(enum.StrEnum):
    """Where Lean comes from."""

    EMBEDDED = "embedded"
    NATIVE = "native"
    DOJO = "dojo"


EngineOption = Annotated[
    EngineName,
    typer.Option(help="Where Lean comes from: prover's own, a Lake project of yours, or LeanDojo."),
]
ProjectOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="With --engine native: the Lake project.")
]
RepoOption = Annotated[
    str | None,
    typer.Option(metavar="URL_OR_PATH", help="With --engine dojo: the repository that has the file."),
]
CommitOption = Annotated[
    str | None, typer.Option(metavar="SHA", help="With --engine dojo: the repository's commit.")
]
ReplOption = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="With --engine native: the REPL to use, a program or a built checkout of leanprover-community/repl; "
        "else the one that `prover lean setup` built.",
    ),
]
MemoryOption = Annotated[
    float | None,
    typer.Option(
        "--engine-memory",
        metavar="GB",
        min=0.1,
        help="Memory after which an engine is replaced; 1.2 for prover's own Lean, 8 for a native one.",
        show_default=False,
    ),
]


UntrustedOption = Annotated[
    bool,
    typer.Option(
        "--untrusted",
        help="Refuse texts that run code while Lean elaborates them, such as #eval, elab and run_cmd: for texts "
        "of strangers and models.",
    ),
]


def engine_choice(
    name: EngineName,
    *,
    project: Path | None,
    repl: Path | None,
    memory_gb: float | None,
    repository: str | None = None,
    commit: str | None = None,
    untrusted: bool = False,
) -> EngineChoice:
    """Return what these options choose."""
    return EngineChoice(
        name=name.value,
        project=project,
        repl=repl,
        repository=repository,
        commit=commit,
        memory_bytes=None if memory_gb is None else round(memory_gb * 1e9),
        untrusted=untrusted,
    )


def lean_of(choice: EngineChoice) -> Lean:
    """Return the Lean that was chosen, and show what is done for it.

    Raises:
        InputError, SetupError: as for `chosen_lean`.
    """
    with shown_progress() as progress:
        return chosen_lean(choice, progress)
