"""Work that ends with the time or with an interrupt, whichever is first."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")


class Stopped(StrEnum):
    """Why work was stopped."""

    SECONDS = "seconds"
    INTERRUPTED = "interrupted"


async def within(
    work: Coroutine[Any, Any, T], *, seconds: float | None, interrupt: asyncio.Event | None
) -> T | Stopped:
    """Return what `work` returns, or why it was cancelled before."""
    stop = interrupt or asyncio.Event()
    task = asyncio.create_task(work)
    waiting: list[asyncio.Task[Any]] = [task, asyncio.create_task(stop.wait())]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        return Stopped.INTERRUPTED if stop.is_set() else Stopped.SECONDS
    finally:
        await cancel_all(waiting)


async def enter_until(
    stop: asyncio.Event, stack: AsyncExitStack, context: AbstractAsyncContextManager[T]
) -> T | None:
    """Enter `context`, which `stack` then closes; None if `stop` is set before, which cancels the entering.

    It is entered in the task that calls this, as contexts with task groups need.
    """
    limit = asyncio.timeout(None)

    async def watch() -> None:
        await stop.wait()
        limit.reschedule(0)

    try:
        async with limit:
            watching = asyncio.create_task(watch())
            try:
                return await stack.enter_async_context(context)
            finally:
                watching.cancel()
    except TimeoutError:
        if not limit.expired():
            raise
        return None


async def cancel_all(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait for their end."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
