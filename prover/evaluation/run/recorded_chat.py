"""A chat model whose answers are kept in the run's store as soon as they are there: none is paid for twice."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Protocol

from prover.evaluation.store.rows import AnswerRow
from prover.evaluation.store.tree_rows import storable
from prover.policy.base import trouble_of
from prover.policy.chat.messages import ChatAnswer, ChatRequest, Heard
from prover.whole_proof.attempt import Chat


class RecordedAnswers(Protocol):
    """Where answers are kept, as :class:`prover.evaluation.store.database.RunStore` does."""

    def answers(self, attempt_id: int, request: str) -> list[AnswerRow]:
        """Return the recorded answers to a request of an attempt."""

    def add_answers(self, attempt_id: int, answers: Sequence[AnswerRow]) -> None:
        """Record answers, in an attempt that is under way.

        Raises:
            SetupError: they cannot be written.
        """

    def answer_tokens(self) -> tuple[int, int]:
        """Return the tokens of all prompts and of all answers that are recorded."""


class RecordedChat:
    """`client`, whose answers to one attempt are recorded, and taken from there."""

    def __init__(self, answers: RecordedAnswers, attempt_id: int, client: Chat) -> None:
        self._recorded = answers
        self._attempt_id = attempt_id
        self._client = client
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def trouble(self) -> str:
        """What is wrong with the model, see :class:`prover.policy.base.Troubled`."""
        return trouble_of(self._client)

    async def ask(self, request: ChatRequest, heard: Heard = lambda number, answer: None) -> list[ChatAnswer]:
        """Return the recorded answers to the same request, and ask the model for those that are missing.

        Each is recorded as soon as it is there, and then told to `heard`.

        Raises:
            BudgetSpent, RequestRefused, PolicyUnavailable: as for :meth:`prover.policy.chat.client.ChatClient.ask`.
        """
        key = hashlib.sha256(json.dumps(asdict(request)).encode()).hexdigest()
        async with self._turns[key]:  # the same request a second time is answered by what came of the first
            return await self._ask(key, request, heard)

    async def _ask(self, key: str, request: ChatRequest, heard: Heard) -> list[ChatAnswer]:
        answers = {row.number: _answer(row) for row in self._recorded.answers(self._attempt_id, key)}
        for number, answer in answers.items():
            heard(number, answer)
        missing = [number for number in range(request.n) if number not in answers]

        async def get(asked: ChatRequest, first: int) -> None:
            def record(number: int, answer: ChatAnswer) -> None:
                self._recorded.add_answers(self._attempt_id, [_answer_row(key, first + number, answer)])
                answers[first + number] = answer
                heard(first + number, answer)

            await self._client.ask(asked, record)

        if len(missing) == request.n:
            await get(request, 0)
        else:
            singles = [get(replace(request, n=1, seed=request.seed + each), each) for each in missing]
            for failed in await asyncio.gather(*singles, return_exceptions=True):
                if failed is not None:
                    raise failed
        return [answers[number] for number in sorted(answers)]


def _answer_row(request: str, number: int, answer: ChatAnswer) -> AnswerRow:
    return AnswerRow(
        request=request,
        number=number,
        raw=storable(answer.raw),
        text=storable(answer.text),
        reasoning=storable(answer.reasoning),
        finish_reason=answer.finish_reason,
        prompt_tokens=answer.prompt_tokens,
        completion_tokens=answer.completion_tokens,
        estimated=answer.estimated,
    )


def _answer(row: AnswerRow) -> ChatAnswer:
    return ChatAnswer(
        raw=row.raw,
        text=row.text,
        reasoning=row.reasoning,
        finish_reason=row.finish_reason,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        estimated=row.estimated,
    )
