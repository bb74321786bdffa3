"""Run coroutines over a list of work with bounded concurrency, with cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from prover.util.within import cancel_all

T = TypeVar("T")


async def for_each(
    items: Iterable[T], do: Callable[[T], Awaitable[None]], *, workers: int, stop: asyncio.Event
) -> None:
    """Await `do` for each item, `workers` at a time, beginning in the order of `items`.

    Setting `stop` cancels those that run and returns; so does an exception, which is then raised.
    """
    waiting = iter(items)

    async def work() -> None:
        for item in waiting:
            await do(item)

    tasks = {asyncio.create_task(work()) for _ in range(workers)}
    stopper = asyncio.create_task(stop.wait())
    running: set[asyncio.Task[None]] = set(tasks)
    try:
        while running and not stop.is_set():
            await asyncio.wait({*running, stopper}, return_when=asyncio.FIRST_COMPLETED)
            done = {task for task in running if task.done()}
            running -= done
            for task in done:
                task.result()
    finally:
        await cancel_all([*tasks, stopper])
