"""Where prover keeps what it can make again: downloads, and the Lean built from them."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """Return the cache folder, absolute and perhaps not there yet: `PROVER_HOME`, or the user's own."""
    chosen = os.environ.get("PROVER_HOME")
    return Path(chosen).expanduser().absolute() if chosen else platformdirs.user_cache_path("prover")
