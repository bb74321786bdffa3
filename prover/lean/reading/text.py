"""Lean texts as they come in: one treatment of encodings, byte order marks and line ends, whatever way they take.

Lean reads UTF-8 and turns each ``\\r\\n`` into ``\\n`` before it counts anything. Here that is done first, so that what
an engine is sent has the characters and the offsets that Lean sees. A `LeanText` keeps what was given, and the way
back to it. What Lean would refuse or read differently from what people see is refused: a carriage return without a
newline, a null character, half of a surrogate pair.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError
from prover.lean.protocol import Position

BOM = "\ufeff"
BLANK = " \t\n"
"""What may be left out around a text; to Lean nothing else is blank."""

_STRANGE = re.compile("\r(?!\n)|\0|[\ud800-\udfff]")
_WHAT = {"\r": "a carriage return (U+000D) without a newline", "\0": "a null character (U+0000)"}
_ADVICE = {
    "\r": r"Save it with \n or \r\n at the end of lines.",
    "\0": "Is it a text? Save it as UTF-8.",
}
_NOT_UTF8 = "Save it as UTF-8."


@dataclass(frozen=True, slots=True)
class LeanText:
    """A text as it was given, `raw`, and as Lean sees it, `text`."""

    raw: str

    @classmethod
    def decode(cls, data: bytes, where: str) -> LeanText:
        """Decode UTF-8; `where` is what messages call it.

        Raises:
            InputError: it is not UTF-8, or holds what no Lean text may hold.
        """
        try:
            return cls.of(data.decode("utf-8"), where)
        except UnicodeDecodeError as error:
            line = 1 + data.count(b"\n", 0, error.start)
            message = f"{where} is not UTF-8 text: byte {error.start + 1}, in line {line}"
            raise InputError(message, advice=_NOT_UTF8) from error

    @classmethod
    def of(cls, raw: str, where: str) -> LeanText:
        """Take a text that has been decoded; `where` is what messages call it.

        Raises:
            InputError: it holds what no Lean text may hold.
        """
        if not isinstance(raw, str):
            raise InputError(f"{where} is to be a text, not {type(raw).__name__}")
        if strange := _STRANGE.search(raw):
            char = strange[0]
            before = raw[: strange.start()]
            place = f"{1 + before.count(chr(10))}:{len(before) - (before.rfind(chr(10)) + 1)}"
            what = _WHAT.get(char, f"half a character (U+{ord(char):04X})")
            raise InputError(f"{where}, {place}: {what}", advice=_ADVICE.get(char, _NOT_UTF8))
        return cls(raw)

    @property
    def text(self) -> str:
        """The text as Lean sees it: without a byte order mark, a ``\\n`` at the end of every line."""
        return self.raw.removeprefix(BOM).replace("\r\n", "\n")

    def places(self) -> list[int]:
        """Return where each character of `text`, and its end, is in `raw`."""
        first = len(self.raw) - len(self.raw.removeprefix(BOM))
        skipped = {match.start() for match in re.finditer("\r\n", self.raw)}
        return [at for at in range(first, len(self.raw) + 1) if at not in skipped]


def lean_text(raw: str, where: str) -> str:
    """Return a text as Lean sees it; `where` is what messages call it.

    Raises:
        InputError: it holds what no Lean text may hold.
    """
    return LeanText.of(raw, where).text


def read_lean(path: Path) -> LeanText:
    """Read a .lean file.

    Raises:
        InputError: it cannot be read, is not UTF-8, or holds what no Lean text may hold.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", advice="Name a .lean file.") from error
    return LeanText.decode(data, str(path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """`text` comes in the place of what is between `start` and `end`, in code points."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A text after some edits, the latest last, and the way back to what it was before them."""

    text: str
    edits: tuple[Edit, ...] = ()

    def with_edits(self, edits: Sequence[Edit]) -> Changed:
        """Return the text with these edits, which count in the text as it is and do not overlap."""
        text, backwards = self.text, sorted(edits, key=lambda each: -each.start)
        for edit in backwards:
            text = text[: edit.start] + edit.text + text[edit.end :]
        return Changed(text, (*self.edits, *backwards))

    def original_position(self, position: Position) -> Position:
        """Return where a position that Lean reports about the text was before the edits, none of which adds lines."""
        start = self._original(offset_of(self.text, {"line": position["line"], "column": 0}))
        at = self._original(offset_of(self.text, position))
        return {"line": position["line"], "column": at - start}

    def _original(self, at: int) -> int:
        for edit in reversed(self.edits):
            if at >= edit.start + len(edit.text):
                at -= len(edit.text) - (edit.end - edit.start)
            elif at > edit.start:
                at = edit.start
        return at


def offset_of(text: str, position: Position) -> int:
    """Return the offset in `text`, in code points, of a position that Lean reports; behind the text is its end."""
    at = 0
    for _ in range(position["line"] - 1):
        newline = text.find("\n", at)
        if newline < 0:
            return len(text)
        at = newline + 1
    return min(at + position["column"], len(text))


def characters(text: str, offset: int) -> int:
    """Return how many code points of `text` are before an offset in UTF-8 bytes."""
    return len(text.encode()[:offset].decode())
