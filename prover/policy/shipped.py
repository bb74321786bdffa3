"""The bundled model and the default policy."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

SHIPPED_MODEL = Path(__file__).parent.parent / "models" / "tiny"
"""A transformers folder; its README.md says how it was made."""
VARIABLE = "PROVER_POLICY"
"""The environment variable that names the default policy."""


def default_policy() -> str:
    """Return what `PROVER_POLICY` says, or else the heuristic, with the shipped model where it can be run.

    The model counts four times as much: it decides which tactics come first, and the heuristic is for what it has
    not seen.
    """
    if named := os.environ.get(VARIABLE):
        return named
    runs = SHIPPED_MODEL.is_dir() and all(
        importlib.util.find_spec(package) for package in ("torch", "transformers")
    )
    return "heuristic+4*shipped" if runs else "heuristic"
