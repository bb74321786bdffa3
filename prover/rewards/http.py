"""The verifier behind the routes that OpenRLHF and NeMo-Gym ask for rewards: a router to be put into any application.

`POST /get_reward` is OpenRLHF's (`--remote_rm_url`), with the statements in `labels`: `--label_key formal_statement`.
`POST /verify` is that of a NeMo-Gym resources server: `header` and `formal_statement` of the sample, `response` as the
Responses API has it. The answer is what was sent, with `reward`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from prover.errors import EngineError, InputError, ProverError
from prover.rewards.judge import Judgement

if TYPE_CHECKING:
    from fastapi import APIRouter

Judging = Callable[[Sequence[str], Sequence[str]], Awaitable[list[Judgement]]]
"""Judges completions, as :meth:`prover.rewards.judge.Judge.judge` does."""


class RewardRequest(BaseModel):
    """What OpenRLHF sends: `query` is prompt and completion together, `labels` has the statements."""

    query: list[str] = Field(max_length=4096)
    prompts: list[str] | None = None
    labels: list[str] | None = None


class VerifyRequest(BaseModel):
    """What NeMo-Gym sends; further fields come back as they are."""

    model_config = ConfigDict(extra="allow")

    header: str = ""
    formal_statement: str
    response: dict[str, Any]


async def get_reward(request: RewardRequest, judge: Judging) -> dict[str, Any]:
    """Answer OpenRLHF: `rewards`, and the same as `scores`, with what came of each completion in `extra_logs`.

    Raises:
        InputError: statements or prompts are missing, or do not pair with the queries.
    """
    if request.labels is None:
        raise InputError(
            "there are no labels, from which the statements are taken",
            advice="Start OpenRLHF with --label_key formal_statement.",
        )
    prompts = request.prompts if request.prompts is not None else [""] * len(request.query)
    if not len(request.query) == len(request.labels) == len(prompts):
        raise InputError("query, prompts and labels have not the same length")
    completions = [query.removeprefix(prompt) for query, prompt in zip(request.query, prompts, strict=True)]
    judged = await judge(request.labels, completions)
    rewards = [each.reward for each in judged]
    logs = {
        "proved": rewards,
        "undecided": [float(each.undecided) for each in judged],
    }
    return {"rewards": rewards, "scores": rewards, "extra_logs": logs}


async def verify(request: VerifyRequest, judge: Judging) -> dict[str, Any]:
    """Answer NeMo-Gym: what was sent, with `reward`, `proof_status`, `predicted_proof` and `error_feedback`.

    Raises:
        InputError: the response has no text.
    """
    (judged,) = await judge([request.header + request.formal_statement], [_last_message(request.response)])
    return request.model_dump() | {
        "reward": judged.reward,
        "proof_status": "completed" if judged.proved else judged.outcome.value.replace(" ", "_"),
        "predicted_proof": judged.proof,
        "error_feedback": judged.message or None,
    }


def router(judge: Judging) -> APIRouter:
    """Return both routes, for an application of FastAPI's; `include_router` takes a prefix for them.

    What cannot be judged is a status 422, or 503, never a reward.
    """
    from fastapi import APIRouter, HTTPException

    routes = APIRouter(tags=["rewards"])

    async def answered(work: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        try:
            return await work
        except ProverError as error:
            status = 503 if isinstance(error, EngineError) else 422
            raise HTTPException(status, f"{error.message} {error.advice}".strip()) from error

    @routes.post("/get_reward")
    async def get_reward_(request: RewardRequest) -> dict[str, Any]:
        """Rewards for OpenRLHF."""
        return await answered(get_reward(request, judge))

    @routes.post("/verify")
    async def verify_(request: VerifyRequest) -> dict[str, Any]:
        """A reward for NeMo-Gym."""
        return await answered(verify(request, judge))

    return routes


def _last_message(response: dict[str, Any]) -> str:
    """Return the text of the last message in a response of OpenAI's Responses API.

    Raises:
        InputError: there is none.
    """
    output = response.get("output")
    messages = [each for each in output if isinstance(each, dict)] if isinstance(output, list) else []
    for message in reversed(messages):
        content = message.get("content")
        if isinstance(content, str):
            return content
        if isinstance(content, list):
            texts = [each.get("text") for each in content if isinstance(each, dict)]
            if written := "".join(each for each in texts if isinstance(each, str)):
                return written
    if not messages:
        raise InputError("response has no output", advice="Send what the Responses API answers.")
    return ""
