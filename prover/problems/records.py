"""Problems from JSON: one object a line (.jsonl), or one array of objects (.json)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from prover.errors import InputError
from prover.lean.text import lean_text
from prover.problems.problem import Problem, category_of
from prover.problems.statements import declared_theorems

_Kind = TypeVar("_Kind", int, bool)

NAME_FIELDS = ("name", "full_name", "theorem_name", "problem_name", "problem_id", "id")
STATEMENT_FIELDS = ("statement", "formal_statement", "formal_stmt", "lean4_statement", "lean4_code")
HEADER_FIELDS = ("header", "helper")
INFORMAL_FIELDS = (
    "informal",
    "informal_statement",
    "informal_stmt",
    "informal_prefix",
    "natural_language_statement",
    "problem",
)

FIELDS = (
    f"A record has `name` (or {', '.join(NAME_FIELDS[1:])}), `statement` "
    f"(or {', '.join(STATEMENT_FIELDS[1:])}), and if it likes `header`, `split`, "
    "`informal`, `category`, `level` and `expected`."
)
STATEMENT = 'Write a declaration, for example "theorem foo (a b : Nat) : a + b = b + a".'


def read_records(path: Path, *, header: str = "", name: str | None = None) -> list[Problem]:
    """Read a .jsonl or .json file. `header` stands before statements that come without one.

    A proof that comes with a statement is left out, and what else stands before the theorem in it becomes
    part of the header. `name` is the file's name in messages.

    Raises:
        InputError: something in it cannot be used; the message says where.
    """
    shown = name or str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {shown}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = 1 + error.object.count(b"\n", 0, error.start)
        raise InputError(f"{shown}:{line} is not UTF-8 text") from error
    if text.startswith("version https://git-lfs"):
        raise InputError(
            f"{shown} is only git-lfs's note of where the file is",
            advice="Install git-lfs and fetch it again, or download the file and give its path.",
        )
    records = _array(text, shown) if path.suffix == ".json" else _lines(text, shown)
    return [_problem(record, where, header) for where, record in records]


def _lines(text: str, shown: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            where = f"{shown}:{number}"
            try:
                yield where, json.loads(line)
            except ValueError as error:
                advice = "Write one JSON object a line."
                raise InputError(f"{where}: this is not JSON: {error}", advice=advice) from error


def _array(text: str, shown: str) -> Iterator[tuple[str, Any]]:
    try:
        records = json.loads(text)
    except ValueError as error:
        raise InputError(f"{shown}: this is not JSON: {error}") from error
    if not isinstance(records, list):
        raise InputError(f"{shown} has no array of problems", advice=FIELDS)
    for number, record in enumerate(records, start=1):
        yield f"{shown}, record {number}", record


def _problem(record: object, where: str, default_header: str) -> Problem:
    if not isinstance(record, dict):
        raise InputError(f"{where}: this is not a JSON object", advice=FIELDS)
    written = lean_text(_field(record, STATEMENT_FIELDS, where), where)
    if not written.strip():
        raise InputError(f"{where}: the problem has no statement", advice=FIELDS)
    headers = (lean_text(_field(record, (each,), where), where).strip() for each in HEADER_FIELDS)
    header = "\n\n".join(filter(None, headers))
    written = written.strip()
    if not header and not written.startswith("import"):
        header = default_header.strip()
    before = header + "\n\n" if header else ""
    text = before + written
    theorems = [each for each in declared_theorems(text) if each.start >= len(before)]
    if not theorems:
        raise InputError(f"{where}: there is no theorem in {_short(written)!r}", advice=STATEMENT)
    found = theorems[-1]
    header = text[: found.begin].strip()
    name = _field(record, NAME_FIELDS, where) or found.full_name
    return Problem(
        name=name,
        statement=found.statement,
        header=header + "\n\n" if header else "",
        split=_field(record, ("split",), where),
        informal=_informal(_field(record, INFORMAL_FIELDS, where)) or found.informal,
        category=_field(record, ("category",), where) or category_of(name),
        full_name=found.full_name if found.full_name != name else "",
        source=where,
        level=_known(record, "level", int, where),
        expected=_known(record, "expected", bool, where),
    )


def _known(record: dict[str, Any], name: str, kind: type[_Kind], where: str) -> _Kind | None:
    """Return a field that is a number or a truth value, or None where it is not there."""
    value = record.get(name)
    if value is not None and type(value) is not kind:
        what = "true nor false" if kind is bool else "a whole number"
        raise InputError(f"{where}: `{name}` is {'neither' if kind is bool else 'not'} {what}", advice=FIELDS)
    return value


def _field(record: dict[str, Any], names: tuple[str, ...], where: str) -> str:
    """Return the first of these fields that is there and not null, or an empty string."""
    for name in names:
        value = record.get(name)
        if isinstance(value, int) and name in NAME_FIELDS:
            return str(value)
        if isinstance(value, str):
            return value
        if value is not None:
            raise InputError(f"{where}: `{name}` is not a string", advice=FIELDS)
    return ""


def _informal(text: str) -> str:
    return text.strip().removeprefix("/--").removesuffix("-/").strip()


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
