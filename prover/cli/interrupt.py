"""Ctrl-C as an event: the first one asks for an orderly end, the second one ends the program."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def interrupt_event() -> Iterator[asyncio.Event]:
    """Yield an event that the first SIGINT or SIGTERM sets; needs a running loop.

    Where the loop cannot handle signals (Windows), Ctrl-C ends the program at once.
    """
    loop = asyncio.get_running_loop()
    event = asyncio.Event()

    def restore() -> None:
        for each in SIGNALS:
            loop.remove_signal_handler(each)

    def on_signal() -> None:
        event.set()
        restore()

    try:
        for each in SIGNALS:
            loop.add_signal_handler(each, on_signal)
    except NotImplementedError:
        yield event
        return
    try:
        yield event
    finally:
        restore()
