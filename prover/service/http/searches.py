"""Searches for proofs as requests ask for them, and their results as JSON.

Who proposes tactics is the server's choice, not the client's: a policy can be a path or an address.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from prover.api.lean import FILE_WIDTH
from prover.attempt import Attempt, Disproof
from prover.evaluation.report.payload import tree_data
from prover.evaluation.store.tree_rows import tree_rows
from prover.filling.fill import Filling, Outcome
from prover.filling.text import SourceFile
from prover.lean.reading.text import LeanText
from prover.lean.trust.verify import Certificate
from prover.search.base import SearchOptions
from prover.search.budget import Budget, Spent
from prover.search.result import Unproved, best_unfinished
from prover.search.script import proof_text
from prover.search.settings import SearchSettings
from prover.search.tree import ProofTree
from prover.service.http.engines import Engines
from prover.service.http.shapes import Text

STEPS_SHOWN = 1500
"""Of a search tree: tactics beside those of the proof."""
FILE_NAME = "File.lean"
"""What a file is called in patches and messages; it comes without a name."""

FALSE = "theorem wrong (n : Nat) : n < 5"
TRUE = "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b"
HOLES = "theorem two_le (n : Nat) (h : 1 < n) : 2 ≤ n := by\n  sorry\n"


class _Budget(BaseModel):
    """What a search may use."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    timeout: float = Field(default=60, gt=0, description="Seconds to search.")
    max_expansions: int | None = Field(default=None, ge=1, description="States to expand at most.")
    seed: int = Field(default=0, ge=0, lt=2**63, description="For what chooses at random.")

    def options(self, *, width: int, live: Live) -> SearchOptions:
        """Return the options of a search that `live` watches and may end."""
        budget = Budget(seconds=self.timeout, expansions=self.max_expansions)
        return SearchOptions(
            budget=budget, width=width, seed=self.seed, interrupt=live.interrupt, observe=live.saw
        )


class ProveRequest(_Budget):
    """A theorem to be proved."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"theorem": TRUE, "timeout": 20}]})

    theorem: Text = Field(
        description="A declaration, with or without a proof, or a proposition; what stands before it is its context."
    )
    disprove: bool = Field(default=True, description="Look for a proof that it is false, too.")


class DisproveRequest(_Budget):
    """A theorem to be proved false."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"theorem": FALSE, "timeout": 20}]})

    theorem: Text = Field(description="As for `/prove`.")


class FillRequest(_Budget):
    """A file whose `sorry`s are to be proved; the limits are for each of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": HOLES, "timeout": 20}]})

    text: Text = Field(description="The whole file.")


SearchRequest = ProveRequest | DisproveRequest | FillRequest


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


class Progress(BaseModel):
    """How far a search is; `done` and `of` count the `sorry`s of a file."""

    seconds: float
    expansions: int = 0
    tactics: int = 0
    states: int = 0
    done: int | None = None
    of: int | None = None
    unfinished: Unfinished | None = None


@dataclass(slots=True)
class Live:
    """A search as it runs: set `interrupt` to end it with what it has; `version` grows with what there is to see."""

    interrupt: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    began: float | None = None
    version: int = 0
    tree: ProofTree | None = None
    _spent: Spent | None = None
    _holes: tuple[int, int] | None = None

    def saw(self, tree: ProofTree, spent: Spent) -> None:
        """Learn how far the search is."""
        self.tree, self._spent = tree, spent
        self.version += 1

    def counted(self, done: int, of: int) -> None:
        """Learn how many `sorry`s are done."""
        self._holes = (done, of)
        self.version += 1

    @property
    def progress(self) -> Progress:
        """How far it is."""
        progress = Progress(seconds=0.0 if self.began is None else time.monotonic() - self.began)
        if self._holes is not None:
            progress.done, progress.of = self._holes
        elif self.tree is not None and self._spent is not None:
            best = best_unfinished(self.tree)
            progress.expansions, progress.tactics = self._spent.expansions, self._spent.tactics
            progress.states = len(self.tree.nodes)
            progress.unfinished = Unfinished(proof=proof_text(best.tactics()), goals=list(best.goals))
        return progress

    def drawn(self) -> dict[str, Any] | None:
        """Return the tree as the page draws it; None where there is none."""
        if self.tree is None:
            return None
        rows = tree_rows(self.tree, STEPS_SHOWN)
        return tree_data(rows.nodes, rows.steps)


async def search(engines: Engines, settings: SearchSettings, asked: SearchRequest, live: Live) -> Report:
    """Search as is asked, and return what came of it.

    Raises:
        InputError, SetupError, PolicyError, EngineError: as for :meth:`prover.AsyncLean.prove`.
    """
    lean, width = engines.lean, engines.settings.engines
    live.began = time.monotonic()
    match asked:
        case FillRequest():
            source = SourceFile(Path(FILE_NAME), LeanText.of(asked.text, FILE_NAME))
            options = asked.options(width=FILE_WIDTH, live=live)
            return FillReport.of(
                source, await lean.fill_source(source, settings, options, observe=live.counted)
            )
        case DisproveRequest():
            disproof = await lean.disprove(asked.theorem, settings, asked.options(width=width, live=live))
            if disproof is None:
                return DisproveReport(outcome="not disproved")
            return DisproveReport(outcome="disproved", disproof=DisproofReport.of(disproof))
        case ProveRequest():
            options = asked.options(width=width, live=live)
            found = await lean.attempt(asked.theorem, settings, options, disprove=asked.disprove)
            live.tree = found.search.tree
            return ProofReport.of(found)


def texts_of(asked: SearchRequest) -> Sequence[str]:
    """Return the Lean texts of a request."""
    return [asked.text if isinstance(asked, FillRequest) else asked.theorem]
