"""Where commands print. rich, which takes a while to import, is used on terminals and for tables only."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from prover.addresses import without_login

if TYPE_CHECKING:
    from rich.console import Console


SECONDS_BETWEEN_LINES = 30.0
"""Where progress is told in lines."""


def say(text: str, style: str = "", *, stderr: bool = False) -> None:
    """Print text as it is, brackets and long lines included; on a terminal in one of rich's styles."""
    stream = sys.stderr if stderr else sys.stdout
    if style and on_terminal(stderr=stderr):
        from rich.text import Text

        console(stderr=stderr).print(Text(text, style=style), soft_wrap=True)
    else:
        stream.write(f"{text}\n")
        stream.flush()


def on_terminal(*, stderr: bool = False) -> bool:
    """Whether the stream is a terminal, or FORCE_COLOR says that it is to be used like one."""
    stream = sys.stderr if stderr else sys.stdout
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def note(text: str, style: str = "") -> None:
    """Print to stderr, where all goes that is not what the command was asked for: without the logins of addresses."""
    say(without_login(text), style, stderr=True)


@contextlib.contextmanager
def live_status(first: str) -> Iterator[Callable[[str], None] | None]:
    """Show a line on stderr while the block runs, and what it is given to show; None where that is no terminal."""
    if not on_terminal(stderr=True):
        yield None
        return
    from rich.status import Status
    from rich.text import Text

    with Status(first, console=console(stderr=True)) as status:
        yield lambda text: status.update(Text(text))


@contextlib.contextmanager
def live_progress(first: str) -> Iterator[Callable[[str], None]]:
    """Show on stderr how long the block has run, and what it is given to show; a line now and then off terminals."""
    began = time.monotonic()
    shown = first

    def timed(text: str) -> str:
        return f"{time.monotonic() - began:.0f} s: {text}"

    def keep(text: str) -> None:
        nonlocal shown
        shown = text

    with live_status(first) as show:
        if show is not None:
            yield lambda text: show(timed(text))
            return
        ended = threading.Event()

        def tell() -> None:
            with contextlib.suppress(OSError, ValueError):
                while not ended.wait(SECONDS_BETWEEN_LINES):
                    note(timed(shown))

        threading.Thread(target=tell, name="progress", daemon=True).start()
        try:
            yield keep
        finally:
            ended.set()


def console(*, stderr: bool = False) -> Console:
    """Return a console of rich's that leaves it to :mod:`prover.cli.failures` what a closed pipe means."""
    from rich.console import Console

    class _Console(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return _Console(stderr=stderr)
