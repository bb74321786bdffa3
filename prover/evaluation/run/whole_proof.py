"""Attempts of a run by a chat model that writes whole proofs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from prover.attempt import Verified
from prover.errors import InputError
from prover.evaluation.run.config import RunConfig
from prover.evaluation.store.rows import AttemptRow, TryRow
from prover.evaluation.store.tree_rows import storable
from prover.lean.protocol import OpenEngine
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Verifier
from prover.sketching.attempt import SketchAttempt
from prover.whole_proof.attempt import Try, WholeProofAttempt, WholeProofEnd, attempt_whole_proof
from prover.whole_proof.elaborate import PROOF_TIMEOUT_S, Elaborator
from prover.whole_proof.open import Writer, whole_proof_options


async def attempt_by_chat(
    row: AttemptRow,
    theorem: Theorem,
    problem: str,
    *,
    config: RunConfig,
    writer: Writer,
    ask: OpenEngine,
    verifier: Verifier,
    clock: Callable[[], float],
) -> tuple[AttemptRow, Verified | None, tuple[TryRow, ...]]:
    """Attempt `theorem`, which `problem` says in words; return the row with its outcome and costs, and the tries.

    `ask` starts engines that elaborate.

    Raises:
        InputError: the run's budget of tokens is spent.
        PolicyUnavailable, SetupError, EngineError, StatementError: as for `attempt_whole_proof`.
    """
    options = whole_proof_options(config, config, seed=row.seed, seconds=config.timeout_s)
    async with Elaborator(ask, theorem, engines=1, timeout_s=PROOF_TIMEOUT_S) as elaborator:
        result = await attempt_whole_proof(
            theorem,
            chat=writer.chat,
            prompt_format=writer.prompt_format,
            elaborator=elaborator,
            verifier=verifier,
            options=replace(options, clock=clock),
            problem=problem,
        )
    if result.ended_by is WholeProofEnd.TOKENS:
        raise budget_is_spent(config.max_tokens_total)
    verified = None
    if result.certificate is not None:
        verified = Verified(proof=result.proof, certificate=result.certificate, steps=())
    tactics = sum(1 for each in result.tries if each.proof)
    row = finished_row(row, result, verified, tactics)
    return row, verified, tuple(_try_row(number, each) for number, each in enumerate(result.tries))


def finished_row(
    row: AttemptRow, result: WholeProofAttempt | SketchAttempt, verified: Verified | None, tactics: int
) -> AttemptRow:
    """Return the row of an attempt by a chat model with its outcome and costs."""
    reasons = [result.refusal, *(each.reason for each in result.tries)]
    return replace(
        row,
        outcome="failed" if verified is None else "disproved" if row.negated else "proved",
        stopped_by="" if verified else result.ended_by.value,
        reason=storable("; ".join(dict.fromkeys(filter(None, reasons)))) if verified is None else "",
        wall_s=result.time_s,
        tactics=tactics,
        policy_tokens=result.completion_tokens,
    )


def budget_is_spent(tokens: int | None) -> InputError:
    """Return what ends a run that may ask chat models for no more `tokens`."""
    return InputError(
        f"the run's budget of {tokens} tokens is spent",
        advice="All answers are stored. To go on: the same command with --resume and a larger --max-tokens-total.",
    )


def _try_row(number: int, made: Try) -> TryRow:
    return TryRow(
        number=number,
        round=made.round,
        parent=made.parent,
        outcome=made.outcome.value,
        reason=storable(made.reason),
        answer=storable(made.answer.raw),
        proof=storable(made.proof),
        file=storable(made.file),
        errors=tuple(storable(str(each)) for each in made.errors),
        tokens=made.answer.completion_tokens,
    )
