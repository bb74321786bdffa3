"""From the arguments of `open_lean` to a Lean that is there."""

from __future__ import annotations

import logging
from pathlib import Path

from pydantic import ValidationError

from prover.errors import InputError
from prover.lean.settings import DEFAULT_ENGINE, EngineSettings

_log = logging.getLogger("prover")


class LoggedProgress:
    """Tells the logger ``prover`` what a long installation does."""

    def step(self, message: str) -> None:
        """Log the message."""
        _log.info("%s", message)

    def advance(self, done: int, total: int) -> None:
        """Log nothing."""


def engine_settings(
    engine: str = DEFAULT_ENGINE,
    *,
    project: str | Path | None = None,
    repl: str | Path | None = None,
    repo: str | None = None,
    commit: str | None = None,
    memory_gb: float | None = None,
    untrusted: bool = False,
    no_library: bool = False,
) -> EngineSettings:
    """Return what these arguments of `open_lean` choose.

    Raises:
        InputError: a value cannot be used.
    """
    try:
        return EngineSettings(
            engine=engine,
            project=None if project is None else Path(project),
            repl=None if repl is None else Path(repl),
            repo=repo,
            commit=commit,
            engine_memory_gb=memory_gb,
            untrusted=untrusted,
            no_library=no_library,
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{first['loc'][0]} cannot be used: {first['msg']}") from error
