"""A client that goes away: what it asked for is cancelled, so that its engines are free for others."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

from prover.util.within import cancel_all

T = TypeVar("T")

CLIENT_HEADER = "x-prover-client"


class ClientGone(Exception):
    """The client has closed the connection before it was answered."""


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns, and cancel it when the client goes.

    Raises:
        ClientGone: it did.
    """
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_wait_until_gone(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientGone
    finally:
        await cancel_all([working, leaving])


async def _wait_until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def client_of(request: Request) -> str:
    """Return whose turn a request counts as: the name that it gives itself, or the address that it comes from."""
    return request.headers.get(CLIENT_HEADER) or (request.client.host if request.client else "")
