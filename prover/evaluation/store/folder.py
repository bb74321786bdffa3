"""A run is a folder. What lies where, who may write, and a log for people.

Two processes never write the same run: the first one holds a lock for as long as it lives, so that the lock
of a process that was killed is free at once.
"""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from prover.addresses import without_login
from prover.errors import InputError
from prover.evaluation.store.run_data import DATABASE
from prover.util.full_disk import writing


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The names of the files of a run; nothing needs to exist."""

    path: Path

    @property
    def config(self) -> Path:
        """The configuration, for people; the database has it too."""
        return self.path / "config.json"

    @property
    def database(self) -> Path:
        """Everything that happened, see `schema.sql`."""
        return self.path / DATABASE

    @property
    def log(self) -> Path:
        """One line for each thing that was done."""
        return self.path / "run.log"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the right to write the run; the folder must exist.

        Raises:
            InputError: another process holds it.
            SetupError: the folder cannot be written to.
        """
        holder = self.path / "run.pid"
        lock = FileLock(self.path / "run.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise InputError(
                f"another process is working on {self.path} ({_read_pid(holder)})",
                advice="Wait for it, end it, or choose another folder with --out.",
            ) from error
        try:
            with writing(self.path):
                holder.write_text(f"{os.getpid()}\n", encoding="ascii")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()

    def holder(self) -> tuple[int, float] | None:
        """Return the number of the process that said it was writing the run, and when, in Unix time; None if none did.

        It may have been killed since. The lock is not touched, so that whoever wants it gets it.
        """
        path = self.path / "run.pid"
        try:
            return int(path.read_text(encoding="ascii")), path.stat().st_mtime
        except (FileNotFoundError, ValueError):  # a file without a number is being written
            return None

    def note(self, line: str) -> None:
        """Add a line to the log, with the time, and without the logins of addresses.

        Raises:
            SetupError: it cannot be written.
        """
        now = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
        with writing(self.path), self.log.open("a", encoding="utf-8") as file:
            file.write(f"{now} {without_login(' '.join(line.split()))}\n")


def _read_pid(path: Path) -> str:
    try:
        return f"pid {path.read_text(encoding='ascii').strip()}"
    except FileNotFoundError:
        return "it has not said which"
