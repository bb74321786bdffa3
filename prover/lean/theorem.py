"""The thing to be proved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from prover.errors import StatementError
from prover.lean.protocol import CommandReply

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
    """A Lean theorem without its proof; a :class:`prover.lean.goal.Goal`.

    `statement` is the declaration's head, from its modifiers up to but excluding ``:=``, for example
    ``theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b``. `header` is everything that stands before it in
    its file: imports, ``open``s, definitions, earlier theorems. `name` is the full name that the
    declaration gets, namespaces included. `source` says where it comes from, for people. `given` is the text that
    both were cut out of, where there is one. A proof is a tactic block, or with `proof_is_term` a term, which
    is written behind ``:=`` as it is.
    """

    name: str
    statement: str
    header: str = ""
    source: str = ""
    given: Given | None = field(default=None, compare=False, repr=False)
    proof_is_term: bool = False

    def with_given(self, written: str) -> Theorem:
        """Return the theorem as it was given: `written` is what stood behind the header, from the declaration on."""
        before = self.before_statement
        return replace(self, given=Given(text=before + written, start=len(before.encode())))

    @property
    def written(self) -> str:
        """What was given from the declaration on; empty if that is not known."""
        return "" if self.given is None else self.given.text.encode()[self.given.start :].decode()

    def with_proof(self, proof: str) -> str:
        """Return the declaration with `proof`; the lines of a tactic block are not yet indented."""
        if self.proof_is_term:
            return f"{self.statement}:={proof}"
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

    @property
    def theorem(self) -> Theorem:
        """The theorem itself."""
        return self

    @property
    def context(self) -> tuple[str, ...]:
        """The whole lines before the statement."""
        lines, end, _ = self.before_statement.rpartition("\n")
        return (lines + end,)

    def context_with(self, command: str) -> tuple[str, ...]:
        """Return the context with one more command at its end."""
        return (self.context[0] + command,)

    @property
    def command(self) -> str:
        """The statement with `sorry` for its proof, after what is blank before it: what follows may count columns."""
        return self.before_statement.removeprefix(self.context[0]) + self.with_proof("sorry")

    def select_sorry(self, reply: CommandReply) -> tuple[int, str]:
        """Return the proof state and the goal of the one `sorry` of a reply to `command`.

        Raises:
            StatementError: there is no `sorry`, or there are several.
        """
        sorries = reply.get("sorries", [])
        if len(sorries) != 1:
            raise StatementError(
                f"expected one theorem without its proof; with `sorry` for a proof it has {len(sorries)} gaps",
                line=1 + self.context[0].count("\n"),
                column=0,
            )
        return int(sorries[0]["proofState"]), str(sorries[0]["goal"])
