"""Ctrl-C where no command works: while Python imports, and while it ends. Then nothing is to be cleaned up."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

INTERRUPTED = 130
"""The exit code, as shells count."""

_told = False


def tell() -> None:
    """Say on stderr that the command was interrupted, once."""
    global _told
    if not _told:
        _told = True
        os.write(2, b"interrupted\n")


def begin() -> None:
    """Have Ctrl-C end the process at once from now on, and do nothing in the last moments of Python."""
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
    sys.unraisablehook = _on_unraisable
    end_at_once()


def end_at_once() -> None:
    """Have Ctrl-C end the process at once from now on."""
    if not _is_ignored():
        signal.signal(signal.SIGINT, _end)


def raise_interrupts() -> None:
    """Have Ctrl-C raise `KeyboardInterrupt` from now on."""
    if not _is_ignored():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def raise_one_interrupt() -> None:
    """Have one Ctrl-C raise `KeyboardInterrupt`, and any after it end the process at once.

    For commands that clean up outside asyncio, where a second `KeyboardInterrupt` would break into the cleaning up.
    """
    if not _is_ignored():
        signal.signal(signal.SIGINT, _raise_one)


def _is_ignored() -> bool:
    """Whether SIGINT is ignored, as in what a shell starts with &."""
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def _end(number: int, frame: FrameType | None) -> NoReturn:
    tell()
    os._exit(INTERRUPTED)


def _raise_one(number: int, frame: FrameType | None) -> NoReturn:
    end_at_once()
    raise KeyboardInterrupt


def _on_unraisable(unraisable: UnraisableHookArgs) -> None:
    """End the process where a `KeyboardInterrupt` came while Python destroyed an object: there it would be lost."""
    if isinstance(unraisable.exc_value, KeyboardInterrupt):
        _end(signal.SIGINT, None)
    sys.__unraisablehook__(unraisable)
