"""Lean's tokens, as far as is needed to see where a declaration begins and its proof starts.

Comments, strings, characters, identifiers, brackets and ``:=`` are told apart; whatever else there is comes
as symbols of one character. Lean's real tokens depend on the notations in force, which only Lean knows: a
notation that has a quote or a comment sign in it will be misread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

Kind = Literal["comment", "doc", "text", "word", "open", "close", "symbol"]

_PART = r"(?:«[^»\n]*»|[^\W\d][\w'!?]*)"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<comment>--[^\n]*)
    |(?P<block>/-)
    |(?P<text>r(?P<hashes>\#*)".*?"(?P=hashes)|"(?:[^"\\]|\\.)*"|'(?:[^'\\\n]|\\[^\n]{{1,9}}?)')
    |(?P<word>{_PART}(?:\.{_PART})*)
    |(?P<open>[(\[{{⟨⦃⟦])
    |(?P<close>[)\]}}⟩⦄⟧])
    |(?P<symbol>:=|''|.)""",
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/-|-/")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text, from `start` up to `end` in code points. `doc` is a ``/-- -/`` comment."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of `text`, blanks left out. Whatever is not closed reaches to the end."""
    position = 0
    while found := _TOKEN.match(text, position):
        kind, start, position = found.lastgroup, found.start(), found.end()
        if kind == "block":
            position = _block_end(text, start)
            piece = text[start:position]
            is_doc = piece.startswith("/--") and not piece.startswith("/--/")
            yield Token("doc" if is_doc else "comment", piece, start)
        elif kind != "space":
            yield Token(cast(Kind, kind), found[0], start)


def _block_end(text: str, start: int) -> int:
    """Return the end of the block comment at `start`, the comments inside it included."""
    depth = 0
    for edge in _BLOCK_EDGE.finditer(text, start):
        depth += 1 if edge[0] == "/-" else -1
        if depth == 0:
            return edge.end()
    return len(text)
