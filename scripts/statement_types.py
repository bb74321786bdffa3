"""Write the type that Lean makes of each statement of a problem set, over core Lean or the pocket library.

    python scripts/statement_types.py PROBLEMS types.txt [--digests types.json]

What a statement means is decided when it is elaborated: which numbers a numeral is one of, where a coercion
stands, whether a division or a power is that of natural numbers. The types are written to be read, with numerals,
coercions and bound variables typed, and below each the instances that its operations come from. `--digests` writes
the SHA-256 of each type in full (`pp.all`) as well, by which a later version can be compared without the statements
(`tests/test_statement_types.py`). Exits with 1 if a statement does not elaborate; it is left out then, and named.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from prover.cli.progress import show_progress
from prover.errors import StatementError
from prover.lean.embedded.install import ensure_installed
from prover.lean.process.command import EngineCommand
from prover.lean.process.repl import open_engine
from prover.lean.protocol import Ask, CommandReply
from prover.lean.reading.pocket import Stated, library_of
from prover.lean.theorem import Theorem
from prover.problems.load import load

READABLE = {
    "pp.numericTypes": "true",
    "pp.coercions.types": "true",
    "pp.funBinderTypes": "true",
    "pp.deepTerms": "true",
    "pp.maxSteps": "1000000",
    "format.width": "110",
}
FULL = {"pp.all": "true", "pp.deepTerms": "true", "pp.maxSteps": "1000000", "format.width": "1000000"}
TIMEOUT_S = 60.0

_INSTANCE = re.compile(r"@?((?:[A-Z]\w*\.)*inst\w*)")


@dataclass(frozen=True, slots=True)
class StatementType:
    """What Lean made of a statement: `readable` with numerals and coercions typed, `full` with all that there is."""

    library: Stated
    readable: str
    full: str

    @property
    def instances(self) -> list[str]:
        """The instances that occur in it, in alphabetical order."""
        return sorted(set(_INSTANCE.findall(self.full)))

    @property
    def digest(self) -> str:
        """SHA-256 of the full form, in hexadecimal."""
        return hashlib.sha256(self.full.encode()).hexdigest()


async def statement_type(ask: Ask, theorem: Theorem) -> StatementType:
    """Elaborate the statement in an engine.

    Raises:
        StatementError: Lean refuses it.
        EngineError: the engine broke, or took too long.
    """
    checks = "\n".join(
        f"{' '.join(f'set_option {name} {value} in' for name, value in options.items())} #check @_root_.{theorem.name}"
        for options in (READABLE, FULL)
    )
    reply: CommandReply = await ask({"cmd": f"{theorem.file_with_proof('sorry')}\n{checks}"})
    messages = reply.get("messages", [])
    for each in messages:
        if each["severity"] == "error":
            raise StatementError(each["data"], line=each["pos"]["line"], column=each["pos"]["column"])
    readable, full = (
        each["data"].partition(" :")[2].strip() for each in messages if each["severity"] == "info"
    )
    return StatementType(library_of(theorem.header), readable, full)


async def write_types(
    theorems: Sequence[Theorem], command: EngineCommand, out: Path
) -> tuple[dict[str, str], list[str]]:
    """Write the types of all; return their digests by name, and a line for each statement that Lean refuses."""
    digests: dict[str, str] = {}
    refused: list[str] = []
    with out.open("w", encoding="utf-8") as file:
        async with open_engine(command, TIMEOUT_S) as ask:
            for theorem in theorems:
                try:
                    found = await statement_type(ask, theorem)
                except StatementError as error:
                    first_line = error.message.partition("\n")[0]
                    refused.append(f"{theorem.name}: {first_line}")
                    continue
                digests[theorem.name] = found.digest
                file.write(
                    f"-- {theorem.name}, over {found.library}\n{theorem.statement}\n\n{found.readable}\n"
                )
                file.write(f"instances: {' '.join(found.instances)}\n\n\n")
    return digests, refused


def main(
    problems: Annotated[str, typer.Argument(help="A problem set, as for `prover evaluate`.")],
    out: Annotated[Path, typer.Argument(help="The text file to write.")],
    digests: Annotated[
        Path | None, typer.Option(help="A JSON file for the digests of the full types, by name.")
    ] = None,
) -> None:
    """Elaborate, and write the files."""
    with show_progress() as progress:
        command = ensure_installed(progress).engine_command()
        loaded = load(problems, progress=progress)
    theorems = [each.theorem(core=True, pocket=True) for each in loaded.usable]
    found, refused = asyncio.run(write_types(theorems, command, out))
    if digests is not None:
        digests.write_text(f"{json.dumps(found, indent=1)}\n", encoding="utf-8")
    print(f"{len(found)} of {len(theorems)} statements", *refused, sep="\n")
    sys.exit(len(found) < len(theorems))


if __name__ == "__main__":
    typer.run(main)
