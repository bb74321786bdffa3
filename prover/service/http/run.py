"""Run the application until it is told to stop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from prover.errors import SetupError
from prover.service.http.settings import ServerSettings
from prover.service.uvicorn_server import Server

GRACE_S = 3
"""What requests that are being answered may take when the server ends."""
KEEP_ALIVE_S = 65


def bound_socket(settings: ServerSettings) -> socket.socket:
    """Return a socket that listens.

    Raises:
        SetupError: the address cannot be had.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        raise SetupError(
            f"cannot listen on {settings.host}, port {settings.port}: {error.strerror}",
            advice="Choose another port; 0 takes a free one.",
        ) from error
    return listening


def address_of(listening: socket.socket) -> str:
    """Return the address of a socket that listens, as clients write it."""
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def serve(
    app: FastAPI, listening: socket.socket, stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Serve until `stop` is set; call `ready` when requests are answered."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listening]))
    stopping = asyncio.ensure_future(stop.wait())
    try:
        while not (server.started or serving.done()):  # noqa: ASYNC110  (uvicorn sets no event)
            await asyncio.sleep(0.02)
        if server.started:
            ready()
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        server.should_exit = True
        await serving
