"""A user's file: read as Lean reads it, written back with nothing changed but what was put in.

Lean sees the text without a byte order mark and with ``\\n`` at the end of every line. What is put in gets the line
ending of the line it is put into.
"""

from __future__ import annotations

import difflib
import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError
from prover.lean.reading.text import Edit, LeanText, read_lean

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NO_NEWLINE = "\\ No newline at end of file\n"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A .lean file as it was when it was read."""

    path: Path
    given: LeanText

    @classmethod
    def read(cls, path: Path) -> SourceFile:
        """Read a file.

        Raises:
            InputError: it cannot be read, or is no Lean text.
        """
        return cls(path, read_lean(path))

    @property
    def text(self) -> str:
        """The text as Lean sees it."""
        return self.given.text

    @property
    def raw(self) -> str:
        """The text with every character that the file has."""
        return self.given.raw

    def with_edits(self, edits: Iterable[Edit]) -> str:
        """Return the file's text, byte order mark and line endings included, with these edits."""
        raw = self.raw
        places = self.given.places()
        for edit in sorted(edits, key=lambda each: -each.start):
            start = places[edit.start]
            end = places[edit.end - 1] + 1 if edit.end > edit.start else start
            raw = raw[:start] + edit.text.replace("\n", self._ending(end)) + raw[end:]
        return raw

    def diff(self, edits: Iterable[Edit]) -> str:
        """Return the edits as a patch, for ``patch`` and ``git apply``."""
        shown = self.path.name if self.path.is_absolute() else self.path.as_posix()
        lines = difflib.unified_diff(
            _LINE.findall(self.raw), _LINE.findall(self.with_edits(edits)), f"a/{shown}", f"b/{shown}"
        )
        return "".join(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}" for line in lines)

    def write(self, edits: Iterable[Edit]) -> Path:
        """Write the file with these edits, and what it was before beside it; return where that is.

        Raises:
            InputError: it cannot be written, or somebody else has changed it meanwhile.
        """
        if SourceFile.read(self.path).raw != self.raw:
            raise InputError(
                f"{self.path} has been changed meanwhile, so nothing was written", advice="Start again."
            )
        path = self.path.resolve()
        try:
            backup = _write_backup(path, self.raw.encode())
            _replace(path, self.with_edits(edits).encode(), mode=path.stat().st_mode & 0o777)
        except OSError as error:
            raise InputError(f"cannot write {error.filename or path}: {error.strerror}") from error
        return backup

    def write_copy(self, path: Path, edits: Iterable[Edit]) -> None:
        """Write the text with these edits to another file.

        Raises:
            InputError: it cannot be written.
        """
        try:
            _replace(path, self.with_edits(edits).encode(), mode=0o644)
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}") from error

    def require_writable(self) -> None:
        """Find out now, not after hours of search, that `write` would fail.

        Raises:
            InputError: it would.
        """
        path = self.path.resolve()
        try:
            with path.open("r+b"), tempfile.TemporaryFile(dir=path.parent):
                pass
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}") from error

    def _ending(self, at: int) -> str:
        """Return how the line ends that has the place `at` in `raw`; the line before it, if it is the last."""
        newline = self.raw.find("\n", at)
        newline = newline if newline >= 0 else self.raw.rfind("\n", 0, at)
        return "\r\n" if newline > 0 and self.raw[newline - 1] == "\r" else "\n"


def _write_backup(path: Path, data: bytes) -> Path:
    number = 0
    while True:
        backup = path.with_name(f"{path.name}.bak{number or ''}")
        try:
            with backup.open("xb") as file:
                file.write(data)
        except FileExistsError:
            number += 1
            continue
        backup.chmod(path.stat().st_mode & 0o777)
        return backup


def _replace(path: Path, data: bytes, *, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
