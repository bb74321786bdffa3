"""Routes of open theorems: tactics on proof states, as with LeanDojo, over HTTP."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from prover.lean.environment import (
    LeanError,
    ProofFinished,
    ProofGivenUp,
    TacticCrashed,
    TacticResult,
    TacticState,
    TacticTimeout,
)
from prover.service.http.dependencies import ServiceOf
from prover.service.http.presence import client_of, while_connected
from prover.service.http.searches import TRUE
from prover.service.http.service import Service
from prover.service.http.sessions import Session
from prover.service.http.shapes import REFUSALS, Answers, Refusal, Refused, Text, within_limits

router = APIRouter(prefix="/states", tags=["states"])

MOST_TACTICS = 256
MOST_STATES = 20_000
"""That one theorem may have come to."""
NO_SESSION: Answers = {
    404: {"model": Refusal, "description": "There is no such theorem open, or no such state."}
}


class OpenRequest(BaseModel):
    """A theorem to be opened."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"theorem": TRUE}]})

    theorem: Text = Field(description="As for `/prove`.")


class TacticsRequest(BaseModel):
    """Tactics, each to be run on the same state."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"state": 0, "tactics": ["simp", "omega"]}]}
    )

    state: int = Field(default=0, ge=0, description="The state's number; 0 is the theorem.")
    tactics: list[Text] = Field(min_length=1, max_length=MOST_TACTICS)


class State(BaseModel):
    """What is left to prove."""

    state: int
    goals: list[str]


class Opened(State):
    """An open theorem, and its first state."""

    id: str
    theorem: str
    idle_s: float = Field(description="Seconds after which it is closed if nobody uses it.")


class TacticReport(BaseModel):
    """What came of a tactic. `finished` is the tactic framework's word; whether it is proved, `/verify_proof` says."""

    tactic: str
    result: Literal["state", "finished", "given up", "error", "timeout", "crashed"]
    state: int | None = None
    goals: list[str] | None = None
    message: str | None = None


class TacticsAnswer(BaseModel):
    """What came of the tactics, in their order; none after the first that finishes the proof."""

    results: list[TacticReport]


@router.post("", status_code=201, response_model_exclude_none=True, responses=REFUSALS)
async def open_theorem(body: OpenRequest, request: Request, service: ServiceOf) -> Opened:
    """Open a theorem, to run tactics on its states. Every state stays usable, so that a search can branch."""
    within_limits(service.engines.settings, [body.theorem])
    client = client_of(request)
    session = await while_connected(request, service.sessions.open(client, body.theorem))
    root = session.opened.state
    return Opened(
        id=session.id,
        theorem=session.opened.theorem.name,
        state=root.id,
        goals=list(root.goals),
        idle_s=service.engines.settings.idle_s,
    )


@router.post("/{id}/tactics", response_model_exclude_none=True, responses=REFUSALS | NO_SESSION)
async def run_tactics(id: Text, body: TacticsRequest, request: Request, service: ServiceOf) -> TacticsAnswer:
    """Run tactics on a state of an open theorem."""
    within_limits(service.engines.settings, body.tactics)
    session = _session(service, id)
    state = session.states.get(body.state)
    if state is None:
        raise Refused(404, f"the theorem has no state {body.state}", "Name one that an answer has named.")
    if len(session.states) >= MOST_STATES:
        raise Refused(422, f"the theorem has come to {MOST_STATES} states", "Open it again: POST /states.")
    client = client_of(request)
    with service.engines.turns.admitted(client, 1):
        results = await while_connected(request, session.run(state, body.tactics))
    return TacticsAnswer(results=[_report(*each) for each in zip(body.tactics, results, strict=False)])


@router.delete("/{id}", status_code=204, responses=REFUSALS | NO_SESSION)
async def close(id: Text, service: ServiceOf) -> Response:
    """Close an open theorem."""
    if not await service.sessions.close(id):
        raise _not_open()
    return Response(status_code=204)


def _session(service: Service, id: str) -> Session:
    session = service.sessions.get(id)
    if session is None:
        raise _not_open()
    return session


def _not_open() -> Refused:
    return Refused(
        404, "there is no such theorem open; one that nobody uses is closed", "Open it again: POST /states."
    )


def _report(tactic: str, result: TacticResult) -> TacticReport:
    match result:
        case TacticState():
            return TacticReport(tactic=tactic, result="state", state=result.id, goals=list(result.goals))
        case ProofFinished():
            return TacticReport(tactic=tactic, result="finished", message="\n".join(result.messages) or None)
        case ProofGivenUp():
            return TacticReport(tactic=tactic, result="given up", message="the tactic used `sorry`")
        case LeanError():
            return TacticReport(tactic=tactic, result="error", message=result.error)
        case TacticTimeout():
            return TacticReport(tactic=tactic, result="timeout", message=result.error)
        case TacticCrashed():
            return TacticReport(tactic=tactic, result="crashed", message=result.error)
