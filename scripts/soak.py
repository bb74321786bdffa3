"""Prove theorems for an hour and watch memory and processes.

    python scripts/soak.py [--minutes 60] [--engines 1]

The theorems of lean_project/Examples/Core.lean are attempted over and over, through one pool, each proof
verified. Prints a line a minute; at the end, whether memory grew and whether a process was left behind.
Exits with 1 if so.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from pathlib import Path

import psutil
import typer

from prover.attempt import attempt
from prover.cli.progress import show_progress
from prover.lean.embedded.install import ensure_installed
from prover.lean.process.pool import EnginePool
from prover.lean.process.repl import Repl
from prover.lean.protocol import Reply, Request
from prover.lean.reading.prelude import lean_project
from prover.lean.reading.source import theorem_from_file
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import KernelVerifier
from prover.policy.heuristic.policy import HeuristicPolicy
from prover.search.base import SearchOptions
from prover.search.best_first import BestFirst
from prover.search.budget import Budget

NAMES = (
    *("sum_to", "succ_le_of_lt", "and_or_distrib", "square_mod_four", "exists_mod", "not_forall_of_exists"),
    *("reverse_twice", "length_append_comm", "mirror_mirror", "size_mirror"),
)
BUDGET = Budget(expansions=12, seconds=30)
GROWTH_ALLOWED = 1.5


def children() -> list[psutil.Process]:
    """The processes under this one."""
    return psutil.Process().children(recursive=True)


def memory_mb() -> tuple[float, float]:
    """Memory of this process, and of the largest process under it, in MB."""
    sizes = [0]
    for child in children():
        try:
            sizes.append(child.memory_info().rss)
        except psutil.NoSuchProcess:
            continue
    return psutil.Process().memory_info().rss / 1e6, max(sizes) / 1e6


async def read(path: Path, repl: Repl) -> list[Theorem]:
    """Read the example theorems."""

    async def ask(request: Request) -> Reply:
        return await repl.request(request, 120)

    return [await theorem_from_file(ask, path, name) for name in NAMES]


async def soak(minutes: float, engines: int) -> bool:
    """Run; returns whether all was well."""
    with show_progress() as progress:
        command = ensure_installed(progress).engine_command()
    reader = await Repl.start(command)
    theorems = await read(lean_project() / "Examples" / "Core.lean", reader)
    await reader.close()
    began = last = time.monotonic()
    proved = tried = tactics = 0
    log: list[tuple[float, float]] = []
    print("| minute | attempts | proved | tactics | engine starts | this process, MB | largest engine, MB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    async with EnginePool(command, size=engines) as pool, KernelVerifier(command) as verifier:
        for theorem in itertools.cycle(theorems):
            result = await attempt(
                theorem,
                environment=pool,
                verifier=verifier,
                policy=HeuristicPolicy(),
                algorithm=BestFirst(),
                options=SearchOptions(budget=BUDGET),
            )
            tried += 1
            proved += result.verified is not None
            tactics += result.search.tactics_tried
            now = time.monotonic()
            if now - last > 60:
                last = now
                log.append(memory_mb())
                starts = sum(1 + each.restarts for each in pool.stats)
                row = (
                    f"{(now - began) / 60:.0f}",
                    tried,
                    proved,
                    tactics,
                    starts,
                    *(f"{mb:.0f}" for mb in log[-1]),
                )
                print("| " + " | ".join(map(str, row)) + " |", flush=True)
            if now - began > 60 * minutes:
                break
    left = children()
    tenth = max(1, len(log) // 10)
    grown = any(
        sum(row[i] for row in log[-tenth:]) > GROWTH_ALLOWED * sum(row[i] for row in log[:tenth])
        for i in (0, 1)
    )
    print(f"\nmemory grew: {'yes' if grown else 'no'}; processes left: {len(left)}")
    return not grown and not left


def main(minutes: float = 60, engines: int = 1) -> None:
    """Prove for MINUTES minutes with ENGINES engines."""
    sys.exit(0 if asyncio.run(soak(minutes, engines)) else 1)


if __name__ == "__main__":
    typer.run(main)
