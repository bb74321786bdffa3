"""What the community REPL pickles, as the requests that lead there.

The REPL writes Lean's objects into a file. Here a file has the requests by which an environment or a proof state came
about, and is read by asking them again: what comes out is the same, but takes as long as it did.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.errors import InputError

FORMAT = "prover repl 1"
Request = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One request that the engine was asked, and which proof state of its answer is meant; an environment if none."""

    before: Origin | None
    request: Request
    proof_state: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An environment or a proof state: its number in the engine, and where it comes from."""

    engine_id: int
    origin: Origin


def save(path: Path, origin: Origin) -> None:
    """Write how to come by an environment or a proof state.

    Raises:
        InputError: the file cannot be written.
    """
    steps = []
    at: Origin | None = origin
    while at is not None:
        steps.append({"request": at.request, "proofState": at.proof_state})
        at = at.before
    text = json.dumps({"format": FORMAT, "steps": steps[::-1]}, ensure_ascii=False)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def load(path: Path, *, proof_state: bool) -> Origin:
    """Return what `save` wrote of a proof state, or else of an environment.

    Raises:
        InputError: the file cannot be read, or is another one.
    """
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no file that pickleTo of this REPL wrote") from error
    origin: Origin | None = None
    steps = read.get("steps") if isinstance(read, dict) and read.get("format") == FORMAT else None
    for step in steps if isinstance(steps, list) else []:
        request, picked = (
            (step.get("request"), step.get("proofState")) if isinstance(step, dict) else (None, None)
        )
        counts = isinstance(picked, int) and not isinstance(picked, bool) and picked >= 0
        if not isinstance(request, dict) or not (picked is None or counts):
            raise InputError(f"{path} is no file that pickleTo of this REPL wrote")
        origin = Origin(before=origin, request=request, proof_state=picked)
    if origin is None:
        raise InputError(f"{path} is no file that pickleTo of this REPL wrote")
    if (origin.proof_state is None) == proof_state:
        raise InputError(f"{path} has {'an environment' if proof_state else 'a proof state'}")
    return origin
