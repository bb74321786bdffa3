"""Whether the server is there, and what it is."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from prover import __version__
from prover.service.http.dependencies import EnginesOf, ServiceOf
from prover.service.http.shapes import REFUSALS

router = APIRouter(tags=["server"])


class Health(BaseModel):
    """The server is there. `waiting` and `running` count texts and searches."""

    status: str
    version: str
    engine: str
    lean: str
    engines: int
    waiting: int
    running: int


@router.get(
    "/metrics", response_class=PlainTextResponse, responses={key: REFUSALS[key] for key in (401, 403)}
)
async def metrics(service: ServiceOf) -> PlainTextResponse:
    """Tell Prometheus what has been done, and what waits."""
    return PlainTextResponse(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)


@router.get("/health", responses={key: REFUSALS[key] for key in (401, 403)})
@router.get("/health/", include_in_schema=False)
async def health(engines: EnginesOf) -> Health:
    """Say that the server is there, and which Lean it has."""
    return Health(
        status="ok",
        version=__version__,
        engine=engines.lean.engine,
        lean=engines.lean.version,
        engines=engines.settings.engines,
        waiting=engines.turns.waiting,
        running=engines.turns.running,
    )
