"""SQL made from the row types: the columns of a table are the fields of its dataclass.

A tuple or mapping is stored as JSON, a bool as 0 or 1; numbers, text and None as they are.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from prover.evaluation.store.rows import Row

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a row type and the column that holds it."""

    field: str
    name: str
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def columns(row_type: type[Row]) -> tuple[Column, ...]:
    """Return the columns of the row type, in the order of its fields."""
    if row_type not in _COLUMNS:
        types = get_type_hints(row_type)
        names = {each.name: each.metadata.get("column", each.name) for each in fields(row_type)}  # type: ignore[arg-type]  # every row type is a dataclass
        _COLUMNS[row_type] = tuple(
            Column(field, name, *_conversion(types[field]))
            for field, name in names.items()
            if name is not None
        )
    return _COLUMNS[row_type]


_COLUMNS: dict[type[Row], tuple[Column, ...]] = {}


def insert(
    connection: sqlite3.Connection, row_type: type[R], rows: Sequence[R], *, parent: int | None = None
) -> None:
    """Insert rows of one type; `parent` is the value of their column `PARENT`, for types that have one.

    Raises:
        sqlite3.Error: the database refuses them.
    """
    if not rows:
        return
    made = columns(row_type)
    names = [column.name for column in made]
    first: tuple[int, ...] = ()
    if row_type.PARENT:
        assert parent is not None, f"a row of {row_type.TABLE} belongs to another row"
        names, first = [row_type.PARENT, *names], (parent,)
    places = ", ".join("?" * len(names))
    connection.executemany(
        f"INSERT INTO {row_type.TABLE} ({', '.join(names)}) VALUES ({places})",
        _values(made, rows, first),
    )


def _values(
    made: tuple[Column, ...], rows: Sequence[Row], first: tuple[int, ...]
) -> Iterator[tuple[Any, ...]]:
    """Yield what the columns hold; most are as the field has it, so that a row costs one call."""
    take = attrgetter(*(column.field for column in made))
    encoded = [(place, column.encode) for place, column in enumerate(made) if column.encode is not _same]
    for row in rows:
        values = list(take(row))
        for place, encode in encoded:
            values[place] = encode(values[place])
        yield (*first, *values)


def select(
    connection: sqlite3.Connection,
    row_type: type[R],
    clause: str = "",
    parameters: Sequence[object] | Mapping[str, object] = (),
) -> list[R]:
    """Return the rows that the clause (WHERE, ORDER BY) chooses.

    Raises:
        sqlite3.Error: they cannot be read.
    """
    names = ", ".join(column.name for column in columns(row_type))
    query = f"SELECT {names} FROM {row_type.TABLE} {clause}"
    return [_row(row_type, values) for values in connection.execute(query, parameters)]


def select_by_parent(
    connection: sqlite3.Connection, row_type: type[R], clause: str = "", values: Sequence[object] = ()
) -> dict[int, list[R]]:
    """Return the rows that the clause chooses, grouped by the row that they belong to.

    Raises:
        sqlite3.Error: they cannot be read.
    """
    names = ", ".join((row_type.PARENT, *(column.name for column in columns(row_type))))
    found: dict[int, list[R]] = {}
    for parent, *row in connection.execute(f"SELECT {names} FROM {row_type.TABLE} {clause}", values):
        found.setdefault(parent, []).append(_row(row_type, row))
    return found


def _row(row_type: type[R], values: Iterable[Any]) -> R:
    pairs = zip(columns(row_type), values, strict=True)
    return row_type(**{column.field: column.decode(value) for column, value in pairs})


def _conversion(type_: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:  # noqa: ANN401  # an annotation
    if get_args(type_) == (str, ...):
        return _texts_to_json, _tuple_from_json
    if get_origin(type_) is tuple:
        return _to_json, _tuple_from_json
    if get_origin(type_) is Mapping or type_ is Mapping:
        return _to_json, json.loads
    if type_ is bool or bool in get_args(type_):
        return _same, _bool
    return _same, _same


def _same(value: Any) -> Any:  # noqa: ANN401  # any column's
    return value


def _bool(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def _to_json(value: Any) -> str:  # noqa: ANN401  # any JSON data
    return json.dumps(value, ensure_ascii=False)


def _texts_to_json(texts: tuple[str, ...]) -> str:
    """What `_to_json` returns, for texts only, in a third of the time: states have goals in thousands of rows."""
    return f"[{', '.join(map(encode_basestring, texts))}]"


def _tuple_from_json(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))
