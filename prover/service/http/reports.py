"""What came of searches, as JSON. A proof stands in them only with the verifier's certificate."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from prover.attempt import Attempt, Disproof
from prover.filling.fill import Filling, Outcome
from prover.filling.text import SourceFile
from prover.lean.trust.verify import Certificate
from prover.search.result import Unproved
from prover.search.script import proof_text


class CertificateReport(BaseModel):
    """What the verifier certifies, see docs/soundness.md; `type` is the statement as Lean understands it."""

    type: str
    axioms: list[str]
    inductives: list[str]
    context_code: list[str]
    library: str | None = None
    caveats: list[str]
    sha256: str
    lean_version: str | None = None

    @classmethod
    def of(cls, certificate: Certificate) -> CertificateReport:
        """Return it as JSON has it."""
        return cls(
            type=certificate.statement,
            axioms=list(certificate.axioms),
            inductives=list(certificate.inductives),
            context_code=list(certificate.context_code),
            library=certificate.library,
            caveats=list(certificate.caveats),
            sha256=certificate.sha256,
            lean_version=certificate.lean_version,
        )


class DisproofReport(BaseModel):
    """The proof of a theorem's negation; the counterexample is empty where the proof names none."""

    declaration: str
    proof: str
    counterexample: dict[str, str]
    certificate: CertificateReport

    @classmethod
    def of(cls, disproof: Disproof) -> DisproofReport:
        """Return it as JSON has it."""
        return cls(
            declaration=disproof.theorem.with_proof(disproof.verified.proof),
            proof=disproof.verified.proof,
            counterexample=dict(disproof.counterexample),
            certificate=CertificateReport.of(disproof.verified.certificate),
        )


class Unfinished(BaseModel):
    """The best unfinished proof, a tactic block, and the goals that it leaves."""

    proof: str
    goals: list[str]


class ProofReport(BaseModel):
    """What came of a theorem. `proof` and `certificate` are there exactly if the verifier has accepted a proof."""

    outcome: Literal["proved", "disproved", "not proved", "interrupted"]
    theorem: str
    statement: str
    proof: str | None = None
    declaration: str | None = None
    certificate: CertificateReport | None = None
    disproof: DisproofReport | None = None
    unfinished: Unfinished | None = None
    stopped_by: str | None = None
    rejections: list[str]
    time_s: float
    expansions: int
    tactics_tried: int

    @classmethod
    def of(cls, attempt: Attempt) -> ProofReport:
        """Return an attempt as JSON has it."""
        verified, ending = attempt.verified, attempt.search.ending
        report = cls(
            outcome=attempt.outcome,
            theorem=attempt.theorem.name,
            statement=attempt.theorem.statement,
            rejections=list(attempt.rejections),
            time_s=attempt.time_s,
            expansions=attempt.search.expansions,
            tactics_tried=attempt.search.tactics_tried,
        )
        if verified is not None:
            report.proof = verified.proof
            report.declaration = attempt.theorem.with_proof(verified.proof)
            report.certificate = CertificateReport.of(verified.certificate)
        elif attempt.disproof is not None:
            report.disproof = DisproofReport.of(attempt.disproof)
        elif isinstance(ending, Unproved):
            report.stopped_by = ending.stopped_by.value
            report.unfinished = Unfinished(proof=proof_text(ending.tactics), goals=list(ending.goals))
        return report


class DisproveReport(BaseModel):
    """What came of the attempt to refute a theorem; no disproof says nothing about whether it is true."""

    outcome: Literal["disproved", "not disproved"]
    disproof: DisproofReport | None = None


class HoleReport(BaseModel):
    """One `sorry` of a file: `proved`, `accepted`, `fits` or `open` (docs/files.md)."""

    line: int
    column: int
    declaration: str | None = None
    goal: str
    status: str
    proof: str | None = None
    certificate: CertificateReport | None = None
    note: str

    @classmethod
    def of(cls, outcome: Outcome) -> HoleReport:
        """Return it as JSON has it."""
        return cls(
            line=outcome.hole.line,
            column=outcome.hole.column,
            declaration=outcome.hole.unit.name or None,
            goal=outcome.hole.goal,
            status=outcome.status,
            proof=outcome.proof,
            certificate=None if outcome.certificate is None else CertificateReport.of(outcome.certificate),
            note=outcome.note,
        )


class Leftover(BaseModel):
    """A `sorry` that could not be looked at, or an error that the file had before."""

    line: int
    column: int
    what: str


class FillReport(BaseModel):
    """A file with the proofs in place, and the same as a patch. `complete`: no `sorry` stays, and there is no error."""

    text: str
    diff: str
    complete: bool
    interrupted: bool
    holes: list[HoleReport]
    left: list[Leftover]

    @classmethod
    def of(cls, source: SourceFile, filling: Filling) -> FillReport:
        """Return it as JSON has it."""
        file = filling.file
        left = [
            Leftover(line=each.line, column=each.column, what="in no declaration") for each in file.strays
        ]
        left += [Leftover(line=each.line, column=each.column, what=each.reason) for each in file.blocked]
        left += [
            Leftover(line=each["pos"]["line"], column=each["pos"]["column"], what=each["data"])
            for each in file.errors
        ]
        return cls(
            text=source.with_edits(filling.edits),
            diff=source.diff(filling.edits),
            complete=filling.complete,
            interrupted=filling.interrupted,
            holes=[HoleReport.of(each) for each in filling.outcomes],
            left=left,
        )


Report = ProofReport | DisproveReport | FillReport
