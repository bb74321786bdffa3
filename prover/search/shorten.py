"""Leave out the steps of a proof that it does not need."""

from __future__ import annotations

from collections.abc import Sequence

from prover.lean.environment import ProofFinished, Session, TacticState, run_tac


async def shorten(session: Session, tactics: Sequence[str], *, max_tactics: int = 100) -> tuple[str, ...]:
    """Return a shortest proof that dropping tactics of `tactics` one at a time, first to last, arrives at.

    It gives up improving after having run about `max_tactics` tactics, so a long proof costs no more than a
    short one. `tactics` must finish the session's theorem; if they do not after all, they are returned as
    they are.
    """
    kept = list(tactics)
    state = session.root
    tried = 0
    index = 0
    while index < len(kept):
        rest = kept[index + 1 :]
        if rest and tried < max_tactics:
            tried += len(rest)
            if (length := await _finishes(session, state, rest)) is not None:
                kept = kept[:index] + rest[:length]
                continue
        result = await run_tac(session, state, kept[index])
        index += 1
        if isinstance(result, ProofFinished):
            return tuple(kept[:index])
        if not isinstance(result, TacticState):
            return tuple(tactics)
        state = result
    return tuple(tactics)


async def _finishes(session: Session, state: TacticState, tactics: Sequence[str]) -> int | None:
    """Return after how many of `tactics` the proof is finished, or None if it is not."""
    for count, tactic in enumerate(tactics, start=1):
        result = await run_tac(session, state, tactic)
        if isinstance(result, ProofFinished):
            return count
        if not isinstance(result, TacticState):
            return None
        state = result
    return None
