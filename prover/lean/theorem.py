"""The thing to be proved."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Theorem:
    """A Lean theorem without its proof.

    `statement` is the declaration's head, from its modifiers up to but excluding ``:=``, for example
    ``theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b``. `header` is everything that stands before it in
    its file: imports, ``open``s, definitions, earlier theorems. `name` is the full name that the
    declaration gets, namespaces included. `source` says where it comes from, for people.
    """

    name: str
    statement: str
    header: str = ""
    source: str = ""

    def with_proof(self, proof: str) -> str:
        """Return the declaration with `proof`, a tactic block whose lines are not yet indented."""
        indented = "\n".join(f"  {line}" if line else line for line in proof.removesuffix("\n").split("\n"))
        return f"{self.statement} := by\n{indented}\n"

    def file_with_proof(self, proof: str) -> str:
        """Return a whole file: the header, then the declaration with `proof`."""
        header = self.header if not self.header or self.header.endswith("\n") else self.header + "\n"
        return header + self.with_proof(proof)
