"""Batching of requests: one generator is shared by many searches.

While a slot of the generator is free, a request starts at once. While all are busy, requests queue and go
together as soon as one is free again: the busier the generator, the larger its batches. No request waits for a
batch to fill.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from prover.errors import PolicyError
from prover.policy.base import trouble_of
from prover.policy.generation import (
    Completion,
    GenerationRequest,
    Generator,
    Score,
    Scorer,
    ScoreRequest,
    why_no_scores,
)
from prover.util.within import cancel_all


@dataclass(slots=True)
class GeneratorStats:
    """Counters of a generator.

    `busy_s` adds up the seconds of its calls. They overlap on several slots; those of a generator that works on
    any number together are counted once.
    """

    calls: int = 0
    prompts: int = 0
    completions: int = 0
    tokens: int = 0
    busy_s: float = 0.0


@dataclass(slots=True, eq=False)
class _Waiting:
    requests: Sequence[GenerationRequest]
    answer: asyncio.Future[list[list[Completion]]]


class BatchingGenerator:
    """Implements :class:`prover.policy.generation.Generator` over another one.

    A batch has at most `max_prompts` prompts, unless a single call brings more. `clock` returns seconds.
    """

    def __init__(
        self, generator: Generator, *, max_prompts: int = 64, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.stats = GeneratorStats()
        self._generator = generator
        self._max_prompts = max_prompts
        self._clock = clock
        self._waiting: list[_Waiting] = []
        self._running: set[asyncio.Task[None]] = set()
        self._asking = 0
        self._began = 0.0

    @property
    def name(self) -> str:
        """The name of the generator that is shared."""
        return self._generator.name

    @property
    def context_length(self) -> int | None:
        """As for the generator that is shared."""
        return self._generator.context_length

    @property
    def slots(self) -> int | None:
        """As for the generator that is shared."""
        return self._generator.slots

    @property
    def trouble(self) -> str:
        """As for the generator that is shared."""
        return trouble_of(self._generator)

    async def count_tokens(self, text: str) -> int:
        """As for the generator that is shared."""
        return await self._generator.count_tokens(text)

    async def generate(self, requests: Sequence[GenerationRequest]) -> list[list[Completion]]:
        """Answer `requests` in one batch with those of other callers.

        Raises:
            PolicyError: the generator failed for these requests; those of others are asked again without them.
        """
        if not requests:
            return []
        waiting = _Waiting(requests, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        asyncio.get_running_loop().call_soon(self._dispatch)
        return await waiting.answer

    @property
    def why_no_scores(self) -> str:
        """As for the generator that is shared."""
        return why_no_scores(self._generator)

    async def score(self, requests: Sequence[ScoreRequest]) -> list[list[Score | None]]:
        """Score completions, each call by itself.

        Raises:
            PolicyError: the generator failed.
        """
        assert isinstance(self._generator, Scorer), "a caller looks at why_no_scores first"
        with self._busy():
            return await self._generator.score(requests)

    async def close(self) -> None:
        """Cancel running requests and close the generator."""
        await cancel_all(list(self._running))
        await self._generator.close()

    def _dispatch(self) -> None:
        self._waiting = [each for each in self._waiting if not each.answer.done()]
        while self._waiting and (self.slots is None or len(self._running) < self.slots):
            batch = [self._waiting.pop(0)]
            prompts = len(batch[0].requests)
            while self._waiting and prompts + len(self._waiting[0].requests) <= self._max_prompts:
                prompts += len(self._waiting[0].requests)
                batch.append(self._waiting.pop(0))
            task = asyncio.get_running_loop().create_task(self._answer(batch))
            self._running.add(task)
            task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._dispatch()

    async def _answer(self, batch: Sequence[_Waiting]) -> None:
        try:
            answers = await self._ask([request for each in batch for request in each.requests])
        except PolicyError as error:
            if len(batch) == 1:
                _refuse(batch[0], error)
                return
            for each in batch:
                await self._answer([each])
            return
        except BaseException as error:
            for each in batch:
                _refuse(each, error)
            raise
        for each in batch:
            mine, answers = answers[: len(each.requests)], answers[len(each.requests) :]
            if not each.answer.done():
                each.answer.set_result(mine)

    async def _ask(self, requests: Sequence[GenerationRequest]) -> list[list[Completion]]:
        with self._busy():
            answers = await self._generator.generate(requests)
        self.stats.prompts += len(requests)
        self.stats.completions += sum(len(answer) for answer in answers)
        self.stats.tokens += sum(completion.tokens for answer in answers for completion in answer)
        return answers

    @contextmanager
    def _busy(self) -> Iterator[None]:
        """Count a call and its time."""
        if self.slots is not None or self._asking == 0:
            self._began = self._clock()
        began = self._began
        self._asking += 1
        try:
            yield
        finally:
            self.stats.calls += 1
            self._asking -= 1
            if self.slots is not None or self._asking == 0:
                self.stats.busy_s += self._clock() - began


def _refuse(waiting: _Waiting, error: BaseException) -> None:
    if waiting.answer.done():
        return
    if isinstance(error, asyncio.CancelledError):
        waiting.answer.cancel()
    else:
        waiting.answer.set_exception(error)
