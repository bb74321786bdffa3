"""Rows of Parquet files, which is what data sets on Hugging Face are kept in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prover.errors import InputError, SetupError

LFS_START = "version https://git-lfs"
LFS_NOTE = "is only git-lfs's note of where the file is"
LFS_ADVICE = "Install git-lfs and fetch it again, or download the file and give its path."


def parquet_rows(path: Path, shown: str) -> list[dict[str, Any]]:
    """Return the rows of a Parquet file; `shown` is its name in messages.

    Raises:
        InputError: it cannot be read, or is something else.
        SetupError: pyarrow is missing.
    """
    try:
        with path.open("rb") as file:
            begins = file.read(len(LFS_START))
    except OSError as error:
        raise InputError(f"cannot read {shown}: {error.strerror}") from error
    if begins == LFS_START.encode():
        raise InputError(f"{shown} {LFS_NOTE}", advice=LFS_ADVICE)
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        advice = "pip install pyarrow, or save the table as JSON lines (.jsonl)."
        raise SetupError(f"{shown} is a Parquet file, and pyarrow reads these", advice=advice) from error
    try:
        rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(f"{shown} is no Parquet file: {str(error).partition(chr(10))[0]}") from error
    return rows
