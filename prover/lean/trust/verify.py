"""The trusted verifier: a finished proof is checked from its text, by engines that have not seen the search.

The proof is put under the theorem's own header and statement. One engine elaborates the file and hands out the
proof as terms (`export` in docs/protocol.md). Elaborating a proof can run code that it brings, so that engine is
not believed: a second one, which elaborates the statement only, has Lean's kernel check that these terms prove it,
and reports the axioms (`check`). Both are new processes, or processes whose whole memory has been made again what
it was when they were new (`reset`). The first may be one of the search's, the second never is: it has only ever
elaborated statements. It gets the text and the terms, and shares no code with the pool or the filter of tactics.
docs/soundness.md says what that is worth.

What this does not guarantee: that the statement says what its author meant, and that the header, which is the
user's, does not bend the meaning of the statement's notation.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from prover.errors import EngineCrashed, EngineError, EngineTimeout
from prover.lean.process.command import EngineCommand
from prover.lean.process.repl import Repl
from prover.lean.protocol import (
    Ask,
    CheckClaim,
    Checked,
    CheckRequest,
    ExportClaim,
    Exported,
    ExportRequest,
    Reply,
)
from prover.lean.theorem import Theorem

NAMES_SHOWN = 5
ALLOWED_AXIOMS = frozenset({"propext", "Quot.sound", "Classical.choice"})

MAX_RSS_BYTES = 1_200_000_000
"""What a process may have grown to and still be used again; a memory that has grown does not shrink."""

_STAND_IN = "trivial"
"""What stands in the place of the proof where the judge parses one, the proof itself being in a file of another."""

_TOKEN = re.compile(r'--[^\n]*|/-|"(?:[^"\\]|\\.)*"|\'\\?"\'|[\w.«»!?\']+', re.DOTALL)
_COMMENT_EDGE = re.compile(r"/-|-/")
_CHEAT = re.compile(
    r"sorry|admit|native_decide|axiom|implemented_by|by_elab|run_(?:cmd|conv|elab|meta|tac)|debug\..*"
    r"|(?:.*\.)?(?:sorryAx|ofReduceBool|trustCompiler)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The proof is right. `statement` is the theorem's type as Lean shows it after elaboration.

    `axioms` are those the proof reaches by itself; what the theorems of Lean's library rest on the embedded
    engine cannot tell, since that library comes without their proofs; `of_library` says whether they are among them.
    `sha256` is that of the
    UTF-8 text that was checked, the whole file. `time_s` is the wall time, the engine's start included.
    `inductives` are the inductive types of what stands before the theorem that the theorem rests on. `context_code`
    is what stands there and runs code while it is elaborated, each with its line, such as ``by_elab (line 3)``:
    docs/soundness.md says what counts as such. `library` is the pocket library and its version, if the theorem is
    stated over that. `caveats` are sentences about a check that is worth less than others.
    """

    theorem: str
    statement: str
    axioms: tuple[str, ...]
    engine: str
    lean_version: str | None
    sha256: str
    time_s: float
    of_library: bool = False
    inductives: tuple[str, ...] = ()
    context_code: tuple[str, ...] = ()
    library: str | None = None
    caveats: tuple[str, ...] = ()

    def facts(self) -> Iterator[str]:
        """Yield what it says, in words, one fact after the other; caveats are apart."""
        yield self.engine
        beyond = "" if self.of_library else " beyond what the library's theorems use"
        yield f"axioms: {', '.join(self.axioms) if self.axioms else 'none'}{beyond}"
        if self.library is not None:
            yield f"stated over prover's {self.library.replace(' ', ' library ', 1)}, not Mathlib"
        if self.inductives:
            yield f"inductive types: {_few(self.inductives)}"
        if self.context_code:
            yield f"code before the theorem: {_few(self.context_code)}"
        yield "checked by Lean's kernel in a fresh process"


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    return shown if len(names) <= NAMES_SHOWN else f"{shown} and {len(names) - NAMES_SHOWN} more"


