"""The Python that has LeanDojo, and how the adapter's other half is started in it.

LeanDojo runs in Python 3.9 to 3.12, changes the current folder of its process, and brings Ray; so each Dojo gets a
process of its own, in an environment that may be LeanDojo's own. That process sees this package and nothing else that
is installed here.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prover.errors import SetupError
from prover.util.distribution import install_command
from prover.util.home import home

PYTHON = "PROVER_DOJO_PYTHON"
FOLDER = "lean-dojo"

_PACKAGE = Path(__file__).parents[2]
_START = """
import sys, types
prover = types.ModuleType("prover")
prover.__path__ = [sys.argv.pop(1)]
sys.modules["prover"] = prover
from prover.lean.dojo.worker.main import main
main()
"""


def dojo_python() -> str:
    """Return the Python to run LeanDojo in: `PROVER_DOJO_PYTHON`, else this one, else what the script made.

    Raises:
        SetupError: none of them is there. Whether LeanDojo works in the first is not looked at.
    """
    if named := os.environ.get(PYTHON):
        if not Path(named).is_file():
            raise SetupError(f"{PYTHON} names no Python: {named}")
        return str(Path(named).absolute())
    if importlib.util.find_spec("lean_dojo") is not None:
        return sys.executable
    made = home() / FOLDER / "bin" / "python"
    if not made.is_file():
        raise SetupError(
            "LeanDojo is not installed",
            advice=f"Install it, in Python 3.11 or 3.12: {install_command('dojo')}, or scripts/make_dojo_env.sh",
        )
    return str(made)


def worker_argv(python: str, mode: str, request: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the command line of a worker, see :mod:`prover.lean.dojo.worker.main`."""
    return (python, "-c", _START, str(_PACKAGE), mode, json.dumps(request))
