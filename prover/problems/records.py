"""Problems from records: JSON, one object a line (.jsonl) or one array (.json), and Parquet tables.

A record that cannot be used does not affect the others: it stays in its place, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from prover.errors import InputError
from prover.lean.reading.statements import declared_theorems, with_named_example
from prover.lean.reading.text import lean_text
from prover.problems.lean3 import lean3_syntax
from prover.problems.lean_files import files_below, split_of
from prover.problems.parquet import LFS_ADVICE, LFS_NOTE, LFS_START, parquet_rows
from prover.problems.problem import LEAN_3, RECORD, Problem, category_of, distinct

_Kind = TypeVar("_Kind", int, bool)

DEFAULT_NAME = "goal"
NAME_FIELDS = ("name", "full_name", "theorem_name", "problem_name", "problem_id", "id", "uuid")
STATEMENT_FIELDS = (
    *("statement", "formal_statement", "formal_stmt", "lean4_statement", "lean4_code"),
    "lean4_formalization",
)
HEADER_FIELDS = ("header", "src_header", "lean4_src_header", "helper")
INFORMAL_FIELDS = (
    "informal",
    "informal_statement",
    "informal_stmt",
    "informal_prefix",
    "natural_language_statement",
    "nl_statement",
    "problem",
)
RECORDS = (".jsonl", ".json", ".parquet")
"""The suffixes of files that have records."""


def read_record_files(folder: Path) -> list[Problem]:
    """Read the .jsonl and .parquet files below a folder, such as a clone of a data set on Hugging Face.

    A file's name may say the split of records that do not.

    Raises:
        InputError, SetupError: as for `read_records`.
    """
    found: list[tuple[Problem, str]] = []
    for path in files_below(folder, ".jsonl", ".parquet"):
        place = path.relative_to(folder)
        split = split_of(place)
        for each in read_records(path, name=place.as_posix()):
            found.append((replace(each, split=each.split or split), place.with_suffix("").as_posix()))
    return distinct([problem for problem, _ in found], [place for _, place in found])


def read_records(path: Path, *, header: str = "", name: str | None = None) -> list[Problem]:
    """Read a .jsonl, .json or .parquet file. `header` stands before statements that come without one.

    A proof that comes with a statement is left out, and what else stands before the theorem in it becomes
    part of the header. `name` is the file's name in messages. Records that cannot be used come as problems that
    say why; those that share a name are called by their line or number as well.

    Raises:
        InputError: the file cannot be read, or is not one of these.
        SetupError: it is a Parquet file, and the package that reads them is missing.
    """
    shown = name or str(path)
    if path.suffix == ".parquet":
        records = _number_records(parquet_rows(path, shown), shown)
    elif path.suffix == ".json":
        records = _number_records(_array(_read(path, shown), shown), shown)
    else:
        records = json_lines(path, shown)
    places: list[str] = []
    problems: list[Problem] = []
    for number, where, record in records:
        places.append(str(number))
        try:
            if isinstance(record, InputError):
                raise record
            problems.append(read_record(record, where, header))
        except InputError as error:
            problems.append(_unusable(record, number, where, error.message))
    return distinct(problems, places)


def _read(path: Path, shown: str) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {shown}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = 1 + error.object.count(b"\n", 0, error.start)
        raise InputError(f"{shown}:{line} is not UTF-8 text") from error
    if text.startswith(LFS_START):
        raise InputError(f"{shown} {LFS_NOTE}", advice=LFS_ADVICE)
    return text


def json_lines(path: Path, shown: str) -> Iterator[tuple[int, str, Any]]:
    """Yield the number of each line of a file, its place in words, and what it holds or why that is not JSON.

    Blank lines are left out. `shown` is what messages call the file.

    Raises:
        InputError: it cannot be read.
    """
    for number, line in enumerate(_read(path, shown).split("\n"), start=1):
        if not line.strip():
            continue
        record: Any
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            record = InputError(f"this is not JSON: {error}")
        yield number, f"{shown}:{number}", record


def _number_records(records: Iterable[Any], shown: str) -> Iterator[tuple[int, str, Any]]:
    return ((number, f"{shown}, record {number}", each) for number, each in enumerate(records, start=1))


def _array(text: str, shown: str) -> list[Any]:
    try:
        records = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{shown}: this is not JSON: {error}") from error
    if not isinstance(records, list):
        raise InputError(f"{shown} has no array of problems", advice=RECORD)
    return records


def read_record(record: object, where: str, default_header: str = "") -> Problem:
    """Return the problem of a record.

    Raises:
        InputError: it is not a problem; the message does not say where.
    """
    if not isinstance(record, dict):
        raise InputError("this is not a JSON object")
    written = lean_text(_field(record, STATEMENT_FIELDS), "the statement").strip()
    if not written:
        raise InputError("the problem has no statement")
    headers = (lean_text(_field(record, (each,)), f"`{each}`").strip() for each in HEADER_FIELDS)
    header = "\n\n".join(filter(None, headers))
    if old := lean3_syntax(f"{header}\n{written}"):
        raise InputError(f"{LEAN_3} ({old!r}), and prover is for Lean 4")
    if not header and not written.startswith("import"):
        header = default_header.strip()
    before = header + "\n\n" if header else ""
    text = before + with_named_example(written, DEFAULT_NAME)
    theorems = [each for each in declared_theorems(text) if each.start >= len(before)]
    if not theorems:
        raise InputError(f"there is no theorem in {_short(written)!r}")
    found = theorems[-1]
    header = text[: found.begin].strip()
    name = lean_text(_field(record, NAME_FIELDS), "the name") or found.full_name
    return Problem(
        name=name,
        statement=found.statement,
        header=header + "\n\n" if header else "",
        split=_printable(_field(record, ("split",))),
        informal=_printable(_informal(_field(record, INFORMAL_FIELDS))) or found.informal,
        category=_printable(_field(record, ("category",))) or category_of(name),
        full_name=found.full_name if found.full_name != name else "",
        source=where,
        level=_read_known(record, "level", int),
        expected=_read_known(record, "expected", bool),
        written=text[found.begin :],
    )


def _unusable(record: object, number: int, where: str, reason: str) -> Problem:
    """Return what stands in the place of a record that is no problem, with what of it can be read."""
    fields = record if isinstance(record, dict) else {}

    def told(names: tuple[str, ...]) -> str:
        values = (fields.get(each) for each in names)
        return _printable(next((each for each in values if isinstance(each, str) and each.strip()), ""))

    name = told(NAME_FIELDS) or f"record {number}"
    category = told(("category",)) or category_of(name)
    return Problem(
        name=name,
        statement=told(STATEMENT_FIELDS),
        split=told(("split",)),
        category=category,
        source=where,
        unusable=reason,
    )


def _printable(text: str) -> str:
    """Return a text from JSON with a question mark for each half of a surrogate pair, which is no character."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _read_known(record: dict[str, Any], name: str, kind: type[_Kind]) -> _Kind | None:
    """Return a field that is a number or a truth value, or None where it is not there."""
    value = record.get(name)
    if value is not None and type(value) is not kind:
        what = "true nor false" if kind is bool else "a whole number"
        raise InputError(f"`{name}` is {'neither' if kind is bool else 'not'} {what}")
    return value


def _field(record: dict[str, Any], names: tuple[str, ...]) -> str:
    """Return the first of these fields that is there and not null, or an empty string."""
    for name in names:
        value = record.get(name)
        if isinstance(value, int) and name in NAME_FIELDS:
            return str(value)
        if isinstance(value, str):
            return value
        if value is not None:
            raise InputError(f"`{name}` is not a string")
    return ""


def _informal(text: str) -> str:
    return text.strip().removeprefix("/--").removesuffix("-/").strip()


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
