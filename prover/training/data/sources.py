"""Inputs of a training: folders of trajectories, and the model it starts from."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError
from prover.policy.formats import AUTO, FORMATS, PromptFormat, detect_format, find_format
from prover.training.create import FORMAT, create_model
from prover.training.data.dataset import DETOURS, FAILURES, STEPS, read_detours, read_failures, read_steps
from prover.training.data.trajectories import FailedStep, OffPathSibling, ProofStep
from prover.training.gguf import is_gguf, unpack_gguf
from prover.training.preset import preset_names, read_preset
from prover.training.processes import first_alone, is_first


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFolder:
    """A folder of trajectories: its path as it was given, and the rows and hashes of what was read of it."""

    path: Path
    hashes: tuple[tuple[str, str], ...]
    steps: tuple[ProofStep, ...]
    failures: tuple[FailedStep, ...]
    detours: tuple[OffPathSibling, ...]


def read_data(folders: Sequence[Path], *, failures: bool = False, detours: bool = False) -> list[DataFolder]:
    """Read the proof steps of each folder and, if they are wanted, the failed ones, or the detours it may have.

    Raises:
        InputError: a folder or a file is missing, or is something else, or they hold nothing.
        SetupError: pyarrow is missing.
    """
    read: list[DataFolder] = []
    for folder in folders:
        names = [STEPS, *([FAILURES] if failures else [])]
        for name in names:
            if not (folder / name).is_file():
                raise InputError(
                    f"{folder} holds no {name}",
                    advice="Name folders of trajectories: proof steps in steps.parquet, failed ones in "
                    "failures.parquet.",
                )
        if detours and (folder / DETOURS).is_file():
            names.append(DETOURS)
        read.append(
            DataFolder(
                path=folder,
                hashes=tuple((name, _sha256(folder / name)) for name in names),
                steps=tuple(read_steps(folder / STEPS)),
                failures=tuple(read_failures(folder / FAILURES)) if FAILURES in names else (),
                detours=tuple(read_detours(folder / DETOURS)) if DETOURS in names else (),
            )
        )
    return read


@contextmanager
def starting_model(
    base: str, texts: Iterable[str], out: Path, *, seed: int, resume: bool
) -> Iterator[str | Path]:
    """Yield the folder or id of the model that a training of `out` starts from.

    A folder comes before a preset of the same name, a preset before an id. For a preset a new model is made
    beside `out`, its tokenizer trained on `texts`, and for a GGUF file what is in it; a training that is broken off
    finds it there again, one that ends leaves it no more.

    Raises:
        InputError: the preset or the file is wrong, or the model cannot be written.
        SetupError: a library is not installed.
    """
    if not is_preset(base) and not is_gguf(base):
        yield Path(base) if Path(base).is_dir() else base
        return
    preset = None if is_gguf(base) else read_preset(base)
    made = out.parent / f".{out.name}.base"
    with first_alone():
        if is_first():
            if made.exists() and not resume:
                shutil.rmtree(made)
            if not made.exists():
                if preset is None:
                    unpack_gguf(Path(base), made)
                else:
                    create_model(preset, texts, made, seed=seed)
    yield made
    if is_first():
        shutil.rmtree(made)


def is_preset(base: str) -> bool:
    """Say whether `base` names a preset, or a preset's file, rather than a model."""
    return not Path(base).is_dir() and (base in preset_names() or base.endswith(".toml"))


def prompt_format(name: str, base: str) -> PromptFormat:
    """Return the format of that name; for `auto` the one that `base` was made for.

    Raises:
        InputError: there is no such format, or `base` does not say.
    """
    if name != AUTO:
        return find_format(name)
    if is_preset(base):
        return FORMATS[FORMAT]
    from transformers import PreTrainedConfig

    if not Path(base).is_dir():
        return detect_format(base, {})
    try:
        return detect_format(base, PreTrainedConfig.get_config_dict(base)[0])
    except OSError as error:
        raise InputError(f"cannot load {base}: {str(error).splitlines()[0]}") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
