"""Which Lean: from the arguments of `open_lean` to one that is there."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal, get_args

from prover.errors import InputError
from prover.lean.engines import EngineChoice

EngineName = Literal["embedded", "native", "dojo"]

_log = logging.getLogger("prover")


class LoggedProgress:
    """Tells the logger ``prover`` what a long installation does."""

    def step(self, message: str) -> None:
        """Log the message."""
        _log.info("%s", message)

    def advance(self, done: int, total: int) -> None:
        """Log nothing."""


def engine_choice(
    engine: EngineName,
    *,
    project: str | Path | None,
    repl: str | Path | None,
    repo: str | None,
    commit: str | None,
    memory_gb: float | None,
    untrusted: bool,
) -> EngineChoice:
    """Return what these arguments of `open_lean` choose.

    Raises:
        InputError: there is no such engine.
    """
    if engine not in get_args(EngineName):
        raise InputError(
            f"there is no engine {engine!r}", advice=f"Take one of {', '.join(get_args(EngineName))}."
        )
    return EngineChoice(
        name=engine,
        project=None if project is None else Path(project),
        repl=None if repl is None else Path(repl),
        repository=repo,
        commit=commit,
        memory_bytes=None if memory_gb is None else round(memory_gb * 1e9),
        untrusted=untrusted,
    )
