"""What `prover train` shows while it runs: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

from prover.cli.console import SECONDS_BETWEEN_LINES, console

if TYPE_CHECKING:
    from prover.training.trainer import Observe, TrainingProgress


@contextmanager
def show_training(clock: Callable[[], float] = time.monotonic) -> Iterator[Observe]:
    """Yield an observer that shows a training on stderr. `clock` counts seconds."""
    screen = console(stderr=True)
    pace = _Pace(clock)
    if not screen.is_terminal:
        yield _Lines(screen, pace, clock)
        return
    with Live(console=screen, transient=True, refresh_per_second=4) as live:

        def observe(progress: TrainingProgress) -> None:
            bar = ProgressBar(total=progress.steps, completed=progress.step, width=60)
            live.update(Group(Text(pace.line(progress), style="bold", no_wrap=True), bar))

        yield observe


class _Lines:
    """A line for the first step and the last, and in between at most once every few seconds."""

    def __init__(self, console: Console, pace: _Pace, clock: Callable[[], float]) -> None:
        self._console = console
        self._pace = pace
        self._clock = clock
        self._last: float | None = None

    def __call__(self, progress: TrainingProgress) -> None:
        line, now = self._pace.line(progress), self._clock()
        due = self._last is None or now - self._last >= SECONDS_BETWEEN_LINES
        if due or progress.step == progress.steps:
            self._last = now
            self._console.print(Text(line), soft_wrap=True)


class _Pace:
    """Knows from the steps of this process how long the rest will take."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._first: tuple[int, float] | None = None

    def line(self, progress: TrainingProgress) -> str:
        now = self._clock()
        if self._first is None:
            self._first = progress.step, now
        step, then = self._first
        line = f"step {progress.step} of {progress.steps}: loss {progress.loss:.3f}"
        if progress.accuracy is not None:
            line += f", {progress.accuracy:.0%} of pairs right"
        line += f", {progress.tokens_per_s:.0f} tokens/s"
        if step < progress.step < progress.steps:
            left_s = (now - then) / (progress.step - step) * (progress.steps - progress.step)
            line += f", {timedelta(seconds=round(left_s))} left"
        return line
