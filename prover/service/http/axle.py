"""AXLE's `verify_proof`, in its shape: does a text prove given statements?

The judge is prover's own. What AXLE allows and it does not is refused, never passed over: `permitted_sorries`,
axioms of the statement, `verify_negation`; definitions that the statement leaves to `sorry` count as unproved.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from prover.api.elaborating import Elaboration
from prover.errors import EngineError, EngineTimeout, InputError
from prover.lean.trust.lock import CheckedStatement, Lock
from prover.lean.trust.verify import Certificate, Rejection, RejectionKind
from prover.service.http.dependencies import ServiceOf
from prover.service.http.presence import client_of, while_connected
from prover.service.http.reports import CertificateReport
from prover.service.http.service import Service
from prover.service.http.shapes import REFUSALS, Text, with_timeout, within_limits
from prover.service.judging import lock_of, under_imports_of

router = APIRouter(tags=["verify"])

_AXIOM = "the proof rests on the axiom "
NOT_HERE = (
    "permitted_sorries",
    "allow_statement_axioms",
    "allow_bv_decide",
    "verify_negation",
    "mathlib_options",
    "run_env_linters",
    "global_options",
)
"""Options of AXLE's that this judge does not have."""
STATEMENT = "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by sorry"
CONTENT = "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by omega"


class VerifyProofRequest(BaseModel):
    """Statements, and a text that is to prove them."""

    model_config = ConfigDict(
        extra="forbid",
        allow_inf_nan=False,
        json_schema_extra={"examples": [{"formal_statement": STATEMENT, "content": CONTENT}]},
    )

    formal_statement: Text = Field(description="The theorems to be proved, each with `:= by sorry`.")
    content: Text = Field(description="A whole text that proves them; it may have lemmas.")
    ignore_imports: bool = Field(default=True, description="Take the statement's imports.")
    use_def_eq: bool = Field(default=True, description="Let the content state them in other words.")
    timeout_seconds: float = Field(default=120, gt=0, description="Seconds for all of it.")
    environment: Text | None = Field(default=None, description="Which Lean; there is only the server's.")
    permitted_sorries: list[Text] | None = Field(default=None, description="Must be empty.")
    allow_statement_axioms: bool | None = Field(default=None, description="Must not be true.")
    allow_bv_decide: bool | None = Field(default=None, description="Must not be true.")
    verify_negation: bool | None = Field(default=None, description="Must not be true.")
    mathlib_options: bool | None = Field(default=None, description="Must not be true.")
    run_env_linters: bool | None = Field(default=None, description="Must not be true.")
    global_options: dict[str, Any] | None = Field(default=None, description="Must be empty.")

    @property
    def refused(self) -> list[str]:
        """The options that are given and that this judge does not have."""
        return [name for name in NOT_HERE if getattr(self, name)]


class Messages(BaseModel):
    """What there is to say, by how grave it is."""

    errors: list[str] = []
    warnings: list[str] = []
    infos: list[str] = []


class VerifyProofAnswer(BaseModel):
    """`okay`: Lean's kernel accepts a proof of every statement, as it was given. `certificates` are by theorem.

    With `error`, the check could not be carried out, which says nothing about the content.
    """

    okay: bool
    content: str
    lean_messages: Messages
    tool_messages: Messages
    failed_declarations: list[str]
    timings: dict[str, int]
    certificates: dict[str, CertificateReport] = {}
    error_type: str | None = None
    error: str | None = None


@router.post("/verify_proof", response_model_exclude_none=True, responses=REFUSALS)
async def verify_proof(body: VerifyProofRequest, request: Request, service: ServiceOf) -> VerifyProofAnswer:
    """Check that a text proves given statements: as they were given, whatever the text says that they are.

    Each is checked by Lean's kernel in a new process. `POST /api/v1/verify_proof` is the same, for AXLE's client.
    """
    if body.refused:
        raise InputError(f"this server has no {', '.join(body.refused)}", advice="Leave it out.")
    texts = [body.formal_statement, body.content]
    within_limits(service.engines.settings, texts)
    body = with_timeout(service.engines.settings, body, "timeout_seconds")
    client, turns = client_of(request), service.engines.turns

    async def in_turn() -> VerifyProofAnswer:
        async with turns.turn(client, next(service.engines.requests)):
            return await _verify(body, service)

    with turns.admitted(client, 1):
        return await while_connected(request, in_turn())


