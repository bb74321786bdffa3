"""Routes that search while the client waits: for a proof, for a refutation, for the `sorry`s of a file."""

from __future__ import annotations

from fastapi import APIRouter, Request

from prover.service.http.dependencies import ServiceOf
from prover.service.http.presence import client_of, while_connected
from prover.service.http.reports import DisproveReport, FillReport, ProofReport, Report
from prover.service.http.searches import (
    DisproveRequest,
    FillRequest,
    Live,
    ProveRequest,
    SearchRequest,
    search,
    texts_of,
)
from prover.service.http.service import Service
from prover.service.http.shapes import REFUSALS, with_timeout, within_limits

router = APIRouter(tags=["prove"])
WITH_MODELS = REFUSALS | {
    502: {**REFUSALS[503], "description": "The model that proposes tactics did not answer."}
}


@router.post("/prove", response_model_exclude_none=True, responses=WITH_MODELS)
async def prove(body: ProveRequest, request: Request, service: ServiceOf) -> ProofReport:
    """Search for a proof of a theorem, and for one that it is false, and have what is found checked by Lean's kernel.

    `proved` means: this very statement, checked from its text in new processes, without `sorry` or new axioms.
    """
    report = await _search(body, request, service)
    assert isinstance(report, ProofReport)
    return report


@router.post("/disprove", response_model_exclude_none=True, responses=WITH_MODELS)
async def disprove(body: DisproveRequest, request: Request, service: ServiceOf) -> DisproveReport:
    """Search for a proof that a theorem is false."""
    report = await _search(body, request, service)
    assert isinstance(report, DisproveReport)
    return report


@router.post("/fill", response_model_exclude_none=True, responses=WITH_MODELS)
async def fill(body: FillRequest, request: Request, service: ServiceOf) -> FillReport:
    """Search for a proof of every `sorry` of a file; the answer has the file with the proofs, and a patch."""
    report = await _search(body, request, service)
    assert isinstance(report, FillReport)
    return report


async def _search(asked: SearchRequest, request: Request, service: Service) -> Report:
    within_limits(service.engines.settings, texts_of(asked))
    asked = with_timeout(service.engines.settings, asked)
    client = client_of(request)

    async def in_turn() -> Report:
        async with service.turns.turn(client, next(service.engines.requests)):
            return await search(service.engines, service.searching, asked, Live())

    with service.turns.admitted(client, 1):
        return await while_connected(request, in_turn())
