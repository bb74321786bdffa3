"""Problems from .lean files: every theorem whose proof has a `sorry`, what precedes it being its header.

Of the open theorems before it, those stay out of the header that nothing in the file mentions: no proof may
use them, and one that the engine cannot state must not spoil the rest of the file.

Where an engine can elaborate the file, Lean's own parser says where its theorems are; else, as for files that
import Mathlib on an engine without it, they are found by :mod:`prover.problems.statements`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prover.errors import UnsupportedError
from prover.lean.command import EngineCommand
from prover.lean.prelude import imported_libraries
from prover.lean.repl import Repl
from prover.lean.replies import refuse_errors
from prover.lean.text import read_lean
from prover.problems.lexer import tokens
from prover.problems.problem import Problem, category_of
from prover.problems.statements import THEOREMS, declared_theorems, filled_answers, has_sorry, head_and_doc

READ_TIMEOUT_S = 300.0
"""What one file may take to be elaborated."""

SPLITS = {"valid": "valid", "validation": "valid", "test": "test", "train": "train"}
"""What a folder or a file is called, in small letters, and the split that it holds."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A theorem whose proof is missing; it reaches from `begin` up to `end`, in code points of its file."""

    full_name: str
    statement: str
    informal: str
    begin: int
    end: int


def lean_files(folder: Path) -> list[Path]:
    """Return the .lean files below a folder, sorted, without hidden folders such as Lake's."""
    return sorted(
        each
        for each in folder.rglob("*.lean")
        if each.is_file() and not any(part.startswith(".") for part in each.relative_to(folder).parts)
    )


def read_lean_files(
    paths: Sequence[Path], root: Path, *, command: EngineCommand | None = None, answers: bool = False
) -> list[Problem]:
    """Read these files below `root`; with `answers`, put answers from comments in their place first.

    `command` starts an engine that has the `declarations` extension. It runs in an event loop of its own, so
    inside another one this must be called in a thread. A theorem is called by its full name, and where
    several have the same one, by its file's path below `root` as well.

    Raises:
        InputError: a file cannot be read.
        SetupError, EngineError: the engine cannot be started, or broke.
    """
    read = [read_lean(path).text for path in paths]
    texts = [filled_answers(text) for text in read] if answers else read
    founds = map(_find, texts) if command is None else asyncio.run(_find_with_lean(command, texts))
    problems: list[Problem] = []
    for path, text, found in zip(paths, texts, founds, strict=True):
        place = path.relative_to(root)
        parts = [part.lower() for part in place.with_suffix("").parts]
        problems += [
            Problem(
                name=each.full_name,
                statement=each.statement,
                header=_own_header(header),
                split=next((SPLITS[part] for part in parts if part in SPLITS), ""),
                informal=each.informal,
                category=category_of(each.full_name),
                source=place.as_posix(),
            )
            for each, header in zip(found, _headers(text, found), strict=True)
        ]
    count = Counter(problem.name for problem in problems)
    return [each if count[each.name] == 1 else _with_place(each) for each in problems]


def _with_place(problem: Problem) -> Problem:
    place = problem.source.removesuffix(".lean")
    return replace(problem, name=f"{place}:{problem.name}", full_name=problem.name)


def _find(text: str) -> list[_Found]:
    return [
        _Found(each.full_name, each.statement, each.informal, each.begin, each.end)
        for each in declared_theorems(text)
        if each.is_open
    ]


async def _find_with_lean(command: EngineCommand, texts: Iterable[str]) -> list[list[_Found]]:
    engine = await Repl.start(command)
    try:
        return [await _ask_lean(engine, text) for text in texts]
    finally:
        await engine.close()


async def _ask_lean(engine: Repl, text: str) -> list[_Found]:
    """Return the theorems that Lean finds, or what `_find` does if it lacks what the text imports."""
    reply = await engine.request({"cmd": text, "declarations": True}, READ_TIMEOUT_S)
    try:
        refuse_errors({**reply, "messages": []}, first_line=1)
    except UnsupportedError:
        return _find(text)
    data = text.encode()
    found: list[_Found] = []
    for each in reply["declarations"]:
        if each["kind"] not in THEOREMS or each["fullName"] is None or each["value"] is None:
            continue
        (start, head_end), (value_start, value_end) = each["head"], each["value"]
        if has_sorry(data[value_start:value_end].decode()):
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
