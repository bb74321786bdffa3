"""What `prover evaluate` shows while it runs: a live view on a terminal, else a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

from prover.cli.console import SECONDS_BETWEEN_LINES, console
from prover.evaluation.run.runner import Observer, RunProgress

NAMES_SHOWN = 8


@contextmanager
def show_run(clock: Callable[[], float] = time.monotonic) -> Iterator[Observer]:
    """Yield an observer that shows the run on stderr. `clock` must be the runner's."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield _Lines(screen, clock)
        return
    with Live(console=screen, transient=True, refresh_per_second=4) as live:

        def observe(progress: RunProgress) -> None:
            live.update(_view(progress, clock()))

        yield observe


class _Lines:
    """One line when a stage begins or ends, and in between at most once every few seconds."""

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        self._console = console
        self._clock = clock
        self._stage = ""
        self._last = 0.0

    def __call__(self, progress: RunProgress) -> None:
        now = self._clock()
        ended = progress.done == progress.total
        if progress.stage == self._stage and not ended and now - self._last < SECONDS_BETWEEN_LINES:
            return
        self._stage, self._last = progress.stage, now
        self._console.print(
            Text(f"{progress_line(progress, now)}; {count_line(progress.counts)}"), soft_wrap=True
        )


def progress_line(progress: RunProgress, now: float) -> str:
    """Return the stage, how far and how fast it is and when it will be done; `now` by the run's clock."""
    line = f"{progress.stage}: {progress.done} of {progress.total}"
    elapsed = now - progress.began
    if progress.done and elapsed > 0:
        line += f", {60 * progress.done / elapsed:.1f} a minute"
    if 0 < progress.done < progress.total:
        line += f", {duration(elapsed / progress.done * (progress.total - progress.done))} left"
    if progress.engine_restarts:
        line += f", engine restarts: {progress.engine_restarts}"
    return line


def count_line(counts: Mapping[str, int]) -> str:
    """Return every outcome that occurs with its count, and the total."""
    shown = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    return f"{shown} (of {sum(counts.values())})"


def _view(progress: RunProgress, now: float) -> Group:
    names = ", ".join(progress.current[:NAMES_SHOWN]) + (" …" if len(progress.current) > NAMES_SHOWN else "")
    return Group(
        Text(progress_line(progress, now), style="bold", no_wrap=True, overflow="ellipsis"),
        ProgressBar(total=max(progress.total, 1), completed=progress.done, width=60),
        Text(count_line(progress.counts), no_wrap=True, overflow="ellipsis"),
        Text(names, style="dim", no_wrap=True, overflow="ellipsis"),
    )


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
