"""The page at `/`: a theorem typed, its search watched. It draws trees as reports do."""

from __future__ import annotations

import functools

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from prover.service.http.assembled import assembled_page

router = APIRouter()

REPORT = "prover.evaluation.report"
HERE = "prover.service.http.page"
STYLES = ((REPORT, "style.css"), (HERE, "live.css"))
SCRIPTS = (
    (REPORT, "dom.js"),
    (REPORT, "lean.js"),
    (REPORT, "layout.js"),
    (REPORT, "tree.js"),
    (HERE, "live.js"),
)


@router.get("/", response_class=HTMLResponse, include_in_schema=False)
async def page() -> HTMLResponse:
    """Return the page."""
    return HTMLResponse(_page(), headers={"Cache-Control": "no-cache"})


@functools.cache
def _page() -> str:
    return assembled_page((HERE, "page.html"), STYLES, SCRIPTS)
