"""What the tools share: the Lean, opened in the background; the files that may be read; the locked statements."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from prover.api.lean import AsyncLean
from prover.errors import InputError, SetupError
from prover.lean.trust.lock import Lock
from prover.service.roots import Roots

OPENING_S = 40.0
"""What one call waits for Lean to be installed; clients give up after a minute."""
MAX_CODE = 500_000
"""Characters of one text."""
MAX_LOCKS = 1_000


class OpeningLean:
    """A Lean that is found in a thread, which may install it first. The search for it is repeated after a failure."""

    def __init__(self, find: Callable[[], AsyncLean]) -> None:
        self._find = find
        self._found: asyncio.Task[AsyncLean] | None = None

    def begin(self) -> None:
        """Begin to look for it."""
        self._found = asyncio.create_task(asyncio.to_thread(self._find))

    async def get(self) -> AsyncLean:
        """Return it.

        Raises:
            SetupError: it is not there, or not yet.
            InputError: it was chosen in a contradictory way.
        """
        if self._found is None or (self._found.done() and self._found.exception() is not None):
            self.begin()
        assert self._found is not None
        done, _ = await asyncio.wait([self._found], timeout=OPENING_S)
        if not done:
            raise SetupError(
                "Lean is still being installed, which takes a minute or two the first time",
                advice="Nothing is wrong: call again in half a minute.",
            )
        return self._found.result()

    async def close(self) -> None:
        """End its processes, if there are any. What is being installed is left to end by itself."""
        if self._found is not None and self._found.done() and self._found.exception() is None:
            await self._found.result().close()


@dataclass(slots=True)
class Shared:
    """What every tool can use. `locks` are the statements that were locked, by their digests, the oldest first."""

    lean: OpeningLean
    roots: Roots
    locks: dict[str, Lock] = field(default_factory=dict)

    def keep(self, lock: Lock) -> None:
        """Keep a lock; the oldest is forgotten where there are too many."""
        self.locks[lock.sha256] = lock
        if len(self.locks) > MAX_LOCKS:
            del self.locks[next(iter(self.locks))]


def require_code(text: str, what: str) -> str:
    """Return a text that is neither empty nor too large.

    Raises:
        InputError: it is.
    """
    if not text.strip():
        raise InputError(f"{what} is empty", advice="Give Lean text.")
    if len(text) > MAX_CODE:
        raise InputError(f"{what} has more than {MAX_CODE} characters", advice="Send less at a time.")
    return text


def seconds(asked: float, most: float) -> float:
    """Return a time limit that a client asks for, if it is one.

    Raises:
        InputError: it is not.
    """
    if not 0 < asked <= most:
        raise InputError(f"{asked:g} seconds cannot be had", advice=f"Ask for more than 0, up to {most:g}.")
    return asked
