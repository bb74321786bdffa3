"""Bars on a terminal, for :mod:`prover.cli.progress`."""

from __future__ import annotations

from rich.progress import BarColumn, SpinnerColumn, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from prover.cli.console import console


class Bars:
    """One line a step: a spinner until it is done, a bar if its length is known."""

    def __init__(self) -> None:
        self._bars = RichProgress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console(stderr=True),
        )
        self._current: TaskID | None = None

    def step(self, message: str) -> None:
        """Begin a step, which ends the one before."""
        self._end_current()
        self._bars.start()
        self._current = self._bars.add_task(message, total=None)

    def advance(self, done: int, total: int) -> None:
        """Show how far the step is."""
        if self._current is not None:
            self._bars.update(self._current, completed=done, total=total)

    def finish(self) -> None:
        """Show the step as done, and no more."""
        self._end_current()
        self.stop()

    def stop(self) -> None:
        """Show nothing more."""
        self._bars.stop()

    def _end_current(self) -> None:
        if self._current is not None:
            self._bars.update(self._current, completed=1, total=1)
