"""How much one attempt by sketches may try."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prover.search.base import SearchOptions
from prover.sketching.record import PlanTry


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchOptions:
    """How much may be tried.

    `search` is for each search, with the budget of one step. A chat model makes `plans` for one statement, and one with
    errors goes back `corrections` times.
    `tactics` may be run by all searches together, an elaborated sketch counting as one. With `disprove`, a proof that
    the theorem itself is false is looked for, too.
    """

    search: SearchOptions
    plans: int
    corrections: int
    depth: int
    tactics: int | None = None
    seconds: float | None = None
    seed: int = 0
    disprove: bool = True
    interrupt: asyncio.Event | None = None
    observe: Callable[[Sequence[PlanTry]], None] = lambda tries: None
    clock: Callable[[], float] = time.monotonic
