"""Files that a client may name: .lean files in the folders that the service was given, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError
from prover.lean.reading.text import LeanText, read_lean

MAX_BYTES = 2_000_000
FILES_SHOWN = 2_000
"""How many files of the roots are looked through."""


@dataclass(frozen=True, slots=True)
class Roots:
    """Folders, resolved; a relative path counts from the first of them that has it."""

    folders: tuple[Path, ...]

    @classmethod
    def of(cls, folders: Sequence[Path]) -> Roots:
        """Take folders as they were given.

        Raises:
            InputError: one is no folder.
        """
        for folder in folders:
            if not folder.is_dir():
                raise InputError(f"--root {folder}: there is no such folder")
        return cls(tuple(folder.resolve() for folder in folders))

    def file(self, path: str) -> Path:
        """Return a file that a client names, links resolved.

        Raises:
            InputError: it is outside of the folders, is not there, is no .lean file, or too large.
        """
        inside = f"Name a .lean file in {', '.join(map(str, self.folders))}."
        if "\0" in path:
            raise InputError("the path holds a null character", advice=inside)
        asked = Path(path)
        candidates = [asked] if asked.is_absolute() else [folder / asked for folder in self.folders]
        for candidate in candidates:
            resolved = candidate.resolve()
            if not any(resolved.is_relative_to(folder) for folder in self.folders):
                raise InputError(f"{path} is outside of the folders that are served", advice=inside)
            if resolved.is_file():
                if resolved.suffix != ".lean":
                    raise InputError(f"{path} is no .lean file", advice=inside)
                if resolved.stat().st_size > MAX_BYTES:
                    raise InputError(
                        f"{path} is larger than {MAX_BYTES} bytes", advice="Name a smaller file."
                    )
                return resolved
        raise InputError(f"there is no file {path}", advice=inside)

    def read(self, path: str) -> LeanText:
        """Read a file that a client names.

        Raises:
            InputError: as for `file`, or it is no Lean text.
        """
        return read_lean(self.file(path))

    def lean_files(self) -> Iterator[tuple[Path, Path]]:
        """Yield each .lean file, with the folder that it is in; none below a folder whose name begins with a dot."""
        shown = 0
        for folder in self.folders:
            for path in sorted(folder.rglob("*.lean")):
                hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
                if hidden or not path.resolve().is_relative_to(folder):
                    continue
                shown += 1
                if shown > FILES_SHOWN:
                    return
                yield folder, path
