"""`prover mcp`: tools for agents, over the Model Context Protocol."""

from __future__ import annotations

import enum
import importlib
from pathlib import Path
from typing import Annotated

import typer

from prover.api.lean import AsyncLean
from prover.api.opening import LoggedProgress
from prover.cli.console import note
from prover.cli.interrupt import Interrupt
from prover.cli.settings_options import settings_options
from prover.errors import SetupError
from prover.lean.backends import backend_of, find_lean
from prover.lean.settings import EngineSettings
from prover.search.settings import SearchSettings
from prover.service.packages import require_packages
from prover.util.distribution import install_command


class Transport(enum.StrEnum):
    """How clients reach it."""

    STDIO = "stdio"
    HTTP = "streamable-http"


@settings_options
def mcp(
    root: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            help="A folder whose .lean files may be read; several may be named. By default this one.",
        ),
    ] = None,
    transport: Annotated[Transport, typer.Option(help="How clients reach it.")] = Transport.STDIO,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The address to listen on, of this machine only.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")
    ] = 8422,
    engines: Annotated[int, typer.Option(min=1, help="Lean processes that work at the same time.")] = 2,
    max_output: Annotated[
        int, typer.Option(min=500, metavar="CHARACTERS", help="The most that one result may have.")
    ] = 20_000,
    disable: Annotated[list[str] | None, typer.Option(metavar="TOOL", help="A tool to leave out.")] = None,
    install_skill: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write DIR/prover-lean/SKILL.md, which tells agents how to use the tools, and end.",
        ),
    ] = None,
    *,
    source: EngineSettings,
    settings: SearchSettings,
) -> None:
    """Serve Lean, the search and the verifier as tools for agents, over MCP: docs/agents.md.

    Over stdio, stdout belongs to the protocol. Files are only read, and only below --root.
    """
    if install_skill is not None:
        from prover.service.skill import write_skill

        typer.echo(str(write_skill(install_skill)))
        return
    _require_mcp()
    from prover.service.mcp import server as service
    from prover.service.mcp.shared import OpeningLean, Shared
    from prover.service.roots import Roots

    service.require_loopback(host)
    backend_of(source)
    lean = OpeningLean(lambda: AsyncLean(source, find_lean(source, LoggedProgress()), engines=engines))
    shared = Shared(lean=lean, roots=Roots.of(root or [Path()]))
    tools = service.Tools.of(shared, settings, width=engines)
    server = service.make_server(tools, output_budget=max_output, disabled=frozenset(disable or ()))
    interrupt = Interrupt()
    if transport is Transport.STDIO:
        interrupt.run(service.serve_stdio(server, shared, tools, interrupt.event))
    else:
        ready = lambda address: note(f"listening at {address}; stop with Ctrl-C")  # noqa: E731
        interrupt.run(
            service.serve_http(server, shared, tools, interrupt.event, host=host, port=port, ready=ready)
        )
    interrupt.exit()


def _require_mcp() -> None:
    """Raise unless the package mcp is there, in a version that this knows.

    Raises:
        SetupError: it is not.
    """
    require_packages("mcp", "uvicorn")
    try:
        importlib.import_module("mcp.server.mcpserver")
    except ImportError as error:
        raise SetupError(
            f"this needs the package mcp in version 2: {error}",
            advice=f"Install it: {install_command('service')}",
        ) from error
