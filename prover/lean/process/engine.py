"""One place in the pool: an engine process that can be replaced, and the record of what it holds.

What it holds (header environments, proof states of sessions) is a cache. A new process holds nothing, and a
session replays what it needs; so nothing here is the only copy of anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
from collections import OrderedDict
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass

from prover.errors import EngineCrashed, EngineError, EngineTimeout, ProverError, SetupError, StatementError
from prover.lean.environment import TacticLimits
from prover.lean.process.command import EngineCommand
from prover.lean.process.repl import Message, Repl
from prover.lean.process.replies import only_sorry, refuse_errors
from prover.lean.reading.holes import Hole
from prover.lean.theorem import Theorem

START_ATTEMPTS = 3
HEADERS_KEPT = 4
DROP_BATCH = 64
CANCEL_PATIENCE_S = 2.0
"""How long an engine may take to answer a cancelled request. A new engine takes less than that to be warm."""

MEMORY_WATCH_S = 0.5
MEMORY_EXCESS = 1.5
"""How many times its memory an engine may take in the middle of a request, where that is looked at now and then."""

_COMMENTS = r"(?:\s|--[^\n]*\n|/-(?:(?!/-|-/).)*-/)*"
_IMPORTS = re.compile(rf"(?:{_COMMENTS}import\s+[^\s«]+)+[^\S\n]*(?:--[^\n]*)?\n", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """How engines are run.

    `open_timeout_s` is for elaborating a header or a statement. `grace_s` is what a request may take beyond
    the limits it carries before the engine counts as hanging. An engine whose process has outgrown
    `max_rss_bytes` is replaced between two requests.
    """

    limits: TacticLimits
    max_rss_bytes: int
    startup_timeout_s: float
    open_timeout_s: float
    grace_s: float


@dataclass(slots=True)
class EngineStats:
    """Counters of one place in the pool: processes started after the first, tactics, time Lean was busy."""

    restarts: int = 0
    tactics: int = 0
    lean_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The replies to the first of some tactics, and the `failure` that ended the engine, if one did.

    If `exact`, it was the first tactic without a reply that ended it, else any of those without one.
    """

    replies: list[Message]
    failure: EngineCrashed | EngineTimeout | None = None
    exact: bool = True


