"""Results of the API: a proof, or why the search ended; a file whose holes are filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from prover.attempt import Attempt, Disproof, Verified
from prover.filling.fill import Filling, Outcome
from prover.filling.text import SourceFile
from prover.lean.process.replies import refuses_code
from prover.lean.protocol import Message, Sorry
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate
from prover.search.budget import StopReason
from prover.search.result import SearchResult, Unproved
from prover.search.script import proof_text
from prover.search.shorten import TracedStep
from prover.search.tree import ProofTree
from prover.util.html import goals_html, note_html, text_html


@dataclass(frozen=True, slots=True)
class _Ended:
    """What is known of every attempt at a theorem; `attempt` has all of it."""

    attempt: Attempt = field(repr=False)

    @property
    def theorem(self) -> Theorem:
        """The theorem that was to be proved."""
        return self.attempt.theorem

    @property
    def search(self) -> SearchResult:
        """What the search did: states expanded, tactics tried, times in seconds."""
        return self.attempt.search

    @property
    def tree(self) -> ProofTree:
        """Every state that the search came to, and every tactic that it tried there."""
        return self.attempt.search.tree

    @property
    def time_s(self) -> float:
        """Wall time in seconds: opening the theorem, search and verification."""
        return self.attempt.time_s


@dataclass(frozen=True, slots=True)
class Proof(_Ended):
    """The theorem is proved: Lean's kernel has accepted the proof in a new process."""

    verified: Verified = field(repr=False)
    text: str
    """The declaration with its proof, as Lean reads it; :meth:`Theorem.file_with_proof` makes a whole file."""

    @property
    def tactics(self) -> str:
        """The proof alone: a tactic block, its lines beginning in column 0."""
        return self.verified.proof

    @property
    def steps(self) -> tuple[TracedStep, ...]:
        """The tactics in order, each with the goals that it was applied to."""
        return self.verified.steps

    @property
    def certificate(self) -> Certificate:
        """What was checked, with which Lean, and the axioms that the proof uses."""
        return self.verified.certificate

    def _repr_html_(self) -> str:
        return text_html(self.text) + note_html(_describe_check(self.certificate))


@dataclass(frozen=True, slots=True)
class NotProved(_Ended):
    """No proof was found within the limits. That says nothing about whether the theorem is true."""

    reason: StopReason
    """Why the search ended; the value is a code, such as ``seconds``."""
    goals: tuple[str, ...]
    """What the best unfinished proof leaves to be proved."""
    tactics: str
    """The best unfinished proof, a tactic block; empty if no tactic leads closer."""

    @property
    def rejections(self) -> tuple[str, ...]:
        """The verifier's reasons for refusing proofs that the search had finished."""
        return self.attempt.rejections

    def _repr_html_(self) -> str:
        unfinished = text_html(self.theorem.with_proof(self.tactics)) if self.tactics else ""
        return note_html(f"not proved, ended by {self.reason.text}") + unfinished + goals_html(self.goals)


@dataclass(frozen=True, slots=True)
class Disproved(_Ended):
    """The theorem is false: its negation is proved, which Lean's kernel has accepted in a new process."""

    disproof: Disproof = field(repr=False)
    text: str
    """The negation with its proof, as Lean reads it."""

    @property
    def negation(self) -> Theorem:
        """The theorem that was proved."""
        return self.disproof.theorem

    @property
    def certificate(self) -> Certificate:
        """What was checked, with which Lean, and the axioms that the proof uses."""
        return self.disproof.verified.certificate

    @property
    def counterexample(self) -> Mapping[str, str]:
        """Values at which the theorem fails, by its variables' names, where the proof names some."""
        return dict(self.disproof.counterexample)

    def _repr_html_(self) -> str:
        at = ", ".join(f"{name} = {value}" for name, value in self.disproof.counterexample)
        false = note_html(f"the theorem is false{f': it fails for {at}' if at else ''}")
        return false + text_html(self.text) + note_html(_describe_check(self.certificate))


ProofResult: TypeAlias = Proof | Disproved | NotProved


def result_of(attempt: Attempt) -> ProofResult:
    """Return an attempt's result as a type of its own."""
    if attempt.verified is not None:
        return Proof(attempt, attempt.verified, attempt.theorem.with_proof(attempt.verified.proof))
    if attempt.disproof is not None:
        disproof = attempt.disproof
        return Disproved(attempt, disproof, disproof.theorem.with_proof(disproof.verified.proof))
    ending = attempt.search.ending
    assert isinstance(ending, Unproved)
    return NotProved(attempt, ending.stopped_by, ending.goals, proof_text(ending.tactics))


@dataclass(frozen=True, slots=True)
class FilledFile:
    """A file, and the proofs that were found for the `sorry`s in it. Nothing is written unless `write` is called."""

    source: SourceFile = field(repr=False)
    filling: Filling = field(repr=False)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The result for each `sorry`, in the order of the file."""
        return self.filling.outcomes

    @property
    def complete(self) -> bool:
        """Whether no `sorry` stays, and Lean finds no error."""
        return self.filling.complete

    @property
    def text(self) -> str:
        """The file's text with the proofs in place."""
        return self.source.with_edits(self.filling.edits)

    @property
    def diff(self) -> str:
        """The proofs as a patch, for ``patch`` and ``git apply``."""
        return self.source.diff(self.filling.edits)

    def write(self) -> Path:
        """Put the proofs into the file, and keep it as it was beside it; return where that is.

        Raises:
            InputError: it cannot be written, or has been changed meanwhile.
        """
        return self.source.write(self.filling.edits)

    def _repr_html_(self) -> str:
        filled = f"{len(self.filling.edits)} of {len(self.outcomes) + len(self.filling.file.strays)} filled"
        return note_html(filled) + text_html(self.diff)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedText:
    """What Lean says of a text. It is no verdict on proofs: a text can make Lean say what it likes; `verify` decides.

    `time_s` is wall time on the engine, and `memory_bytes` the resident memory of its process after that.
    """

    messages: tuple[Message, ...]
    sorries: tuple[Sorry, ...]
    time_s: float
    memory_bytes: int

    @property
    def errors(self) -> tuple[Message, ...]:
        """Those of the messages that are errors."""
        return tuple(each for each in self.messages if each["severity"] == "error")

    @property
    def code_refused(self) -> bool:
        """Whether a command was not elaborated because it runs code, by a Lean that trusts no text."""
        return any(refuses_code(each) for each in self.errors)


def _describe_check(certificate: Certificate) -> str:
    return "; ".join([*certificate.facts(), *certificate.caveats])
