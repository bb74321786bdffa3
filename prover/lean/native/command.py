"""How to start the community REPL inside a project: the program, and what ``lake env`` says of the environment.

``lake env`` is asked once for the variables that it sets, and the REPL then started with these and not below lake:
so the engine is the process that is measured, limited and killed, and lake's own start is paid once.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from prover.errors import SetupError
from prover.lean.native.manifest import require_packages
from prover.lean.native.project import LeanProject
from prover.lean.native.provision import GIT_PATIENCE, find_repl, repl_in
from prover.lean.native.running import run_watched
from prover.lean.process.command import EngineCommand

LAKE_TIMEOUT_S = 120.0
"""What lake may take to read its lakefiles."""

_SHOW = "import json, os; print('\\n' + json.dumps(dict(os.environ)))"


def engine_command(project: LeanProject, repl: Path | None = None) -> EngineCommand:
    """Return how to start an engine of the project. `repl` is the REPL's program, or a checkout that has it built.

    Raises:
        InputError: `repl` is neither.
        SetupError: there is no REPL for the project's Lean, a package is missing, or lake fails.
    """
    require_packages(project)
    program = find_repl(project) if repl is None else repl_in(repl)
    return EngineCommand(
        argv=(str(program),),
        env=lake_environment(project),
        label=f"Lean {project.version or project.toolchain} with {project.root.name}",
        announces=False,
        cwd=project.root,
        slow_imports=True,
    )


def lake_environment(project: LeanProject) -> dict[str, str]:
    """Return the variables that ``lake env`` sets otherwise than they are here.

    Raises:
        SetupError: lake cannot be run, cannot make sense of the project, or takes too long.
    """
    what = f"`lake env` in {project.root}"
    lines = run_watched(
        project.run_args(sys.executable, "-S", "-c", _SHOW),
        cwd=project.root,
        env={**project.env(), **GIT_PATIENCE},
        timeout_s=LAKE_TIMEOUT_S,
        what=what,
    )
    try:
        variables = json.loads(lines[-1])
    except (IndexError, ValueError) as error:
        raise SetupError(f"{what} did not run what it was given: {lines[-1:]}") from error
    return {
        name: value
        for name, value in variables.items()
        if os.environ.get(name) != value and name not in GIT_PATIENCE
    }
