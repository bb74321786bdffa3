"""What the user sees while something long is prepared: bars on a terminal, else one line a step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prover.cli.console import note, on_terminal
from prover.lean.embedded.progress import Progress


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Yield a `Progress` that shows itself on stderr, and nothing at all if nothing is told."""
    if not on_terminal(stderr=True):
        yield _Lines()
        return
    from prover.cli.progress_bars import Bars

    progress = Bars()
    try:
        yield progress
    except BaseException:
        progress.stop()
        raise
    progress.finish()


class _Lines:
    def step(self, message: str) -> None:
        note(message)

    def advance(self, done: int, total: int) -> None:
        pass
