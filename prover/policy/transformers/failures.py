"""Translation of errors in a model's code, which may raise anything: the library's, or the model's own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager

import torch

from prover.errors import PolicyError, ProverError

MESSAGE_LENGTH = 200


@contextmanager
def model_errors(name: str) -> Iterator[None]:
    """Translate what the model called `name` raises into a PolicyError.

    Memory running out, which callers can mend, is left as it is, and so is `CancelledError`, by which work ends
    that was cancelled.
    """
    try:
        yield
    except (ProverError, CancelledError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # a model is others' code, and may raise anything
        raise PolicyError(f"the model {name} failed: {in_a_line(error)}") from error


def in_a_line(error: BaseException) -> str:
    """Return the error's kind, unless it is one of many meanings, and the first line of what it says."""
    said = str(error).strip().splitlines()
    kind = type(error).__name__
    if not said:
        return kind
    line = said[0] if isinstance(error, RuntimeError | ValueError | OSError) else f"{kind}: {said[0]}"
    return line if len(line) <= MESSAGE_LENGTH else line[: MESSAGE_LENGTH - 3] + "..."
