"""Elaborate Lean files in the embedded Lean, and print which of them have errors.

    python scripts/elaborate_files.py PATH... [--core] [--messages 1] [--timeout 300]

PATH is a file or a folder, whose .lean files are taken. With `--core` a file that imports anything but Init, Std,
Lean and Lake is left out, as those need libraries that the embedded Lean does not have. Prints a Markdown table with
a line for each file, and the sums. Exits with 1 if a file has an error.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from prover.cli.progress import show_progress
from prover.errors import EngineError
from prover.lean.embedded.install import ensure_installed
from prover.lean.process.command import EngineCommand
from prover.lean.process.repl import Repl
from prover.lean.protocol import CommandRequest, Message
from prover.lean.reading.prelude import imported_libraries

CORE = {"Init", "Std", "Lean", "Lake"}
MOST_RSS_BYTES = 1_500_000_000
SHOWN = 160


def lean_files(paths: list[Path]) -> list[Path]:
    """The files named, and those below the folders named."""
    return [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*.lean")))]


def imports_core_only(text: str) -> bool:
    """Whether all that a file imports comes with Lean."""
    return set(imported_libraries(text)) <= CORE


class Elaborator:
    """Elaborates files, one after the other, in an engine that is replaced when it is full."""

    def __init__(self, command: EngineCommand, timeout_s: float) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._repl: Repl | None = None

    async def __call__(self, text: str) -> tuple[str, list[str]]:
        """What came of a file in a word (`fine`, `errors`, `timeout`, `refused`, `broke`), and the errors."""
        if self._repl is None:
            self._repl = await Repl.start(self._command)
        request: CommandRequest = {"cmd": text, "timeLimit": round(self._timeout_s * 1000)}
        try:
            reply = await self._repl.request(request, 2 * self._timeout_s)
        except EngineError as error:
            await self.close()
            return "broke", [error.message]
        if reply.get("fatal") or self._repl.rss_bytes > MOST_RSS_BYTES:
            await self.close()
        if "message" in reply:
            return "broke" if reply.get("fatal") else "refused", [str(reply["message"])]
        errors = [_shown(m) for m in reply.get("messages", []) if m["severity"] == "error"]
        if "timeout" in reply:
            return "timeout", errors
        return "errors" if errors else "fine", errors

    async def close(self) -> None:
        """End the engine."""
        if self._repl is not None:
            await self._repl.close()
            self._repl = None


def _shown(message: Message) -> str:
    text = " ".join(message["data"].split()).replace("|", "\\|")
    return f"{message['pos']['line']}: {text[:SHOWN]}"


async def run(files: list[Path], messages: int, timeout_s: float) -> Counter[str]:
    """Elaborate all and print the table; returns how many files came out how."""
    with show_progress() as progress:
        command = ensure_installed(progress).engine_command()
    elaborate = Elaborator(command, timeout_s)
    counted: Counter[str] = Counter()
    print("| file | outcome | s | first errors |\n| --- | --- | --- | --- |")
    for file in files:
        began = time.monotonic()
        outcome, errors = await elaborate(file.read_text(encoding="utf-8"))
        counted[outcome] += 1
        first = "<br>".join(errors[:messages])
        print(f"| {file} | {outcome} | {time.monotonic() - began:.1f} | {first} |", flush=True)
    await elaborate.close()
    return counted


def main(
    paths: list[Path],
    core: Annotated[
        bool, typer.Option(help="Leave out files that import more than Lean's own library.")
    ] = False,
    messages: Annotated[int, typer.Option(help="Errors shown of each file.")] = 1,
    timeout: Annotated[float, typer.Option(help="Seconds that a file may take.")] = 300.0,
) -> None:
    """Print the table."""
    files = lean_files(paths)
    if core:
        files = [file for file in files if imports_core_only(file.read_text(encoding="utf-8"))]
    counted = asyncio.run(run(files, messages, timeout))
    print(
        f"\n{len(files)} files: "
        + ", ".join(f"{count} {outcome}" for outcome, count in counted.most_common())
    )
    sys.exit(counted["fine"] < len(files))


if __name__ == "__main__":
    typer.run(main)
