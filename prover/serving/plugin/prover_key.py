"""A key for every route of vLLM's server: its own `--api-key` leaves those of its development mode open.

vLLM imports this in its own environment, so that it needs Python's standard library alone.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, ClassVar

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class RequireKey:
    """ASGI middleware: a request without the key of `VLLM_API_KEY` gets 401, on every path but `/health`."""

    variable: ClassVar = "VLLM_API_KEY"
    open: ClassVar = frozenset({"/health"})

    def __init__(self, app: App) -> None:
        self._app = app
        self._expected = f"Bearer {os.environ[self.variable]}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        given = dict(scope.get("headers", ())).get(b"authorization", b"")
        if (
            scope["type"] == "lifespan"
            or scope["path"] in self.open
            or secrets.compare_digest(given, self._expected)
        ):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": b'{"error": "the key is missing or wrong"}'})
        else:
            await send({"type": "websocket.close", "code": 1008})


class RequireKeyButToAsk(RequireKey):
    """The same with the key of `PROVER_HANDOVER_KEY`, but whoever likes may ask the model."""

    variable: ClassVar = "PROVER_HANDOVER_KEY"
    open: ClassVar = RequireKey.open | {
        "/tokenize",
        "/v1/models",
        "/v1/completions",
        "/v1/chat/completions",
    }
