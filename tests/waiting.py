"""Wait for something, for as long as it takes: the test's own limit says when that is too long."""

import asyncio
import time

INTERVAL_S = 0.02


async def until(condition):
    """Return when `condition()` holds."""
    while not condition():  # noqa: ASYNC110 - what other processes do sets no event
        await asyncio.sleep(INTERVAL_S)


def wait_until(condition):
    """Return when `condition()` holds, where there is no event loop."""
    while not condition():
        time.sleep(INTERVAL_S)
