"""How long this process has run."""

from __future__ import annotations

import os
import time
from pathlib import Path

STARTED_FIELD = 19
"""Of /proc/PID/stat behind the program's name: when the process began, in ticks since the machine did (proc(5), 22)."""


def total_s() -> float:
    """Return the seconds since this process began, what Python and Lean took to start included."""
    try:
        fields = (
            Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        )
        began = int(fields[STARTED_FIELD]) / os.sysconf("SC_CLK_TCK")
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - began)
    except (OSError, AttributeError, ValueError, IndexError):  # no Linux
        import psutil

        return max(0.0, time.time() - psutil.Process().create_time())


def time_text(work_s: float) -> str:
    """Return in words how long the process has run, `work_s` seconds of it with what it was asked for."""
    total = total_s()
    around = max(0.0, total - work_s)
    return (
        f"{total:.1f} s (search and check {work_s:.1f} s, starting and ending Python and Lean {around:.1f} s)"
    )
