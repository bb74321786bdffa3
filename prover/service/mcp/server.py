"""The tools as an MCP server, over stdio or over streamable HTTP on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ipaddress
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, InputRequiredResult, TextContent, ToolAnnotations
from pydantic import ValidationError

from prover import __version__
from prover.errors import InputError, ProverError, SetupError
from prover.search.settings import SearchSettings
from prover.service.mcp.answers import Answer, failure, failure_of, fitted
from prover.service.mcp.job_tools import JobTools
from prover.service.mcp.proof_tools import ProofTools
from prover.service.mcp.search_tools import SearchTools
from prover.service.mcp.session_tools import SessionTools
from prover.service.mcp.shared import Shared
from prover.service.mcp.stdin import endable_stdin
from prover.service.mcp.text_tools import TextTools
from prover.service.uvicorn_server import Server
from prover.util.within import cancel_all

INSTRUCTIONS = """\
Lean 4 for agents: run and check Lean text, see goals, try tactics, search for proofs, have proofs verified.
Every result has `success` (the tool ran) apart from `ok` (Lean accepted), `status`, `partial`, often `hint`: read them.
Only lean_verify, verify_proof and prove_status with status `proved` mean that something is proved.
Work so: lock_statement; lean_goal and lean_multi_attempt at a sorry; prove_start for what is left; verify_proof with
the lock.
Lines and columns count from 1."""
PATH = "/mcp"
GRACE_S = 3

_log = logging.getLogger("prover")
Tool = Callable[..., Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """All tools of a server."""

    text: TextTools
    proof: ProofTools
    session: SessionTools
    job: JobTools
    search: SearchTools

    @classmethod
    def of(cls, shared: Shared, settings: SearchSettings, *, width: int) -> Tools:
        """Make them; `width` states of a search are expanded at the same time."""
        return cls(
            text=TextTools(shared),
            proof=ProofTools(shared),
            session=SessionTools(shared),
            job=JobTools(shared, settings, width=width),
            search=SearchTools(shared),
        )

    def reading_tools(self) -> Iterator[Tool]:
        """Yield those that change nothing, not even in the server."""
        yield from (self.text.lean_run_code, self.text.lean_check, self.text.lean_diagnostic_messages)
        yield from (self.text.lean_goal, self.text.lean_multi_attempt, self.search.lean_local_search)
        yield self.search.lean_hammer_premise
        yield from (self.proof.lean_verify, self.proof.verify_proof, self.job.prove_status)

    def acting_tools(self) -> Iterator[Tool]:
        """Yield those that begin or end something in the server; none writes a file."""
        yield from (self.proof.lock_statement, self.session.lean_proof_state, self.session.lean_tactic)
        yield from (self.session.lean_close_proof, self.job.prove_start, self.job.prove_cancel)
        yield from (self.job.fill_sorries, self.job.disprove)

    async def close(self) -> None:
        """End what is under way."""
        await self.job.close()
        await self.search.close()
        await self.session.close()


def make_server(
    tools: Tools, *, output_budget: int, disabled: frozenset[str] = frozenset()
) -> MCPServer[Any]:
    """Return the server; `output_budget` is the number of characters of a result, `disabled` names tools.

    Raises:
        InputError: there is no tool of a disabled name.
    """
    server = _Answering("prover", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING")
    every = [
        *((each, True) for each in tools.reading_tools()),
        *((each, False) for each in tools.acting_tools()),
    ]
    names = {tool.__name__ for tool, _ in every}
    if unknown := disabled - names:
        raise InputError(f"there is no tool {min(unknown)}", advice=f"Tools: {', '.join(sorted(names))}.")
    for tool, reads in every:
        if tool.__name__ in disabled:
            continue
        hints = ToolAnnotations(
            read_only_hint=reads, destructive_hint=False, idempotent_hint=reads, open_world_hint=False
        )
        server.add_tool(_wrap_tool(tool, output_budget), annotations=hints, structured_output=False)
    return server


class _Answering(MCPServer[Any]):
    """A server that answers wrong calls in the form of all results, too."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; a name or arguments that cannot be used are told in its result."""
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            wrong = error.__cause__
            if not isinstance(wrong, ValidationError):
                known = ", ".join(sorted(tool.name for tool in await self.list_tools()))
                return _result(failure("arguments", str(error), f"Tools: {known}."))
            first = wrong.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            return _result(failure("arguments", f"{name}: {place}: {first['msg']}", "Correct the argument."))