class Engine:
    """An engine process, used by one lease at a time."""

    def __init__(self, command: EngineCommand, options: EngineOptions) -> None:
        self.stats = EngineStats()
        self.outgrown = False
        self._command = command
        self._options = options
        self._repl: Repl | None = None
        self._started = False
        self._headers: OrderedDict[str, int] = OrderedDict()
        self._imports: dict[str, int] = {}
        self._held: dict[int, dict[int, int]] = {}
        self._unwanted_states: list[int] = []
        self._unwanted_envs: list[int] = []

    @property
    def alive(self) -> bool:
        """Whether the process runs, as far as is known."""
        return self._repl is not None and self._repl.alive

    @property
    def settled(self) -> bool:
        """Whether no cancelled request is still being worked on."""
        return self._repl is None or not self._repl.alive or self._repl.settled

    async def settle(self) -> None:
        """Wait until a cancelled request has been answered, and drop what it made.

        An engine that does not answer soon is killed.
        """
        if self._repl is None:
            return
        options = self._options
        waits = self._command.slow_imports
        patience_s = options.limits.seconds + options.grace_s if waits else CANCEL_PATIENCE_S
        try:
            reply = await self._timed(self._repl.settle(patience_s))
        except (EngineCrashed, EngineTimeout):
            await self.stop()
            return
        replies = reply.get("results", [reply])
        for each in replies:
            self.drop(each)
        if any(each.get("fatal") for each in replies):
            await self.stop()

    async def start(self) -> None:
        """Replace the process, if any, by a new one.

        Raises:
            SetupError: the program cannot be run at all, or not within the memory limit.
            EngineCrashed: it could not be started in several attempts.
        """
        await self.stop()
        label, options = self._command.label, self._options
        for attempt in range(1, START_ATTEMPTS + 1):
            self.stats.restarts += self._started
            self._started = True
            try:
                self._repl = await Repl.start(self._command, startup_timeout_s=options.startup_timeout_s)
                break
            except EngineError as error:
                if attempt == START_ATTEMPTS:
                    raise EngineCrashed(
                        f"{label} could not be started, {attempt} times in a row: {error.message}"
                    ) from error
        if self._repl is not None and self._repl.rss_bytes > options.max_rss_bytes:
            raise SetupError(
                f"{label} takes {self._repl.rss_bytes >> 20} MiB from the start, "
                f"more than the {options.max_rss_bytes >> 20} MiB it may take",
                advice="Allow engines more memory.",
            )

    async def renew(self) -> None:
        """Make it as it was when its process was new: its memory is wound back, or the process replaced.

        Raises:
            SetupError, EngineCrashed: as for `start`.
        """
        if self._knows("reset") and self.alive and not self.outgrown:
            with contextlib.suppress(EngineCrashed, EngineTimeout):
                if (await self._request({"reset": {}}, self._options.grace_s)).get("reset") is True:
                    self._forget_all()
                    return
        await self.start()

    async def stop(self) -> None:
        """End the process and forget what it held."""
        self._forget_all()
        if self._repl is not None:
            await self._repl.close()
            self._repl = None

    def _forget_all(self) -> None:
        self.outgrown = False
        self._headers.clear()
        self._imports.clear()
        self._held.clear()
        self._unwanted_states.clear()
        self._unwanted_envs.clear()

    def has_header_of(self, goal: Theorem | Hole) -> bool:
        """Whether it can be opened without elaborating its header first."""
        return "".join(self._header(goal)) in self._headers

    def held(self, session: int) -> dict[int, int]:
        """Return the session's states on this engine, as a live map from their ids to proof states."""
        return self._held.setdefault(session, {})

    def affinity(self, session: int, state: int) -> int:
        """Return 2 if the engine holds the state, 1 if it holds some state of the session, else 0."""
        held = self._held.get(session)
        return 0 if not held else 1 + (state in held)

    def forget(self, session: int, states: Iterable[int] | None = None) -> None:
        """Drop these states of the session, or all; Lean hears of it with a later request."""
        held = self._held.get(session, {})
        for state in list(held if states is None else states):
            if state in held:
                self._unwanted_states.append(held.pop(state))
        if not held:
            self._held.pop(session, None)

    def drop(self, reply: Message) -> None:
        """Drop the proof states and the environment that a reply brought."""
        self._unwanted_states += [sorry["proofState"] for sorry in reply.get("sorries", [])]
        if "proofState" in reply:
            self._unwanted_states.append(reply["proofState"])
        if "env" in reply:
            self._unwanted_envs.append(reply["env"])

    async def tidy(self) -> None:
        """Tell Lean what has been dropped, if it is much. No proof state dropped before may be used after.

        Raises:
            EngineCrashed, EngineTimeout: the engine failed.
        """
        if len(self._unwanted_states) + len(self._unwanted_envs) < DROP_BATCH:
            return
        drop = {"proofStates": self._unwanted_states, "envs": self._unwanted_envs}
        self._unwanted_states, self._unwanted_envs = [], []
        if self._knows("drop"):
            await self._request({"drop": drop}, self._options.grace_s)

    async def ask(self, request: Message, timeout_s: float) -> Message:
        """Return the reply to any request; what it made is dropped, and may be used until the next `tidy`.

        Raises:
            EngineCrashed, EngineTimeout: the engine failed.
        """
        reply = await self._request(request, timeout_s)
        self.drop(reply)
        if reply.get("fatal"):
            await self.stop()
        return reply

    async def open(self, goal: Theorem | Hole) -> tuple[int, str]:
        """Elaborate the statement; return the proof state of its missing proof, and the goal.

        Raises:
            StatementError, UnsupportedError: as for `Environment.open`.
            EngineError: the engine failed.
        """
        text = goal.text if isinstance(goal, Hole) else _indentation(goal) + goal.with_proof("sorry")
        reply = await self._elaborate_after(self._header(goal), text)
        try:
            found = goal.captured(reply) if isinstance(goal, Hole) else only_sorry(reply, _first_line(goal))
        except StatementError:
            self.drop(reply)
            raise
        others = [sorry for sorry in reply["sorries"] if sorry["proofState"] != found[0]]
        self.drop({"sorries": others, "env": reply["env"]})
        return found

    async def place(self, hole: Hole, text: str) -> Message:
        """Elaborate `text` in the place of the command that has the hole; nothing of it is kept.

        Raises:
            StatementError: Lean reports an error.
            EngineError: the engine failed.
        """
        reply = await self._elaborate_after(self._header(hole), text)
        self.drop(reply)
        return reply

    async def _elaborate_after(self, header: Sequence[str], text: str) -> Message:
        """Elaborate `text` after a header, which is kept, as are those that begin with fewer of its parts."""
        keys = list(itertools.accumulate(header))
        known = max((count for count, key in enumerate(keys, start=1) if key in self._headers), default=0)
        for index in range(known, len(header)):
            base = {"env": self._headers[keys[index - 1]]} if index > 0 else {}
            first_line = 1 + keys[index].removesuffix(header[index]).count("\n")
            part = header[index]
            if index == 0 and self._command.slow_imports and (imports := _IMPORTS.match(part)):
                base, part = {"env": await self._import(imports[0])}, part[imports.end() :]
                first_line += imports[0].count("\n")
            reply = await self._elaborate({"cmd": part} | base, first_line=first_line)
            self._headers[keys[index]] = reply.pop("env")
            self.drop(reply)
            if len(self._headers) > HEADERS_KEPT:
                self._unwanted_envs.append(self._headers.popitem(last=False)[1])
        self._headers.move_to_end(keys[-1])
        command = {"cmd": text, "env": self._headers[keys[-1]]}
        return await self._elaborate(command, first_line=1 + keys[-1].count("\n"))

    def _header(self, goal: Theorem | Hole) -> tuple[str, ...]:
        """Return what is elaborated before the statement.

        That is what stands before it in its file, and for an engine that is not told with each tactic what it may
        take, the option for that, in the same number of lines: a header may well lift all limits.
        """
        header = _before(goal)
        if self._knows("limits"):
            return header
        limits = f"set_option maxHeartbeats {self._options.limits.heartbeats}"
        if isinstance(goal, Hole):
            return (*header, limits)
        return (*header[:-1], header[-1] + limits)

    async def _import(self, imports: str) -> int:
        """Return the environment that has these imports and nothing else, which is kept."""
        if imports not in self._imports:
            reply = await self._elaborate({"cmd": imports}, first_line=1)
            self._imports[imports] = reply["env"]
        return self._imports[imports]

    async def apply(self, proof_state: int, tactics: Sequence[str], *, patience: float = 1.0) -> Batch:
        """Apply tactics to the state in one request: all, or just the first if the engine is a plain one.

        `patience` multiplies the seconds that a tactic may take.

        Raises:
            EngineError: the engine answered something out of place.
        """
        seconds = self._options.limits.seconds * patience
        request: Message = {"proofState": proof_state}
        if self._knows("limits"):
            request |= {"heartbeats": self._options.limits.heartbeats, "timeLimit": round(seconds * 1000)}
        if self._knows("tactics"):
            request["tactics"] = sent = list(tactics)
        else:
            request["tactic"] = tactics[0]
            sent = [tactics[0]]
        exact = self._knows("streaming") or len(sent) == 1
        try:
            answer = await self._request(request, seconds * len(sent) + self._options.grace_s)
        except (EngineCrashed, EngineTimeout) as failure:
            return Batch(replies=self.answered(), failure=failure, exact=exact)
        replies = answer.get("results", []) if "tactics" in request else [answer]
        if not replies:
            raise EngineError(f"the engine answered {len(sent)} tactics with {str(answer)[:200]}")
        self.stats.tactics += len(replies)
        if replies[-1].get("fatal"):
            await self.stop()
            if "timeout" not in replies[-1]:
                return Batch(replies=replies[:-1], failure=EngineCrashed(str(replies[-1].get("message"))))
        return Batch(replies=replies)

    def answered(self) -> list[Message]:
        """Return the replies to the first of the tactics of a request that was not answered to its end."""
        return self._repl.answered() if self._repl is not None and self._knows("streaming") else []

    def _knows(self, extension: str) -> bool:
        return self._repl is not None and extension in self._repl.extensions

    async def _elaborate(self, command: Message, *, first_line: int) -> Message:
        seconds = self._options.open_timeout_s
        limits = {"timeLimit": round(seconds * 1000)} if self._knows("limits") else {}
        reply = await self._request(command | limits, seconds + self._options.grace_s)
        if reply.get("fatal"):
            await self.stop()
            if "timeout" not in reply:
                raise EngineCrashed(f"{self._command.label}: {reply.get('message')}")
        try:
            refuse_errors(reply, first_line)
        except ProverError:
            self.drop(reply)
            raise
        return reply

    async def _request(self, message: Message, timeout_s: float) -> Message:
        if self._repl is None:
            raise EngineCrashed(f"{self._command.label} is not running")
        return await self._timed(self._repl.request(message, timeout_s))

    async def _timed(self, exchange: Coroutine[None, None, Message]) -> Message:
        clock = asyncio.get_running_loop().time
        began = clock()
        watcher = asyncio.ensure_future(self._watch_memory()) if self._command.slow_imports else None
        try:
            return await exchange
        finally:
            if watcher is not None:
                watcher.cancel()
            self.stats.lean_s += clock() - began
            self.outgrown = self._repl is not None and self._repl.rss_bytes > self._options.max_rss_bytes

    async def _watch_memory(self) -> None:
        """End the process when it takes much more than it may; the embedded engine has a limit of its own."""
        most = round(self._options.max_rss_bytes * MEMORY_EXCESS)
        while True:
            await asyncio.sleep(MEMORY_WATCH_S)
            if self._repl is not None and self._repl.rss_bytes > most:
                self._repl.abort(f"took more than {most >> 20} MiB and was ended")


def _before(goal: Theorem | Hole) -> tuple[str, ...]:
    """Return what stands before the statement in its file, cut where commands end."""
    if isinstance(goal, Hole):
        return goal.parts
    before = goal.before_statement
    return (before.removesuffix(_indentation(goal)),)


def _indentation(theorem: Theorem) -> str:
    """Return what is blank before the statement on its first line; what follows may count columns."""
    return theorem.before_statement.rpartition("\n")[2]


def _first_line(theorem: Theorem) -> int:
    """Return the number of the line where the statement begins."""
    return 1 + _before(theorem)[0].count("\n")
