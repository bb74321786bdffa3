"""Uniform error for a full disk: in SQLite, the log or the configuration."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from prover.errors import SetupError

_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Translate what goes wrong when a run in `folder` is written to.

    Raises:
        SetupError: the disk is full or fails. What was written before is safe.
    """
    room = "Every finished attempt is stored. Make room, then resume with --resume."
    other = "What was finished before is stored. Look at the folder, then resume with --resume."
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise SetupError(f"the disk is full: cannot write to {folder}", advice=room) from error
        raise SetupError(f"cannot write to {folder}: {error}", advice=other) from error
    except OSError as error:
        if error.errno in _FULL_ERRNOS:
            raise SetupError(f"the disk is full: cannot write to {folder}", advice=room) from error
        raise SetupError(f"cannot write to {folder}: {error.strerror or error}", advice=other) from error
