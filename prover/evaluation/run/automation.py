"""Plain automation: one call of a closing tactic on a statement, without search or model.

A run records it apart, so that its results can be compared with those of single tactics.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from prover.errors import EngineError
from prover.evaluation.store.rows import AutomationRow
from prover.lean.environment import Environment, ProofFinished, Session, TacticState, run_tac
from prover.lean.theorem import Theorem

AFTER_INTROS = ("omega", "grind", "simp")
DIRECTLY = ("decide",)
"""What decides a proposition with its binders: with them a variable's value is unknown."""


async def try_automation(
    theorem: Theorem, environment: Environment, *, clock: Callable[[], float] = time.monotonic
) -> list[AutomationRow]:
    """Call each tactic once; where the goal begins with binders, as ``intros; omega`` and so on.

    A tactic that crashes the engine counts as not closing.

    Raises:
        StatementError, UnsupportedError, EngineError: the theorem cannot be opened.
    """
    session = await environment.open(theorem)
    try:
        prefix = "intros; " if await _has_binders(session) else ""
        records = []
        for tactic in (*(prefix + tactic for tactic in AFTER_INTROS), *DIRECTLY):
            began = clock()
            closed = await _closes(session, tactic)
            records.append(AutomationRow(tactic=tactic, closed=closed, seconds=clock() - began))
        return records
    finally:
        await session.close()


async def _has_binders(session: Session) -> bool:
    try:
        result = await run_tac(session, session.root, "intros")
    except EngineError:
        return False
    return isinstance(result, TacticState) and result.goals != session.root.goals


async def _closes(session: Session, tactic: str) -> bool:
    try:
        return isinstance(await run_tac(session, session.root, tactic), ProofFinished)
    except EngineError:
        return False
