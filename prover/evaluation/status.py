"""Where a run stands: what its database says, and what the process that works on it says of itself."""

from __future__ import annotations

import time
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from prover.errors import InputError
from prover.evaluation.run.status_file import LiveStatus, read_live_status, runs_before
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.status import FailureKind, read_status


class Holder(BaseModel):
    """The process that writes a run, as far as this machine can tell: of another one's it is not known if it runs."""

    model_config = ConfigDict(frozen=True)

    pid: int
    host: str | None
    running: bool | None


class WorkedOn(BaseModel):
    """A problem in work, for about so many seconds."""

    model_config = ConfigDict(frozen=True)

    name: str
    seconds: float


class Work(BaseModel):
    """What the process that writes a run does. `age_s` is how long ago it said so.

    `nodes` are the addresses of a cluster's nodes, with the number of actors on each; empty without a cluster.
    """

    model_config = ConfigDict(frozen=True)

    stage: str
    done: int
    total: int
    per_minute: float
    left_s: float | None
    working_on: tuple[WorkedOn, ...]
    engine_restarts: int
    workers: int
    engines: int
    nodes: dict[str, int]
    age_s: float


class RunStatus(BaseModel):
    """What `prover status` tells of a run; `work` is None unless a process works on it.

    `notes` are about what could not be read.
    """

    model_config = ConfigDict(frozen=True)

    run: str
    set: str
    problems: int
    open_problems: int
    passes: int
    counts: dict[str, int]
    failures: tuple[FailureKind, ...]
    process: Holder | None
    work: Work | None
    notes: tuple[str, ...] = ()


def run_status(run: Path) -> RunStatus:
    """Read where the run in a folder stands. Nothing is written.

    Raises:
        InputError: there is no run.
    """
    stored, live, notes = read_status(run), None, []
    try:
        live = read_live_status(run)
    except InputError as error:
        notes.append(error.full)
    holder = _holder(RunFolder(run), live)
    works = live is not None and holder is not None and holder.running is not False and holder.pid == live.pid
    return RunStatus(
        run=str(run),
        set=stored.set_name,
        problems=stored.problems,
        open_problems=stored.open_problems,
        passes=stored.config.passes,
        counts=stored.counts,
        failures=stored.failures,
        process=holder,
        work=_work(live, time.time()) if works and live is not None else None,
        notes=tuple(notes),
    )


def _holder(folder: RunFolder, live: LiveStatus | None) -> Holder | None:
    """Return the process that said that it writes the run, and did not take that back."""
    said = folder.holder()
    if said is None:
        return None
    pid, at = said
    if live is not None and live.pid == pid and not live.is_this_host:
        return Holder(pid=pid, host=live.host, running=None)
    return Holder(pid=pid, host=None, running=runs_before(pid, at))


def _work(live: LiveStatus, now: float) -> Work:
    return Work(
        stage=live.stage,
        done=live.done,
        total=live.total,
        per_minute=live.per_minute,
        left_s=live.left_s,
        working_on=tuple(
            WorkedOn(name=each.name, seconds=max(0.0, now - each.since)) for each in live.working_on
        ),
        engine_restarts=live.engine_restarts,
        workers=live.workers,
        engines=live.engines,
        nodes=live.nodes,
        age_s=max(0.0, now - live.updated_at),
    )
