"""How a long installation tells whoever waits for it where it stands."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Someone who is told. Calls come from one thread, in order."""

    def step(self, message: str) -> None:
        """Note that what the previous message announced is done, and that `message` has begun."""

    def advance(self, done: int, total: int) -> None:
        """Note that `done` of about `total` bytes of the current step are done."""


class Quiet:
    """Nobody waits."""

    def step(self, message: str) -> None:
        """Ignore."""

    def advance(self, done: int, total: int) -> None:
        """Ignore."""
