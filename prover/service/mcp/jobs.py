"""What takes longer than a call: it runs on, and is asked for."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from prover.errors import InputError, ProverError
from prover.service.mcp.answers import Answer, answer, failure_of
from prover.util.within import cancel_all

JOBS = 200
"""How many are remembered; finished ones are forgotten first."""
RUNNING = 8


@dataclass(slots=True)
class Job:
    """Work under way. `interrupt` asks it to end with what it has; `progress` is what it last said of itself."""

    id: str
    what: str
    interrupt: asyncio.Event
    began: float
    progress: Answer = field(default_factory=dict)
    task: asyncio.Task[Answer] | None = None

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.task is not None and not self.task.done()


class Jobs:
    """All work of one server."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def start(self, what: str, work: Callable[[Job], Awaitable[Answer]]) -> Job:
        """Start `work`, which gets its own job.

        Raises:
            InputError: too much is under way.
        """
        if sum(job.running for job in self._jobs.values()) >= RUNNING:
            raise InputError(
                f"{RUNNING} jobs are running",
                advice="Wait for one with prove_status, or end one with prove_cancel.",
            )
        job = Job(id=secrets.token_hex(4), what=what, interrupt=asyncio.Event(), began=time.monotonic())
        job.task = asyncio.create_task(_answer(work, job))
        self._jobs[job.id] = job
        finished = [each.id for each in self._jobs.values() if not each.running]
        for each in finished[: max(0, len(self._jobs) - JOBS)]:
            del self._jobs[each]
        return job

    def get(self, job_id: str) -> Job:
        """Return a job.

        Raises:
            InputError: there is none.
        """
        job = self._jobs.get(job_id)
        if job is None:
            known = ", ".join(self._jobs) or "none"
            raise InputError(f"there is no job {job_id}", advice=f"Jobs of this server: {known}.")
        return job

    async def close(self) -> None:
        """End all of them."""
        await cancel_all([job.task for job in self._jobs.values() if job.task is not None])


async def outcome(job: Job, wait_s: float) -> Answer:
    """Return what came of a job, or how far it is after `wait_s` seconds."""
    assert job.task is not None
    if wait_s > 0:
        await asyncio.wait([job.task], timeout=wait_s)
    spent = round(time.monotonic() - job.began, 1)
    if not job.task.done():
        hint = f'It is still running; ask again: prove_status(job_id="{job.id}", wait_s=30).'
        return answer(
            "running",
            ok=False,
            partial=True,
            hint=hint,
            job_id=job.id,
            what=job.what,
            time_s=spent,
            progress=job.progress,
        )
    return job.task.result() | {"job_id": job.id, "what": job.what}


async def _answer(work: Callable[[Job], Awaitable[Answer]], job: Job) -> Answer:
    try:
        return await work(job)
    except ProverError as error:
        return failure_of(error)
