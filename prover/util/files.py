"""Writing files that others may read meanwhile."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from prover.errors import InputError


def write_atomically(path: Path, text: str) -> None:
    """Write `text` to `path` in UTF-8: readers see the old file or the new one, never a part.

    Raises:
        InputError: it cannot be written there.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error
