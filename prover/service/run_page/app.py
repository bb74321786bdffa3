"""The application behind the page of a run: the page at `/`, and at `/status` what `prover status --json` prints."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse

from prover.errors import ProverError
from prover.evaluation.status import RunStatus
from prover.service.http.assembled import assembled_page
from prover.service.http.guard import Guard
from prover.service.http.head import AnswersHead

REPORT = "prover.evaluation.report"
HERE = "prover.service.run_page"
MAX_BODY = 1024


def run_page_app(look: Callable[[], RunStatus], *, host: str, token: str | None) -> FastAPI:
    """Return the application; `look` reads the status of the run. With a `token`, only the page itself is open."""
    app = FastAPI(title="prover: a run", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(AnswersHead)
    less = "Send no body: the page of a run takes none."
    app.add_middleware(Guard, token=token, open=("/",), host=host, max_body=MAX_BODY, less=less)

    @app.get("/", response_class=HTMLResponse)
    async def page() -> HTMLResponse:
        return HTMLResponse(_page(), headers={"Cache-Control": "no-cache"})

    @app.get("/status", response_model=None)
    async def status() -> RunStatus | JSONResponse:
        try:
            return await asyncio.to_thread(look)
        except ProverError as error:
            return JSONResponse({"detail": error.message, "advice": error.advice}, status_code=503)

    return app


@functools.cache
def _page() -> str:
    return assembled_page(
        (HERE, "page.html"),
        ((REPORT, "style.css"), (HERE, "run_page.css")),
        ((REPORT, "dom.js"), (HERE, "run_page.js")),
    )
