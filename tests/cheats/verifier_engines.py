"""The verifier's two engines, asked over and over, which a real verification would start anew each time."""

from dataclasses import dataclass
from typing import Any

from prover.errors import EngineError
from prover.lean.process.command import EngineCommand
from prover.lean.process.repl import Repl
from prover.lean.theorem import Theorem

TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """`accepted` or not, and the engine's reason, or how it broke."""

    accepted: bool
    reason: str
    kind: str | None = None
    statement: str | None = None
    axioms: tuple[str, ...] = ()


class VerifierEngines:
    """One engine that elaborates proofs and one that judges their terms."""

    def __init__(self, command: EngineCommand) -> None:
        self._command = command
        self._engines: dict[str, Repl] = {}

    async def verdict(self, theorem: Theorem, proof: str) -> Verdict:
        """What the two engines together say about a proof."""
        source = theorem.file_with_proof(proof)
        exported = await self.export(source, theorem.name)
        if isinstance(exported, Verdict):
            return exported
        return await self.judge(source, theorem.file_with_proof("sorry"), theorem.name, exported)

    async def export(self, source: str, name: str) -> Any:
        """The terms of a text, or why there are none."""
        answer = await self._ask("export", {"source": source, "name": name})
        if isinstance(answer, Verdict):
            return answer
        return (
            Verdict(False, answer["reason"], answer["kind"]) if answer["terms"] is None else answer["terms"]
        )

    async def judge(self, source: str, original: str, name: str, terms: Any) -> Verdict:
        """What the judging engine says about terms, wherever they come from."""
        request = {"source": source, "original": original, "name": name, "terms": terms}
        answer = await self._ask("check", request)
        if isinstance(answer, Verdict):
            return answer
        return Verdict(
            answer["accepted"],
            answer["reason"] or "",
            answer["kind"],
            answer["statement"],
            tuple(answer["axioms"]),
        )

    async def spoil(self) -> None:
        """Have the next proof elaborated and judged by new engines."""
        await self.close()
        self._engines.clear()

    async def close(self) -> None:
        """End both engines."""
        for engine in self._engines.values():
            await engine.close()

    async def _ask(self, what: str, request: dict[str, Any]) -> Any:
        engine = self._engines.get(what)
        try:
            if engine is None or not engine.alive:
                engine = self._engines[what] = await Repl.start(self._command)
            reply = await engine.request({what: request}, TIMEOUT_S)
        except EngineError as error:
            reply = {"fatal": True, "message": error.message}
        if what in reply:
            return reply[what]
        if reply.get("fatal") and (broken := self._engines.pop(what, None)):
            await broken.close()
        return Verdict(False, reply["message"])
