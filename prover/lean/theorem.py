"""The thing to be proved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

ENDING = "\n:= by\n  sorry"
"""A value for a declaration that may have none; behind one that has one it is an error, and not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the user gave, nothing of it cut out: the judge takes the statement from it by itself.

    `text` is as Lean sees it, `preamble` comes between its imports and its commands. `start` is where the declaration
    begins, in UTF-8 bytes of `text`; whatever value it has is left out.
    """

    text: str
    start: int
    preamble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theorem:
    """A Lean theorem without its proof.

    `statement` is the declaration's head, from its modifiers up to but excluding ``:=``, for example
    ``theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b``. `header` is everything that stands before it in
    its file: imports, ``open``s, definitions, earlier theorems. `name` is the full name that the
    declaration gets, namespaces included. `source` says where it comes from, for people. `given` is the text that
    both were cut out of, where there is one.
    """

    name: str
    statement: str
    header: str = ""
    source: str = ""
    given: Given | None = field(default=None, compare=False, repr=False)

    def giving(self, written: str) -> Theorem:
        """Return the theorem as it was given: `written` is what stood behind the header, from the declaration on."""
        before = self.before_statement
        return replace(self, given=Given(text=before + written, start=len(before.encode())))

    @property
    def written(self) -> str:
        """What was given from the declaration on; empty if that is not known."""
        return "" if self.given is None else self.given.text.encode()[self.given.start :].decode()

    def with_proof(self, proof: str) -> str:
        """Return the declaration with `proof`, a tactic block whose lines are not yet indented."""
        lines = proof.removesuffix("\n").split("\n")
        indented = "\n".join(f"  {line}" if line else line for line in lines)
        return f"{self.statement} := by\n{indented}\n"

    def file_with_proof(self, proof: str) -> str:
        """Return a whole file: the header, then the declaration with `proof`."""
        return self.before_statement + self.with_proof(proof)

    @property
    def before_statement(self) -> str:
        """The header as it stands before the statement: on lines of its own, or on its line what is blank."""
        blank = self.header.rpartition("\n")[2].strip(" ") == ""
        return self.header if blank else self.header + "\n"
