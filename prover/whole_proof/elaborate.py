"""What Lean says about a proof, before the verifier is asked: its errors, with their places in the file."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from prover.errors import EngineCrashed, EngineTimeout
from prover.lean.process.replies import errors, require_environment
from prover.lean.protocol import Ask, CommandRequest, Message, OpenEngine
from prover.lean.theorem import Theorem
from prover.policy.chat.repair import ProofError

PROOF_TIMEOUT_S = 60.0
"""For elaborating one whole proof; Goedel-Prover-V2's is 300 s, on a busy cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elaborated:
    """A proof's file, and Lean's errors in it; `timed_out` if Lean was stopped, or broke, before its end."""

    file: str
    errors: tuple[ProofError, ...]
    timed_out: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether there is no error, so that the verifier may be asked."""
        return not self.errors and not self.timed_out


class Elaborator:
    """Engines that hold a theorem's header and elaborate proofs after it; an asynchronous context manager.

    As many as there are `engines` work at the same time. One that breaks, or takes longer than `timeout_s` for a proof,
    is replaced.
    """

    def __init__(self, start: OpenEngine, theorem: Theorem, *, engines: int, timeout_s: float) -> None:
        self._theorem = theorem
        self._timeout_s = timeout_s
        self._free: asyncio.Queue[_HeaderEngine] = asyncio.Queue()
        self._all = [_HeaderEngine(start, theorem) for _ in range(engines)]
        for engine in self._all:
            self._free.put_nowait(engine)

    async def elaborate(self, proof: str) -> Elaborated:
        """Elaborate the theorem with `proof`.

        Raises:
            SetupError, EngineError: no engine can be started.
        """
        file = self._theorem.file_with_proof(proof)
        engine = await self._free.get()
        try:
            return Elaborated(file=file, errors=await engine.errors(proof, self._timeout_s))
        except (EngineCrashed, EngineTimeout):
            await engine.close()
            return Elaborated(file=file, errors=(), timed_out=True)
        finally:
            self._free.put_nowait(engine)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for engine in self._all:
            await engine.close()


class _HeaderEngine:
    """One engine with the environment after the header, started when it is first needed."""

    def __init__(self, start: OpenEngine, theorem: Theorem) -> None:
        head, newline, tail = theorem.before_statement.rpartition("\n")
        self._header, self._before = head + newline, tail
        self._theorem = theorem
        self._start = start
        self._stack = AsyncExitStack()
        self._ask: Ask | None = None
        self._environment: int | None = None

    async def close(self) -> None:
        await self._stack.aclose()
        self._ask = None
        self._environment = None

    async def errors(self, proof: str, timeout_s: float) -> tuple[ProofError, ...]:
        if self._ask is None:
            self._ask = await self._stack.enter_async_context(self._start())
            if self._header.strip():
                reply = await self._ask({"cmd": self._header})
                require_environment(reply)
                self._environment = reply["env"]
        text = self._before + self._theorem.with_proof(proof)
        request: CommandRequest = {"cmd": text, "timeLimit": round(timeout_s * 1000)}
        if self._environment is not None:
            request["env"] = self._environment
        reply = await self._ask(request)
        if reply.get("fatal"):
            raise EngineCrashed(f"Lean broke over a proof: {reply.get('message')}")
        states = [each["proofState"] for each in reply.get("sorries", [])]
        if "env" in reply:
            await self._ask({"drop": {"envs": [reply["env"]], "proofStates": states}})
        above = self._header.count("\n") if self._environment is not None else 0
        return tuple(error_of(each, above) for each in errors(reply))


def error_of(message: Message, above: int = 0) -> ProofError:
    """Return a message of Lean as an error, `above` being the lines before the text that Lean was given."""
    start = message["pos"]
    end = message.get("endPos") or start
    return ProofError(
        line=start["line"] + above,
        column=start["column"],
        end_line=end["line"] + above,
        end_column=end["column"],
        message=message["data"],
    )
