"""A Lake project with Mathlib, written from the Lean sources that come with prover."""

from __future__ import annotations

import shutil
from pathlib import Path

from prover.errors import InputError, SetupError
from prover.lean.native.project import TOOLCHAIN_FILE
from prover.lean.reading.prelude import lean_project

LAKEFILE = "lakefile.lean"
GITIGNORE = "/.lake\n"


def write_project(folder: Path) -> None:
    """Write the project: lakefile.lean, lean-toolchain and ``lean_project/``, without the pocket library.

    Raises:
        InputError: there is something at `folder` already, or it cannot be written.
        SetupError: the package lacks its files.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file", advice="Name a folder that is empty or not there yet.")
    sources = lean_project()
    if missing := [each for each in (LAKEFILE, TOOLCHAIN_FILE) if not (sources.parent / each).is_file()]:
        raise SetupError(f"{missing[0]} is not in {sources.parent}", advice="Install prover again.")
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise InputError(f"{folder} is not empty", advice="Name a folder that is empty or not there yet.")
        shutil.copytree(
            sources, folder / sources.name, ignore=shutil.ignore_patterns("Pocket", "Pocket.lean")
        )
        for name in (LAKEFILE, TOOLCHAIN_FILE):
            shutil.copyfile(sources.parent / name, folder / name)
        (folder / ".gitignore").write_text(GITIGNORE, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {folder}: {error.strerror or error}") from error