class RejectionKind(StrEnum):
    """Why a proof is rejected, as an engine's answer to `export` and `check` says it (docs/protocol.md)."""

    ELABORATION = "elaboration"
    """Lean finds an error in the text, or the text does not declare the theorem."""
    SORRY = "sorry"
    AXIOM = "axiom"
    CODE = "code"
    """The proof runs code while it is elaborated, or rests on compiled, unsafe or partial definitions."""
    KERNEL = "kernel"
    INDUCTIVE = "inductive"
    """An inductive type is declared by the proof, or is one that the rules of docs/soundness.md refuse."""
    STATEMENT = "statement"
    """The statement has an error, or what is proved is not the given statement."""
    TEXT = "text"
    """The proof is no text, does not parse, or does not end where the text ends."""
    TERMS = "terms"
    """The exported terms are damaged, incomplete or not what they are said to be."""
    IMPORTS = "imports"
    LIMIT = "limit"
    """The time limit ended the check."""
    ENGINE = "engine"
    """The engine broke twice."""
    UNKNOWN = "unknown"
    """The engine gives no kind, or one that is not in this list."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """The proof is not accepted. Decisions look at `kind`; `message` is for people."""

    kind: RejectionKind
    message: str

    @property
    def undecided(self) -> bool:
        """Whether nothing is known about the proof: Lean was stopped, or broke."""
        return self.kind in (RejectionKind.LIMIT, RejectionKind.ENGINE)


_CHEAT_KINDS = {
    **dict.fromkeys(("sorry", "admit", "sorryAx"), RejectionKind.SORRY),
    "axiom": RejectionKind.AXIOM,
}


class Verifier(Protocol):
    """Checks finished proofs."""

    async def verify(self, theorem: Theorem, proof: str) -> Certificate | Rejection:
        """Check `proof`, a tactic block. Nothing of an earlier check may have any part in it.

        Raises:
            SetupError, EngineError: the check could not be carried out, which says nothing about the proof.
        """
        ...


@runtime_checkable
class WholeFileVerifier(Verifier, Protocol):
    """Checks the proofs of whole files, too."""

    async def verify_file(self, theorem: Theorem, file: str) -> Certificate | Rejection:
        """Check that `file`, a text that declares the theorem among other things, has a proof of it.

        The theorem is the one that was given, whatever the file says it is: see :func:`certify_file`.

        Raises:
            SetupError, EngineError: the check could not be carried out, which says nothing about the proof.
        """
        ...


class Lender(Protocol):
    """Has engines that can be made new, see :meth:`prover.lean.process.pool.EnginePool.lend`."""

    def lend(self, timeout_s: float) -> contextlib.AbstractAsyncContextManager[Ask]:
        """Open a way to ask an engine that is as new, each request for at most `timeout_s`."""
        ...


class KernelVerifier:
    """Implements :class:`WholeFileVerifier` with two engines of `command`; an asynchronous context manager.

    Both are started when it is opened and made new again as soon as they have answered, in the background, so that a
    check waits for neither. One that is not used costs a second of processor time and 400 MB for each of them until it
    is closed. Where there is a `lender`, the engine that elaborates is one of its, and only the judging one is started.
    Each start and each request may take `timeout_s`.
    """

    def __init__(
        self, command: EngineCommand, *, lender: Lender | None = None, timeout_s: float = 120.0
    ) -> None:
        self._command = command
        self._elaborating = (
            _NewEngine(command, timeout_s) if lender is None else _LentEngine(lender, command, timeout_s)
        )
        self._judging = _NewEngine(command, timeout_s)

    async def __aenter__(self) -> Self:
        self._elaborating.renew()
        self._judging.renew()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(self._elaborating.close(), self._judging.close())

    async def verify(self, theorem: Theorem, proof: str) -> Certificate | Rejection:
        """Check `proof`, see :class:`Verifier`."""
        return await certify(theorem, proof, self._command.label, self._ask)

    async def verify_file(self, theorem: Theorem, file: str) -> Certificate | Rejection:
        """Check the proof in `file`, see :class:`WholeFileVerifier`."""
        return await certify_file(theorem, file, self._command.label, self._ask)

    async def _ask(self, request: ExportRequest | CheckRequest) -> tuple[Reply, str | None]:
        engine = self._elaborating if "export" in request else self._judging
        return await engine.ask(request)


AskNew = Callable[[ExportRequest | CheckRequest], Awaitable[tuple[Reply, str | None]]]
"""Puts an `export` or a `check` (docs/protocol.md) to a new Lean; returns its reply and Lean's version."""


async def certify(theorem: Theorem, proof: str, label: str, ask: AskNew) -> Certificate | Rejection:
    """Check `proof` with two Leans: the terms that the one exports are what the other judges.

    Raises:
        SetupError, EngineError: the check could not be carried out, which says nothing about the proof.
    """
    if rejection := obvious_cheat(proof):
        return rejection
    source = theorem.file_with_proof(proof)
    original = theorem.file_with_proof("sorry")
    exporting: ExportClaim = {"source": source, "original": original, "name": theorem.name}
    return await _certify(theorem, exporting, source, label, ask)


