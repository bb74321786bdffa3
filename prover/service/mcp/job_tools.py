"""Tools that search for proofs. A search runs on between the calls: clients end a call after a minute."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from prover.api.results import Disproved, FilledFile, NotProved, Proof, ProofResult, result_of
from prover.filling.text import SourceFile
from prover.lean.trust.verify import Certificate
from prover.search.base import SearchOptions
from prover.search.budget import Budget, Spent
from prover.search.result import best_unfinished
from prover.search.settings import SearchSettings
from prover.search.tree import ProofTree
from prover.service.mcp.answers import Answer, answer
from prover.service.mcp.jobs import Job, Jobs, outcome
from prover.service.mcp.shared import Shared, require_code, seconds
from prover.service.mcp.text_tools import FilePath

LONGEST_S = 86_400.0
MOST_WAIT_S = 45.0

Wait = Annotated[float, Field(description="Seconds to wait for the end, at most 45.", ge=0)]
JobId = Annotated[str, Field(description="From prove_start, fill_sorries or disprove.")]


class JobTools:
    """Bound to what all tools share."""

    def __init__(self, shared: Shared, settings: SearchSettings, *, width: int) -> None:
        self._shared = shared
        self._settings = settings
        self._width = width
        self._jobs = Jobs()

    async def prove_start(
        self,
        statement: Annotated[
            str, Field(description="A theorem or a proposition; with file_path, the name of a theorem in it.")
        ],
        file_path: Annotated[str, Field(description="A .lean file that has the theorem.")] = "",
        timeout_s: Annotated[float, Field(description="Seconds that the search may take.")] = 60.0,
        wait_s: Wait = 0.0,
    ) -> Answer:
        """Start a search for a proof, and for a proof of the negation. Returns a job_id at once; ask prove_status."""
        return await self._search("prove", statement, file_path, timeout_s, wait_s)

    async def disprove(
        self,
        content: Annotated[str, Field(description="A theorem or a proposition, and what it needs.")],
        timeout_seconds: Annotated[float, Field(description="Seconds that the search may take.")] = 40.0,
        wait_s: Wait = MOST_WAIT_S,
    ) -> Answer:
        """Look for a proof that a statement is false; says so, too, if it turns out to be proved.

        Status `not_decided` does not mean that the statement is true.
        """
        return await self._search("disprove", content, "", timeout_seconds, wait_s)

    async def fill_sorries(
        self,
        file_path: FilePath,
        timeout_s: Annotated[float, Field(description="Seconds for each sorry.")] = 20.0,
        wait_s: Wait = MOST_WAIT_S,
    ) -> Answer:
        """Search for a proof of every `sorry` in a file. The file is not changed: `diff` is a patch for it."""
        path = self._shared.roots.file(file_path)
        source = SourceFile.read(path)
        options = SearchOptions(budget=Budget(seconds=seconds(timeout_s, LONGEST_S)), width=self._width)

        async def work(job: Job) -> Answer:
            lean = await self._shared.lean.get()

            def observe(done: int, total: int) -> None:
                job.progress = {"sorries_done": done, "sorries": total}

            watched = _interruptible(options, job)
            filling = await lean.fill_source(source, self._settings, watched, observe=observe)
            return _file_answer(FilledFile(source, filling))

        return await outcome(self._jobs.start(f"fill_sorries {file_path}", work), min(wait_s, MOST_WAIT_S))

    async def prove_status(self, job_id: JobId, wait_s: Wait = 0.0) -> Answer:
        """Return what came of a job, or how far it is."""
        return await outcome(self._jobs.get(job_id), min(wait_s, MOST_WAIT_S))

    async def prove_cancel(self, job_id: JobId) -> Answer:
        """End a job; returns what it has found so far, as the best unfinished proof."""
        job = self._jobs.get(job_id)
        was_running = job.running
        job.interrupt.set()
        result = await outcome(job, MOST_WAIT_S)
        return result | {"cancelled": was_running}

    async def close(self) -> None:
        """End all jobs."""
        await self._jobs.close()

    async def _search(
        self, what: str, statement: str, file_path: str, timeout_s: float, wait_s: float
    ) -> Answer:
        text = require_code(statement, "the statement")
        file = self._shared.roots.file(file_path) if file_path else None
        budget = Budget(seconds=seconds(timeout_s, LONGEST_S))

        async def work(job: Job) -> Answer:
            lean = await self._shared.lean.get()
            options = _interruptible(SearchOptions(budget=budget, width=self._width), job)
            found = await lean.attempt(text, self._settings, options, file=file)
            return _proof_answer(result_of(found), wanted=what)

        label = f"{what} {text.strip()[:80]}"
        return await outcome(self._jobs.start(label, work), min(wait_s, MOST_WAIT_S))


def _interruptible(options: SearchOptions, job: Job) -> SearchOptions:
    def observe(tree: ProofTree, spent: Spent) -> None:
        job.progress = {
            "states_expanded": spent.expansions,
            "tactics_tried": spent.tactics,
            "closest": list(best_unfinished(tree).goals[:1]),
        }

    return SearchOptions(budget=options.budget, width=options.width, interrupt=job.interrupt, observe=observe)


def _proof_answer(result: ProofResult, *, wanted: str) -> Answer:
    common: Answer = {"theorem": result.theorem.name, "time_s": round(result.time_s, 1)}
    match result:
        case Proof():
            hint = "The proof is checked by Lean's kernel; put `text` in the place of the theorem."
            if wanted == "disprove":
                hint = "The statement is proved, so it cannot be disproved."
            return answer(
                "proved",
                ok=wanted == "prove",
                hint=hint,
                text=result.text,
                tactics=result.tactics,
                **_certificate_answer(result.certificate),
                **common,
            )
        case Disproved():
            hint = "The statement is false: its negation is proved, checked by Lean's kernel. Correct the statement."
            return answer(
                "disproved",
                ok=wanted == "disprove",
                hint=hint,
                text=result.text,
                counterexample=dict(result.counterexample),
                **_certificate_answer(result.certificate),
                **common,
            )
        case NotProved():
            hint = "This does not say whether it is true. Give it more time, prove lemmas, or go on from `tactics`."
            return answer(
                "not_decided",
                ok=False,
                partial=True,
                hint=hint,
                reason=result.reason.value,
                items=list(result.goals),
                tactics=result.tactics,
                rejections=list(result.rejections),
                **common,
            )


def _certificate_answer(certificate: Certificate) -> Answer:
    return {
        "type": certificate.statement,
        "axioms": list(certificate.axioms),
        "library": certificate.library,
        "sha256": certificate.sha256,
    }


def _file_answer(filled: FilledFile) -> Answer:
    items = [
        {
            "line": each.hole.line,
            "column": each.hole.column + 1,
            "status": each.status,
            "proof": each.proof,
            "goal": each.hole.goal,
            "note": each.note,
        }
        for each in filled.outcomes
    ]
    done = sum(each.proof is not None for each in filled.outcomes)
    hint = "Apply `diff`, then ask lean_verify for each theorem."
    if not filled.complete:
        hint = f"{done} of {len(items)} are filled. What stays open says why; apply `diff` for the others."
    status = "filled" if filled.complete else "partly_filled" if done else "not_filled"
    return answer(
        status,
        ok=filled.complete,
        partial=not filled.complete,
        hint=hint,
        items=items,
        diff=filled.diff,
    )
