"""A client for one engine process: one JSON object there, one JSON object back (docs/protocol.md).

The process is owned. It leads a process group of its own, which is ended as a whole by `close` and by a request
that times out. A request that is cancelled half way is cancelled in the engine too, which answers soon, if it
can do so, and else ends it likewise. Should this Python be killed outright, the group is killed by its guard
(:mod:`prover.util.guard`).

What this does not do: restart, limit or replay. That is the pool's work.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from typing import cast

import psutil

from prover.errors import EngineCrashed, EngineTimeout, SetupError
from prover.lean.process.command import EngineCommand, require_address_space, stack_allowed
from prover.lean.protocol import Ask, CancelRequest, Reply, Request, TacticReply
from prover.util.guard import Guard

if sys.platform != "win32":
    import resource

GRACE_S = 0.5
"""How long a process may take to leave by itself, once its stdin or its stdout is closed."""
MAX_REPLY_BYTES = 1 << 28
STDERR_BYTES = 1 << 16
STDERR_LINES_SHOWN = 10

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


@contextlib.asynccontextmanager
async def open_engine(command: EngineCommand, timeout_s: float) -> AsyncIterator[Ask]:
    """Yield a way to ask a new engine, each request for at most `timeout_s`; the engine ends with the block.

    Raises:
        SetupError, EngineError: as for `Repl.start`.
    """
    repl = await Repl.start(command)

    async def ask(request: Request) -> Reply:
        return await repl.request(request, timeout_s)

    try:
        yield ask
    finally:
        await repl.close()


class Repl:
    """One running engine, made by `start`. Many tasks may call `request`; they are served one at a time."""

    def __init__(self, command: EngineCommand, pipes: _Pipes) -> None:
        self.lean_version: str | None = None
        self.extensions: frozenset[str] = frozenset()
        self._command = command
        self._pipes = pipes
        self._lock = asyncio.Lock()
        self._requests = 0
        self._cancelled = False
        self._process: psutil.Process | None = None

    @classmethod
    async def start(cls, command: EngineCommand, *, startup_timeout_s: float = 120.0) -> Repl:
        """Start the process and, if it announces itself, wait until it has.

        Raises:
            SetupError: the program cannot be run at all, or not within the limit of address space.
            EngineCrashed: it ended before it was ready, or its first words were something else.
            EngineTimeout: it was not ready in time.
        """
        require_address_space(command.label, command.address_space_bytes)
        loop = asyncio.get_running_loop()
        try:
            _, pipes = await loop.subprocess_exec(
                lambda: _Pipes(loop, announces=command.announces),
                *_with_stack(command.argv, command.stack_bytes),
                env={**os.environ, **command.env},
                cwd=command.cwd,
                start_new_session=True,
            )
        except OSError as error:
            raise SetupError(f"cannot start {command.label}: {error}") from error
        repl = cls(command, pipes)
        if command.announces:
            ready = (await repl._reply(startup_timeout_s)).get("ready")
            if not isinstance(ready, dict):
                await repl._kill()
                raise EngineCrashed(f"{command.label} did not begin by announcing itself")
            repl.lean_version = ready.get("lean")
            repl.extensions = frozenset(ready.get("extensions", ()))
        return repl

    @property
    def pid(self) -> int:
        """The process id, which is also the id of the process group."""
        return self._pipes.pid

    @property
    def alive(self) -> bool:
        """Whether there is any point in another request."""
        return self._pipes.alive

    @property
    def rss_bytes(self) -> int:
        """Resident memory of the engine's process without its children; 0 when it has ended."""
        try:
            self._process = self._process or psutil.Process(self.pid)
            return int(self._process.memory_info().rss) if self.alive else 0
        except psutil.NoSuchProcess:
            return 0

    async def request(self, request: Request, timeout_s: float) -> Reply:
        """Send `request` and return the reply. If that of a cancelled request is to come first, it is passed over.

        Raises:
            EngineCrashed: the process ended, or wrote something that is no reply.
            EngineTimeout: no reply came within `timeout_s` seconds; the process has been killed.
        """
        async with self._lock:
            if self._cancelled:
                await self._settle(timeout_s)
            self._pipes.ask(_encode(request))
            self._requests += 1
            return await self._reply(timeout_s)

    @property
    def idle(self) -> bool:
        """Whether no cancelled request is waiting for its reply."""
        return not self._cancelled

    async def wait_idle(self, timeout_s: float) -> Reply:
        """Return the reply to a cancelled request: it may have been done before. Empty if there is none.

        Raises:
            EngineCrashed, EngineTimeout: as for `request`.
        """
        async with self._lock:
            return await self._settle(timeout_s) if self._cancelled else {}

    def partial_results(self) -> list[TacticReply]:
        """Return the results that have come of a list whose end has not; the engine may have ended since."""
        return self._pipes.begun_list()

    def abort(self, reason: str) -> None:
        """Kill the process; a request that waits for its reply raises an EngineCrashed with this reason."""
        self._pipes.fail(reason)

    async def close(self) -> None:
        """End the process and its group. Safe to call twice, and after a crash."""
        self._pipes.end_input()
        try:
            async with asyncio.timeout(GRACE_S):
                await self._pipes.gone.wait()
        except TimeoutError:
            pass
        finally:
            await self._kill()

    async def _settle(self, timeout_s: float) -> Reply:
        reply = await self._reply(timeout_s)
        self._cancelled = False
        return reply

    async def _reply(self, timeout_s: float) -> Reply:
        label = self._command.label
        try:
            async with asyncio.timeout(timeout_s):
                text = await asyncio.shield(self._pipes.reply)
        except TimeoutError:
            await self._kill()
            raise EngineTimeout(f"{label} gave no answer in {timeout_s:g} s") from None
        except asyncio.CancelledError:
            if self._cancelled or not ("cancel" in self.extensions or self._command.slow_imports):
                await self._kill()
            else:
                self._cancelled = True
                if "cancel" in self.extensions:
                    self._pipes.tell(_encode({"cancel": self._requests}))
            raise
        if text is None:
            raise EngineCrashed(f"{label} {self._pipes.exit_description()}")
        try:
            reply = json.loads(text)
        except ValueError:
            reply = None
        if not isinstance(reply, dict):
            await self._kill()
            shown = text[:200].decode(errors="replace")
            raise EngineCrashed(f"{label} wrote something that is no JSON object: {shown!r}")
        return cast(Reply, reply)

    async def _kill(self) -> None:
        """Kill the process and see it gone, which takes a moment, even when cancelled meanwhile."""
        self._pipes.kill()
        try:
            await self._pipes.gone.wait()
        finally:
            await self._pipes.gone.wait()