async def certify_file(theorem: Theorem, file: str, label: str, ask: AskNew) -> Certificate | Rejection:
    """Check the proof that `file` has for `theorem`, with two Leans.

    The one elaborates all of the file and exports the terms that its declaration of this name rests on, lemmas and
    definitions of the file's own included. The other never sees the file: it elaborates the given statement and has
    the kernel check that these terms prove it, every constant of the statement's own text taken from there.

    Raises:
        SetupError, EngineError: as for `certify`.
    """
    exporting: ExportClaim = {"source": file, "name": theorem.name}
    return await _certify(theorem, exporting, theorem.file_with_proof(_STAND_IN), label, ask)


async def _certify(
    theorem: Theorem, exporting: ExportClaim, parsed: str, label: str, ask: AskNew
) -> Certificate | Rejection:
    """Have what `exporting` asks for judged; `parsed` is the text that the judge reads a proof in."""
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        digest = hashlib.sha256(exporting["source"].encode()).hexdigest()
    except UnicodeEncodeError:
        return Rejection(RejectionKind.TEXT, "the text holds half a character, so it is no Unicode text")
    reply, _ = await ask({"export": exporting})
    exported = reply.get("export")
    if not isinstance(exported, dict):
        raise _no_answer(label, "export", reply)
    if (terms := exported.get("terms")) is None:
        return _rejection(exported)
    original = theorem.file_with_proof("sorry")
    claim: CheckClaim = {"source": parsed, "original": original, "name": theorem.name, "terms": terms}
    _add_given(claim, theorem)
    reply, lean_version = await ask({"check": claim})
    verdict = reply.get("check")
    if not isinstance(verdict, dict):
        raise _no_answer(label, "check", reply)
    if not isinstance(verdict.get("accepted"), bool):
        raise EngineError(f"{label} answered a check with {str(verdict)[:500]}")
    if not verdict["accepted"]:
        return _rejection(verdict)
    statement = verdict.get("statement")
    lists = [verdict.get("axioms"), verdict.get("inductives"), verdict.get("contextCode")]
    if not (isinstance(statement, str) and all(isinstance(each, list) for each in lists)):
        raise EngineError(f"{label} accepted a proof without saying of what: {str(verdict)[:500]}")
    axioms, inductives, context_code = (tuple(str(item) for item in each or ()) for each in lists)
    if foreign := [axiom for axiom in axioms if axiom not in ALLOWED_AXIOMS]:
        return axiom_rejection(foreign[0])
    return Certificate(
        theorem=theorem.name,
        statement=statement,
        axioms=axioms,
        engine=label,
        lean_version=lean_version,
        sha256=digest,
        time_s=clock() - began,
        inductives=inductives,
        context_code=context_code,
        library=None if verdict.get("library") is None else str(verdict["library"]),
    )


def axiom_rejection(axiom: str) -> Rejection:
    """Return the rejection of a proof that rests on an axiom which is not allowed."""
    kind = RejectionKind.SORRY if axiom == "sorryAx" else RejectionKind.AXIOM
    return Rejection(kind, f"the proof rests on the axiom {axiom}")


def _no_answer(label: str, what: str, reply: Reply) -> EngineError:
    return EngineError(f"{label} answered a request to {what} with {str(reply)[:500]}")


def _rejection(answer: Exported | Checked) -> Rejection:
    kind = answer.get("kind")
    known = RejectionKind(kind) if kind in list(RejectionKind) else RejectionKind.UNKNOWN
    return Rejection(known, str(answer.get("reason") or "the engine gives no reason"))


def _add_given(claim: CheckClaim, theorem: Theorem) -> None:
    """Add what a `check` needs to take the statement from the user's own text."""
    if (given := theorem.given) is not None:
        claim["given"] = {"text": given.text, "start": given.start, "preamble": given.preamble}
        claim["statementStart"] = len(theorem.before_statement.encode())


async def verify(
    theorem: Theorem, proof: str, command: EngineCommand, *, timeout_s: float = 120.0
) -> Certificate | Rejection:
    """Check one proof in new processes, see :class:`KernelVerifier`."""
    async with KernelVerifier(command, timeout_s=timeout_s) as verifier:
        return await verifier.verify(theorem, proof)


async def verdict(verifier: Verifier, theorem: Theorem, proof: str) -> Certificate | Rejection:
    """Verify, a second time if the engine broke; a proof that breaks two engines is refused.

    Raises:
        SetupError, EngineError: the check could not be carried out for another reason.
    """
    return await _twice(lambda: verifier.verify(theorem, proof))