def _result(result: Answer) -> CallToolResult:
    """Return a result in MCP's form."""
    is_error = bool(result.pop("isError", False)) or not result["success"]
    text = TextContent(type="text", text=json.dumps(result, ensure_ascii=False))
    return CallToolResult(content=[text], structured_content=result, is_error=is_error)


def _wrap_tool(tool: Tool, output_budget: int) -> Callable[..., Awaitable[CallToolResult]]:
    """Return a tool whose results have MCP's form, errors included."""

    @functools.wraps(tool)
    async def call(*args: Any, **kwargs: Any) -> CallToolResult:  # noqa: ANN401  (the tool's own arguments)
        try:
            result = await tool(*args, **kwargs)
        except ProverError as error:
            result = failure_of(error)
        except Exception as error:  # noqa: BLE001  (the client has to be told; the log has the rest)
            _log.exception("the tool %s failed", tool.__name__)
            what = " ".join(f"{type(error).__name__}: {error}".split())
            result = failure(
                "internal", f"prover itself failed: {what}", "Nothing is known; please report it."
            )
        return _result(fitted(result, output_budget))

    call.__annotations__ = {**tool.__annotations__, "return": CallToolResult}
    return call


@contextlib.asynccontextmanager
async def _open(shared: Shared, tools: Tools) -> AsyncIterator[None]:
    """Begin to look for Lean; in the end, end everything."""
    shared.lean.begin()
    try:
        yield
    finally:
        await tools.close()
        await shared.lean.close()


async def serve_stdio(server: MCPServer[Any], shared: Shared, tools: Tools, stop: asyncio.Event) -> None:
    """Serve the client at stdin and stdout until it goes, or `stop` is set."""
    end = endable_stdin()
    async with _open(shared, tools):
        serving = asyncio.create_task(server.run_stdio_async())
        waiting = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED)
            end()
            await asyncio.wait([serving], timeout=GRACE_S)
            if serving.done():
                serving.result()
        finally:
            end()
            await cancel_all([serving, waiting])


async def serve_http(
    server: MCPServer[Any],
    shared: Shared,
    tools: Tools,
    stop: asyncio.Event,
    *,
    host: str,
    port: int,
    ready: Callable[[str], None],
) -> None:
    """Serve clients over streamable HTTP at ``/mcp``; `ready` is told the address.

    Raises:
        InputError: others than this machine could reach the address.
        SetupError: it cannot be had.
    """
    require_loopback(host)
    app = server.streamable_http_app(streamable_http_path=PATH, host=host)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", lifespan="on", timeout_graceful_shutdown=GRACE_S
    )
    http = Server(config)
    try:
        listening = config.bind_socket()
    except SystemExit as error:
        raise SetupError(
            f"cannot listen on {host}, port {port}", advice="Choose another with --port; 0 takes a free one."
        ) from error
    with listening:
        address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}{PATH}"
        async with _open(shared, tools):
            serving = asyncio.create_task(http.serve([listening]))
            ready(address)
            waiting = asyncio.create_task(stop.wait())
            try:
                await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
                http.should_exit = True
                await _ended(serving)
            serving.result()


async def _ended(serving: asyncio.Task[None]) -> None:
    """Wait for the end of what has been told to end, also where this is cancelled: it says so if it is cut off."""
    try:
        await asyncio.wait([serving])
    except asyncio.CancelledError:
        await asyncio.wait([serving])
        raise


def require_loopback(host: str) -> None:
    """Raise unless only this machine can reach the address: there is no token over MCP.

    Raises:
        InputError: others can.
    """
    with contextlib.suppress(ValueError):
        if host == "localhost" or ipaddress.ip_address(host).is_loopback:
            return
    raise InputError(
        f"prover mcp listens on this machine only, not on {host}",
        advice="Leave out --host, and reach it from elsewhere through a tunnel, such as ssh -L.",
    )
