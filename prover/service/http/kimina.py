"""Kimina Lean Server's routes and shapes, so that its client and the recipes that use it work by changing a URL.

What differs, on purpose: positions count in the text that was sent, imports included (Kimina's count behind these);
an info tree is refused, as the engines make none; `env` and proof states are left out, as nothing of a text is
kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NotRequired

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.config import JsonDict
from typing_extensions import TypedDict

from prover.api.results import CheckedText
from prover.errors import EngineTimeout, InputError, ProverError
from prover.lean.protocol import Message, Position, Severity
from prover.service.http.dependencies import EnginesOf
from prover.service.http.engines import Engines
from prover.service.http.presence import client_of, while_connected
from prover.service.http.shapes import REFUSALS, Text, with_timeout, within_limits

router = APIRouter(tags=["check texts"])

PLAIN: JsonDict = {"id": "plain", "code": "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by omega"}
REAL: JsonDict = {"id": "real", "code": "import Mathlib\n\ntheorem bar (x : ℝ) : 0 ≤ x ^ 2 := by sorry"}


def no_info_tree(value: str | None) -> str | None:
    """Refuse what asks for an info tree."""
    if value is not None:
        raise ValueError("the engines make no info trees; leave it out")
    return value


class Snippet(BaseModel):
    """A Lean text, a whole file with its imports."""

    id: Text = Field(description="What the result is called.")
    code: Text = Field(description="The text.")


class CheckOptions(BaseModel):
    """What one text may take, and how it is run."""

    model_config = ConfigDict(allow_inf_nan=False)

    timeout: float = Field(
        default=30, gt=0, description="Seconds for one text, from when an engine begins with it."
    )
    debug: bool = Field(default=False, description="Add `diagnostics` to each result.")
    reuse: bool = Field(default=True, description="If false, each text gets an engine that is as new.")
    infotree: str | None = Field(default=None, description="Must be null: there are no info trees.")

    @field_validator("infotree")
    @classmethod
    def _no_trees(cls, value: str | None) -> str | None:
        return no_info_tree(value)


class CheckRequest(CheckOptions):
    """Texts to be elaborated, each by itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"snippets": [PLAIN, REAL], "timeout": 30}]})

    snippets: list[Snippet] = Field(min_length=1, description="The texts; their ids differ.")

    @model_validator(mode="after")
    def _ids_differ(self) -> CheckRequest:
        if len({each.id for each in self.snippets}) != len(self.snippets):
            raise ValueError("two snippets have the same id")
        return self


class LeanMessage(TypedDict):
    """Something that Lean says of a text; `endPos` is left out where Lean does not say."""

    severity: Severity
    pos: Position
    endPos: NotRequired[Position]
    data: str


class Sorry(TypedDict):
    """A `sorry` of a text."""

    pos: Position
    endPos: Position
    goal: str


class LeanResponse(BaseModel):
    """What Lean says of a text; only `message` where it could not begin, as with an import that is not there."""

    messages: list[LeanMessage] | None = None
    sorries: list[Sorry] | None = None
    message: str | None = None
    time: float | None = None


class Diagnostics(BaseModel):
    """The resident memory of the engine's process after the text, in bytes."""

    memory_max: int


class CheckResult(BaseModel):
    """The result for one text: `response`, or `error` where Lean could not say anything; time in seconds."""

    id: str
    time: float
    error: str | None = None
    response: LeanResponse | None = None
    diagnostics: Diagnostics | None = None


class CheckAnswer(BaseModel):
    """The results, in the order of the texts."""

    results: list[CheckResult]


class Code(BaseModel):
    """A Lean text, under either name."""

    custom_id: Text | int
    proof: Text | None = None
    code: Text | None = None

    @model_validator(mode="after")
    def _has_text(self) -> Code:
        if self.proof is None and self.code is None:
            raise ValueError("neither proof nor code is given")
        return self

    @property
    def text(self) -> str:
        """The text."""
        return self.proof if self.proof is not None else self.code or ""


