"""Whose turn it is: the clients one after the other, and within a client its requests.

A request with a thousand texts and one with a single text take turns; so do a client with a hundred requests and
one with a single request.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

Waiting = OrderedDict[int, deque[asyncio.Future[None]]]
"""What waits, by request."""


class QueueFull(Exception):
    """There is no room for more; `retry_after_s` is when there may be."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(retry_after_s)
        self.retry_after_s = retry_after_s


class Turns:
    """Lets `at_once` go at a time. `most` may wait or go, and `most_of_one` of one client."""

    def __init__(self, *, at_once: int, most: int, most_of_one: int) -> None:
        self._free = at_once
        self._at_once = at_once
        self._most = most
        self._most_of_one = most_of_one
        self._waiting: OrderedDict[str, Waiting] = OrderedDict()
        self._admitted: Counter[str] = Counter()
        self._mean_s = 1.0

    @property
    def running(self) -> int:
        """How many go."""
        return self._at_once - self._free

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return sum(len(each) for requests in self._waiting.values() for each in requests.values())

    @contextmanager
    def admitted(self, client: str, count: int) -> Iterator[None]:
        """Make room for `count` turns of a client, for as long as the block runs.

        Raises:
            QueueFull: there is none.
        """
        full = self._admitted.total() + count > self._most
        if full or self._admitted[client] + count > self._most_of_one:
            seconds = self._mean_s * self._admitted.total() / self._at_once
            raise QueueFull(min(60, max(1, round(seconds))))
        self._admitted[client] += count
        try:
            yield
        finally:
            self._admitted[client] -= count
            if not self._admitted[client]:
                del self._admitted[client]

    @asynccontextmanager
    async def turn(self, client: str, request: int) -> AsyncIterator[None]:
        """Wait for a turn, and have it for as long as the block runs."""
        await self._wait(client, request)
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            yield
        finally:
            self._mean_s += (clock() - began - self._mean_s) / 20
            self._free += 1
            self._dispatch()

    async def _wait(self, client: str, request: int) -> None:
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, OrderedDict()).setdefault(request, deque()).append(granted)
        self._dispatch()
        try:
            await granted
        except asyncio.CancelledError:
            if granted.cancelled():
                self._forget(client, request, granted)
            else:
                self._free += 1
                self._dispatch()
            raise

    def _dispatch(self) -> None:
        while self._free and self._waiting:
            client, requests = self._waiting.popitem(last=False)
            request, futures = requests.popitem(last=False)
            granted = futures.popleft()
            if futures:
                requests[request] = futures
            if requests:
                self._waiting[client] = requests
            if not granted.cancelled():
                self._free -= 1
                granted.set_result(None)

    def _forget(self, client: str, request: int, granted: asyncio.Future[None]) -> None:
        """Remove a turn that is no longer wanted, unless its time has come meanwhile."""
        requests = self._waiting.get(client, OrderedDict())
        futures = requests.get(request, deque())
        if granted in futures:
            futures.remove(granted)
        if request in requests and not futures:
            del requests[request]
        if client in self._waiting and not requests:
            del self._waiting[client]
