"""What is refused before anything looks at a request: no token, another site's page, too large a body.

Without a token the server listens on a loopback address only. There a web page of somebody else's, open in a
browser on this machine, could still send requests: those whose `Origin` is not the server's own are refused, and
those for another `Host`, which a name that was pointed at this machine would have (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_S = 60.0
"""What a client may take to send a request's body."""
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Guard:
    """ASGI middleware. `token` is None where clients need none; what is `open` needs none in any case.

    `less` is what to advise where a body is larger than `max_body` bytes.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str | None,
        open: Iterable[str],
        host: str,
        max_body: int,
        less: str,
    ) -> None:
        self._app = app
        self._token = None if token is None else token.encode()
        self._open = frozenset(open)
        self._hosts = LOOPBACK_NAMES | {host.lower(), f"[{host.lower()}]"}
        self._max_body = max_body
        self._less = less

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if (refusal := self._refusal(scope)) is not None:
            return await refusal(scope, receive, send)
        body = await self._body(receive)
        if isinstance(body, JSONResponse):
            return await body(scope, receive, send)
        return await self._app(scope, _replaying(body, receive), send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers = Headers(scope=scope)
        if self._token is not None:
            if scope["path"] in self._open or self._is_authorised(headers.get("authorization", "")):
                return None
            advice = "Send the header Authorization: Bearer TOKEN, with the server's token."
            return refused(
                401, "the bearer token is missing or wrong", advice, {"WWW-Authenticate": "Bearer"}
            )
        host = headers.get("host", "").lower()
        if _without_port(host) not in self._hosts:
            return refused(
                403, f"this server is not {host!r}", "Ask it by its address, or start it with a token."
            )
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2].lower() != host:
            advice = "Send it from the server's own page or from a program, or start the server with a token."
            return refused(403, "requests of other sites' pages are refused", advice)
        return None

    def _is_authorised(self, header: str) -> bool:
        scheme, _, given = header.partition(" ")
        assert self._token is not None
        matches = hmac.compare_digest(given.strip().encode("utf-8", "replace"), self._token)
        return matches and scheme.lower() == "bearer"

    async def _body(self, receive: Receive) -> Message | JSONResponse:
        """Return the whole body as one message, or what there is to say against it."""
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(BODY_S):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        return message
                    chunks.append(message.get("body", b""))
                    size += len(chunks[-1])
                    if size > self._max_body:
                        return refused(413, f"the body is larger than {self._max_body} bytes", self._less)
                    if not message.get("more_body", False):
                        return {"type": "http.request", "body": b"".join(chunks), "more_body": False}
        except TimeoutError:
            return refused(408, f"the body did not come within {BODY_S:g} s", "Send all of it at once.")


def refused(status: int, detail: str, advice: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return an answer in the shape of all errors."""
    return JSONResponse({"detail": detail, "advice": advice}, status_code=status, headers=headers)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _replaying(first: Message, receive: Receive) -> Receive:
    waiting = [first]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
