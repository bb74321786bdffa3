"""Run `prove`'s machinery over a JSONL of statements and print how many core Lean can state and prove.

    python scripts/bench_core.py FILE.jsonl [--timeout 60] [--engines 2] [--jobs 1] [--limit N]
        [--filter REGEX] [--out results.jsonl]

Each line has `name`, `statement` (a declaration's head) and `header`; a header for Mathlib is replaced by the
core prelude. Statements that core Lean refuses are "unsupported": they are told apart from those it failed to
prove, and stay in the total. With --out every result is written as soon as it is there, and a second run with
the same file does only what is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from prover.attempt import TACTIC_LIMITS, attempt
from prover.errors import EngineError, InputError, StatementError
from prover.lean.command import EngineCommand
from prover.lean.embedded.install import ensure_installed
from prover.lean.embedded.progress import Quiet
from prover.lean.pool import EnginePool
from prover.lean.prelude import core_header
from prover.lean.theorem import Theorem
from prover.policy.heuristic import HeuristicPolicy
from prover.search.budget import Budget

Row = dict[str, Any]
OUTCOMES = ("proved", "not proved", "unsupported", "error")
STYLES = {"proved": "green", "not proved": "red", "unsupported": "dim", "error": "bold red"}


def main() -> None:
    """Read the arguments, run what has no result yet, print the table."""
    options = read_options()
    rows = read_rows(options.file)
    rows = [row for row in rows if re.search(options.filter, row["name"])][: options.limit]
    done = read_results(options.out)
    command = ensure_installed(Quiet()).engine_command()
    began = time.monotonic()
    asyncio.run(run_all([row for row in rows if row["name"] not in done], done, command, options))
    print_table([done[row["name"]] for row in rows], time.monotonic() - began)


def read_options() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds of search for each statement")
    parser.add_argument("--engines", type=int, default=2, help="Lean processes for each statement")
    parser.add_argument("--jobs", type=int, default=1, help="statements at the same time")
    parser.add_argument("--limit", type=int, default=None, help="only the first N statements")
    parser.add_argument("--filter", default="", help="only statements whose name matches this regex")
    parser.add_argument("--out", type=Path, default=None, help="a file for the results, as JSONL")
    return parser.parse_args()


def read_rows(path: Path) -> list[Row]:
    """Return the statements of a JSONL file.

    Raises:
        InputError: it cannot be read, or a line is no object with `name` and `statement`.
    """
    rows: list[Row] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append({"name": row["name"], "statement": row["statement"], "header": row.get("header", "")})
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}, line {number}: no JSON object with name and statement") from error
    return rows


def read_results(path: Path | None) -> dict[str, Row]:
    """Return the results of an earlier run by name; none if there was none."""
    if path is None or not path.exists():
        return {}
    results = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return {result["name"]: result for result in results}


async def run_all(
    rows: list[Row], done: dict[str, Row], command: EngineCommand, options: argparse.Namespace
) -> None:
    """Attempt every row and put its result into `done`, and into the file of results."""
    turns = asyncio.Semaphore(options.jobs)

    async def run(row: Row) -> None:
        async with turns:
            result = await run_one(row, pool, command, options)
        done[row["name"]] = result
        if options.out is not None:
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(result, ensure_ascii=False) + "\n")
        print(f"{result['outcome']:12} {result['time_s']:6.1f} s  {row['name']}", flush=True)

    async with EnginePool(command, size=options.engines * options.jobs, limits=TACTIC_LIMITS) as pool:
        await asyncio.gather(*(run(row) for row in rows))


async def run_one(row: Row, pool: EnginePool, command: EngineCommand, options: argparse.Namespace) -> Row:
    """Attempt one statement; whatever becomes of it is a result."""
    theorem = Theorem(name=row["name"], statement=row["statement"], header=core_header(row["header"]))
    result: Row = {"name": row["name"], "expansions": 0, "tactics_tried": 0, "proof": None, "note": ""}
    began = time.monotonic()
    try:
        found = await attempt(
            theorem,
            environment=pool,
            verifier=command,
            policy=HeuristicPolicy(),
            budget=Budget(seconds=options.timeout),
            width=options.engines,
        )
    except StatementError as error:
        result |= {"outcome": "unsupported", "note": error.message}
    except EngineError as error:
        result |= {"outcome": "error", "note": error.message}
    else:
        result |= {
            "outcome": found.outcome,
            "expansions": found.search.expansions,
            "tactics_tried": found.search.tactics_tried,
            "proof": found.verified.proof if found.verified else None,
            "axioms": list(found.verified.certificate.axioms) if found.verified else [],
            "note": "; ".join(found.rejections),
        }
    return result | {"time_s": round(time.monotonic() - began, 2)}


def print_table(results: list[Row], wall_s: float) -> None:
    """Print a line for each statement that core Lean can state, and the totals of all."""
    table = Table(box=None, pad_edge=False)
    for title, justify in (("name", "left"), ("outcome", "left"), ("time", "right"), ("states", "right")):
        table.add_column(title, justify="right" if justify == "right" else "left", no_wrap=True)
    table.add_column("tactics", justify="right", no_wrap=True)
    table.add_column("proof", overflow="ellipsis", no_wrap=True)
    for result in results:
        if result["outcome"] == "unsupported":
            continue
        first_line, _, more = (result["proof"] or result["note"]).partition("\n")
        table.add_row(
            Text(result["name"]),
            Text(result["outcome"], style=STYLES[result["outcome"]]),
            f"{result['time_s']:.1f} s",
            str(result["expansions"]),
            str(result["tactics_tried"]),
            Text(first_line + (" …" if more else "")),
        )
    console = Console()
    console.print(table)
    counts = {outcome: sum(result["outcome"] == outcome for result in results) for outcome in OUTCOMES}
    stated = len(results) - counts["unsupported"]
    console.print(
        f"{len(results)} statements; core Lean can state {stated}: proved {counts['proved']}, "
        f"not proved {counts['not proved']}, errors {counts['error']}; unsupported {counts['unsupported']}"
    )
    times = sorted(result["time_s"] for result in results if result["outcome"] == "proved")
    if times:
        console.print(
            f"time of a proof, check included: median {times[len(times) // 2]:.1f} s, "
            f"longest {times[-1]:.1f} s; this run {wall_s:.0f} s"
        )


if __name__ == "__main__":
    main()
