"""The page at `/`: a theorem typed, its search watched. It draws trees as reports do.

Like a report it loads nothing from elsewhere: style and code are in it, and a policy (CSP) names their hashes.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

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
    style = "\n".join(_resource(*each) for each in STYLES)
    code = "\n".join(_resource(*each) for each in SCRIPTS)
    policy = (
        f"default-src 'none'; img-src data:; connect-src 'self'; style-src '{_hash(style)}'; "
        f"script-src '{_hash(code)}'; base-uri 'none'; form-action 'none'"
    )
    text = _resource(HERE, "page.html")
    for mark, content in (("policy", policy), ("style", style), ("code", code)):
        before, found, after = text.partition(f"<!-- {mark} -->")
        assert found, f"page.html has no place for the {mark}"
        text = f"{before}{content}{after}"
    return text


def _resource(package: str, name: str) -> str:
    folder, _, inner = package.rpartition(".")
    return (files(folder) / inner / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
