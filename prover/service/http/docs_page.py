"""The page at `/docs`: every route of the OpenAPI page, with an example to copy. It loads nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
import shlex
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter()

SHOWN = ("get", "post", "delete")
STYLE = """
body { max-width: 900px; }
h2 { margin-top: 2.2rem; }
h3 { margin-top: 1.4rem; font-family: var(--mono); font-size: 0.95rem; }
h3 span { color: var(--proved); margin-right: 0.5em; }
section p { margin: 0.4rem 0; white-space: pre-line; }
td code { white-space: nowrap; }
pre { margin: 0.5rem 0; }
table { margin: 0.4rem 0; }
td { vertical-align: top; padding-left: 0; }
a { color: var(--focus); }
"""


@router.get("/docs", response_class=HTMLResponse, include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """Return the page."""
    address = str(request.base_url).rstrip("/")
    style = (files("prover.evaluation.report") / "style.css").read_text(encoding="utf-8") + STYLE
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    body = "\n".join(_routes(request.app.openapi(), address))
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>prover: routes</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{style}</style></head><body>'
        "<h1>prover: routes</h1><p class=byline>The same for programs: <a href=/openapi.json>openapi.json</a>. "
        "Where the server has a token, send it as <code>Authorization: Bearer ...</code></p>"
        f"{body}</body></html>"
    )


def _routes(page: dict[str, Any], address: str) -> Iterator[str]:
    """Yield the page's sections, one for each tag."""
    tags: dict[str, list[str]] = {}
    for path, methods in page["paths"].items():
        for method, route in methods.items():
            if method in SHOWN:
                tag = route.get("tags", ["other"])[0]
                tags.setdefault(tag, []).append(_route(page, address, path, method, route))
    for tag, routes in tags.items():
        yield f"<section><h2>{escape(tag.capitalize())}</h2>{''.join(routes)}</section>"


def _route(page: dict[str, Any], address: str, path: str, method: str, route: dict[str, Any]) -> str:
    parts = [f"<h3><span>{method.upper()}</span>{escape(path)}</h3>"]
    parts.append(f"<p>{escape(route.get('description', ''))}</p>")
    command = ["curl", "-s", *([] if method != "delete" else ["-X", "DELETE"]), f"{address}{path}"]
    schema = route.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if schema is not None:
        shape = _resolve(page, schema)
        rows = (
            f"<tr><td><code>{escape(name)}</code></td><td>{escape(about.get('description', ''))}</td></tr>"
            for name, about in shape.get("properties", {}).items()
        )
        parts.append(f"<table class=plain>{''.join(rows)}</table>")
        example = json.dumps(shape.get("examples", [{}])[0], ensure_ascii=False)
        command += ["-H", "Content-Type: application/json", "-d", example]
    elif method == "post":
        command[2:2] = ["-X", "POST"]
    parts.append(f"<pre class=lean><code>{escape(shlex.join(command))}</code></pre>")
    return "".join(parts)


def _resolve(page: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a body; of several, the first, with what tells them apart."""
    if "oneOf" in schema:
        first = _resolve(page, schema["oneOf"][0])
        kind = schema["discriminator"]["propertyName"]
        value = next(iter(schema["discriminator"]["mapping"]))
        return {**first, "examples": [{kind: value, **first.get("examples", [{}])[0]}]}
    if "$ref" in schema:
        found = page
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return found
    return schema
