"""The file that tells agents how to use the tools: agents otherwise leave them alone."""

from __future__ import annotations

from pathlib import Path

from prover.errors import InputError

SKILL = Path(__file__).with_name("SKILL.md")
FOLDER = "prover-lean"


def write_skill(folder: Path) -> Path:
    """Write the skill into a folder of skills, such as ``.claude/skills``; return the file.

    Raises:
        InputError: it cannot be written.
    """
    file = folder / FOLDER / SKILL.name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(SKILL.read_bytes())
    except OSError as error:
        raise InputError(f"cannot write {file}: {error.strerror}") from error
    return file
