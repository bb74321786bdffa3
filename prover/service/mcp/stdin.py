"""stdin that can be ended from inside: a thread that waits for it would otherwise keep the program from ending."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

CHUNK = 65_536


def endable_stdin() -> Callable[[], None]:
    """Put a pipe in the place of file descriptor 0, which is fed with what comes in; return what ends it.

    It is called before anything reads stdin.
    """
    source = os.dup(0)
    reading, writing = os.pipe()
    os.dup2(reading, 0)
    os.close(reading)
    ending, ended = threading.Lock(), threading.Event()

    def end() -> None:
        with ending:
            if not ended.is_set():
                ended.set()
                os.close(writing)

    def feed() -> None:
        while data := os.read(source, CHUNK):
            while data and not ended.is_set():
                data = data[os.write(writing, data) :]
            if ended.is_set():
                return
        end()

    threading.Thread(target=feed, name="stdin", daemon=True).start()
    return end