@router.post("/api/v1/verify_proof", response_model_exclude_none=True, include_in_schema=False)
async def verify_proof_as_axle(request: Request, service: ServiceOf) -> VerifyProofAnswer:
    """Do the same for AXLE's client, which does not say that it sends JSON."""
    try:
        body = VerifyProofRequest.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    return await verify_proof(body, request, service)


async def _verify(body: VerifyProofRequest, service: Service) -> VerifyProofAnswer:
    began = time.monotonic()
    lean = service.engines.lean
    answer = VerifyProofAnswer(
        okay=False,
        content=body.content,
        lean_messages=Messages(),
        tool_messages=Messages(infos=[f"checked with {lean.engine}, Lean {lean.version}"]),
        failed_declarations=[],
        timings={},
    )
    try:
        async with asyncio.timeout(body.timeout_seconds):
            await _judge(body, service, answer)
    except (TimeoutError, EngineTimeout):
        answer.error_type = "LeanTimeout"
        answer.error = (
            f"Lean timed out in {body.timeout_seconds:g} seconds, which says nothing about the proof"
        )
    answer.timings = {"total_ms": round((time.monotonic() - began) * 1000)}
    return answer


async def _judge(body: VerifyProofRequest, service: Service, answer: VerifyProofAnswer) -> None:
    """Fill in the answer."""
    lean, seconds = service.engines.lean, body.timeout_seconds
    stated = lean.framed(body.formal_statement, like=body.content)
    lock = lock_of(stated)
    read = await lean.elaborate(stated, timeout=seconds)
    if not read.accepted:
        _refuse_statement(read)
    given = under_imports_of(lock, body.content, ignore_imports=body.ignore_imports)
    read = await lean.elaborate(given, timeout=seconds)
    if read.timed_out:
        raise EngineTimeout("Lean was stopped")
    for message in read.messages:
        at = f"{message['pos']['line']}:{message['pos']['column']}: {message['data']}"
        by_kind = {"error": answer.lean_messages.errors, "warning": answer.lean_messages.warnings}
        by_kind.get(message["severity"], answer.lean_messages.infos).append(at)
    checked = await lean.check_file(lock, given.whole, same_words=not body.use_def_eq)
    for each in checked:
        if isinstance(each.ruling, Rejection) and each.ruling.kind is RejectionKind.LIMIT:
            raise EngineTimeout("Lean was stopped")
        if isinstance(each.ruling, Rejection) and each.ruling.kind is RejectionKind.ENGINE:
            raise EngineError(each.ruling.message)
        if isinstance(each.ruling, Certificate):
            answer.certificates[each.theorem.name] = CertificateReport.of(each.ruling)
        else:
            answer.failed_declarations.append(each.theorem.name)
            answer.tool_messages.errors += _reasons(lock, given.whole, each, each.ruling)
    answer.okay = bool(checked) and not answer.failed_declarations and not read.errors


def _refuse_statement(read: Elaboration) -> None:
    if read.timed_out:
        raise EngineTimeout("Lean was stopped")
    first = read.errors[0]
    place = f"{first['pos']['line']}:{first['pos']['column']}"
    raise InputError(f"Lean refuses the formal statement, {place}: {first['data']}")


def _reasons(lock: Lock, content: str, checked: CheckedStatement, ruling: Rejection) -> list[str]:
    """Return why a theorem is not proved, in AXLE's words where it has any."""
    name, stated = checked.theorem.name, lock.changed_in(content, checked.theorem.name)
    if stated == "":
        return [f"Missing required declaration '{name}'"]
    match ruling.kind:
        case RejectionKind.STATEMENT | RejectionKind.KERNEL if stated is not None:
            expected = checked.theorem.statement
            return [f"Theorem '{name}' does not match expected signature: expected {expected}, got {stated}"]
        case RejectionKind.AXIOM if ruling.message.startswith(_AXIOM):
            axiom = ruling.message.removeprefix(_AXIOM)
            return [f"In '{name}': Axiom '{axiom}' is not in the allowed set of standard axioms"]
        case RejectionKind.SORRY | RejectionKind.ELABORATION:
            return [f"Declaration '{name}' is incomplete (uses 'sorry' or has errors)", ruling.message]
        case _:
            return [f"In '{name}': {ruling.message}"]
