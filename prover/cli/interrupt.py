"""Ctrl-C and SIGTERM: first an event that asks for an orderly end, then an immediate end."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Coroutine
from typing import Any, NoReturn, TypeVar

import typer

from prover.cli import ctrl_c
from prover.cli.failures import end_on_sigterm

ORDERLY_S = 5.0
"""Seconds that SIGTERM leaves for an orderly end, and any end for closing what is cancelled."""

Result = TypeVar("Result")


class Interrupt:
    """One use of :meth:`run`. `event` is set by the first SIGINT or SIGTERM, `exit_code` is then the signal's.

    SIGTERM gives what runs `orderly_s` seconds to end by itself, Ctrl-C all the time it needs. After that, and at any
    second signal, it is cancelled; what does not even end then is killed with all processes that were started.
    """

    def __init__(self, orderly_s: float = ORDERLY_S) -> None:
        self._orderly_s = orderly_s
        self.event = asyncio.Event()
        self._signal = 0
        self._cancelled = False

    @property
    def exit_code(self) -> int:
        """What a shell calls the signal: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + self._signal

    def exit(self) -> NoReturn:
        """End the command: if it was interrupted, with a line that says so and the signal's exit code, else with 0."""
        if self._signal:
            ctrl_c.tell()
        raise typer.Exit(self.exit_code if self._signal else 0)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Return what `work` returns.

        Raises:
            Exit: it was cancelled; with the signal's exit code.
        """
        try:
            return asyncio.run(self._watch(work))
        except (asyncio.CancelledError, Exception) as error:
            if not self._cancelled:
                raise
            ctrl_c.tell()
            raise typer.Exit(self.exit_code) from error
        finally:
            work.close()
            end_on_sigterm()

    async def _watch(self, work: Coroutine[Any, Any, Result]) -> Result:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def end() -> None:
            if self._cancelled:
                return
            self._cancelled = True
            timer = threading.Timer(ORDERLY_S, _kill_all, [self.exit_code])
            timer.daemon = True
            timer.start()
            task.cancel()

        def on_signal(number: int) -> None:
            first = not self.event.is_set()
            self._signal = self._signal or number
            self.event.set()
            if not first:
                end()
            elif number == signal.SIGTERM:
                loop.call_later(self._orderly_s, end)

        try:
            for each in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(each, on_signal, each)
        except NotImplementedError:  # Windows, where Ctrl-C ends the program at once
            pass
        return await work


def _kill_all(exit_code: int) -> None:
    """End this process and all that it has started, at once."""
    import psutil

    ctrl_c.tell()
    for child in psutil.Process().children(recursive=True):
        child.kill()
    os._exit(exit_code)
