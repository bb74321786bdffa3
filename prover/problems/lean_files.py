"""Problems from .lean files: every theorem whose proof has a `sorry`, what precedes it being its header.

Where solved theorems are wanted, too, those with a proof are problems as well, and their proofs are left out.

Of the problems before it, those stay out of the header that nothing in the file mentions: no proof may
use them, and one that does not elaborate must not affect the rest of the file.

Where an engine can elaborate the file, Lean's own parser says where its theorems are; else, as for files that
import Mathlib on an engine without it, they are found by :mod:`prover.lean.reading.statements`.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.errors import EngineError, InputError, UnsupportedError
from prover.lean.process.command import EngineCommand
from prover.lean.process.repl import Repl
from prover.lean.process.replies import require_environment
from prover.lean.reading.lexer import tokens
from prover.lean.reading.prelude import imported_libraries
from prover.lean.reading.statements import (
    THEOREMS,
    declared_theorems,
    fill_answers,
    has_sorry,
    head_and_doc,
)
from prover.lean.reading.text import read_lean
from prover.problems.lean3 import lean3_syntax
from prover.problems.problem import CORE_LIBRARIES, LEAN_3, Problem, category_of, distinct

READ_TIMEOUT_S = 300.0
"""Limits for elaborating one file."""

SPLITS = {"valid": "valid", "validation": "valid", "test": "test", "train": "train"}
"""What a folder or a file is called, in small letters, and the split that it holds."""

BUILD_FILE = "lakefile.lean"
"""A Lake project's own description, which has no problems in it."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A theorem whose proof is missing; it reaches from `begin` up to `end`, in code points of its file."""

    full_name: str
    statement: str
    informal: str
    begin: int
    end: int


def lean_files(folder: Path) -> list[Path]:
    """Return the .lean files below a folder, sorted, without hidden folders such as Lake's, and lakefiles."""
    return [path for path in files_below(folder, ".lean") if path.name != BUILD_FILE]


def files_below(folder: Path, *suffixes: str) -> list[Path]:
    """Return the files below a folder that end so, sorted, without those in hidden folders."""
    return sorted(
        each
        for each in folder.rglob("*")
        if each.suffix in suffixes
        and not any(part.startswith(".") for part in each.relative_to(folder).parts)
        and each.is_file()
    )


def split_of(place: Path) -> str:
    """Return the split that a file's path says, such as `Set/Valid/a.lean` or `test-00000.parquet`."""
    names = [re.split(r"-\d", part.lower())[0] for part in place.with_suffix("").parts]
    return next((SPLITS[name] for name in names if name in SPLITS), "")


def read_lean_files(
    paths: Sequence[Path],
    root: Path,
    *,
    command: EngineCommand | None = None,
    answers: bool = False,
    solved: bool = False,
) -> list[Problem]:
    """Read these files below `root`; with `answers`, put answers from comments in their place first.

    With `solved`, theorems that have a proof are problems, too. `command` starts an engine that has the
    `declarations` extension. It runs in an event loop of its own, so inside another one this must be called in a
    thread. A theorem is called by its full name, and where several have the same one, by its file's path below
    `root` as well. A file that cannot be read stands for one unusable problem, and one of Lean 3 has nothing else.

    Raises:
        SetupError, EngineError: the engine cannot be started.
    """
    texts = {path: _text(path) for path in paths}
    readable = {
        path: fill_answers(text) if answers else text for path, text in texts.items() if isinstance(text, str)
    }
    if command is None:
        founds = [_find(text, solved) for text in readable.values()]
    else:
        founds = asyncio.run(_find_with_lean(command, readable.values(), solved))
    found = dict(zip(readable, founds, strict=True))
    problems: list[Problem] = []
    for path, text in texts.items():
        place = path.relative_to(root)
        if isinstance(text, InputError):
            problems.append(_unreadable(place, text))
        else:
            problems += _problems(readable[path], found[path], place)
    return distinct(problems, [problem.source.removesuffix(".lean") for problem in problems])


def _unreadable(place: Path, error: InputError) -> Problem:
    where = place.as_posix()
    return Problem(name=where, statement="", split=split_of(place), source=where, unusable=error.message)


