"""Bring the database of a run that an earlier version began up to this version's schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from prover.util.full_disk import writing

STEPS: Mapping[int, tuple[str, ...]] = {
    2: (
        "ALTER TABLE problem ADD COLUMN expected INTEGER",
        "ALTER TABLE proof ADD COLUMN inductives TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE proof ADD COLUMN context_code TEXT NOT NULL DEFAULT '[]'",
    ),
    3: ("ALTER TABLE problem ADD COLUMN written TEXT NOT NULL DEFAULT ''",),
}
"""For each earlier schema version the statements that lead to the next one."""


def migrate(database: Path) -> None:
    """Bring the database to the newest schema version in one transaction; one that has it is only read.

    What an earlier version did not record is empty: of its proofs nothing is known of the types and the code before
    the theorem until `prover verify` has checked them again.

    Raises:
        SetupError: it cannot be written.
    """
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        if _version(connection) not in STEPS:
            return
    with writing(database.parent), closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        while (version := _version(connection)) is not None and version in STEPS:
            for statement in STEPS[version]:
                connection.execute(statement)
            connection.execute("UPDATE run SET schema_version = ?", (version + 1,))
        connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int | None:
    try:
        (version,) = connection.execute("SELECT schema_version FROM run").fetchone()
    except (sqlite3.DatabaseError, TypeError):
        return None
    return version if isinstance(version, int) else None
