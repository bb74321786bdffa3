"""The wall: a finished proof is checked from scratch, by processes that have not seen the search.

The proof is put under the theorem's own header and statement. One new engine elaborates the file and hands out
the proof as terms (`export` in docs/protocol.md). Elaborating a proof can run code that it brings, so that engine
is not believed: a second one, which elaborates the statement only, has Lean's kernel check that these terms prove
it, and reports the axioms (`check`). Nothing is shared with the search: the text alone, and no code of the pool or
of the tactic fence. docs/soundness.md says what that is worth.

What this does not guarantee: that the statement says what its author meant, and that the header, which is the
user's, does not bend the meaning of the statement's notation.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from prover.errors import EngineCrashed, EngineError
from prover.lean.command import EngineCommand
from prover.lean.repl import Repl
from prover.lean.theorem import Theorem

ALLOWED_AXIOMS = frozenset({"propext", "Quot.sound", "Classical.choice"})

_TOKEN = re.compile(r'--[^\n]*|/-|"(?:[^"\\]|\\.)*"|\'\\?"\'|[\w.«»!?\']+', re.DOTALL)
_COMMENT_EDGE = re.compile(r"/-|-/")
_CHEAT = re.compile(
    r"sorry|admit|native_decide|axiom|implemented_by|debug\..*|(?:.*\.)?(?:sorryAx|ofReduceBool|trustCompiler)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The proof is right. `statement` is the theorem's type as Lean shows it after elaboration.

    `axioms` are those the proof reaches by itself; what the theorems of Lean's library rest on the embedded
    engine cannot tell, since that library comes without their proofs. `sha256` is that of the
    UTF-8 text that was checked, the whole file. `time_s` is the wall time, the engine's start included.
    """

    theorem: str
    statement: str
    axioms: tuple[str, ...]
    engine: str
    lean_version: str | None
    sha256: str
    time_s: float


@dataclass(frozen=True, slots=True)
class Rejection:
    """The proof is not accepted, for this reason."""

    reason: str


Verifier = Callable[[Theorem, str], Awaitable[Certificate | Rejection]]
"""Checks a proof of a theorem, a tactic block, from scratch.

Raises SetupError or EngineError if the check could not be carried out, which says nothing about the proof.
"""


def verifier(command: EngineCommand) -> Verifier:
    """Return a `Verifier` that checks with new engines started by `command`."""

    async def check(theorem: Theorem, proof: str) -> Certificate | Rejection:
        return await verify(theorem, proof, command)

    return check


async def verify(
    theorem: Theorem, proof: str, command: EngineCommand, *, timeout_s: float = 120.0
) -> Certificate | Rejection:
    """Check `proof`, a tactic block, in new engines; each start and each request may take `timeout_s`.

    Raises:
        SetupError, EngineError: the check could not be carried out, which says nothing about the proof.
    """
    clock = asyncio.get_running_loop().time
    began = clock()
    if reason := obvious_cheat(proof):
        return Rejection(reason)
    source = theorem.file_with_proof(proof)
    try:
        digest = hashlib.sha256(source.encode()).hexdigest()
    except UnicodeEncodeError:
        return Rejection("the text holds half a character, so it is no Unicode text")
    claim = {"source": source, "name": theorem.name}
    exported, _ = await _ask(command, "export", claim, timeout_s)
    if exported.get("terms") is None:
        return Rejection(str(exported.get("reason") or "the engine gives no reason"))
    claim |= {"original": theorem.file_with_proof("sorry"), "terms": exported["terms"]}
    verdict, lean_version = await _ask(command, "check", claim, timeout_s)
    if not isinstance(verdict.get("accepted"), bool):
        raise EngineError(f"{command.label} answered a check with {str(verdict)[:500]}")
    if not verdict["accepted"]:
        return Rejection(str(verdict.get("reason") or "the engine gives no reason"))
    axioms, statement = verdict.get("axioms"), verdict.get("statement")
    if not isinstance(axioms, list) or not isinstance(statement, str):
        raise EngineError(f"{command.label} accepted a proof without saying of what: {str(verdict)[:500]}")
    if foreign := [axiom for axiom in axioms if axiom not in ALLOWED_AXIOMS]:
        return Rejection(f"the proof rests on the axiom {foreign[0]}")
    return Certificate(
        theorem=theorem.name,
        statement=statement,
        axioms=tuple(axioms),
        engine=command.label,
        lean_version=lean_version,
        sha256=digest,
        time_s=clock() - began,
    )


async def _ask(
    command: EngineCommand, what: str, request: dict[str, Any], timeout_s: float
) -> tuple[dict[str, Any], str | None]:
    """Put one request to a new engine; return its answer and the version of its Lean."""
    repl = await Repl.start(command, startup_timeout_s=timeout_s)
    try:
        if what not in repl.extensions:
            raise EngineError(f"{command.label} cannot check proofs: verification with it is not built yet")
        reply = await repl.request({what: request}, timeout_s)
    finally:
        await repl.close()
    if reply.get("fatal"):
        raise EngineCrashed(f"{command.label} broke over the {what}: {reply.get('message')}")
    answer = reply.get(what)
    if not isinstance(answer, dict):
        raise EngineError(f"{command.label} answered a request to {what} with {str(reply)[:500]}")
    return answer, repl.lean_version


def obvious_cheat(proof: str) -> str | None:
    """Return a clear reason for refusing at once. The engine decides about everything that passes here."""
    at = depth = 0
    while token := (_COMMENT_EDGE if depth else _TOKEN).search(proof, at):
        at = token.end()
        if token[0] in ("/-", "-/"):
            depth += 1 if token[0] == "/-" else -1
        elif _CHEAT.fullmatch(token[0].replace("«", "").replace("»", "")):
            return f"the proof uses `{token[0]}`"
    return None
