"""`prover prove --method whole-proof`: a chat model writes proofs, Lean's messages go back to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prover.addresses import without_login
from prover.api.lean import AsyncLean
from prover.cli.console import live_progress, note, say
from prover.cli.elapsed import time_text, total_s
from prover.cli.interrupt import Interrupt
from prover.cli.proof_report import certificate_as_json, print_proved
from prover.cli.schemas import Answer, Tokens, WholeProof
from prover.lean.reading.scopes import complete_file
from prover.policy.chat.budget import TokenBudget
from prover.policy.settings import PolicySettings
from prover.search.budget import Budget
from prover.util.files import write_atomically
from prover.whole_proof.attempt import (
    AnswerOutcome,
    Try,
    WholeProofAttempt,
    WholeProofEnd,
    WholeProofOptions,
)
from prover.whole_proof.open import open_chat, whole_proof_options
from prover.whole_proof.settings import MethodSettings

SHOWN_ERRORS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeProofRequest:
    """What the command line asks for."""

    theorem: str
    file: Path | None
    out: Path | None
    as_json: bool
    seed: int


def prove_by_chat(
    request: WholeProofRequest,
    lean: AsyncLean,
    settings: PolicySettings,
    method: MethodSettings,
    budget: Budget,
) -> int:
    """Prove one theorem, print what came of it; return the exit code.

    Raises:
        ProverError: the input or the machine is at fault.
    """
    interrupt = Interrupt()
    options = whole_proof_options(settings, method, seed=request.seed, seconds=budget.seconds)
    options = replace(options, interrupt=interrupt.event)
    result, spent = interrupt.run(_attempt(request, lean, settings, method, options))
    if result.certificate is not None and request.out is not None:
        write_atomically(request.out, complete_file(result.theorem, result.proof))
    if request.as_json:
        shown = _as_json(result, spent, lean.engine, without_login(settings.policy), request.seed)
        say(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        _print(result, spent)
    if result.certificate is not None:
        return 0
    return interrupt.exit_code if result.ended_by is WholeProofEnd.INTERRUPTED else 1


async def _attempt(
    request: WholeProofRequest,
    lean: AsyncLean,
    settings: PolicySettings,
    method: MethodSettings,
    options: WholeProofOptions,
) -> tuple[WholeProofAttempt, TokenBudget]:
    async with lean:
        chat = await open_chat(settings, method)
        try:
            with live_progress("waiting for the first answer") as update:
                done = await lean.attempt_whole_proof(
                    request.theorem, chat, replace(options, observe=_progress(update)), file=request.file
                )
        finally:
            await asyncio.shield(chat.client.close())
    return done, chat.budget


def _progress(update: Callable[[str], None]) -> Callable[[Sequence[Try]], None]:
    """Return what shows how many answers there are."""

    def observe(tries: Sequence[Try]) -> None:
        last = tries[-1]
        update(f"{len(tries)} answers, round {last.round}; the last one: {last.outcome.value}")

    return observe


def _print(result: WholeProofAttempt, spent: TokenBudget) -> None:
    figures = f"{time_text(result.time_s)}, {_counts(result.tries)}, {spent_text(spent)}"
    if result.certificate is not None:
        print_proved(result.theorem, result.proof, result.certificate, figures)
        return
    note(f"not proved: {result.ended_by.text}{f': {result.refusal}' if result.refusal else ''}", "bold red")
    note(figures, "dim")
    closest = _closest(result.tries)
    if closest is None:
        for reason in dict.fromkeys(each.reason for each in result.tries if each.reason):
            note(f"an answer without a proof: {reason}", "yellow")
        return
    note("\nThe answer with the fewest errors:\n", "bold")
    note(result.theorem.with_proof(closest.proof))
    for error in closest.errors[:SHOWN_ERRORS]:
        note(str(error), "yellow")
    if closest.reason:
        note(closest.reason, "yellow")


def _closest(tries: Sequence[Try]) -> Try | None:
    tried = [each for each in tries if each.proof]
    return min(tried, key=lambda each: len(each.errors), default=None)


def _counts(tries: Sequence[Try]) -> str:
    counts = {kind: sum(each.outcome is kind for each in tries) for kind in AnswerOutcome}
    told = ", ".join(f"{count} {kind.value}" for kind, count in counts.items() if count)
    return f"{len(tries)} answers ({told})" if told else "no answer"


def spent_text(spent: TokenBudget) -> str:
    """Return in words what was asked of chat models."""
    about = "about " if spent.estimated else ""
    cost = "" if spent.cost is None else f", cost {spent.cost:.4f}"
    return f"{about}{spent.prompt_tokens} + {spent.completion_tokens} tokens{cost}"


def _as_json(
    result: WholeProofAttempt, spent: TokenBudget, engine: str, policy: str, seed: int
) -> WholeProof:
    certificate = result.certificate
    interrupted = result.ended_by is WholeProofEnd.INTERRUPTED
    return {
        "theorem": result.theorem.name,
        "statement": result.theorem.statement,
        "outcome": "proved" if certificate else "interrupted" if interrupted else "not proved",
        "proof": result.proof if certificate else None,
        "declaration": result.theorem.with_proof(result.proof) if certificate else None,
        "verified": certificate is not None,
        **certificate_as_json(certificate),
        "time_s": round(result.time_s, 3),
        "total_s": round(total_s(), 3),
        "stopped_by": result.ended_by.value,
        "answers": [_answer(each) for each in result.tries],
        "spent": spent_as_json(spent),
        "engine": engine,
        "policy": policy,
        "seed": seed,
    }


def spent_as_json(spent: TokenBudget) -> Tokens:
    """Return what was asked of chat models as a JSON object."""
    return {
        "prompt": spent.prompt_tokens,
        "completion": spent.completion_tokens,
        "estimated": spent.estimated,
        "cost": spent.cost,
    }


def _answer(made: Try) -> Answer:
    return {
        "round": made.round,
        "parent": made.parent,
        "outcome": made.outcome.value,
        "reason": made.reason,
        "proof": made.proof,
        "errors": [str(each) for each in made.errors],
        "finish_reason": made.answer.finish_reason,
        "tokens": made.answer.completion_tokens,
    }