def _problems(text: str, found: Sequence[_Found], place: Path) -> list[Problem]:
    old = lean3_syntax(text)
    return [
        Problem(
            name=each.full_name,
            statement=each.statement,
            header=_own_header(header),
            split=split_of(place),
            informal=each.informal,
            category=category_of(each.full_name),
            source=place.as_posix(),
            written=text[each.begin :],
            unusable=f"{LEAN_3} ({old!r}), and prover is for Lean 4" if old else "",
        )
        for each, header in zip(found, _headers(text, found), strict=True)
    ]


def _text(path: Path) -> str | InputError:
    """Return the text of a file, or why it cannot be had."""
    try:
        return read_lean(path).text
    except InputError as error:
        return error


def _find(text: str, solved: bool) -> list[_Found]:
    """Find theorems without Lean; in a file of Compfiles those that it poses, not the lemmas of their solutions."""
    declared = declared_theorems(text)
    return [
        _Found(each.full_name, each.statement, each.informal, each.begin, each.end)
        for each in [each for each in declared if each.posed] or declared
        if solved or each.is_open
    ]


async def _find_with_lean(command: EngineCommand, texts: Iterable[str], solved: bool) -> list[list[_Found]]:
    """Find theorems with Lean, and without it in what it cannot elaborate.

    What the engine lacked once, it is not asked for again: a folder may have hundreds of files that import Mathlib.
    """
    lacking: list[frozenset[str]] = []
    founds: list[list[_Found]] = []
    engine = await Repl.start(command)
    try:
        for text in texts:
            imported = imported_libraries(text) - CORE_LIBRARIES
            if lean3_syntax(text) or any(libraries <= imported for libraries in lacking):
                founds.append(_find(text, solved))
                continue
            try:
                founds.append(await _ask_lean(engine, text, solved))
            except UnsupportedError:
                lacking += [imported] if imported else []
                founds.append(_find(text, solved))
            except EngineError:
                await engine.close()
                engine = await Repl.start(command)
                founds.append(_find(text, solved))
    finally:
        await engine.close()
    return founds


async def _ask_lean(engine: Repl, text: str, solved: bool) -> list[_Found]:
    """Return the theorems that Lean finds.

    Raises:
        UnsupportedError: it lacks what the text imports.
        EngineError: it broke.
    """
    reply = await engine.request({"cmd": text, "declarations": True}, READ_TIMEOUT_S)
    require_environment(reply)
    data = text.encode()
    found: list[_Found] = []
    for each in reply["declarations"]:
        if each["kind"] not in THEOREMS or each["fullName"] is None or each["value"] is None:
            continue
        (start, head_end), (value_start, value_end) = each["head"], each["value"]
        if solved or has_sorry(data[value_start:value_end].decode()):
            statement, informal = head_and_doc(data[start:head_end].decode())
            begin, end = (len(data[:offset].decode()) for offset in each["range"])
            found.append(_Found(each["fullName"], statement, informal, begin, end))
    return found


def _headers(text: str, found: Sequence[_Found]) -> Iterator[str]:
    """Yield what stands before each of these theorems, without those before it that nothing mentions."""
    mentions = _mentions(text)
    kept, position = "", 0
    for each in found:
        kept += text[position : each.begin]
        position = each.begin
        yield kept
        own = text[each.begin : each.end]
        name = each.full_name.rpartition(".")[2]
        if mentions[name] == _mentions(own)[name] and "@[" not in each.statement:
            position = each.end
            kept = kept.rstrip() + "\n"


def _mentions(text: str) -> Counter[str]:
    """Count the parts of names, such as both of `Nat.succ`, outside comments and strings."""
    words = (each.text for each in tokens(text) if each.kind == "word")
    return Counter(part for word in words for part in word.split("."))


def _own_header(text: str) -> str:
    """Return a file's text up to a theorem as a header that says by itself what it imports."""
    header = text.strip()
    if not imported_libraries(header):
        header = f"import Init\n{header}"
    return header.strip() + "\n\n"
