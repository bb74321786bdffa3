"""Searches for proofs as requests ask for them, and how far they are.

Who proposes tactics is the server's choice, not the client's: a policy can be a path or an address.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from prover.api.lean import FILE_WIDTH
from prover.evaluation.report.payload import tree_data
from prover.evaluation.store.tree_rows import tree_rows
from prover.filling.text import SourceFile
from prover.lean.reading.text import LeanText
from prover.search.base import SearchOptions
from prover.search.budget import Budget, Spent
from prover.search.result import best_unfinished
from prover.search.script import proof_text
from prover.search.settings import SearchSettings
from prover.search.tree import ProofTree
from prover.service.http.engines import Engines
from prover.service.http.reports import (
    DisproofReport,
    DisproveReport,
    FillReport,
    ProofReport,
    Report,
    Unfinished,
)
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
            options = replace(asked.options(width=FILE_WIDTH, live=live), observe=None)
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
