"""What runs on a node: an actor with the engines and models of a run, which makes attempts and returns their rows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from prover import __version__
from prover.cluster.questions import Answered, Ended, Question, Questions, Withdrawn
from prover.errors import SetupError
from prover.evaluation.run.chat_models import ChatModels, ChatPrompts
from prover.evaluation.run.config import read_config
from prover.evaluation.run.executor import AttemptJob, AttemptResult
from prover.evaluation.run.local import LocalExecutor
from prover.evaluation.run.open import open_local
from prover.evaluation.run.pipeline import Reading
from prover.evaluation.store.rows import AutomationRow
from prover.lean.backends import find_lean
from prover.lean.embedded.install import add_download, download_of
from prover.lean.theorem import Theorem
from prover.problems.problem import Problem
from prover.problems.support import Support
from prover.search.checkpoint import SavedAnswers
from prover.util.progress import Quiet

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Returned(Generic[T]):
    """What a job returned, and how busy the actor's engines and models have been by then."""

    value: T
    reading: Reading
    engine_restarts: int


class EvaluationActor:
    """One actor. `config` is the run's configuration as JSON, `version` the driver's version of prover.

    `prompts` are the formats that the run's chat models are asked in.
    """

    def __init__(self, config: str, version: str, prompts: ChatPrompts) -> None:
        self._config = read_config(config)
        self._version = version
        self._stack = AsyncExitStack()
        self._executor: LocalExecutor | None = None
        self._problems: dict[int, Problem] = {}
        self._saved: dict[int, list[SavedAnswers]] = {}
        self._questions = Questions()
        self._models = ChatModels(prompts, self._questions.chat)

    async def where(self) -> tuple[str, str]:
        """Return the id and the address of the node that it runs on."""
        import ray

        context = ray.get_runtime_context()
        return context.get_node_id(), ray.util.get_node_ip_address()

    async def open(self, package: list[Any]) -> Reading:
        """Open engines and models. `package` is a reference to the file that Lean is installed from, or empty.

        Raises:
            InputError, SetupError: something that the run needs is not on this node.
        """
        if self._version != __version__:
            raise SetupError(f"prover {__version__} is installed here, and {self._version} drives the run")
        if package and not download_of().exists():
            import ray

            await asyncio.to_thread(lambda: add_download(ray.get(package[0])))
        lean = await asyncio.to_thread(find_lean, self._config, Quiet())
        self._executor = await self._stack.enter_async_context(
            open_local(self._config, self._problems.__getitem__, lean, self._models)
        )
        return await self._executor.reading()

    async def check(self, problem_id: int, problem: Problem) -> Returned[Support]:
        """See :meth:`prover.evaluation.run.executor.Executor.check`."""
        self._problems[problem_id] = problem
        try:
            return await self._returned(self._opened.check(problem_id))
        finally:
            del self._problems[problem_id]

    async def automate(self, theorem: Theorem) -> Returned[list[AutomationRow]]:
        """See :meth:`prover.evaluation.run.executor.Executor.automate`."""
        return await self._returned(self._opened.automate(theorem))

    async def attempt(self, job: AttemptJob) -> Returned[AttemptResult]:
        """See :meth:`prover.evaluation.run.executor.Executor.attempt`; `saved` has what its search saves."""
        self._saved[job.attempt_id] = []
        try:
            return await self._returned(self._opened.attempt(job, self._saved[job.attempt_id].append))
        finally:
            self._saved.pop(job.attempt_id, None)

    async def saved(self, attempt_id: int) -> list[SavedAnswers]:
        """Return what the search of an attempt has saved since it was asked last."""
        new = [*self._saved.get(attempt_id, ())]
        del self._saved.get(attempt_id, [])[:]
        return new

    async def questions(self) -> list[Question | Withdrawn]:
        """Wait for what attempts ask of chat models, and return what they have not asked before."""
        return await self._questions.next()

    async def hear(self, news: Sequence[Answered | Ended]) -> None:
        """Hand on to attempts what the chat models say."""
        self._questions.hear(news)

    @property
    def _opened(self) -> LocalExecutor:
        assert self._executor is not None, "open it first"
        return self._executor

    async def _returned(self, work: Awaitable[T]) -> Returned[T]:
        executor = self._opened
        value = await work
        return Returned(value, await executor.reading(), executor.engine_restarts)
