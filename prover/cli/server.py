"""`prover server`: Lean, the search and the verifier over HTTP."""

from __future__ import annotations

import asyncio
import socket

import typer

from prover.api.lean import AsyncLean
from prover.cli.engine_options import lean_of
from prover.cli.interrupt import Interrupt
from prover.cli.settings_options import settings_options
from prover.lean.settings import EngineSettings
from prover.search.settings import SearchSettings
from prover.service.http.settings import ServerSettings
from prover.service.packages import require_packages


@settings_options
def server(settings: ServerSettings, searching: SearchSettings, source: EngineSettings) -> None:
    """Answer requests over HTTP until Ctrl-C: Kimina's routes, proofs, verification (docs/service.md).

    Without a token it listens on this machine only, for whoever is on it.
    """
    require_packages("fastapi", "prometheus_client", "uvicorn")
    from prover.service.http.engines import find_leans
    from prover.service.http.run import bound_socket

    token = settings.token()
    with bound_socket(settings) as listening:
        settings = settings.model_copy(update={"port": listening.getsockname()[1]})
        leans = find_leans(source, settings, lean_of)
        interrupt = Interrupt()
        interrupt.run(_serve(leans, settings, searching, token, listening, interrupt.event))
    interrupt.exit()


async def _serve(
    leans: tuple[AsyncLean, AsyncLean | None],
    settings: ServerSettings,
    searching: SearchSettings,
    token: str | None,
    listening: socket.socket,
    stop: asyncio.Event,
) -> None:
    from prover.service.http.app import make_app
    from prover.service.http.run import address_of, serve
    from prover.service.http.service import open_service

    def ready() -> None:
        typer.echo(f"ready at {address_of(listening)}; stop with Ctrl-C")

    async with open_service(leans, settings, searching) as service:
        await serve(make_app(service, token), listening, stop, ready)
