"""`prover prove --method sketch`: a chat model or the heuristic plans, prover proves the steps."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prover.addresses import without_login
from prover.api.lean import AsyncLean
from prover.cli.console import live_progress, note, say
from prover.cli.elapsed import time_text, total_s
from prover.cli.interrupt import Interrupt
from prover.cli.proof_report import (
    certificate_as_json,
    disproof_as_json,
    print_disproof,
    print_proved,
)
from prover.cli.schemas import Plan, SketchProof
from prover.cli.whole_proof import spent_as_json, spent_text
from prover.lean.reading.scopes import complete_file
from prover.policy.chat.budget import TokenBudget
from prover.search.base import SearchOptions
from prover.sketching.attempt import SketchAttempt, SketchEnd
from prover.sketching.open import SketchChoice, open_planner
from prover.sketching.record import PlanTry
from prover.sketching.settings import HEURISTIC
from prover.util.files import write_atomically

SHOWN_ERRORS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchRequest:
    """What the command line asks for."""

    theorem: str
    file: Path | None
    out: Path | None
    as_json: bool
    disprove: bool


def prove_by_sketch(
    request: SketchRequest, lean: AsyncLean, chosen: SketchChoice, options: SearchOptions
) -> int:
    """Prove one theorem, print what came of it; return the exit code.

    Raises:
        ProverError: the input or the machine is at fault.
    """
    interrupt = Interrupt()
    options = replace(options, interrupt=interrupt.event)
    result, spent = interrupt.run(_attempt(request, lean, chosen, options))
    if result.verified is not None and request.out is not None:
        write_atomically(request.out, complete_file(result.theorem, result.verified.proof))
    if request.as_json:
        shown = _as_json(result, spent, lean.engine, chosen, options.seed)
        say(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        _print(result, spent)
    if result.verified is not None:
        return 0
    return interrupt.exit_code if result.ended_by is SketchEnd.INTERRUPTED else 1


async def _attempt(
    request: SketchRequest, lean: AsyncLean, chosen: SketchChoice, options: SearchOptions
) -> tuple[SketchAttempt, TokenBudget]:
    async with lean, open_planner(chosen) as planner:
        with live_progress("searching") as update:
            done = await lean.attempt_sketch(
                request.theorem,
                planner,
                chosen,
                options,
                file=request.file,
                disprove=request.disprove,
                observe=_progress(update),
            )
        return done, planner.budget


def _progress(update: Callable[[str], None]) -> Callable[[Sequence[PlanTry]], None]:
    """Return what shows how many plans there are."""

    def observe(tries: Sequence[PlanTry]) -> None:
        last = tries[-1]
        update(f"{len(tries)} plans; the last one, at depth {last.depth}: {last.outcome.value}")

    return observe


def _print(result: SketchAttempt, spent: TokenBudget) -> None:
    answers = "1 plan" if len(result.tries) == 1 else f"{len(result.tries)} plans"
    figures = f"{time_text(result.time_s)}, {answers}, {result.tactics} calls of Lean, {spent_text(spent)}"
    if result.verified is not None:
        print_proved(result.theorem, result.verified.proof, result.verified.certificate, figures)
        return
    if result.disproof is not None:
        print_disproof(result.disproof, figures)
        return
    note(f"not proved: {result.ended_by.text}{f': {result.refusal}' if result.refusal else ''}", "bold red")
    note(figures, "dim")
    for reason in dict.fromkeys(each.reason for each in result.tries if each.reason):
        note(f"a plan that cannot be used: {reason}", "yellow")
    last = next((each for each in reversed(result.tries) if each.sketch and each.depth == 0), None)
    if last is None:
        return
    note("\nThe last plan:\n", "bold")
    note(result.theorem.with_proof(last.sketch))
    for error in last.errors[:SHOWN_ERRORS] if not last.steps else ():
        note(str(error), "yellow")
    for step in last.steps:
        told = "" if step.status == "proved" or not step.note else f" ({step.note})"
        note(f"line {step.line}: {step.status}: {step.statement}{told}", "yellow")


def _as_json(
    result: SketchAttempt, spent: TokenBudget, engine: str, chosen: SketchChoice, seed: int
) -> SketchProof:
    verified = result.verified
    return {
        "theorem": result.theorem.name,
        "statement": result.theorem.statement,
        "outcome": result.outcome,
        "proof": None if verified is None else verified.proof,
        "declaration": None if verified is None else result.theorem.with_proof(verified.proof),
        "verified": verified is not None,
        **certificate_as_json(None if verified is None else verified.certificate),
        "disproved": disproof_as_json(result.disproof),
        "time_s": round(result.time_s, 3),
        "total_s": round(total_s(), 3),
        "stopped_by": result.ended_by.value,
        "tactics_tried": result.tactics,
        "plans": [_plan(each) for each in result.tries],
        "spent": spent_as_json(spent),
        "engine": engine,
        "policy": without_login(chosen.search.policy),
        "planner": without_login(chosen.sketch.planner or HEURISTIC),
        "seed": seed,
    }


def _plan(made: PlanTry) -> Plan:
    return {
        "depth": made.depth,
        "plan": made.plan,
        "correction": made.correction,
        "parent": made.parent,
        "outcome": made.outcome.value,
        "reason": made.reason,
        "sketch": made.sketch,
        "errors": [str(each) for each in made.errors],
        "steps": [
            {"line": each.line, "statement": each.statement, "status": each.status, "note": each.note}
            for each in made.steps
        ],
        "finish_reason": made.answer.finish_reason,
        "tokens": made.answer.completion_tokens,
    }
