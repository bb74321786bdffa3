"""The community REPL for a project's Lean: built once for every version of Lean by the `lean-interact` package.

lean-interact knows which revision of the REPL belongs to which Lean, clones it and has lake build it. It does so in a
process of its own (:mod:`prover.lean.native.building`), which is ended when it takes too long, as it does where there
is no network. What it made is noted below `prover.util.home.home() / "repl"`, and is then found without lean-interact.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError, SetupError
from prover.lean.native.manifest import setup
from prover.lean.native.project import LeanProject
from prover.lean.native.running import run_watched
from prover.util.files import write_atomically
from prover.util.home import home

PROGRAM = "repl.exe" if sys.platform == "win32" else "repl"
BUILD_TIMEOUT_S = 1800.0
"""What cloning and building the REPL may take together."""
GIT_PATIENCE = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_HTTP_LOW_SPEED_LIMIT": "1000",
    "GIT_HTTP_LOW_SPEED_TIME": "60",
}
"""Has git give up when it is asked for a password, or gets less than 1000 bytes a second for a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the REPL comes from: a git repository and a revision, or lean-interact's own choice where None.

    Of a revision, the tag ``{revision}_lean-toolchain-{version}`` is taken, where there is one.
    """

    git: str | None = None
    revision: str | None = None


def folder() -> Path:
    """Return the folder that holds everything this module makes."""
    return home() / "repl"


def find_repl(project: LeanProject) -> Path:
    """Return the REPL that was built for the project's Lean. Runs nothing.

    Raises:
        SetupError: none was.
    """
    note = _note(project)
    try:
        program = Path(json.loads(note.read_text(encoding="utf-8"))["repl"])
    except (OSError, ValueError, KeyError, TypeError):
        program = note
    if program == note or not program.is_file():
        raise SetupError(
            f"there is no REPL for {project.toolchain} yet: {setup(project)}, or give --repl PATH"
        )
    return program


def repl_in(path: Path) -> Path:
    """Return the REPL's program from its own path, or from that of a checkout that has been built.

    Raises:
        InputError: there is none.
    """
    program = path / ".lake" / "build" / "bin" / PROGRAM if path.is_dir() else path
    if not (program.is_file() and os.access(program, os.X_OK)):
        raise InputError(
            f"there is no REPL at {program}",
            advice="Name the program, or a checkout of leanprover-community/repl after `lake build`.",
        )
    return program.absolute()


def provision(
    project: LeanProject, source: Source, *, say: Callable[[str], None], timeout_s: float = BUILD_TIMEOUT_S
) -> Path:
    """Have lean-interact clone and build the REPL for the project's Lean; return its program.

    `say` is told what is done.

    Raises:
        SetupError: that is not possible; the message is one line that says why.
    """
    if project.version is None:
        raise SetupError(
            f"lean-interact builds the REPL for versions of Lean such as v4.28.0, not for {project.toolchain}",
            advice="Build leanprover-community/repl with that toolchain, and give --repl PATH.",
        )
    say(f"building the REPL for Lean {project.version}")
    request = {
        "project": str(project.root),
        "lake": str(project.lake),
        "cache": str(folder()),
        "git": source.git,
        "revision": source.revision,
    }
    command = (sys.executable, "-m", "prover.lean.native.building", json.dumps(request))
    lines = run_watched(
        command,
        cwd=project.root,
        env={**project.env(), **GIT_PATIENCE},
        timeout_s=timeout_s,
        what="building the REPL",
    )
    program = _answer(lines)
    write_atomically(
        _note(project), json.dumps({"repl": str(program), "toolchain": project.toolchain}) + "\n"
    )
    return program


def _answer(lines: Sequence[str]) -> Path:
    """Return the program from the last line of `building`.

    Raises:
        SetupError: it says why there is none.
    """
    answer = json.loads(lines[-1])
    if problem := answer.get("problem"):
        raise SetupError(f"the REPL cannot be built: {problem}", advice=answer.get("advice", ""))
    return repl_in(Path(answer["repl"]))


def _note(project: LeanProject) -> Path:
    name = "".join(char if char.isalnum() or char in ".-" else "-" for char in project.toolchain)
    return folder() / f"{name}.json"
