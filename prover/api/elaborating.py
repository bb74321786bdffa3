"""What Lean says of a text, and texts that come without a file, put under the imports that they expect."""

from __future__ import annotations

from dataclasses import dataclass

from prover.errors import EngineTimeout
from prover.lean.backend import Library, with_header
from prover.lean.process.replies import require_environment
from prover.lean.protocol import Ask, CommandReply, CommandRequest, Declaration, Message, Position, Sorry
from prover.lean.reading.pocket import imports_library, uses_library
from prover.lean.reading.prelude import NO_AUTO_BOUND, POCKET_IMPORT, imports_end, prelude
from prover.lean.reading.text import lean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Elaboration:
    """What Lean says of `text`; lines count from 1, columns from 0, in code points.

    If it `timed_out`, Lean was stopped, or broke, before the end: what else is here is not all, or nothing. `declared`
    is what the engine says of declarations, with offsets in UTF-8 bytes of the text.
    """

    text: str
    messages: tuple[Message, ...] = ()
    sorries: tuple[Sorry, ...] = ()
    declared: tuple[Declaration, ...] = ()
    timed_out: bool = False

    @property
    def errors(self) -> tuple[Message, ...]:
        """The errors among the messages."""
        return tuple(each for each in self.messages if each["severity"] == "error")

    @property
    def accepted(self) -> bool:
        """Whether Lean came to the end without an error; there may be a `sorry`."""
        return not self.timed_out and not self.errors


@dataclass(frozen=True, slots=True)
class Framed:
    """A text of somebody's with `inserted` lines before what follows its imports, at the offset `at`.

    With `by_engine` they are an engine's own to insert, by the field `preamble` of docs/protocol.md, which is faster.
    """

    text: str
    at: int
    inserted: str
    by_engine: bool = False

    @property
    def whole(self) -> str:
        """The text with the lines."""
        return self.text[: self.at] + self.inserted + self.text[self.at :]

    @property
    def preamble(self) -> str:
        """What the whole begins with, up to the end of what was inserted."""
        return self.text[: self.at] + self.inserted

    def line(self, line: int) -> int:
        """Return which line of the text a line of the whole is; 0 for one that was inserted."""
        first = self.text.count("\n", 0, self.at) + 1
        if line < first:
            return line
        return max(line - self.inserted.count("\n"), first - 1)


def framed(text: str, library: Library, *, like: str = "", what: str = "the code") -> Framed:
    """Put before a text without imports what prover puts before a statement without a file.

    That is notation, and the pocket library where the text, or `like`, seems to use it; with Mathlib, its header.

    Raises:
        InputError: it is no Lean text.
    """
    text = lean_text(text, what)
    at = imports_end(text)
    if library not in ("core", "pocket"):
        return Framed(text, 0, with_header(library, "") if not at else "")
    if library == "pocket" and imports_library(text):
        return Framed(text, at, "")
    if library == "pocket" and not at and uses_library(f"{text}\n{like}"):
        return Framed(text, 0, POCKET_IMPORT + NO_AUTO_BOUND)
    return Framed(text, at, prelude(), by_engine=True)


async def elaborate(
    ask: Ask, framed_text: Framed, *, timeout_s: float, declarations: bool = True
) -> Elaboration:
    """Elaborate a text from its imports.

    Raises:
        UnsupportedError: it imports something that is not there.
        EngineError: the engine failed.
    """
    text = framed_text.text
    request: CommandRequest = {
        "cmd": text if framed_text.by_engine else framed_text.whole,
        "declarations": declarations,
        "timeLimit": round(timeout_s * 1000),
    }
    if framed_text.by_engine:
        request["preamble"] = framed_text.inserted
    try:
        reply = await ask(request)
        require_environment(reply)
    except EngineTimeout:
        return Elaboration(text=text, timed_out=True)
    return _as_given(reply, Framed(text, 0, "") if framed_text.by_engine else framed_text)


def _as_given(reply: CommandReply, given: Framed) -> Elaboration:
    def place(position: Position) -> Position:
        return {"line": given.line(position["line"]), "column": position["column"]}

    messages = [
        Message(
            severity=each["severity"],
            pos=place(each["pos"]),
            endPos=None if each["endPos"] is None else place(each["endPos"]),
            data=each["data"],
        )
        for each in reply.get("messages", [])
    ]
    sorries = [
        Sorry(
            proofState=each["proofState"],
            pos=place(each["pos"]),
            endPos=place(each["endPos"]),
            goal=each["goal"],
        )
        for each in reply.get("sorries", [])
    ]
    before = len(given.text[: given.at].encode())
    inserted = len(given.inserted.encode())
    moved = [_move_declaration(each, before, inserted) for each in reply.get("declarations", [])]
    return Elaboration(
        text=given.text,
        messages=tuple(messages),
        sorries=tuple(sorries),
        declared=tuple(each for each in moved if each is not None),
    )


def _move_declaration(declaration: Declaration, before: int, inserted: int) -> Declaration | None:
    """Return a declaration with the offsets that it has without what was inserted; None for one that was."""
    start, end = declaration["range"]
    if start < before + inserted:
        return declaration if end <= before else None
    moved = declaration.copy()
    moved["range"] = (start - inserted, end - inserted)
    return moved
