"""What attempts on an actor ask of the run's chat models: questions that the driver fetches and answers.

So an actor needs neither a model's address nor its key.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from prover.errors import ProverError
from prover.evaluation.run.chat_models import Role
from prover.policy.chat.messages import ChatAnswer, ChatRequest, Heard

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """A request of an attempt to the model of a role; `number` is that of the question on its actor."""

    number: int
    attempt_id: int
    role: Role
    request: ChatRequest


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The question of this number needs no answer any more."""

    number: int


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer to the question of this number, and its place among them."""

    number: int
    place: int
    answer: ChatAnswer


@dataclass(frozen=True, slots=True)
class Ended:
    """There are no more answers to the question of this number; `error` is why, unless these are all."""

    number: int
    error: ProverError | None


async def all_of(queue: asyncio.Queue[T]) -> list[T]:
    """Wait until there is something in a queue, and take all of it out."""
    taken = [await queue.get()]
    while not queue.empty():
        taken.append(queue.get_nowait())
    return taken


@dataclass(slots=True)
class _Open:
    """A question that waits; `heard` is told of answers."""

    heard: Heard
    ended: asyncio.Future[None]
    answers: dict[int, ChatAnswer] = field(default_factory=dict)


class Questions:
    """The questions of all attempts on one actor."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._new: asyncio.Queue[Question | Withdrawn] = asyncio.Queue()
        self._open: dict[int, _Open] = {}

    def chat(self, attempt_id: int, role: Role) -> AskedChat:
        """Return what an attempt asks the model of a role."""
        return AskedChat(self, attempt_id, role)

    async def next(self) -> list[Question | Withdrawn]:
        """Wait for what is new, and return all of it, in order."""
        return await all_of(self._new)

    def hear(self, news: Sequence[Answered | Ended]) -> None:
        """Hand answers on to those who asked."""
        for each in news:
            asked = self._open.get(each.number)
            if asked is None or asked.ended.done():
                continue
            match each:
                case Answered():
                    asked.answers[each.place] = each.answer
                    asked.heard(each.place, each.answer)
                case Ended(error=ProverError() as error):
                    asked.ended.set_exception(error)
                case Ended():
                    asked.ended.set_result(None)

    async def ask(self, attempt_id: int, role: Role, request: ChatRequest, heard: Heard) -> list[ChatAnswer]:
        """Ask a question, and wait for all its answers; raises what the driver's model raised."""
        number = next(self._numbers)
        asked = self._open[number] = _Open(heard, asyncio.get_running_loop().create_future())
        self._new.put_nowait(Question(number, attempt_id, role, request))
        try:
            await asked.ended
        except asyncio.CancelledError:
            self._new.put_nowait(Withdrawn(number))
            raise
        finally:
            del self._open[number]
        return [asked.answers[place] for place in sorted(asked.answers)]


@dataclass(frozen=True, slots=True)
class AskedChat:
    """A chat model as an attempt on an actor sees it: asked by way of `questions`."""

    questions: Questions
    attempt_id: int
    role: Role

    async def ask(self, request: ChatRequest, heard: Heard = lambda number, answer: None) -> list[ChatAnswer]:
        """Have the driver answer.

        Raises:
            BudgetSpent, RequestRefused, PolicyUnavailable: as for :meth:`prover.policy.chat.client.ChatClient.ask`.
        """
        return await self.questions.ask(self.attempt_id, self.role, request, heard)