class _Pipes(asyncio.SubprocessProtocol):
    """The process's three pipes, read by callbacks: however much it writes, neither side ever blocks.

    `reply` is the answer to the last `ask`, or None when the process has ended without giving one. `gone` is
    set when the process has been reaped and its output read to the end.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, *, announces: bool) -> None:
        self.alive = True
        self.gone = asyncio.Event()
        self.reply: asyncio.Future[bytes | None] = loop.create_future()
        self.pid = 0
        self._loop = loop
        self._guard: Guard | None = None
        if not announces:
            self.reply.set_result(None)
        self._stdout = bytearray()
        self._searched = 0
        self._stderr = bytearray()
        self._fault = ""
        self._killed = False

    def ask(self, data: bytes) -> None:
        """Write `data` to stdin and expect one reply. An ended process is not written to and gives none."""
        self.reply = self._loop.create_future()
        if self.gone.is_set():
            self.reply.set_result(None)
        else:
            self.tell(data)

    def tell(self, data: bytes) -> None:
        """Write `data` to stdin, if the process lives."""
        if self.alive:
            self._stdin.write(data)

    def begun_list(self) -> list[TacticReply]:
        """Return what has come of a reply that is a list, each element on a line of its own after the first line."""
        lines = bytes(self._stdout).split(b"\n")[1:-1]
        return [json.loads(line.removeprefix(b",")) for line in lines if line.removeprefix(b",")[:1] == b"{"]

    def end_input(self) -> None:
        """Close stdin, which asks the process to leave."""
        self._stdin.close()

    def kill(self) -> None:
        """Kill the process and its group, if that has not been done; `gone` follows soon."""
        self.alive = False
        if not self._killed and not self.gone.is_set():
            self._killed = True
            self._kill_group()

    def exit_description(self) -> str:
        """Say how the process ended, with the last lines of its stderr."""
        code = self._transport.get_returncode()
        if self._fault:
            cause = self._fault
        elif code is not None and code < 0:
            cause = f"was ended by signal {-code} ({signal.strsignal(-code)})"
        else:
            cause = f"ended with exit code {code}"
        lines = self._stderr.decode(errors="replace").splitlines()[-STDERR_LINES_SHOWN:]
        return "\n".join([cause, *(f"  {line}" for line in lines)])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.SubprocessTransport, transport)
        self._stdin = cast(asyncio.WriteTransport, self._transport.get_pipe_transport(0))
        self.pid = self._transport.get_pid()
        self._guard = Guard(self.pid)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 1:
            self._stdout += data
            self._cut_replies()
        else:
            self._stderr += data
            del self._stderr[:-STDERR_BYTES]

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 1:
            self.alive = False
            self._loop.call_later(GRACE_S, self.kill)

    def process_exited(self) -> None:
        self.alive = False
        self._kill_group()
        # Ends the wait for pipes that a stray outside the group may still hold.
        self._loop.call_later(GRACE_S, self._transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport.close()
        if self._guard is not None:
            self._guard.release()
        self.gone.set()
        if not self.reply.done():
            self.reply.set_result(None)

    def _cut_replies(self) -> None:
        while not self._killed and (blank := _BLANK_LINE.search(self._stdout, self._searched)):
            block = bytes(self._stdout[: blank.start()]).strip()
            del self._stdout[: blank.end()]
            self._searched = 0
            if not block:
                continue
            if self.reply.done():
                self.fail(f"wrote a reply to no request: {block[:200].decode(errors='replace')!r}")
            else:
                self.reply.set_result(block)
        self._searched = max(0, len(self._stdout) - 3)
        if len(self._stdout) > MAX_REPLY_BYTES:
            self.fail(f"wrote a reply of more than {MAX_REPLY_BYTES >> 20} MiB")

    def fail(self, fault: str) -> None:
        """Kill the process because of what it did."""
        self._fault = fault
        self._stdout.clear()
        self.kill()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._transport.kill()
            else:
                os.killpg(self.pid, signal.SIGKILL)


def _encode(request: Request | CancelRequest) -> bytes:
    return json.dumps(request, ensure_ascii=False).encode("utf-8", "replace") + b"\n\n"


def _with_stack(argv: tuple[str, ...], stack_bytes: int | None) -> tuple[str, ...]:
    """Return a command that runs `argv` with the soft stack limit raised, as far as the hard limit allows.

    A shell does it: a limit set in this process would leak into whatever else starts meanwhile.
    """
    if sys.platform == "win32" or stack_bytes is None:
        return argv
    soft, _ = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = stack_allowed(stack_bytes)
    if wanted is None or soft == resource.RLIM_INFINITY or soft >= wanted:
        return argv
    return ("/bin/sh", "-c", 'ulimit -S -s "$0" && exec "$@"', str(wanted // 1024), *argv)
