"""Calls that nothing can interrupt, in a thread that the process does not wait for when it ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class DaemonThread:
    """A thread that makes one call after the other. What still runs in it when the process ends is cut off."""

    def __init__(self, name: str) -> None:
        self._calls: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def submit(self, function: Callable[..., T], *arguments: object) -> Future[T]:
        """Have the function called after those that were submitted before."""
        future: Future[T] = Future()
        self._calls.put((future, partial(function, *arguments)))
        return future

    async def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Return what the function returns; when this is cancelled, a call that has begun goes on unheard."""
        return await asyncio.wrap_future(self.submit(function, *arguments))

    def close(self) -> None:
        """Have the thread end after the calls that were submitted."""
        self._calls.put(None)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            future, function = call
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(function())
            except BaseException as error:  # noqa: BLE001  (it is told to who waits)
                future.set_exception(error)