async def file_verdict(verifier: WholeFileVerifier, theorem: Theorem, file: str) -> Certificate | Rejection:
    """Verify the proof in a file, as `verdict` does.

    Raises:
        SetupError, EngineError: as for `verdict`.
    """
    return await _twice(lambda: verifier.verify_file(theorem, file))


async def _twice(verify: Callable[[], Awaitable[Certificate | Rejection]]) -> Certificate | Rejection:
    try:
        return await verify()
    except (EngineCrashed, EngineTimeout):
        try:
            return await verify()
        except (EngineCrashed, EngineTimeout) as error:
            return Rejection(RejectionKind.ENGINE, f"the check could not be carried out: {error.message}")


class _LentEngine:
    """An engine of the lender's for each request, reset before it."""

    def __init__(self, lender: Lender, command: EngineCommand, timeout_s: float) -> None:
        self._lender = lender
        self._label = command.label
        self._timeout_s = timeout_s

    def renew(self) -> None:
        """There is nothing to prepare."""

    async def close(self) -> None:
        """There is nothing to end."""

    async def ask(self, request: ExportRequest | CheckRequest) -> tuple[Reply, str | None]:
        """Put one request to an engine; return its reply."""
        async with self._lender.lend(self._timeout_s) as ask:
            reply = await ask(request)
        if reply.get("fatal"):
            raise EngineCrashed(f"{self._label} broke over the {_kind(request)}: {reply.get('message')}")
        return reply, None


class _NewEngine:
    """An engine that is as new for every request: its memory is wound back, or its process replaced.

    That is done in the background, ahead of the request; what goes wrong with it is the next request's to tell.
    """

    def __init__(self, command: EngineCommand, timeout_s: float) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._new: asyncio.Task[Repl] | None = None
        self._turn = asyncio.Lock()

    def renew(self, used: Repl | None = None) -> None:
        """Begin to make `used` new, or to start another."""
        self._new = asyncio.create_task(self._renew(used))

    async def close(self) -> None:
        """End the process, be it ready or not, when it has answered what it was asked."""
        async with self._turn:
            new, self._new = self._new, None
            if new is None:
                return
            new.cancel()
            await asyncio.wait([new])
            if not new.cancelled() and new.exception() is None:
                await new.result().close()

    async def ask(self, request: ExportRequest | CheckRequest) -> tuple[Reply, str | None]:
        """Put one request to the engine; return its reply and the version of its Lean."""
        label, what = self._command.label, _kind(request)
        async with self._turn:
            repl = await self._take()
            try:
                if what not in repl.extensions:
                    raise EngineError(f"{label} cannot check proofs: verification with it is not built yet")
                reply = await repl.request(request, self._timeout_s)
                if reply.get("fatal"):
                    raise EngineCrashed(f"{label} broke over the {what}: {reply.get('message')}")
            except BaseException:
                await repl.close()
                raise
            self.renew(repl)
        return reply, repl.lean_version

    async def _take(self) -> Repl:
        """Return the new engine, which no later request gets as it is."""
        new = self._new = self._new or asyncio.create_task(self._renew(None))
        await asyncio.wait([new])
        self._new = None
        repl = new.result()
        return repl if repl.alive else await self._renew(repl)

    async def _renew(self, used: Repl | None) -> Repl:
        if used is not None and await self._rewound(used):
            return used
        return await Repl.start(self._command, startup_timeout_s=self._timeout_s)

    async def _rewound(self, repl: Repl) -> bool:
        """Whether the engine has made its memory again what it was when it was new; if not, it is ended."""
        rewound = False
        try:
            with contextlib.suppress(EngineCrashed, EngineTimeout):
                if "reset" in repl.extensions and repl.rss_bytes <= MAX_RSS_BYTES:
                    rewound = (await repl.request({"reset": {}}, self._timeout_s)).get("reset") is True
        finally:
            if not rewound:
                await repl.close()
        return rewound


def _kind(request: ExportRequest | CheckRequest) -> str:
    return "export" if "export" in request else "check"


def obvious_cheat(proof: str) -> Rejection | None:
    """Return a rejection with a clear message, if a word of the proof is enough. The engine decides about the rest."""
    at = depth = 0
    while token := (_COMMENT_EDGE if depth else _TOKEN).search(proof, at):
        at = token.end()
        if token[0] in ("/-", "-/"):
            depth += 1 if token[0] == "/-" else -1
        elif _CHEAT.fullmatch(word := token[0].replace("«", "").replace("»", "")):
            kind = _CHEAT_KINDS.get(word.rpartition(".")[2], RejectionKind.CODE)
            return Rejection(kind, f"the proof uses `{token[0]}`")
    return None
