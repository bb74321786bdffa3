"""Accepting finished proofs: a proof is shortened, then checked.

Where the shortened proof is refused, the proof as it was found is tried, and where that is refused too, the search
goes on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from prover.lean.environment import Session
from prover.search.script import Step
from prover.search.shorten import shorten

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refused:
    """A proof does not count; `reasons` say why, one for each way in which it was tried."""

    reasons: tuple[str, ...]


@dataclass(slots=True)
class Acceptor(Generic[T]):
    """Accepts proofs that `check` accepts, as the `accept` of a search.

    `accepted` is what `check` has made of the proof that it accepted, None before that; `rejections` are its
    reasons against others.
    """

    session: Session
    check: Callable[[tuple[Step, ...]], Awaitable[T | Refused]]
    accepted: T | None = None
    rejections: list[str] = field(default_factory=list)

    async def __call__(self, steps: tuple[Step, ...]) -> bool:
        """Say whether the proof of these steps is accepted, shortened or as it is.

        Raises:
            EngineError: Lean could not be kept alive.
        """
        shorter = await shorten(self.session, steps)
        for each in dict.fromkeys([shorter, steps]):
            ruling = await self.check(each)
            if not isinstance(ruling, Refused):
                self.accepted = ruling
                return True
            self.rejections += ruling.reasons
        return False
