"""From what a user names, a registered set or a path, to the problems."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from prover.errors import InputError
from prover.lean.process.command import EngineCommand
from prover.problems.fetch import fetch, find_cached
from prover.problems.generators.generate import generate, parse_specification
from prover.problems.lean_files import lean_files, read_lean_files
from prover.problems.library import library
from prover.problems.pocket_lemmas import is_pocket, pocket_lemmas
from prover.problems.problem import Problem, ProblemSet, usable_set
from prover.problems.records import RECORDS, read_record_files, read_records
from prover.problems.registry import MADE, SETS, read_registered
from prover.util.progress import Progress


def load(
    spec: str,
    *,
    progress: Progress,
    command: Callable[[], EngineCommand] | None = None,
    solved: bool = False,
) -> ProblemSet:
    """Read a problem set: a registered name, else the path of a .jsonl, .json, .parquet or .lean file or a folder.

    Sets that are made, not fetched, are named with what is wanted of them: ``generated:count=100,level=1-3``,
    ``library:Init.Data.List``, ``library:Pocket.Order``.

    A registered set that is not here is fetched first. `command` finds the engine that reads .lean files
    given by path; without it they are read without Lean, as those of registered sets are. With `solved`, theorems
    of .lean files that have a proof are problems, too. Not for use inside an event loop, except in a thread.

    Records that cannot be used are in the set as :attr:`Problem.unusable` ones.

    Raises:
        InputError: there is no such set, or nothing in it can be used.
        SetupError: a registered set cannot be fetched, or the engine cannot be started.
        EngineError: the engine broke over a .lean file.
    """
    if known := SETS.get(spec):
        here = find_cached(known) or fetch(known, progress)
        problems = read_registered(known, here.files, solved=solved)
        return replace(problems, origin=here.source, version=here.commit)
    kind, _, wanted = spec.partition(":")
    if kind == "generated":
        return generate(parse_specification(wanted))
    if kind == "library" and is_pocket(wanted):
        return pocket_lemmas(wanted)
    if kind == "library":
        if command is None:
            raise InputError(
                "Lean's library can only be read with an engine", advice="Give a JSONL file of it."
            )
        return library(wanted, command=command(), progress=progress)
    path = Path(spec).expanduser()
    if path.is_dir() or path.is_file():
        return replace(_read(path, command, solved), origin=spec)
    sets = ", ".join([*SETS, *MADE])
    close = difflib.get_close_matches(spec, [*SETS, *MADE], n=1, cutoff=0.5)
    hint = f"Did you mean {close[0]}? " if close else ""
    raise InputError(
        f"there is no problem set or file called {spec}",
        advice=f"{hint}Registered sets: {sets}; else name a .jsonl, .parquet or .lean file or a folder.",
    )


def _read(path: Path, command: Callable[[], EngineCommand] | None, solved: bool) -> ProblemSet:
    """Read a file, or a folder's .lean files, or those with records where it has no problems in .lean files."""
    if path.is_file():
        if path.suffix not in (*RECORDS, ".lean"):
            raise InputError(
                f"{path} is neither {', '.join(RECORDS)} nor .lean", advice="Name a file that is."
            )
        problems = (
            _lean(path.parent, [path], command, solved) if path.suffix == ".lean" else read_records(path)
        )
    else:
        problems = _lean(path, lean_files(path), command, solved) or read_record_files(path)
    return usable_set(ProblemSet(name=path.absolute().stem, problems=tuple(problems)), str(path))


def _lean(
    root: Path, paths: list[Path], command: Callable[[], EngineCommand] | None, solved: bool
) -> list[Problem]:
    engine = command() if command is not None and paths else None
    return read_lean_files(paths, root, command=engine, solved=solved)
