"""Jobs: searches that go on without the client that asked for them, and can be watched, ended and found again.

A job waits for its turn as any other request does. What it has found so far lives in memory: a job that the
server's end has interrupted begins anew when the server comes back.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import TypeAdapter

from prover.errors import ProverError
from prover.search.settings import SearchSettings
from prover.service.http.engines import Engines
from prover.service.http.job_store import FINISHED, JobRow, JobStore, Status
from prover.service.http.reports import DisproveReport, FillReport, ProofReport, Report
from prover.service.http.searches import (
    DisproveRequest,
    FillRequest,
    Live,
    ProveRequest,
    SearchRequest,
    search,
)
from prover.service.http.shapes import OWN_FAULT, refusal_of
from prover.service.http.turns import QueueFull, Turns
from prover.util.within import cancel_all

KINDS: dict[str, type[ProveRequest] | type[DisproveRequest] | type[FillRequest]] = {
    "prove": ProveRequest,
    "disprove": DisproveRequest,
    "fill": FillRequest,
}
RETRY_S = 10


class Jobs:
    """All jobs of a server; made by :func:`open_jobs`."""

    def __init__(self, engines: Engines, settings: SearchSettings, turns: Turns, store: JobStore) -> None:
        self.store = store
        self._engines = engines
        self._settings = settings
        self._turns = turns
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._live: dict[str, Live] = {}
        self._waiting: dict[str, int] = {}

    def begin(self, client: str, asked: SearchRequest) -> JobRow:
        """Start a job.

        Raises:
            QueueFull: the client has too many that wait.
        """
        if self._waiting.get(client, 0) >= self._engines.settings.max_jobs:
            raise QueueFull(RETRY_S)
        id = uuid.uuid4().hex
        kind = next(name for name, each in KINDS.items() if isinstance(asked, each))
        self.store.add(id=id, client=client, kind=kind, request=asked.model_dump(), now=time.time())
        self._spawn(id, client, asked)
        row = self.store.get(id)
        assert row is not None
        return row

    def live(self, id: str) -> Live | None:
        """Return what there is to see of a job that waits or runs; None of others."""
        return self._live.get(id)

    def cancel(self, id: str) -> None:
        """End a job with what it has; one that waits is ended at once, one that has ended stays as it is."""
        if (live := self._live.get(id)) is not None:
            live.interrupt.set()
            if live.began is None:
                self._tasks[id].cancel()

    def resume(self) -> None:
        """Start again what the last end of the server has interrupted."""
        for row in self.store.unfinished():
            self._spawn(row.id, row.client, TypeAdapter(KINDS[row.kind]).validate_python(row.request))

    async def close(self) -> None:
        """End all of them; they are resumed when the server comes back."""
        await cancel_all(list(self._tasks.values()))

    def _spawn(self, id: str, client: str, asked: SearchRequest) -> None:
        self._live[id] = Live()
        self._waiting[client] = self._waiting.get(client, 0) + 1
        task = asyncio.get_running_loop().create_task(self._run(id, client, asked))
        self._tasks[id] = task
        task.add_done_callback(lambda _: self._forget(id, client))

    def _forget(self, id: str, client: str) -> None:
        del self._tasks[id]
        self._live.pop(id).over.set()
        self._waiting[client] -= 1
        if not self._waiting[client]:
            del self._waiting[client]

    async def _run(self, id: str, client: str, asked: SearchRequest) -> None:
        live = self._live[id]
        try:
            async with self._turns.turn(client, next(self._engines.requests)):
                self.store.start(id, time.time())
                report = await search(self._engines, self._settings, asked, live)
        except ProverError as error:
            _, refusal = refusal_of(error)
            self.store.finish(id, "failed", time.time(), error=refusal.model_dump(exclude_none=True))
        except asyncio.CancelledError:
            if live.interrupt.is_set():
                self.store.finish(id, "cancelled", time.time())
            raise
        except BaseException:
            self.store.finish(id, "failed", time.time(), error=OWN_FAULT.model_dump(exclude_none=True))
            raise
        else:
            status: Status = "cancelled" if live.interrupt.is_set() and not _is_success(report) else "done"
            result = report.model_dump()
            self.store.finish(id, status, time.time(), result=result, tree=live.drawn())


def _is_success(report: Report) -> bool:
    """Whether a search has found all that it was after."""
    match report:
        case ProofReport():
            return report.outcome in ("proved", "disproved")
        case DisproveReport():
            return report.disproof is not None
        case FillReport():
            return report.complete


def is_finished(row: JobRow) -> bool:
    """Whether a job has ended."""
    return row.status in FINISHED


@asynccontextmanager
async def open_jobs(engines: Engines, settings: SearchSettings, turns: Turns) -> AsyncIterator[Jobs]:
    """Open the jobs of a server, and resume those that are not finished.

    Raises:
        SetupError: they cannot be stored.
    """
    store = JobStore(engines.settings.job_file)
    jobs = Jobs(engines, settings, turns, store)
    try:
        jobs.resume()
        yield jobs
    finally:
        await jobs.close()
        store.close()
