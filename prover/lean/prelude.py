"""What stands before a statement that comes without a file: the notation prelude of `lean_project/`."""

from __future__ import annotations

import re
from pathlib import Path

from prover.errors import SetupError

CORE_NAMESPACES = frozenset("Array Bool Classical Fin Function Int List Nat Option Rat".split())
"""Namespaces of core Lean that a header written for Mathlib may open."""

_PACKAGE = Path(__file__).parent.parent
_MATHLIB_ONLY = re.compile(r"\s*(import\b|set_option\s+maxHeartbeats\b)")
_DOCUMENTATION = re.compile(r"/-!.*?-/\n*", re.DOTALL)
_IMPORT = re.compile(r"^(?:public\s+|meta\s+)*import\s+(?:all\s+)?(?P<library>[^.\s]+)", re.MULTILINE)
_OPEN = re.compile(r"\s*open\s+(?!scoped\b)(?P<names>[\w. ]+)$")


def prelude() -> str:
    """Return the notation prelude.

    Raises:
        SetupError: the package lacks its file.
    """
    path = prelude_path()
    try:
        return path.read_text(encoding="utf-8") + "\n"
    except OSError as error:
        raise SetupError(f"cannot read {path}: {error.strerror}", advice="Install prover again.") from error


def mathlib_header() -> str:
    """Return what miniF2F's statements expect to stand before them, ``import Mathlib`` first.

    Raises:
        SetupError: the package lacks its file.
    """
    path = lean_project() / "MathlibHeader.lean"
    try:
        return _DOCUMENTATION.sub("", path.read_text(encoding="utf-8")) + "\n"
    except OSError as error:
        raise SetupError(f"cannot read {path}: {error.strerror}", advice="Install prover again.") from error


def prelude_path() -> Path:
    """Return the prelude's file."""
    return lean_project() / "Prelude.lean"


def lean_project() -> Path:
    """Return the folder of Lean sources: inside the installed package, or beside it in a checkout."""
    installed = _PACKAGE / "lean_project"
    return installed if installed.is_dir() else _PACKAGE.parent / "lean_project"


def imported_libraries(text: str) -> frozenset[str]:
    """Return what a Lean text imports, down to the library, such as Mathlib of Mathlib.Tactic."""
    return frozenset(found["library"] for found in _IMPORT.finditer(text))


def core_header(header: str) -> str:
    """Return `header`, written for Mathlib, as core Lean can read it.

    The prelude stands in for the imports, of the opened namespaces those of core Lean remain, and limits of
    heartbeats go, since whoever runs Lean sets them. Everything else is kept: if it needs Mathlib, Lean will
    say so.
    """
    kept: list[str] = []
    for line in header.split("\n"):
        if _MATHLIB_ONLY.match(line):
            continue
        if opened := _OPEN.match(line):
            names = [name for name in opened["names"].split() if name in CORE_NAMESPACES]
            line = f"open {' '.join(names)}" if names else ""
        kept.append(line)
    rest = "\n".join(kept).strip()
    return prelude() + (f"{rest}\n\n" if rest else "")
