"""Check.lean, asked over and over in the same two processes, which a real verification would start anew each time."""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from prover.lean.native.check import PROGRAM

LEAN = Path(__file__).with_name("lean.py")
TIMEOUT_S = 120
MEMORY = 20
"""How often a process can import Init; importing all of Lean takes as much as five of it. WebAssembly ends at 2 GB."""
IMPORTS = {"export": 1, "check": 2, "inspect": 1}
"""How often a run imports what the file imports."""


@dataclass(frozen=True)
class Verdict:
    """`accepted` or not, and the reason, or how Lean broke."""

    accepted: bool
    reason: str
    kind: str | None = None
    statement: str | None = None
    axioms: tuple[str, ...] = ()


class Served:
    """A process that runs Check.lean again and again; a new one when it breaks or has run often.

    One that has run before and breaks is no evidence: a new one is asked again.
    """

    def __init__(self, folder):
        self.folder = folder
        self.process = None
        self.used = 0

    async def ask(self, *arguments, **texts):
        """The answer to a run with these files, each argument that names one being its path; None if it breaks."""
        fresh = self.process is None
        answer = await self._ask(arguments, texts)
        return answer if answer is not None or fresh else await self._ask(arguments, texts)

    async def _ask(self, arguments, texts):
        takes = IMPORTS[arguments[0]] * (5 if any("import Lean" in text for text in texts.values()) else 1)
        if self.process is None or self.used + takes > MEMORY:
            await self.close()
            command = [sys.executable, str(LEAN), "--serve", str(PROGRAM)]
            pipe = asyncio.subprocess.PIPE
            self.process = await asyncio.create_subprocess_exec(
                *command, stdin=pipe, stdout=pipe, limit=1 << 24
            )
            self.used = 0
        self.used += takes
        answer = self.folder / "answer.json"
        answer.unlink(missing_ok=True)
        for name, text in texts.items():
            (self.folder / name).write_bytes(text.encode())
        words = [str(self.folder / word) if word in texts else word for word in arguments]
        self.process.stdin.write((json.dumps([*words, str(answer)]) + "\n").encode())
        try:
            line = await asyncio.wait_for(self.process.stdout.readline(), TIMEOUT_S)
        except TimeoutError:
            line = b""
        if line.strip() != b"0":
            await self.close()
            return None
        return json.loads(answer.read_bytes())

    async def close(self):
        if self.process is not None:
            if self.process.returncode is None:
                self.process.kill()
            await self.process.communicate()
            self.process = None


class NativeVerifier:
    """One process that elaborates proofs and one that judges their terms."""

    def __init__(self, folder):
        self.advocate, self.judge = (Served(folder / name) for name in ("export", "check"))
        for served in (self.advocate, self.judge):
            served.folder.mkdir()

    async def verdict(self, theorem, proof):
        """What both together say about a proof."""
        source = theorem.file_with_proof(proof)
        exported = await self.advocate.ask(
            "export", "source", "original", theorem.name, source=source, original=""
        )
        if exported is None:
            return Verdict(False, "the engine broke")
        if exported["terms"] is None:
            return Verdict(False, exported["reason"], exported["kind"])
        return await self.judged(source, theorem.file_with_proof("sorry"), theorem.name, exported["terms"])

    async def judged(self, source, original, name, terms):
        """What the judge says about terms, wherever they come from."""
        texts = {
            "source": source,
            "original": original,
            "terms": json.dumps(terms),
            "given": '{"given": null}',
        }
        answer = await self.judge.ask("check", "source", "original", name, "terms", "given", **texts)
        if answer is None:
            return Verdict(False, "the engine broke")
        reason = answer.get("reason", "")
        return Verdict(
            answer["accepted"],
            reason,
            answer.get("kind"),
            answer.get("statement"),
            tuple(answer.get("axioms", ())),
        )

    async def spoil(self):
        """Have the next proof elaborated by a new process."""
        await self.advocate.close()

    async def close(self):
        """End both processes."""
        await self.advocate.close()
        await self.judge.close()
