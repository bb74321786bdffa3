"""Routes of jobs: start one, look at it, watch it, end it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from prover.service.http.dependencies import ServiceOf
from prover.service.http.job_store import JobRow, Status
from prover.service.http.jobs import Jobs, is_finished
from prover.service.http.presence import client_of, while_connected
from prover.service.http.reports import DisproveReport, FillReport, ProofReport
from prover.service.http.searches import DisproveRequest, FillRequest, Live, Progress, ProveRequest, texts_of
from prover.service.http.shapes import REFUSALS, Answers, Refusal, Refused, Text, with_timeout, within_limits

router = APIRouter(prefix="/jobs", tags=["jobs"])

PROGRESS_S = 0.25
TREE_S = 0.75
TREE_BYTES_A_SECOND = 400_000
"""Larger trees are sent less often."""
HEARTBEAT_S = 15.0
LISTED = 50
NO_JOB: Answers = {404: {"model": Refusal, "description": "There is no such job."}}


class ProveJob(ProveRequest):
    """A theorem to be proved."""

    kind: Literal["prove"]


class DisproveJob(DisproveRequest):
    """A theorem to be proved false."""

    kind: Literal["disprove"]


class FillJob(FillRequest):
    """A file whose `sorry`s are to be proved."""

    kind: Literal["fill"]


JobRequest = Annotated[ProveJob | DisproveJob | FillJob, Field(discriminator="kind")]


class Job(BaseModel):
    """A job. Times are seconds since 1970; `result` is what the route of its kind answers."""

    id: str
    kind: Literal["prove", "disprove", "fill"]
    status: Status
    request: dict[str, Any]
    created: float
    started: float | None = None
    ended: float | None = None
    progress: Progress | None = None
    outcome: str | None = Field(default=None, description="That of the result, where it has one.")
    result: ProofReport | DisproveReport | FillReport | None = None
    error: Refusal | None = None


@router.post("", status_code=202, response_model_exclude_none=True, responses=REFUSALS)
async def start(body: JobRequest, request: Request, service: ServiceOf) -> Job:
    """Start a search that goes on when the client goes. It survives the server: then it begins anew."""
    within_limits(service.engines.settings, texts_of(body))
    body = with_timeout(service.engines.settings, body)
    plain = _PLAIN[body.kind].model_validate(body.model_dump(exclude={"kind"}))
    return _job(service.jobs, service.jobs.begin(client_of(request), plain))


_PLAIN: dict[str, type[ProveRequest] | type[DisproveRequest] | type[FillRequest]] = {
    "prove": ProveRequest,
    "disprove": DisproveRequest,
    "fill": FillRequest,
}


@router.get("", response_model_exclude_none=True, responses=REFUSALS)
async def list_jobs(request: Request, service: ServiceOf) -> list[Job]:
    """Return the client's newest jobs, the newest first, without their results."""
    rows = service.jobs.store.of_client(client_of(request), LISTED)
    return [_job(service.jobs, row).model_copy(update={"result": None}) for row in rows]


@router.get("/{id}", response_model_exclude_none=True, responses=REFUSALS | NO_JOB)
async def look(
    id: Text,
    request: Request,
    service: ServiceOf,
    wait_s: Annotated[float, Query(ge=0, le=300, description="Wait so long for its end.")] = 0,
) -> Job:
    """Return a job: how far it is, or what came of it."""
    _row(service.jobs, id)
    if wait_s and (live := service.jobs.live(id)) is not None:
        await while_connected(request, _wait_for_end(live, wait_s))
    return _job(service.jobs, _row(service.jobs, id))


@router.post("/{id}/cancel", response_model_exclude_none=True, responses=REFUSALS | NO_JOB)
async def cancel(id: Text, service: ServiceOf) -> Job:
    """End a job with what it has; one that has ended stays as it is."""
    _row(service.jobs, id)
    live = service.jobs.live(id)
    service.jobs.cancel(id)
    if live is not None:
        await _wait_for_end(live, 10)
    return _job(service.jobs, _row(service.jobs, id))


@router.get("/{id}/events", responses=REFUSALS | NO_JOB | {200: {"content": {"text/event-stream": {}}}})
async def events(id: Text, service: ServiceOf) -> StreamingResponse:
    """Watch a job, by server-sent events: `progress`, `tree` (the search tree so far), and `end`, the job, at last."""
    _row(service.jobs, id)
    return StreamingResponse(
        _told(service.jobs, id), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def _told(jobs: Jobs, id: str) -> AsyncIterator[str]:
    live = jobs.live(id)
    if live is not None:
        async for event in _watch(live):
            yield event
    tree = jobs.store.tree(id)
    if tree is not None:
        yield f"event: tree\ndata: {tree}\n\n"
    yield _event("end", _job(jobs, _row(jobs, id)).model_dump_json(exclude_none=True))


async def _watch(live: Live) -> AsyncIterator[str]:
    """Yield what there is to see until the search has ended."""
    clock = asyncio.get_running_loop().time
    seen, tree_seen, tree_next, heartbeat = -1, 0, 0.0, clock()
    while not live.over.is_set():
        if live.began is not None and live.version != seen:
            seen = live.version
            yield _event("progress", live.progress.model_dump_json(exclude_none=True))
            heartbeat = clock()
        if live.version != tree_seen and clock() >= tree_next and (drawn := live.drawn()) is not None:
            tree_seen = live.version
            data = json.dumps(drawn, ensure_ascii=False, separators=(",", ":"))
            tree_next = clock() + max(TREE_S, len(data) / TREE_BYTES_A_SECOND)
            yield _event("tree", data)
        if clock() - heartbeat > HEARTBEAT_S:
            yield ": still here\n\n"
            heartbeat = clock()
        await _wait_for_end(live, PROGRESS_S)


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"


async def _wait_for_end(live: Live, seconds: float) -> None:
    """Wait for the end of a search, for so long at most."""
    try:
        async with asyncio.timeout(seconds):
            await live.over.wait()
    except TimeoutError:
        pass


def _row(jobs: Jobs, id: str) -> JobRow:
    row = jobs.store.get(id)
    if row is None:
        raise Refused(404, "there is no such job", "GET /jobs lists yours; old ones are forgotten.")
    return row


def _job(jobs: Jobs, row: JobRow) -> Job:
    live = None if is_finished(row) else jobs.live(row.id)
    return Job.model_validate(
        {
            "id": row.id,
            "kind": row.kind,
            "status": row.status,
            "request": row.request,
            "created": row.created,
            "started": row.started,
            "ended": row.ended,
            "progress": None if live is None else live.progress,
            "outcome": (row.result or {}).get("outcome"),
            "result": row.result,
            "error": row.error,
        }
    )
