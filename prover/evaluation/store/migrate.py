"""Bring the database of a run that an earlier version began up to this version's schema.

Every change so far added columns and tables, so what a database lacks is read off `schema.sql`: a table or a column
that is new there is added to an old database, a column with its default. It must be nullable or have one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
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
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        if not _is_old(connection):
            return
    with writing(database.parent), closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _add_columns(connection):
            connection.execute(statement)
        connection.execute("UPDATE run SET schema_version = ?", (SCHEMA_VERSION,))
        connection.execute("COMMIT")


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
    with closing(sqlite3.connect(":memory:")) as newest:
        newest.executescript(SCHEMA.read_text(encoding="utf-8"))
        tables = newest.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        for table, statement in tables:
            there = {name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")}
            if not there:
                yield statement
                continue
            for _, name, kind, required, default, _ in newest.execute(f"PRAGMA table_info({table})"):
                if name not in there:
                    rest = (" NOT NULL" if required else "") + (
                        "" if default is None else f" DEFAULT {default}"
                    )
                    yield f"ALTER TABLE {table} ADD COLUMN {name} {kind}{rest}"
