"""One thread that does a model's work, so that the event loop stays free."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import TypeVar

from prover.errors import PolicyError

Result = TypeVar("Result")
Check = Callable[[], None]


class Worker:
    """Runs one function after the other; `name` is what errors call the model, `prepare` is run first."""

    def __init__(self, name: str, prepare: Callable[[], None]) -> None:
        self._name = name
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="model", initializer=prepare)
        self._closed = threading.Event()

    async def run(self, work: Callable[[Check], Result]) -> Result:
        """Return what `work` returns. It is to call its argument often, which ends it when the caller is
        cancelled or the worker is closed.

        Raises:
            PolicyError: this is closed, or was while the work went on.
        """
        self.check_open()
        cancelled = threading.Event()

        def check() -> None:
            if cancelled.is_set():
                raise CancelledError
            self.check_open()

        def checked() -> Result:
            check()
            return work(check)

        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._executor, checked)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    def check_open(self) -> None:
        """Raise a PolicyError if `close` has been called."""
        if self._closed.is_set():
            raise PolicyError(f"the model {self._name} is closed")

    async def close(self) -> None:
        """End the work that goes on or waits. Safe to call twice."""
        self._closed.set()
        await asyncio.to_thread(self._executor.shutdown)
