"""Await what Ray's object references stand for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from prover.errors import ProverError


def result_of(ray: Any) -> Callable[[Any], Awaitable[Any]]:  # noqa: ANN401  (Ray is not typed)
    """Return what awaits a reference of Ray's; an error of prover's is raised as it was on the node."""

    async def result(reference: Any) -> Any:  # noqa: ANN401
        future, done = reference.future(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def tell(_: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(done.set)

        future.add_done_callback(tell)
        await done.wait()  # when this is cancelled, `future` is not: Ray's client breaks at futures that are
        try:
            return future.result()
        except ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, ProverError):
                raise error.cause from None
            raise

    return result
