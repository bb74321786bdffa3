"""Attempts of a run by sketches: a chat model or the heuristic plans, the search or a chat model proves the steps."""

from __future__ import annotations

from prover.attempt import Verified
from prover.evaluation.run.chat_models import ChatModels
from prover.evaluation.run.whole_proof import budget_is_spent, finished_row
from prover.evaluation.store.rows import AttemptRow, TryRow
from prover.evaluation.store.tree_rows import storable
from prover.lean.backend import FileTools
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Verifier
from prover.policy.base import Policy
from prover.search.base import SearchOptions
from prover.sketching.attempt import SketchEnd, attempt_by_sketch
from prover.sketching.open import SketchChoice, sketch_options, sketch_tools
from prover.sketching.record import PlanTry


async def attempt_by_planner(
    row: AttemptRow,
    theorem: Theorem,
    problem: str,
    *,
    chosen: SketchChoice,
    models: ChatModels,
    files: FileTools,
    verifier: Verifier,
    policy: Policy,
    search: SearchOptions,
) -> tuple[AttemptRow, Verified | None, tuple[TryRow, ...]]:
    """Attempt `theorem`, which `problem` says in words; return the row with its outcome and costs, and the plans.

    Raises:
        InputError: the run's budget of tokens is spent.
        PolicyError, SetupError, EngineError, StatementError: as for `attempt_by_sketch`.
    """
    tools = sketch_tools(
        models.planner(row.id),
        models.writer(row.id),
        files,
        verifier,
        lambda: policy,
        chosen.searching,
        chosen.method,
        seed=row.seed,
    )
    options = sketch_options(chosen.sketch, chosen.method, search, disprove=False)
    result = await attempt_by_sketch(theorem, tools=tools, options=options, problem=problem)
    if result.ended_by is SketchEnd.TOKENS:
        raise budget_is_spent(chosen.method.max_tokens_total)
    verified = result.verified
    row = finished_row(row, result, verified, result.tactics)
    return row, verified, tuple(_try_row(number, each) for number, each in enumerate(result.tries))


def _try_row(number: int, made: PlanTry) -> TryRow:
    errors = [str(each) for each in made.errors]
    steps = [f"{each.line}:0: {each.status}: {each.statement} ({each.note})" for each in made.steps]
    return TryRow(
        number=number,
        round=made.plan,
        parent=made.parent,
        outcome=made.outcome.value,
        reason=storable(made.reason),
        answer=storable(made.answer.raw),
        proof=storable(made.sketch),
        file=storable(made.file),
        errors=tuple(storable(each) for each in errors + steps),
        tokens=made.answer.completion_tokens,
    )
