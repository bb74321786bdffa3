"""From what a user names, a registered set or a path, to the problems."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

from prover.errors import InputError
from prover.lean.command import EngineCommand
from prover.lean.embedded.progress import Progress
from prover.problems.fetch import cached, fetch
from prover.problems.generators.generate import generate, parse_specification
from prover.problems.lean_files import lean_files, read_lean_files
from prover.problems.library import library
from prover.problems.problem import ProblemSet
from prover.problems.records import read_records
from prover.problems.registry import MADE, SETS, read_registered


def load(spec: str, *, progress: Progress, command: Callable[[], EngineCommand] | None = None) -> ProblemSet:
    """Read a problem set: a registered name, else the path of a .jsonl, .json or .lean file or a folder.

    Sets that are made, not fetched, are named with what is wanted of them: ``generated:count=100,level=1-3``,
    ``library:Init.Data.List``.

    A registered set that is not here is fetched first. `command` finds the engine that reads .lean files
    given by path; without it they are read without Lean, as those of registered sets are. Not for use inside
    an event loop, except in a thread.

    Raises:
        InputError: there is no such set, or something in it cannot be used.
        SetupError: a registered set cannot be fetched, or the engine cannot be started.
        EngineError: the engine broke over a .lean file.
    """
    if known := SETS.get(spec):
        here = cached(known) or fetch(known, progress)
        return read_registered(known, here.files)
    kind, _, wanted = spec.partition(":")
    if kind == "generated":
        return generate(parse_specification(wanted))
    if kind == "library":
        if command is None:
            raise InputError(
                "Lean's library can only be read with an engine", advice="Give a JSONL file of it."
            )
        return library(wanted, command=command(), progress=progress)
    path = Path(spec).expanduser()
    if path.is_dir() or (path.suffix == ".lean" and path.is_file()):
        return _read_lean(path, command)
    if path.is_file():
        if path.suffix not in (".jsonl", ".json"):
            raise InputError(f"{spec} is neither .jsonl, .json nor .lean", advice="Name a file that is.")
        return _checked(ProblemSet(name=path.stem, problems=tuple(read_records(path))), spec)
    close = difflib.get_close_matches(spec, [*SETS, *MADE], n=1, cutoff=0.5)
    hint = f"Did you mean {close[0]}? " if close else ""
    raise InputError(
        f"there is no problem set or file called {spec}",
        advice=f"{hint}Registered sets: {', '.join([*SETS, *MADE])}; else name a .jsonl or .lean file or a folder.",
    )


def _read_lean(path: Path, command: Callable[[], EngineCommand] | None) -> ProblemSet:
    paths, root = (lean_files(path), path) if path.is_dir() else ([path], path.parent)
    engine = command() if command is not None and paths else None
    problems = read_lean_files(paths, root, command=engine)
    return _checked(ProblemSet(name=path.absolute().stem, problems=tuple(problems)), str(path))


def _checked(problems: ProblemSet, spec: str) -> ProblemSet:
    if not problems.problems:
        advice = "In .lean files, problems are theorems whose proof has `sorry`; in .jsonl files, lines."
        raise InputError(f"{spec} has no problems", advice=advice)
    return problems
