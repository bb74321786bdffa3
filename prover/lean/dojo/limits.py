"""What LeanDojo can and cannot work with, by the versions of Python, of the package and of Lean.

The versions come from the package's metadata, its source and its issue tracker: its tactic REPL finds an empty stdin
from Lean 4.12 on (issues 211 and 250 of lean-dojo/LeanDojo), and `lean-dojo` 4.20.0 looks for compiled files where
only Lean 4.20 and later put them when it traces. Lean itself is older than 4.12 or younger than 4.20 and never both,
so 4.20.0 is good only for repositories that are traced already.

This is read by LeanDojo's Python as well, which may be 3.9: the standard library only.
"""

from __future__ import annotations

import re
from typing import NamedTuple

FIRST_PYTHON = (3, 9)
LAST_PYTHON = (3, 12)
FIRST_LEAN = (4, 3)
LAST_LEAN = (4, 11)
TRACER_OF_OLD_LEAN = "2.2.0"
NATIVE = "Use --engine native with a clone of the repository."

_LEAN = re.compile(r"v?(\d+)\.(\d+)\.\d+")


class Refusal(NamedTuple):
    """Why LeanDojo cannot be used; `kind` is the error it becomes: input, setup, statement or unsupported."""

    kind: str
    message: str
    advice: str = ""


def refuse_python(version: tuple[int, ...]) -> Refusal | None:
    """Return why LeanDojo does not run in this version of Python, None if it does."""
    if FIRST_PYTHON <= version[:2] <= LAST_PYTHON:
        return None
    return Refusal(
        "setup",
        f"LeanDojo runs in Python {_show(FIRST_PYTHON)} to {_show(LAST_PYTHON)}, not in {_show(version[:3])}",
        "Name another with PROVER_DOJO_PYTHON, or make an environment: scripts/make_dojo_env.sh",
    )


def refuse_lean(lean: str) -> Refusal | None:
    """Return why LeanDojo cannot run tactics in this `lean`, such as ``v4.9.0``; None if it can."""
    match = _LEAN.match(lean)
    if match is None:
        return Refusal("unsupported", f"LeanDojo works with releases of Lean, and this is {lean}", NATIVE)
    if FIRST_LEAN <= (int(match[1]), int(match[2])) <= LAST_LEAN:
        return None
    supported = f"Lean {_show(FIRST_LEAN)} to {_show(LAST_LEAN)}"
    return Refusal(
        "unsupported", f"LeanDojo can run tactics in {supported}; the repository is on {lean}", NATIVE
    )


def refuse_tracing(lean: str, package: str) -> Refusal | None:
    """Return why this version of the package cannot trace a repository on a Lean that its Dojo works with."""
    if int(package.split(".")[0]) < LAST_LEAN[0]:
        return None
    return Refusal(
        "setup",
        f"lean-dojo {package} cannot trace a repository on Lean {lean}",
        f"Install lean-dojo=={TRACER_OF_OLD_LEAN} in a Python of 3.9 to 3.11: scripts/make_dojo_env.sh",
    )


def is_remote(repository: str) -> bool:
    """Whether this names a repository elsewhere, and not a folder."""
    return "://" in repository or repository.startswith("git@")


def _show(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
