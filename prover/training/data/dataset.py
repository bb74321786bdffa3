"""Trajectories on disk: Parquet files, one row a step, that pandas, DuckDB and the datasets library read.

The columns are the fields of `ProofStep`, `FailedStep` and `OffPathSibling` in
:mod:`prover.training.data.trajectories`. A file appears only when it is complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from prover.errors import InputError, SetupError
from prover.policy.base import PolicyInput
from prover.policy.formats import PromptFormat
from prover.training.data.examples import Example
from prover.training.data.trajectories import FailedStep, OffPathSibling, ProofStep, Trajectories
from prover.training.libraries import require

STEPS, FAILURES, DETOURS = "steps.parquet", "failures.parquet", "detours.parquet"

_Row = TypeVar("_Row", ProofStep, FailedStep, OffPathSibling)


def write_trajectories(trajectories: Trajectories, folder: Path) -> None:
    """Write the files to `folder`, which is made if need be.

    Raises:
        SetupError: pyarrow is missing, or they cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(trajectories.steps, ProofStep, folder / STEPS)
        _write(trajectories.detours, OffPathSibling, folder / DETOURS)
        _write(trajectories.failures, FailedStep, folder / FAILURES)
    except OSError as error:
        raise SetupError(f"cannot write to {folder}: {error}") from error


def read_steps(path: Path) -> list[ProofStep]:
    """Read proof steps.

    Raises:
        InputError: the file is missing or is something else.
        SetupError: pyarrow is missing.
    """
    return _read(path, ProofStep)


def read_failures(path: Path) -> list[FailedStep]:
    """Read failed steps; raises as `read_steps` does."""
    return _read(path, FailedStep)


def read_detours(path: Path) -> list[OffPathSibling]:
    """Read detours; raises as `read_steps` does."""
    return _read(path, OffPathSibling)


def examples(steps: Iterable[ProofStep], prompt_format: PromptFormat) -> list[Example]:
    """Return what a model is to learn from `steps`: the prompt it will be given, and the tactic."""
    return [
        Example(
            prompt=prompt_format.prompt(
                PolicyInput(goals=step.goals, name=step.name, statement=step.statement, tactics=step.before)
            ),
            answer=step.tactic.strip(),
        )
        for step in steps
    ]


def _write(rows: Sequence[_Row], kind: type[_Row], path: Path) -> None:
    require("pyarrow")
    import pyarrow
    from pyarrow import parquet

    types = {
        **dict.fromkeys(("goals", "before", "on_path", "off_path"), pyarrow.list_(pyarrow.string())),
        "remaining": pyarrow.int32(),
        "round": pyarrow.int32(),
        "negated": pyarrow.bool_(),
    }
    schema = pyarrow.schema([(field.name, types.get(field.name, pyarrow.string())) for field in fields(kind)])
    unfinished = path.with_suffix(".unfinished")
    parquet.write_table(pyarrow.Table.from_pylist([asdict(row) for row in rows], schema), unfinished)
    unfinished.replace(path)


def _read(path: Path, kind: type[_Row]) -> list[_Row]:
    require("pyarrow")
    import pyarrow
    from pyarrow import parquet

    try:
        rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
        return [kind(**{key: _freeze(value) for key, value in row.items()}) for row in rows]
    except OSError as error:
        raise InputError(f"cannot read {path}: {error}") from error
    except (pyarrow.ArrowInvalid, TypeError, KeyError) as error:
        raise InputError(f"{path} does not hold {kind.__name__}s: {error}") from error


def _freeze(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    return tuple(value) if isinstance(value, list) else value
