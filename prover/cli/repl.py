"""`prover repl`: the community REPL's protocol on stdin and stdout."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Annotated, cast

import typer

from prover.cli import ctrl_c
from prover.cli.progress import show_progress
from prover.lean.embedded.install import ensure_installed
from prover.service.repl import install, serve


def repl(
    into: Annotated[
        Path | None,
        typer.Option(
            "--install",
            metavar="DIR",
            help="Write DIR/.lake/build/bin/repl, which starts this, a lean-toolchain, a stand-in for lake; and end.",
        ),
    ] = None,
    untrusted: Annotated[
        bool, typer.Option("--untrusted", help="Refuse texts that run code while Lean elaborates them.")
    ] = False,
) -> None:
    """Speak the protocol of leanprover-community/repl with the embedded Lean: docs/protocol.md."""
    with show_progress() as progress:
        installation = ensure_installed(progress)
    if into is not None:
        for path in install(into, installation.lean_version):
            typer.echo(str(path))
        return
    command = installation.engine_command(untrusted=untrusted, community=True)
    for stream in (sys.stdin, sys.stdout):
        cast(io.TextIOWrapper, stream).reconfigure(encoding="utf-8", errors="replace", newline="\n")
    ctrl_c.raise_one_interrupt()
    serve(command, sys.stdin, sys.stdout)
