"""Jobs in SQLite: what is started survives the server, and is started again when that comes back."""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from prover.errors import SetupError

Status = Literal["queued", "running", "done", "failed", "cancelled"]
FINISHED = ("done", "failed", "cancelled")
KEPT = 2000
"""Finished jobs; older ones are forgotten."""
BUSY_S = 10.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    kind TEXT NOT NULL,
    request TEXT NOT NULL,
    status TEXT NOT NULL,
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    result TEXT,
    error TEXT,
    tree TEXT
);
CREATE INDEX IF NOT EXISTS jobs_by_status ON jobs (status, created);
CREATE INDEX IF NOT EXISTS jobs_by_client ON jobs (client, created);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job as it is stored; times are seconds since 1970, `result` and `error` JSON."""

    id: str
    client: str
    kind: str
    request: dict[str, Any]
    status: Status
    created: float
    started: float | None
    ended: float | None
    result: dict[str, Any] | None
    error: dict[str, Any] | None


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection


class JobStore:
    """All SQL about jobs. One writer: the server that holds the file."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            SetupError: it cannot be used, or another server has it.
        """
        self._lock = threading.Lock()
        self._owner = FileLock(f"{path}.lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._owner.acquire(blocking=False)
            self._connection = _connect(path)
        except Timeout as error:
            raise SetupError(
                f"another server keeps its jobs in {path.parent}", advice="Name another folder with --data."
            ) from error
        except (OSError, sqlite3.Error) as error:
            self._owner.release()
            raise SetupError(
                f"cannot keep jobs in {path}: {error}", advice="Name another folder with --data."
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        self._owner.release()

    def add(self, *, id: str, client: str, kind: str, request: dict[str, Any], now: float) -> None:
        """Store a new job."""
        self._write(
            "INSERT INTO jobs (id, client, kind, request, status, created) VALUES (?, ?, ?, ?, 'queued', ?)",
            (id, client, kind, json.dumps(request), now),
        )

    def start(self, id: str, now: float) -> None:
        """Record that a job runs."""
        self._write("UPDATE jobs SET status = 'running', started = ? WHERE id = ?", (now, id))

    def finish(
        self,
        id: str,
        status: Status,
        now: float,
        *,
        result: dict[str, Any] | None = None,
        error: dict[str, Any] | None = None,
        tree: dict[str, Any] | None = None,
    ) -> None:
        """Record how a job ended, and forget the oldest."""
        packed = [None if each is None else json.dumps(each) for each in (result, error, tree)]
        self._write(
            "UPDATE jobs SET status = ?, ended = ?, result = ?, error = ?, tree = ? WHERE id = ?",
            (status, now, *packed, id),
        )
        self._write(
            "DELETE FROM jobs WHERE status IN ('done', 'failed', 'cancelled') AND id NOT IN (SELECT id FROM jobs"
            " WHERE status IN ('done', 'failed', 'cancelled') ORDER BY ended DESC LIMIT ?)",
            (KEPT,),
        )

    def get(self, id: str) -> JobRow | None:
        """Return a job; None where there is none."""
        rows = self._rows("WHERE id = ?", (id,))
        return rows[0] if rows else None

    def tree(self, id: str) -> str | None:
        """Return the search tree of a finished job as JSON; None where there is none."""
        found = self._read("SELECT tree FROM jobs WHERE id = ?", (id,))
        return found[0][0] if found else None

    def unfinished(self) -> list[JobRow]:
        """Return the jobs that wait or run, the oldest first."""
        return self._rows("WHERE status IN ('queued', 'running') ORDER BY created", ())

    def of_client(self, client: str, limit: int) -> list[JobRow]:
        """Return a client's newest jobs, the newest first."""
        return self._rows("WHERE client = ? ORDER BY created DESC, rowid DESC LIMIT ?", (client, limit))

    def counts(self) -> dict[str, int]:
        """Return how many jobs there are by status."""
        return dict(self._read("SELECT status, count(*) FROM jobs GROUP BY status", ()))

    def _rows(self, where: str, values: tuple[object, ...]) -> list[JobRow]:
        names = "id, client, kind, request, status, created, started, ended, result, error"
        found = self._read(f"SELECT {names} FROM jobs {where}", values)
        return [_row(*each) for each in found]

    def _read(self, query: str, values: tuple[object, ...]) -> list[Any]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def _write(self, query: str, values: tuple[object, ...]) -> None:
        with self._lock, self._connection:
            self._connection.execute(query, values)


def _row(*columns: Any) -> JobRow:  # noqa: ANN401  (as the database has them)
    id, client, kind, request, status, created, started, ended, result, error = columns
    return JobRow(
        id=id,
        client=client,
        kind=kind,
        request=json.loads(request),
        status=status,
        created=created,
        started=started,
        ended=ended,
        result=None if result is None else json.loads(result),
        error=None if error is None else json.loads(error),
    )
