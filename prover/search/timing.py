"""Where a search's time goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Where the time went, in seconds.

    `wall` is the whole search. `lean` and `policy` add up the requests to each, which overlap when several
    states are expanded at once and include waiting for a free engine; `idle` is the part of `wall` in which
    nothing was asked of either; `accept` is what accepting finished proofs took.
    """

    wall: float
    lean: float
    policy: float
    idle: float
    accept: float


class Timer:
    """Adds up the requests to Lean, to the policy and to `accept`; `clock` returns seconds.

    `before` seconds were spent by an earlier process.
    """

    def __init__(self, clock: Callable[[], float], before: float = 0.0) -> None:
        self._clock = clock
        self._started = clock() - before
        self._before = before
        self._spent = dict.fromkeys(("policy", "lean", "accept"), 0.0)
        self._asking = 0
        self._busy_since = 0.0
        self._busy = 0.0

    def elapsed(self) -> float:
        """Return the seconds since the timer was made, and those before."""
        return self._clock() - self._started

    @contextmanager
    def asking(self, whom: str) -> Iterator[None]:
        """Count the time within as a request to `whom`: "lean", "policy" or "accept"."""
        start = self._clock()
        if self._asking == 0:
            self._busy_since = start
        self._asking += 1
        try:
            yield
        finally:
            end = self._clock()
            self._spent[whom] += end - start
            self._asking -= 1
            if self._asking == 0:
                self._busy += end - self._busy_since

    def times(self) -> Times:
        """Return the sums so far."""
        wall = self.elapsed()
        return Times(
            wall=wall,
            lean=self._spent["lean"],
            policy=self._spent["policy"],
            accept=self._spent["accept"],
            idle=max(0.0, wall - self._before - self._busy),
        )
