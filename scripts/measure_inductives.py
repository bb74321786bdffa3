"""Try the rules for inductive types (docs/soundness.md) on the types of Lean's library and of Lean files.

    python scripts/measure_inductives.py                     all inductive types of Init, Std and Lean
    python scripts/measure_inductives.py FILE_OR_FOLDER...   those that Lean files declare, of the files that import
                                                             nothing but Init, Std and Lean

Prints a table: how many types there are, how many the rules refuse, and for each of these what the refusal says.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

from prover.cli.progress import show_progress
from prover.lean.embedded.install import ensure_installed
from prover.lean.process.repl import Repl
from prover.lean.protocol import Inductives, InductivesRequest

TIMEOUT_S = 3600.0
LIBRARIES = ("Init", "Std", "Lean")
_IMPORT = re.compile(r"^(?:public |meta )*import (?:all )?([\w.«»]+)", re.MULTILINE)


def main() -> None:
    """Run the measurement that the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path)
    asyncio.run(_measure(parser.parse_args().paths))


async def _measure(paths: list[Path]) -> None:
    with show_progress() as progress:
        command = ensure_installed(progress).engine_command()
    texts = dict(_files(paths)) if paths else {f"import {name}": f"import {name}\n" for name in LIBRARIES}
    totals = {"texts": 0, "types": 0, "refused": 0, "with errors": 0}
    for label, text in texts.items():
        repl = await Repl.start(command)
        try:
            request: InductivesRequest = {"inductives": {"source": text, "own": bool(paths)}}
            reply = await repl.request(request, timeout_s=TIMEOUT_S)
        finally:
            await repl.close()
        if "inductives" in reply:
            _print(label, reply["inductives"], totals)
        else:
            print(f"{label}: {reply}")
    print(", ".join(f"{count} {what}" for what, count in totals.items()))


def _print(label: str, answer: Inductives, totals: dict[str, int]) -> None:
    errors = [m for m in answer["messages"] if m["severity"] == "error"]
    totals["texts"] += 1
    totals["types"] += answer["types"]
    totals["refused"] += len(answer["refused"])
    totals["with errors"] += bool(errors)
    print(
        f"{label}: {answer['types']} types, {len(answer['refused'])} refused, {len(errors)} errors of Lean's"
    )
    for refused in answer["refused"]:
        print(f"    {refused['name']}: {refused['reason']}")


def _files(paths: list[Path]) -> Iterator[tuple[str, str]]:
    for path in paths:
        for file in sorted(path.rglob("*.lean")) if path.is_dir() else [path]:
            text = file.read_text(encoding="utf-8")
            if all(name.split(".")[0] in LIBRARIES for name in _IMPORT.findall(text)):
                yield str(file.relative_to(path) if path.is_dir() else file), text


if __name__ == "__main__":
    main()