class VerifyRequest(BaseModel):
    """Texts to be elaborated, as older clients send them."""

    model_config = ConfigDict(
        allow_inf_nan=False,
        json_schema_extra={"examples": [{"codes": [{"custom_id": "a", "proof": PLAIN["code"]}]}]},
    )

    codes: list[Code]
    timeout: float = Field(default=300, gt=0, description="Seconds for one text.")
    infotree_type: str | None = Field(default=None, description="Must be null: there are no info trees.")
    disable_cache: bool = Field(default=False, description="Give each text an engine that is as new.")

    @field_validator("infotree_type")
    @classmethod
    def _no_trees(cls, value: str | None) -> str | None:
        return no_info_tree(value)


class VerifyResult(BaseModel):
    """The result for one text."""

    custom_id: str
    error: str | None = None
    response: LeanResponse | None = None


class VerifyAnswer(BaseModel):
    """The results, in the order of the texts."""

    results: list[VerifyResult]


@router.post("/api/check", response_model_exclude_none=True, responses=REFUSALS)
@router.post("/api/check/", response_model_exclude_none=True, include_in_schema=False)
async def check(body: CheckRequest, request: Request, engines: EnginesOf) -> CheckAnswer:
    """Elaborate Lean texts, many at a time, and return what Lean says of each.
    No error and no `sorry` is no proof: a text can bring axioms along, or make Lean say what it likes. Whether a
    theorem is proved, `/verify_proof` tells.
    """
    body = with_timeout(engines.settings, body)
    work = _check_texts(body.snippets, body, client_of(request), engines)
    return CheckAnswer(results=await while_connected(request, work))


@router.post("/verify", response_model_exclude_none=True, responses=REFUSALS)
@router.post("/one_pass_verify_batch", response_model_exclude_none=True, responses=REFUSALS)
async def verify(body: VerifyRequest, request: Request, engines: EnginesOf) -> VerifyAnswer:
    """Do what `/api/check` does, in the shape of older clients."""
    body = with_timeout(engines.settings, body)
    texts = [Snippet(id=str(each.custom_id), code=each.text) for each in body.codes]
    options = CheckOptions(timeout=body.timeout, reuse=not body.disable_cache)
    results = await while_connected(request, _check_texts(texts, options, client_of(request), engines))
    return VerifyAnswer(results=[_as_older(each) for each in results])


async def _check_texts(
    texts: Sequence[Snippet], options: CheckOptions, client: str, engines: Engines
) -> list[CheckResult]:
    within_limits(engines.settings, [each.code for each in texts])
    number = next(engines.requests)

    async def in_turn(text: Snippet) -> CheckResult:
        async with engines.turns.turn(client, number):
            return await _check(text, options, engines)

    with engines.turns.admitted(client, len(texts)):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(in_turn(each)) for each in texts]
    return [each.result() for each in tasks]


async def _check(text: Snippet, options: CheckOptions, engines: Engines) -> CheckResult:
    clock = asyncio.get_running_loop().time
    began = clock()

    def failed(error: str) -> CheckResult:
        return CheckResult(id=text.id, time=clock() - began, error=error)

    try:
        found = await engines.check(text.code, options.timeout, fresh=not options.reuse)
    except InputError as error:
        return CheckResult(id=text.id, time=clock() - began, response=LeanResponse(message=error.message))
    except EngineTimeout:
        return failed(f"Lean timed out in {options.timeout:g} seconds")
    except ProverError as error:
        return failed(f"Lean broke, which says nothing about the text: {error.message}")
    return CheckResult(
        id=text.id,
        time=found.time_s,
        response=_response(found),
        diagnostics=Diagnostics(memory_max=found.memory_bytes) if options.debug else None,
    )


def _response(found: CheckedText) -> LeanResponse:
    sorries = [Sorry(pos=each["pos"], endPos=each["endPos"], goal=each["goal"]) for each in found.sorries]
    messages = [_message(each) for each in found.messages]
    return LeanResponse(messages=messages or None, sorries=sorries or None)


def _message(said: Message) -> LeanMessage:
    message = LeanMessage(severity=said["severity"], pos=said["pos"], data=said["data"])
    if (end := said.get("endPos")) is not None:
        message["endPos"] = end
    return message


def _as_older(result: CheckResult) -> VerifyResult:
    response = result.response and result.response.model_copy(update={"time": result.time})
    return VerifyResult(custom_id=result.id, error=result.error, response=response)
