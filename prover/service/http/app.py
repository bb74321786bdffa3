"""The server's application: its routes, and how errors are told."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from prover import __version__
from prover.errors import ProverError
from prover.service.http import axle, docs_page, health, job_routes, kimina, page_route, proving, state_routes
from prover.service.http.guard import Guard
from prover.service.http.head import AnswersHead
from prover.service.http.metrics import Counting
from prover.service.http.presence import ClientGone
from prover.service.http.service import Service
from prover.service.http.shapes import OWN_FAULT, Refusal, Refused, refusal_of
from prover.service.http.turns import QueueFull

OPEN = frozenset({"/", "/docs", "/openapi.json"})
"""What needs no token: nothing of anybody's is there."""
CLIENT_GONE = 499
"""nginx's word for it; nobody is there to read it, but logs and metrics are."""
ROUTES = "GET /docs shows the routes."
FIELDS = "GET /docs shows what each route takes."
NO_JSON = f"Send one JSON object, in UTF-8. {FIELDS}"
ABOUT = "Check Lean texts, verify and search proofs. `proved` is only ever the verifier's word."


def make_app(service: Service, token: str | None) -> FastAPI:
    """Return the application."""
    settings = service.engines.settings
    app = FastAPI(title="prover", version=__version__, description=ABOUT, docs_url=None, redoc_url=None)
    app.state.service = service
    for module in (kimina, axle, proving, job_routes, state_routes, health, page_route, docs_page):
        app.include_router(module.router)
    app.add_exception_handler(RequestValidationError, _unusable)
    app.add_exception_handler(HTTPException, _no_answer)
    app.add_exception_handler(ProverError, _answer_failure)
    app.add_exception_handler(QueueFull, _full)
    app.add_exception_handler(ClientGone, _gone)
    app.add_exception_handler(Exception, _own_fault)
    app.add_middleware(AnswersHead)
    app.add_middleware(
        Guard,
        token=token,
        open=OPEN,
        host=settings.host,
        max_body=round(settings.max_body_mb * 1e6),
        less="Send less, or start the server with a larger --max-body.",
    )
    app.add_middleware(Counting, metrics=service.metrics)
    return app


def told(status: int, refusal: Refusal, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return an error's answer."""
    return JSONResponse(refusal.model_dump(exclude_none=True), status_code=status, headers=headers)


def _unusable(request: Request, error: Exception) -> Response:
    """Say what is wrong with a request, without repeating it: it may hold what no JSON can."""
    assert isinstance(error, RequestValidationError)
    said = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:5]]
    plain = "; ".join(said).encode("utf-8", "backslashreplace").decode()
    first = error.errors()[0]["type"]
    advice = NO_JSON if first.startswith("json") else f"Correct it. {FIELDS}"
    return told(422, Refusal(detail=plain, code="input", advice=advice))


def _no_answer(request: Request, error: Exception) -> Response:
    """Tell what the framework refuses, or a route of ours."""
    assert isinstance(error, HTTPException)
    detail, advice = str(error.detail), error.advice if isinstance(error, Refused) else ""
    match error.status_code:
        case 404 if not advice:
            detail, advice = f"there is no {request.url.path} here", ROUTES
        case 405 if not advice:
            detail, advice = f"{request.url.path} does not take {request.method}", ROUTES
        case 400 if not advice:
            advice = NO_JSON
    return told(error.status_code, Refusal(detail=detail, advice=advice or None), dict(error.headers or {}))


def _answer_failure(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProverError)
    return told(*refusal_of(error))


def _full(request: Request, error: Exception) -> Response:
    assert isinstance(error, QueueFull)
    detail = f"No available REPLs: the queue is full; try again in {error.retry_after_s} s"
    return told(429, Refusal(detail=detail), {"Retry-After": str(error.retry_after_s)})


def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=CLIENT_GONE)


def _own_fault(request: Request, error: Exception) -> Response:
    """Tell a fault of ours; uvicorn writes the traceback to stderr."""
    return told(500, OWN_FAULT)
