"""Ends what this Python has started when it goes, however it goes: `kill -9` leaves no time to do so.

A process that reads its stdin notices that by itself, but not while it is busy. So a shell waits at the other end of a
pipe that only this Python holds: if the pipe is closed before the shell has been told that all is done, it kills.
POSIX only; elsewhere a guard does nothing.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys

_SCRIPT = 'trap "" HUP INT TERM; read -r word; [ "$word" = done ] || kill -s KILL -- "$0"'


class Guard:
    """A shell that watches over the process `pid`, with `group` over the process group of that id."""

    def __init__(self, pid: int, *, group: bool = True) -> None:
        self._shell: subprocess.Popen[bytes] | None = None
        if sys.platform == "win32":
            return
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT, f"-{pid}" if group else str(pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )

    def release(self) -> None:
        """End the shell; what it watches over is left alone. Safe to call twice."""
        shell, self._shell = self._shell, None
        if shell is not None:
            with contextlib.suppress(BrokenPipeError):
                shell.communicate(b"done\n")
