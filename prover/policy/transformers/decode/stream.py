"""The thread that decodes the requests of all calls from an event loop in one batch.

The thread exists only while there is work, so that it keeps no model in memory that its owner has released.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prover.errors import PolicyError
from prover.policy.generation import Completion, GenerationRequest, Score, ScoreRequest
from prover.policy.transformers.decode.continuous_batching import Answer, ContinuousBatch
from prover.policy.transformers.failures import model_errors
from prover.policy.transformers.loaded_model import LanguageModel


@dataclass(slots=True, eq=False)
class _Call:
    """Some requests, and the answers that there are; for each request the kind of answer that it asks for."""

    requests: Sequence[GenerationRequest] | Sequence[ScoreRequest]
    answers: list[Any]
    future: asyncio.Future[list[Any]]

    def take(self, index: int, answer: Answer) -> None:
        """Record an answer; resolve the call once all are there, or at the first error."""
        if isinstance(answer, PolicyError):
            self.end(answer)
            return
        self.answers[index] = answer
        answers = [each for each in self.answers if each is not None]
        if len(answers) == len(self.answers):
            self.end(answers)

    def end(self, outcome: list[Any] | BaseException) -> None:
        def tell() -> None:
            if self.future.done():
                return
            if isinstance(outcome, BaseException):
                self.future.set_exception(outcome)
            else:
                self.future.set_result(outcome)

        with contextlib.suppress(RuntimeError):  # the loop is closed: the caller is gone
            self.future.get_loop().call_soon_threadsafe(tell)


class Stream:
    """Answers requests with one model, those of all calls together."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._new: list[_Call] = []
        self._calls: list[_Call] = []
        self._thread: threading.Thread | None = None
        self._closed = False

    async def generate(self, requests: Sequence[GenerationRequest]) -> list[list[Completion]]:
        """Return the completions of each request. A call that is cancelled ends at the next token.

        Raises:
            PolicyError: the model failed, a prompt does not fit it, or this is closed.
        """
        return await self._answer(requests)

    async def score(self, requests: Sequence[ScoreRequest]) -> list[list[Score | None]]:
        """Return the scores of each request's completions. Cancelled and closed as `generate`.

        Raises:
            PolicyError: as for `generate`.
        """
        return await self._answer(requests)

    async def _answer(self, requests: Sequence[GenerationRequest] | Sequence[ScoreRequest]) -> list[Any]:
        if not requests:
            return []
        call = _Call(requests, [None] * len(requests), asyncio.get_running_loop().create_future())
        with self._lock:
            if self._closed:
                raise self._closed_error()
            self._new.append(call)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="model", daemon=True)
                self._thread.start()
        return await call.future

    async def close(self) -> None:
        """End the work that goes on or waits. Safe to call twice."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None:
            await asyncio.to_thread(thread.join)

    def _closed_error(self) -> PolicyError:
        return PolicyError(f"the model {self._model.loaded.name} is closed")

    def _work(self) -> None:
        try:
            with model_errors(self._model.loaded.name):
                self._model.loaded.configure_for_inference()
                batch: ContinuousBatch[tuple[_Call, int]] = self._model.batch(
                    lambda owner: self._closed or owner[0].future.done()
                )
                while self._take(batch):
                    for (call, index), answer in batch.step():
                        call.take(index, answer)
        except PolicyError as error:
            self._end_all(error)
        except BaseException as error:
            self._end_all(error)
            raise

    def _take(self, batch: ContinuousBatch[tuple[_Call, int]]) -> bool:
        """Hand new calls to the batch; return whether there is work. Without any, this thread is over."""
        with self._lock:
            new, self._new = self._new, []
            if not self._closed and not new and batch.idle:
                self._thread = None
                return False
        self._calls = [call for call in self._calls if not call.future.done()] + new
        if self._closed:
            self._end_all(self._closed_error())
            return False
        for call in new:
            try:
                with model_errors(self._model.loaded.name):
                    tasks = [
                        self._model.score_task(request)
                        if isinstance(request, ScoreRequest)
                        else self._model.task(request)
                        for request in call.requests
                    ]
            except PolicyError as error:
                call.end(error)
                continue
            for index, task in enumerate(tasks):
                batch.add((call, index), task)
        return True

    def _end_all(self, error: BaseException) -> None:
        with self._lock:
            calls, self._calls, self._new = self._calls + self._new, [], []
            self._thread = None
        for call in calls:
            call.end(error)
