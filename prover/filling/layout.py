"""How a proof can be laid out in the place of a `sorry`, the nicest way first.

Where a tactic is expected the proof goes in as it is, where a term is expected as ``by`` and the proof. Lean's
tactic blocks are made of lines that begin in the same column, so a proof of several lines either begins a new
line, deeper than what is around it, or goes on in the column where it began, if need be in parentheses. Which of
these Lean reads as meant is for Lean to say: the caller tries them in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prover.lean.reading.text import Edit

STEP = 2
_BULLETS = re.compile(r"[ ]*(?:(?:·|\.)[ ]+)*")
_OPENS_BLOCK = re.compile(r"(?:\bby|=>)[ ]*\Z")
_OPENS_VALUE = re.compile(r"(?::=|=>|\bfrom|\bexact|<\||[(\[{⟨,])[ ]*\Z")
_ENDS_VALUE = re.compile(r"[ ]*(?:--.*)?(?:\n|\Z|[)\]}⟩,])")


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of Lean's text from `start` up to `end` that a proof is to take; `tactic` if one is expected."""

    text: str
    start: int
    end: int
    tactic: bool

    def layouts(self, proof: str) -> Iterator[Edit]:
        """Yield the edits that may put `proof`, a tactic block that begins in column 0, in this place."""
        yield from dict.fromkeys(self._tactic(proof) if self.tactic else self._term(proof))

    def _tactic(self, proof: str) -> Iterator[Edit]:
        lines = proof.split("\n")
        opens = _OPENS_BLOCK.search(self._before)
        if len(lines) > 1 and opens:
            blanks = len(opens[0]) - len(opens[0].rstrip())
            yield self._on_new_lines("", lines, start=self.start - blanks)
        yield self._edit("\n".join([lines[0], *(_indent(line, self._column) for line in lines[1:])]))
        yield self._on_new_lines("(", lines, ")") if len(lines) > 1 else self._edit(f"({proof})")

    def _term(self, proof: str) -> Iterator[Edit]:
        lines = proof.split("\n")
        alone = not self._before.strip()
        opens = alone or _OPENS_VALUE.search(self._before)
        if len(lines) == 1:
            bare, enclosed = self._edit(f"by {proof}"), self._edit(f"(by {proof})")
            yield from (bare, enclosed) if opens else (enclosed, bare)
            return
        if alone or (opens and _ENDS_VALUE.match(self.text, self.end)):
            yield self._on_new_lines("by", lines)
        yield self._on_new_lines("(by", lines, ")")

    def _on_new_lines(
        self, first: str, lines: list[str], last: str = "", *, start: int | None = None
    ) -> Edit:
        indentation = len(_bullets(self._before)) + STEP
        shown = "\n".join([first, *(_indent(line, indentation) for line in lines)])
        return Edit(start=self.start if start is None else start, end=self.end, text=shown + last)

    def _edit(self, text: str) -> Edit:
        return Edit(start=self.start, end=self.end, text=text)

    @property
    def _before(self) -> str:
        """What is before the place on its line."""
        return self.text[self.text.rfind("\n", 0, self.start) + 1 : self.start]

    @property
    def _column(self) -> int:
        return len(self._before)


def _bullets(line: str) -> str:
    """Return the blanks and bullets that a line begins with."""
    found = _BULLETS.match(line)
    assert found is not None
    return found[0]


def _indent(line: str, column: int) -> str:
    return " " * column + line if line else line
