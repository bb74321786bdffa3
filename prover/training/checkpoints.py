"""The folder that a training works in until its model is complete, and what in it can be resumed from.

It stands beside the folder to be written and is called `.NAME.training`. It holds a fingerprint of all that
the training depends on and the trainer's checkpoints. Of those, only the ones with a `complete.json` count:
it is written last, so a process that dies while it saves leaves a checkpoint that is not used.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any

from prover.errors import InputError
from prover.util.files import write_atomically

FINGERPRINT = "fingerprint"
_COMPLETE = "complete.json"
_CHECKPOINT = re.compile(r"checkpoint-(\d+)")
_MODEL_FILES = ("*.safetensors", "config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a training has used up to a checkpoint: seconds of work, and tokens, those of prompts counted."""

    seconds: float = 0.0
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A complete checkpoint of the trainer's, and what had been spent by then."""

    folder: Path
    spent: Spent


def fingerprint(model: str | Path, examples: Sequence[Any], settings: str) -> str:
    """Return a hash of the model's files (of its name, if it is no folder), the examples and the settings."""
    digest = hashlib.sha256(settings.encode())
    folder = Path(model)
    if folder.is_dir():
        for path in sorted(path for pattern in _MODEL_FILES for path in folder.glob(pattern)):
            with path.open("rb") as file:
                digest.update(f"\0{path.name}\0".encode() + hashlib.file_digest(file, "sha256").digest())
    else:
        digest.update(str(model).encode())
    for example in examples:
        digest.update(json.dumps(astuple(example)).encode())
    return digest.hexdigest()


def work_folder(out: Path) -> Path:
    """Return the folder that the training of `out` works in."""
    return out.parent / f".{out.name}.training"


def prepare(work: Path, found: str, *, resume: bool) -> None:
    """Make the working folder ready: as it was left where `resume` is set, else empty.

    Raises:
        InputError: it was left by a training of other things, or cannot be written.
    """
    stamp = work / FINGERPRINT
    try:
        if work.exists() and not (resume and stamp.exists()):
            shutil.rmtree(work)
        work.mkdir(parents=True, exist_ok=True)
        if not stamp.exists():
            write_atomically(stamp, found)
        elif stamp.read_text(encoding="utf-8") != found:
            raise InputError(
                f"{work} was left by a training with another model, examples or settings",
                advice="Resume with what it began with, or begin anew without resuming.",
            )
        for path in _checkpoints(work):
            if not (path / _COMPLETE).exists():
                shutil.rmtree(path)
    except OSError as error:
        raise InputError(f"cannot write {work}: {error.strerror}") from error


def latest(work: Path) -> Checkpoint | None:
    """Return the newest complete checkpoint, if there is one."""
    complete = [path for path in _checkpoints(work) if (path / _COMPLETE).exists()]
    if not complete:
        return None
    spent = json.loads((complete[-1] / _COMPLETE).read_text(encoding="utf-8"))
    return Checkpoint(folder=complete[-1], spent=Spent(**spent))


def mark_complete(work: Path, step: int, spent: Spent) -> None:
    """Say that the checkpoint of `step` can be resumed from."""
    write_atomically(work / f"checkpoint-{step}" / _COMPLETE, json.dumps(asdict(spent)))


def _checkpoints(work: Path) -> list[Path]:
    """Return the checkpoints, complete or not, in the order of their steps."""
    found = [(match, path) for path in work.iterdir() if (match := _CHECKPOINT.fullmatch(path.name))]
    return [path for match, path in sorted(found, key=lambda each: int(each[0][1]))]
