"""The driver's side of chat models on a cluster: it alone asks them, and keeps their answers in the run's store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from prover.cluster.questions import Answered, Ended, Question, Withdrawn, all_of
from prover.errors import ProverError
from prover.evaluation.run.chat_models import ChatModels, Role
from prover.policy.base import trouble_of
from prover.util.within import cancel_all
from prover.whole_proof.attempt import Chat

News = asyncio.Queue[Answered | Ended]
"""What an actor is to hear, in order."""


@dataclass(slots=True)
class AskingAttempt:
    """An attempt that is made, on one actor or, after that is lost, on another; what it asks and has asked."""

    clients: dict[Role, Chat] = field(default_factory=dict)
    asking: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def trouble(self) -> str:
        """What is wrong with a model, see :class:`prover.policy.base.Troubled`."""
        return next(filter(None, map(trouble_of, self.clients.values())), "")


class Answering:
    """Answers the questions of a run's attempts with `models`; `result` awaits a reference of Ray's.

    What an attempt has asked goes on when its actor is lost: its answers are kept, and told to the next actor, which
    asks the same.
    """

    def __init__(self, models: ChatModels, result: Callable[[Any], Awaitable[Any]]) -> None:
        self._models = models
        self._result = result
        self._attempts: dict[int, AskingAttempt] = {}

    @asynccontextmanager
    async def attempt(self, attempt_id: int) -> AsyncIterator[AskingAttempt]:
        """Answer the questions of an attempt while the block runs; its end withdraws those that are left."""
        made = self._attempts[attempt_id] = AskingAttempt()
        try:
            yield made
        finally:
            del self._attempts[attempt_id]
            await cancel_all([*made.asking])

    async def serve(self, actor: Any) -> None:  # noqa: ANN401  (Ray's handles have no type)
        """Answer what attempts on this actor ask, until this is cancelled; raises Ray's error when it is gone."""
        news: News = asyncio.Queue()
        tasks = [asyncio.create_task(self._fetch(actor, news)), asyncio.create_task(self._tell(actor, news))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await cancel_all(tasks)

    async def _fetch(self, actor: Any, news: News) -> None:  # noqa: ANN401
        """Fetch questions, and begin to answer them."""
        asking: dict[int, asyncio.Task[None]] = {}
        while True:
            for each in await self._result(actor.questions.remote()):
                if isinstance(each, Withdrawn):
                    if each.number in asking:
                        asking.pop(each.number).cancel()
                elif each.attempt_id in self._attempts:
                    asking[each.number] = self._begin(each, news)
            asking = {number: task for number, task in asking.items() if not task.done()}

    async def _tell(self, actor: Any, news: News) -> None:  # noqa: ANN401
        """Let the actor hear what there is, in order."""
        while True:
            await self._result(actor.hear.remote(await all_of(news)))

    def _begin(self, question: Question, news: News) -> asyncio.Task[None]:
        made = self._attempts[question.attempt_id]
        if question.role not in made.clients:
            made.clients[question.role] = self._models.client(question.attempt_id, question.role)
        task = asyncio.create_task(_answer(made.clients[question.role], question, news))
        made.asking.add(task)
        task.add_done_callback(made.asking.discard)
        return task


async def _answer(client: Chat, question: Question, news: News) -> None:
    """Ask the model, and put what it says among the `news`; whoever asked gets its errors."""
    number = question.number
    try:
        await client.ask(
            question.request, lambda place, answer: news.put_nowait(Answered(number, place, answer))
        )
    except ProverError as error:
        news.put_nowait(Ended(number, error))
    except Exception as error:
        news.put_nowait(Ended(number, ProverError(f"the chat model was not asked: {error!r}")))
        raise
    else:
        news.put_nowait(Ended(number, None))
