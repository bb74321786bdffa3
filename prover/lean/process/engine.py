"""A slot of the pool: a replaceable engine process, and the proof states and environments that it holds.

What it holds is a cache. A new process holds nothing, and a session replays what it needs; so nothing here is the
only copy of anything.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prover.errors import EngineCrashed, EngineError, EngineTimeout, ProverError, StatementError
from prover.lean.goal import Goal, OpenedGoal
from prover.lean.process.command import EngineCommand
from prover.lean.process.environments import EnvironmentCache
from prover.lean.process.replies import refuse_errors
from prover.lean.process.supervisor import EngineOptions, EngineProcess, EngineStats
from prover.lean.protocol import (
    CommandReply,
    CommandRequest,
    DropRequest,
    Reply,
    Request,
    TacticLimitFields,
    TacticReply,
    TacticRequest,
    TacticsRequest,
)

DROP_BATCH = 64
OPENED_KEPT = 8
"""Goals that were elaborated while texts were read and have not been opened yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The replies to the first of some tactics, and the `failure` that ended the engine, if one did.

    If `exact`, it was the first tactic without a reply that ended it, else any of those without one.
    """

    replies: list[TacticReply]
    failure: EngineCrashed | EngineTimeout | None = None
    exact: bool = True


class Engine:
    """An engine that goals are opened on and tactics are applied with, used by one lease at a time.

    A `spoiled` one has elaborated what no later request may see the traces of: it is made new before it is used again.
    """

    def __init__(self, command: EngineCommand, options: EngineOptions) -> None:
        self._options = options
        self._process = EngineProcess(command, options, self._forget_all)
        self._environments = EnvironmentCache(
            self._elaborate, self.drop, shares_imports=command.slow_imports, admit=options.admit
        )
        self.spoiled = False
        self._held: dict[int, dict[int, int]] = {}
        self._opened: OrderedDict[tuple[tuple[str, ...], str], OpenedGoal] = OrderedDict()
        self._unwanted_states: list[int] = []
        self._unwanted_envs: list[int] = []
        self.start, self.renew, self.stop = self._process.start, self._process.renew, self._process.stop
        self.partial_results = self._process.partial_results

    @property
    def stats(self) -> EngineStats:
        """What it has done so far."""
        return self._process.stats

    @property
    def alive(self) -> bool:
        """Whether the process runs, as far as is known."""
        return self._process.alive

    @property
    def idle(self) -> bool:
        """Whether no cancelled request is still being worked on."""
        return self._process.idle

    @property
    def rss_bytes(self) -> int:
        """Resident memory of the process; 0 where there is none."""
        return self._process.rss_bytes

    @property
    def over_memory_limit(self) -> bool:
        """Whether the process took more memory after its last request than it may."""
        return self._process.over_memory_limit

    async def wait_idle(self) -> None:
        """Wait until a cancelled request has been answered, and drop what it made.

        An engine that does not answer soon is killed.
        """
        reply = await self._process.wait_idle()
        self._drop_all(reply)
        if any(each.get("fatal") for each in reply.get("results", [reply])):
            await self.stop()

    def readiness_for(self, goal: Goal) -> int:
        """Return 2 if the goal is open, 1 if only its command is to be elaborated to open it, else 0."""
        if (goal.context, goal.command) in self._opened:
            return 2
        return int(self._environments.has(self._context(goal)))

    def keep_open(self, goal: Goal, opened: OpenedGoal) -> None:
        """Keep what the last reply to `ask` says of `goal` until it is opened; only the newest few are kept."""
        self._unwanted_states.remove(opened.proof_state)
        self._opened[goal.context, goal.command] = opened
        if len(self._opened) > OPENED_KEPT:
            self._unwanted_states.append(self._opened.popitem(last=False)[1].proof_state)

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

    def drop(self, reply: CommandReply) -> None:
        """Drop the proof states and the environment that a command made."""
        self._unwanted_states += [sorry["proofState"] for sorry in reply.get("sorries", [])]
        if "env" in reply:
            self._unwanted_envs.append(reply["env"])

    def drop_state(self, reply: TacticReply) -> None:
        """Drop the proof state that a tactic made."""
        if "proofState" in reply:
            self._unwanted_states.append(reply["proofState"])

    def _drop_all(self, reply: Reply) -> None:
        """Drop what any request made."""
        self.drop(reply)
        for each in (reply, *reply.get("results", [])):
            self.drop_state(each)

    async def evict(self) -> None:
        """Tell Lean what has been dropped, if it is much. No proof state dropped before may be used after.

        Raises:
            EngineCrashed, EngineTimeout: the engine failed.
        """
        if len(self._unwanted_states) + len(self._unwanted_envs) < DROP_BATCH:
            return
        states, environments = self._unwanted_states, self._unwanted_envs
        self._unwanted_states, self._unwanted_envs = [], []
        if self._process.supports("drop"):
            drop: DropRequest = {"drop": {"proofStates": states, "envs": environments}}
            await self._process.request(drop, self._options.grace_s)

    async def ask(self, request: Request, timeout_s: float) -> Reply:
        """Return the reply to any request; what it made is dropped, and may be used until the next `evict`.

        Raises:
            EngineCrashed, EngineTimeout: the engine failed.
        """
        reply = await self._process.request(request, timeout_s)
        self._drop_all(reply)
        if reply.get("fatal"):
            await self.stop()
        return reply

    async def open(self, goal: Goal) -> OpenedGoal:
        """Elaborate the command up to its missing proof, unless that was kept.

        Raises:
            StatementError, UnsupportedError: as for `Environment.open`.
            EngineError: the engine failed.
        """
        if kept := self._opened.pop((goal.context, goal.command), None):
            return kept
        reply = await self._environments.elaborate_after(self._context(goal), goal.command)
        try:
            found = OpenedGoal(*goal.select_sorry(reply))
        except StatementError:
            self.drop(reply)
            raise
        others = [sorry for sorry in reply["sorries"] if sorry["proofState"] != found.proof_state]
        self.drop({"sorries": others, "env": reply["env"]})
        return found

    async def place(self, goal: Goal, text: str) -> CommandReply:
        """Elaborate `text` in the place of the goal's command; nothing of it is kept.

        Raises:
            StatementError: Lean reports an error.
            EngineError: the engine failed.
        """
        reply = await self._environments.elaborate_after(self._context(goal), text)
        self.drop(reply)
        return reply

    async def elaborate(self, text: str, timeout_s: float) -> CommandReply:
        """Elaborate a text from its imports, for at most `timeout_s`; the reply has its errors, and nothing is kept.

        Raises:
            StatementError, UnsupportedError: only the imports were elaborated, and they have an error.
            EngineCrashed, EngineTimeout: the engine failed.
        """
        command = await self._environments.after_imports(text)
        if self._process.supports("limits"):
            command["timeLimit"] = round(timeout_s * 1000)
        reply = await self._process.request(command, timeout_s + self._options.grace_s)
        self.drop(reply)
        if reply.get("fatal"):
            await self.stop()
        return reply

    async def apply(self, proof_state: int, tactics: Sequence[str], *, patience: float = 1.0) -> Batch:
        """Apply tactics to the state in one request: all, or just the first if the engine is a plain one.

        `patience` multiplies the seconds that a tactic may take.

        Raises:
            EngineError: the engine answered something out of place.
        """
        process, limits = self._process, self._options.limits
        seconds = limits.seconds * patience
        limited: TacticLimitFields = {}
        if process.supports("limits"):
            limited = {"heartbeats": limits.heartbeats, "timeLimit": round(seconds * 1000)}
        several = process.supports("tactics")
        sent = list(tactics) if several else [tactics[0]]
        request: TacticsRequest | TacticRequest = (
            {"proofState": proof_state, "tactics": sent, **limited}
            if several
            else {"proofState": proof_state, "tactic": sent[0], **limited}
        )
        exact = process.supports("streaming") or len(sent) == 1
        try:
            answer = await process.request(request, seconds * len(sent) + self._options.grace_s)
        except (EngineCrashed, EngineTimeout) as failure:
            return Batch(replies=self.partial_results(), failure=failure, exact=exact)
        replies: list[TacticReply] = answer.get("results", []) if several else [answer]
        if not replies:
            raise EngineError(f"the engine answered {len(sent)} tactics with {str(answer)[:200]}")
        self.stats.tactics += len(replies)
        if replies[-1].get("fatal"):
            await self.stop()
            if "timeout" not in replies[-1]:
                return Batch(replies=replies[:-1], failure=EngineCrashed(str(replies[-1].get("message"))))
        return Batch(replies=replies)

    def _context(self, goal: Goal) -> tuple[str, ...]:
        """Return what is elaborated before the goal's command.

        That is its context, and for an engine that is not told with each tactic what it may take, the option for
        that: a context may well lift all limits.
        """
        if self._process.supports("limits"):
            return goal.context
        return goal.context_with(f"set_option maxHeartbeats {self._options.limits.heartbeats}")

    async def _elaborate(self, command: CommandRequest, first_line: int) -> CommandReply:
        seconds = self._options.open_timeout_s
        if self._process.supports("limits"):
            command = {**command, "timeLimit": round(seconds * 1000)}
        reply = await self._process.request(command, seconds + self._options.grace_s)
        if reply.get("fatal"):
            await self.stop()
            if "timeout" not in reply:
                raise EngineCrashed(f"{self._process.label}: {reply.get('message')}")
        try:
            refuse_errors(reply, first_line)
        except ProverError:
            self.drop(reply)
            raise
        return reply

    def _forget_all(self) -> None:
        self._environments.clear()
        self._held.clear()
        self._opened.clear()
        self.spoiled = False
        self._unwanted_states.clear()
        self._unwanted_envs.clear()
