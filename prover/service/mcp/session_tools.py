"""Tools that hold a proof open: a theorem's states, on each of which tactics can be tried."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from prover.api.session import AsyncSession
from prover.errors import InputError
from prover.lean.environment import (
    LeanError,
    ProofFinished,
    ProofGivenUp,
    TacticCrashed,
    TacticState,
    TacticTimeout,
)
from prover.service.mcp.answers import Answer, answer
from prover.service.mcp.shared import Shared, require_code, seconds
from prover.service.mcp.text_tools import MOST_S

SESSIONS = 16
STATES = 2_000
"""States of one session."""


@dataclass(slots=True)
class _Open:
    session: AsyncSession
    states: dict[int, TacticState] = field(default_factory=dict)


class SessionTools:
    """Bound to what all tools share."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._open: OrderedDict[str, _Open] = OrderedDict()

    async def lean_proof_state(
        self,
        code: Annotated[str, Field(description="A theorem, with or without a proof, and what it needs.")],
    ) -> Answer:
        """Open a theorem to prove it step by step. Returns a session_id and the number of its first proof state."""
        lean = await self._shared.lean.get()
        session = await lean.open(require_code(code, "the code"))
        key = secrets.token_hex(4)
        self._open[key] = _Open(session, {session.state.id: session.state})
        closed = await self._close_oldest()
        hint = f"lean_tactic tries tactics on a proof state; every state stays usable. {closed}".strip()
        return answer(
            "goals",
            ok=True,
            hint=hint,
            session_id=key,
            proof_state=session.state.id,
            theorem=session.theorem.name,
            items=list(session.state.goals),
        )

    async def lean_tactic(
        self,
        session_id: Annotated[str, Field(description="From lean_proof_state.")],
        proof_state: Annotated[int, Field(description="A proof state of that session.")],
        tactic: Annotated[str, Field(description="One tactic, or several on lines of their own.")],
        timeout_s: Annotated[float, Field(description="Seconds to wait, at most 55.")] = 30.0,
    ) -> Answer:
        """Apply a tactic to a proof state: the new state and its goals, or why Lean refuses it."""
        held = self._held(session_id)
        state = held.states.get(proof_state)
        if state is None:
            known = ", ".join(map(str, list(held.states)[-10:]))
            raise InputError(
                f"the session has no proof state {proof_state}", advice=f"It has, among others: {known}."
            )
        if len(held.states) >= STATES:
            raise InputError(f"the session has {STATES} states", advice="Open another with lean_proof_state.")
        try:
            async with asyncio.timeout(seconds(timeout_s, MOST_S)):
                result = await held.session.run_tac(state, tactic)
        except TimeoutError:
            result = TacticTimeout(f"not done after {timeout_s:g} s")
        match result:
            case TacticState():
                held.states[result.id] = result
                return answer(
                    "goals",
                    ok=True,
                    proof_state=result.id,
                    items=list(result.goals),
                    messages=list(result.messages),
                )
            case ProofFinished():
                hint = "No goals are left. verify_proof with the whole text says whether it is proved."
                return answer("complete", ok=True, hint=hint, items=[], messages=list(result.messages))
            case ProofGivenUp():
                return answer(
                    "sorry", ok=False, hint="The tactic uses sorry, which proves nothing.", items=[]
                )
            case LeanError(error):
                hint = "Lean refuses the tactic; the state is as it was."
                return answer("error", ok=False, hint=hint, items=[], message=error)
            case TacticTimeout(error) | TacticCrashed(error):
                status = "timeout" if isinstance(result, TacticTimeout) else "crashed"
                hint = "Nothing is known about this tactic; the state is as it was. Try a cheaper one."
                return answer(
                    status, ok=False, partial=True, hint=hint, is_error=True, items=[], message=error
                )

    async def lean_close_proof(
        self, session_id: Annotated[str, Field(description="From lean_proof_state.")]
    ) -> Answer:
        """Close a session; its proof states are given back."""
        held = self._held(session_id)
        del self._open[session_id]
        await held.session.close()
        return answer("closed", ok=True)

    async def close(self) -> None:
        """Close every session."""
        while self._open:
            _, held = self._open.popitem()
            await held.session.close()

    def _held(self, session_id: str) -> _Open:
        held = self._open.get(session_id)
        if held is None:
            raise InputError(
                f"there is no open session {session_id}",
                advice=f"Open the theorem with lean_proof_state; only the last {SESSIONS} sessions are kept.",
            )
        self._open.move_to_end(session_id)
        return held

    async def _close_oldest(self) -> str:
        """Close what is too much, and say so."""
        if len(self._open) <= SESSIONS:
            return ""
        key, oldest = self._open.popitem(last=False)
        await oldest.session.close()
        return f"The session {key}, unused for the longest time, was closed."
