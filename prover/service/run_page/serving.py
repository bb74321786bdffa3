"""Serve the page of a run beside other work of the same process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from pydantic import ValidationError

from prover.addresses import without_login
from prover.errors import InputError
from prover.evaluation.status import RunStatus
from prover.service.http.settings import TOKEN_VARIABLE, ServerSettings
from prover.service.packages import require_packages


@asynccontextmanager
async def serving_run_page(look: Callable[[], RunStatus], place: str) -> AsyncIterator[str]:
    """Serve the page of the run that `look` reads, at `place`, which is [HOST:]PORT; yield its address.

    Raises:
        InputError: the place is none, or others than this machine can reach it and there is no token.
        SetupError: a package is missing, or the place is taken.
    """
    settings, token = place_of(place)
    from prover.service.http.run import address_of, bound_socket, serve
    from prover.service.run_page.app import run_page_app

    app = run_page_app(look, host=settings.host, token=token)
    stop, ready = asyncio.Event(), asyncio.Event()
    with bound_socket(settings) as listening:
        serving = asyncio.create_task(serve(app, listening, stop, ready.set))
        try:
            waiting = asyncio.create_task(ready.wait())
            await asyncio.wait((waiting, serving), return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            yield address_of(listening)
        finally:
            stop.set()
            await serving


def place_of(place: str) -> tuple[ServerSettings, str | None]:
    """Read [HOST:]PORT; return where to listen, and the token that clients must send, if any.

    Raises:
        InputError: the place is none, or others than this machine can reach it and there is no token.
        SetupError: a package is missing.
    """
    require_packages("fastapi", "uvicorn")
    host, _, port = place.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    try:
        if ":" in host and bare == host:
            raise ValueError("an IPv6 address needs brackets")
        settings = ServerSettings(host=bare or "127.0.0.1", port=int(port))
    except (ValueError, ValidationError) as error:
        raise InputError(
            f"{without_login(place)!r} is no place for the page of a run",
            advice="Give a port, or HOST:PORT; port 0 takes a free one.",
        ) from error
    try:
        return settings, settings.token()
    except InputError as error:
        raise InputError(error.message, advice=f"Set {TOKEN_VARIABLE}.") from error
