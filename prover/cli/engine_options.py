"""The Lean that a command works with."""

from __future__ import annotations

from typing import Any

from prover.cli.progress import show_progress
from prover.lean.backend import LeanBackend
from prover.lean.backends import find_lean
from prover.lean.settings import EngineSettings


def lean_of(settings: EngineSettings) -> LeanBackend[Any]:
    """Return the Lean that was chosen, and show progress.

    Raises:
        InputError, SetupError: as for `find_lean`.
    """
    with show_progress() as progress:
        return find_lean(settings, progress)
