"""Making a project ready: its packages with Mathlib's cache, its modules built, the REPL for its Lean.

This is the only place that lets lake use the network, and only ``prover lean setup`` and ``prover project init
--build`` come here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from prover.errors import SetupError
from prover.lean.native.manifest import MATHLIB, packages, requires
from prover.lean.native.project import LeanProject
from prover.lean.native.provision import GIT_PATIENCE, Source, provision
from prover.lean.native.running import run_watched

LAKE_TIMEOUT_S = 3600.0
"""What fetching packages and Mathlib's cache may take, and what building may take."""


def make_ready(
    project: LeanProject,
    source: Source,
    *,
    say: Callable[[str], None],
    repl: bool = True,
    timeout_s: float = LAKE_TIMEOUT_S,
) -> Path | None:
    """Fetch and build what the project lacks, and the REPL if `repl`; return the REPL's program.

    `say` is told what is done, line by line. `timeout_s` is for each call of lake.

    Raises:
        InputError: the project's manifest is none.
        SetupError: something could not be fetched or built; the message is one line that says what.
    """
    calls: list[tuple[str, ...]] = [("build",)]
    if _uses_mathlib(project):
        calls.insert(0, ("exe", "cache", "get"))
    for call in calls:
        shown = f"lake {' '.join(call)}"
        say(f"{shown}, in {project.root}")
        run_watched(
            (str(project.lake), *call),
            cwd=project.root,
            env={**project.env(), **GIT_PATIENCE},
            timeout_s=timeout_s,
            what=shown,
            say=say,
        )
    return provision(project, source, say=say) if repl else None


def _uses_mathlib(project: LeanProject) -> bool:
    try:
        return any(each.name == MATHLIB for each in packages(project))
    except SetupError:
        return requires(project, MATHLIB)
