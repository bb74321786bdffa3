"""Open the database of a run that an earlier version began, as this version's schema has it.

Every change so far added columns and tables, so what a database lacks is read off `schema.sql`: a table or a column
that is new there is added to an old database that is to be written, a column with its default. It must be nullable or
have one. To one that is only read nothing is written: its connection has temporary views with what is new.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from prover.util.full_disk import writing

SCHEMA = Path(__file__).with_name("schema.sql")
SCHEMA_VERSION = 5
OLDEST = 2
"""The earliest schema version that lacks nothing but columns and tables."""


def migrate(database: Path) -> None:
    """Add the tables and columns that the database lacks, in one transaction; a database that lacks none is only read.

    A version that began the run did not record what is in these columns: of proofs from before version 3, the
    inductive types and the code before the theorem are unknown until `prover verify` has checked the proofs again.

    Raises:
        SetupError: it cannot be written.
    """
    with closing(_connect_to_read(database)) as connection:
        if not _is_old(connection):
            return
    with writing(database.parent), closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _add_columns(connection):
            connection.execute(statement)
        connection.execute("UPDATE run SET schema_version = ?", (SCHEMA_VERSION,))
        connection.execute("COMMIT")


def open_to_read(database: Path) -> sqlite3.Connection:
    """Return a connection that reads the database as `migrate` would make it, and does not write to it.

    Raises:
        sqlite3.DatabaseError: it is none, or cannot be read.
    """
    connection = _connect_to_read(database)
    try:
        if _is_old(connection):
            connection.execute("PRAGMA temp_store = MEMORY")
            for statement in _temporary(connection):
                connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_to_read(database: Path) -> sqlite3.Connection:
    """Connect to a database that may be growing; where nobody can write it, SQLite's files beside it are not made."""
    path = database.resolve()
    log = path.with_name(f"{path.name}-wal")
    still = not os.access(path.parent, os.W_OK) and not log.exists()
    options = "mode=ro&immutable=1" if still else "mode=ro"
    return sqlite3.connect(f"{path.as_uri()}?{options}", uri=True, isolation_level=None)


def _temporary(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the statements that make views and tables, before all others of their names, as `schema.sql` has them."""
    for table in _newest():
        there = table.columns_in(connection)
        if not there:
            yield table.statement.replace("CREATE TABLE", "CREATE TEMP TABLE", 1)
            continue
        values = {
            each.name: each.name if each.name in there else f"{each.default or 'NULL'} AS {each.name}"
            for each in table.columns
        }
        if table.name == "run":
            values["schema_version"] = f"{SCHEMA_VERSION} AS schema_version"
        if any(name != value for name, value in values.items()):
            chosen = ", ".join(values.values())
            yield f"CREATE TEMP VIEW {table.name} AS SELECT {chosen} FROM main.{table.name}"


def _is_old(connection: sqlite3.Connection) -> bool:
    """Whether this version can read the database, and it has not everything yet."""
    try:
        (version,) = connection.execute("SELECT schema_version FROM run").fetchone()
    except (sqlite3.DatabaseError, TypeError):
        return False
    return version in range(OLDEST, SCHEMA_VERSION + 1) and (
        version < SCHEMA_VERSION or any(_add_columns(connection))
    )


def _add_columns(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the statements that add to the database what `schema.sql` has and it has not."""
    for table in _newest():
        there = table.columns_in(connection)
        if not there:
            yield table.statement
            continue
        for each in table.columns:
            if each.name not in there:
                rest = (" NOT NULL" if each.required else "") + (
                    "" if each.default is None else f" DEFAULT {each.default}"
                )
                yield f"ALTER TABLE {table.name} ADD COLUMN {each.name} {each.kind}{rest}"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of `schema.sql`; `default` is SQL."""

    name: str
    kind: str
    required: bool
    default: str | None


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of `schema.sql`, which `statement` makes."""

    name: str
    statement: str
    columns: tuple[_Column, ...]

    def columns_in(self, connection: sqlite3.Connection) -> set[str]:
        """Return the names of the columns that a database has of it; empty if it lacks the table."""
        return {name for _, name, *_ in connection.execute(f"PRAGMA main.table_info({self.name})")}


def _newest() -> list[_Table]:
    """Return the tables of `schema.sql`."""
    with closing(sqlite3.connect(":memory:")) as newest:
        newest.executescript(SCHEMA.read_text(encoding="utf-8"))
        return [
            _Table(
                name,
                statement,
                tuple(
                    _Column(column, kind, bool(required), default)
                    for _, column, kind, required, default, _ in newest.execute(f"PRAGMA table_info({name})")
                ),
            )
            for name, statement in newest.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
            ).fetchall()
        ]
