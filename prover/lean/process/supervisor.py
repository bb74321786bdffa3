"""Supervision of one engine process: started, replaced, watched, and waited for when a request was cancelled."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from prover.errors import EngineCrashed, EngineError, EngineTimeout, SetupError
from prover.lean.environment import TacticLimits
from prover.lean.process.command import EngineCommand
from prover.lean.process.environments import Admit
from prover.lean.process.repl import Repl
from prover.lean.protocol import Reply, Request, TacticReply

START_ATTEMPTS = 3
CANCEL_PATIENCE_S = 2.0
"""How long an engine may take to answer a cancelled request. A new engine takes less than that to be warm."""

MEMORY_WATCH_S = 0.5
MEMORY_EXCESS = 1.5
"""How many times its memory an engine may take in the middle of a request, where that is looked at now and then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """How engines are run.

    `open_timeout_s` is for elaborating a header or a statement. `grace_s` is what a request may take beyond
    the limits it carries before the engine counts as hanging. An engine whose process is over `max_rss_bytes` is
    replaced between two requests. `admit` is asked before statements and headers are elaborated.
    """

    limits: TacticLimits
    max_rss_bytes: int
    startup_timeout_s: float
    open_timeout_s: float
    grace_s: float
    admit: Admit | None = None


@dataclass(slots=True)
class EngineStats:
    """Counters of one place in the pool: processes started after the first, tactics, time Lean was busy."""

    restarts: int = 0
    tactics: int = 0
    lean_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a text took: wall time on the engine, and the memory of the engine's process after it."""

    seconds: float
    rss_bytes: int


class EngineProcess:
    """An engine process that can be replaced. `lost` is called whenever what it held is gone."""

    def __init__(self, command: EngineCommand, options: EngineOptions, lost: Callable[[], None]) -> None:
        self.stats = EngineStats()
        self.over_memory_limit = False
        self._command = command
        self._options = options
        self._lost = lost
        self._repl: Repl | None = None
        self._started = False
        self._untouched = False

    @property
    def label(self) -> str:
        """What messages call the engine."""
        return self._command.label

    @property
    def alive(self) -> bool:
        """Whether the process runs, as far as is known."""
        return self._repl is not None and self._repl.alive

    @property
    def idle(self) -> bool:
        """Whether no cancelled request is still being worked on."""
        return self._repl is None or not self._repl.alive or self._repl.idle

    @property
    def rss_bytes(self) -> int:
        """Resident memory of the process; 0 where there is none."""
        return 0 if self._repl is None else self._repl.rss_bytes

    def supports(self, extension: str) -> bool:
        """Whether the process has announced an extension of docs/protocol.md."""
        return self._repl is not None and extension in self._repl.extensions

    async def wait_idle(self) -> Reply:
        """Wait until a cancelled request has been answered, and return what it made; empty if there is nothing.

        An engine that does not answer soon is killed.
        """
        if self._repl is None:
            return {}
        options = self._options
        waits = self._command.slow_imports
        patience_s = options.limits.seconds + options.grace_s if waits else CANCEL_PATIENCE_S
        try:
            return await self._time_exchange(self._repl.wait_idle(patience_s))
        except (EngineCrashed, EngineTimeout):
            await self.stop()
            return {}

    async def start(self) -> None:
        """Replace the process, if any, by a new one.

        Raises:
            SetupError: the program cannot be run at all, or not within the memory limit.
            EngineCrashed: it could not be started in several attempts.
        """
        await self.stop()
        options = self._options
        for attempt in range(1, START_ATTEMPTS + 1):
            self.stats.restarts += self._started
            self._started = True
            try:
                self._repl = await Repl.start(self._command, startup_timeout_s=options.startup_timeout_s)
                break
            except EngineError as error:
                if attempt == START_ATTEMPTS:
                    raise EngineCrashed(
                        f"{self.label} could not be started, {attempt} times in a row: {error.message}"
                    ) from error
        if self._repl is not None and self._repl.rss_bytes > options.max_rss_bytes:
            raise SetupError(
                f"{self.label} takes {self._repl.rss_bytes >> 20} MiB from the start, "
                f"more than the {options.max_rss_bytes >> 20} MiB it may take",
                advice="Allow engines more memory.",
            )
        self._untouched = True

    async def renew(self) -> None:
        """Make it as it was when its process was new: its memory is wound back, or the process replaced.

        One that has not been asked anything since then is as new.

        Raises:
            SetupError, EngineCrashed: as for `start`.
        """
        if self._untouched and self.alive and self.idle:
            self._forget()
            return
        if self.supports("reset") and self.alive and not self.over_memory_limit:
            with contextlib.suppress(EngineCrashed, EngineTimeout):
                if (await self.request({"reset": {}}, self._options.grace_s)).get("reset") is True:
                    self._forget()
                    self._untouched = True
                    return
        await self.start()

    async def stop(self) -> None:
        """End the process; what it held is lost."""
        self._forget()
        if self._repl is not None:
            await self._repl.close()
            self._repl = None

    async def request(self, request: Request, timeout_s: float) -> Reply:
        """Send a request and return the reply.

        Raises:
            EngineCrashed, EngineTimeout: the engine failed.
        """
        if self._repl is None:
            raise EngineCrashed(f"{self.label} is not running")
        self._untouched = False
        return await self._time_exchange(self._repl.request(request, timeout_s))

    def partial_results(self) -> list[TacticReply]:
        """Return the replies to the first of the tactics of a request that was not answered to its end."""
        return self._repl.partial_results() if self._repl is not None and self.supports("streaming") else []

    def _forget(self) -> None:
        self.over_memory_limit = False
        self._lost()

    async def _time_exchange(self, exchange: Coroutine[None, None, Reply]) -> Reply:
        clock = asyncio.get_running_loop().time
        began = clock()
        watcher = asyncio.ensure_future(self._watch_memory()) if self._command.slow_imports else None
        try:
            return await exchange
        finally:
            if watcher is not None:
                watcher.cancel()
            self.stats.lean_s += clock() - began
            self.over_memory_limit = self.rss_bytes > self._options.max_rss_bytes

    async def _watch_memory(self) -> None:
        """End the process when it takes much more than it may; the embedded engine has a limit of its own."""
        most = round(self._options.max_rss_bytes * MEMORY_EXCESS)
        while True:
            await asyncio.sleep(MEMORY_WATCH_S)
            if self._repl is not None and self._repl.rss_bytes > most:
                self._repl.abort(f"took more than {most >> 20} MiB and was ended")
