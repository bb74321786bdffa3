"""What a process that works on a run knows and the database does not: written beside it, for `prover status`.

The file is replaced at once, at most once a second, when something happens in the run; it is of no use to the run
itself. It stays when the process ends, and says then how far it came.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

from prover.errors import InputError
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.runner import RunProgress
from prover.evaluation.store.folder import RunFolder
from prover.util.files import write_atomically

NAME = "status.json"
SECONDS_BETWEEN = 1.0
RATE_OVER_S = 600.0
"""The rate is that of the last ten minutes."""


class WorkingOn(BaseModel):
    """A problem in work, since about this moment in Unix time."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    name: str
    since: float


class LiveStatus(BaseModel):
    """What the file holds; moments are Unix time. `done` of `total` in this stage, `per_minute` lately.

    `workers` and `engines` are those of all processes together, on all machines; `nodes` are the addresses of a
    cluster's nodes, with the number of actors on each.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    pid: int
    host: str
    updated_at: float
    stage: str
    done: int
    total: int
    per_minute: float
    working_on: tuple[WorkingOn, ...]
    engine_restarts: int
    workers: int
    engines: int
    nodes: dict[str, int] = {}

    @property
    def left_s(self) -> float | None:
        """The seconds that the stage still takes at this rate; None where there is no rate."""
        return 60 * (self.total - self.done) / self.per_minute if self.per_minute else None

    @property
    def is_this_host(self) -> bool:
        """Whether it was written on this machine, whose processes can be seen."""
        return self.host == socket.gethostname()


def runs_before(pid: int, moment: float) -> bool:
    """Whether the process of this number runs and began before the moment; a later one may have got its number."""
    try:
        return psutil.Process(pid).create_time() <= moment + 1.0
    except (psutil.NoSuchProcess, ValueError, OverflowError):  # or what is no number of a process
        return False


class StatusFile:
    """Observes a run, and writes its status. `now` gives Unix time.

    A folder that cannot be written to is left to the run, which says so when it writes its results.
    """

    def __init__(self, folder: RunFolder, config: RunConfig, *, now: Callable[[], float] = time.time) -> None:
        self._path = folder.path / NAME
        self._config = config
        self._now = now
        self._written = float("-inf")
        self._stage: str | None = None
        self._readings: deque[tuple[float, int]] = deque()
        self._since: dict[str, float] = {}

    def __call__(self, progress: RunProgress) -> None:
        """Note what the run is doing, and write it if the last time was long enough ago."""
        now = self._now()
        if progress.stage != self._stage:
            self._stage = progress.stage
            self._readings.clear()
            self._readings.append((now, progress.done))
        ended = progress.done == progress.total
        if now - self._written < SECONDS_BETWEEN and not ended:
            return
        self._since = {name: self._since.get(name, now) for name in progress.current}
        self._readings.append((now, progress.done))
        while self._readings[1][0] < now - RATE_OVER_S:
            self._readings.popleft()
        self._written = now
        with contextlib.suppress(InputError):
            write_atomically(self._path, self._status(progress, now).model_dump_json(indent=1) + "\n")

    def _status(self, progress: RunProgress, now: float) -> LiveStatus:
        earlier, done = self._readings[0]
        elapsed = now - earlier
        return LiveStatus(
            pid=os.getpid(),
            host=socket.gethostname(),
            updated_at=now,
            stage=progress.stage,
            done=progress.done,
            total=progress.total,
            per_minute=60 * (progress.done - done) / elapsed if elapsed > 0 else 0.0,
            working_on=tuple(WorkingOn(name=name, since=since) for name, since in self._since.items()),
            engine_restarts=progress.engine_restarts,
            workers=progress.slots,
            engines=self._config.engines * progress.slots // self._config.workers,
            nodes=dict(progress.nodes),
        )


def read_live_status(folder: Path) -> LiveStatus | None:
    """Read what the last process that worked on the run has written; None if there is nothing.

    Raises:
        InputError: the file is something else.
    """
    path = folder / NAME
    try:
        return LiveStatus.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValidationError, UnicodeDecodeError, OSError) as error:
        raise InputError(
            f"{path} is no status of a run", advice="Delete it; the run does not need it."
        ) from error
