"""Long programs that use the network: watched line by line, ended as a whole when they take too long."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from prover.errors import SetupError
from prover.util.guard import Guard

LINES_KEPT = 200


def run_watched(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout_s: float,
    what: str,
    say: Callable[[str], None] = lambda line: None,
) -> list[str]:
    """Run a program to its end and return the last lines it wrote, to stdout or stderr, without blank ones.

    `env` is added to the environment, `say` is told every line, `what` names the program in messages. The program
    leads a process group, of which nothing is left afterwards, also when this is interrupted.

    Raises:
        SetupError: it cannot be run, failed, or was ended after `timeout_s` seconds.
    """
    try:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise SetupError(f"cannot run {command[0]}: {error.strerror}") from error
    guard: Guard | None = None
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill_group(process)

    timer = threading.Timer(timeout_s, end)
    timer.daemon = True
    lines: list[str] = []
    try:
        guard = Guard(process.pid)
        timer.start()
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip():
                lines = [*lines[-LINES_KEPT:], line.rstrip()]
                say(line.rstrip())
        code = process.wait()
    finally:
        timer.cancel()
        _kill_group(process)
        if guard is not None:
            guard.release()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    if late.is_set():
        raise SetupError(
            f"{what} was ended after {timeout_s:g} s" + (f"; its last words: {lines[-1]}" if lines else ""),
            advice="Is the network there? Running it again goes on where it stopped.",
        )
    if code != 0:
        raise SetupError(f"{what} failed: {lines[-1] if lines else f'exit code {code}'}")
    return lines


def _kill_group(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
