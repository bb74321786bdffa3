"""Progress reporting of long operations."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives progress messages, from one thread, in order."""

    def step(self, message: str) -> None:
        """Note that what the previous message announced is done, and that `message` has begun."""

    def advance(self, done: int, total: int) -> None:
        """Note that `done` of about `total` bytes of the current step are done."""


class Quiet:
    """Discards progress messages."""

    def step(self, message: str) -> None:
        """Ignore."""

    def advance(self, done: int, total: int) -> None:
        """Ignore."""
