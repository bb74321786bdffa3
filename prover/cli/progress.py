"""Progress of long preparations: bars on a terminal, else lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prover.cli.console import note, on_terminal
from prover.util.progress import Progress


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Yield a `Progress` that shows itself on stderr, which prints nothing until the first message."""
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
    """A line a step, and one for each tenth of it that is done, if its length is known."""

    def __init__(self) -> None:
        self._tenths = 0

    def step(self, message: str) -> None:
        note(message)
        self._tenths = 0

    def advance(self, done: int, total: int) -> None:
        tenths = 10 * done // total if total else 0
        if self._tenths < tenths < 10:
            note(f"  {tenths}0 %")
        self._tenths = max(self._tenths, tenths)
