"""What the user sees while something long is prepared: bars on a terminal, else one line a step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.text import Text

from prover.lean.embedded.progress import Progress


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Yield a `Progress` that shows itself on stderr, and nothing at all if nothing is told."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(console)
        return
    progress = _Bars(console)
    try:
        yield progress
    except BaseException:
        progress.stop()
        raise
    progress.finish()


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console

    def step(self, message: str) -> None:
        self._console.print(Text(message), soft_wrap=True)

    def advance(self, done: int, total: int) -> None:
        pass


class _Bars:
    """One line a step: a spinner until it is done, a bar if its length is known."""

    def __init__(self, console: Console) -> None:
        self._bars = Bars(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._current: TaskID | None = None

    def step(self, message: str) -> None:
        self._end_current()
        self._bars.start()
        self._current = self._bars.add_task(message, total=None)

    def advance(self, done: int, total: int) -> None:
        if self._current is not None:
            self._bars.update(self._current, completed=done, total=total)

    def finish(self) -> None:
        self._end_current()
        self.stop()

    def stop(self) -> None:
        self._bars.stop()

    def _end_current(self) -> None:
        if self._current is not None:
            self._bars.update(self._current, completed=1, total=1)
