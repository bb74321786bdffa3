"""The search algorithms on the same problems with the same budgets.

    python scripts/bench_algorithms.py PROBLEMS... [--policy heuristic] [--max-expansions 32] [--limit 30]
        [--without grind omega decide simp]

Proves every problem with every algorithm, one search after the other, and prints a table: what was proved, and over all
problems the tactics that Lean ran (its calls for taking states apart included), the states that were expanded and the
seconds of Lean. Tactics are bounded by heartbeats, so all but the seconds are the same on every machine. Every proof is
verified. Where the policy's strongest tactics prove most problems at once, there is nothing to search for; `--without`
leaves out the suggestions that hold one of the words.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.attempt import Attempt, attempt
from prover.cli.progress import show_progress
from prover.errors import EngineError, StatementError, UnsupportedError
from prover.lean.backend import LeanBackend
from prover.lean.backends import find_lean
from prover.lean.environment import TacticLimits
from prover.lean.settings import EngineSettings
from prover.lean.theorem import Theorem
from prover.policy.base import Policy, PolicyInput, Suggestion
from prover.policy.open import open_policies
from prover.problems.load import load
from prover.search.algorithms import ALGORITHMS, search_algorithm
from prover.search.base import SearchOptions
from prover.search.budget import Budget
from prover.search.settings import SearchSettings

LIMITS = TacticLimits(heartbeats=20_000, seconds=600)


@dataclass(frozen=True, slots=True)
class Weaker:
    """A policy without the suggestions that hold one of some words."""

    policy: Policy
    words: Sequence[str]

    @property
    def name(self) -> str:
        """The name of the policy itself."""
        return self.policy.name

    @property
    def tokens(self) -> int:
        """The tokens of the policy itself."""
        return self.policy.tokens

    async def suggest(self, states: Sequence[PolicyInput]) -> list[list[Suggestion]]:
        """Return what is left of the policy's suggestions."""
        return [
            [each for each in suggestions if not any(word in each.tactic for word in self.words)]
            for suggestions in await self.policy.suggest(states)
        ]


@dataclass(frozen=True, slots=True)
class Row:
    """One search."""

    algorithm: str
    theorem: str
    result: Attempt


def main() -> None:
    """Read the arguments, search, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("problems", nargs="+", help="problem sets, as for `prover evaluate`")
    parser.add_argument("--policy", default="heuristic")
    parser.add_argument("--algorithms", nargs="+", default=[*ALGORITHMS])
    parser.add_argument("--max-expansions", type=int, default=32)
    parser.add_argument("--max-tactics", type=int)
    parser.add_argument("--without", nargs="+", default=[], help="words of suggestions that are left out")
    parser.add_argument("--limit", type=int, help="only the first N problems of each set")
    parser.add_argument("--width", type=int, default=2)
    parser.add_argument("--engines", type=int, default=2)
    parser.add_argument("--jsonl", type=Path, help="write a line for each search, too")
    options = parser.parse_args()
    with show_progress() as progress:
        lean = find_lean(EngineSettings(), progress)
        reader = lean.reader
        assert reader is not None
        sets = [load(spec, progress=progress, command=lambda: reader) for spec in options.problems]
    theorems = [
        problem.theorem(core=lean.reads_as_core(problem.header))
        for each in sets
        for problem in [*each.problems][: options.limit]
    ]
    rows = asyncio.run(search_all(options, lean, theorems))
    print_table(rows, options.algorithms)


async def search_all(
    options: argparse.Namespace, lean: LeanBackend[Any], theorems: Sequence[Theorem]
) -> list[Row]:
    """Search every theorem in every way. One that cannot be opened is left out, and named."""
    settings = SearchSettings(policy=options.policy)
    budget = Budget(expansions=options.max_expansions, tactics=options.max_tactics)
    rows: list[Row] = []
    async with (
        lean.open_pool(options.engines, LIMITS) as pool,
        lean.verifier() as verifier,
        open_policies(settings) as policies,
    ):
        for theorem in theorems:
            for name in options.algorithms:
                try:
                    result = await attempt(
                        theorem,
                        environment=pool,
                        verifier=verifier,
                        policy=Weaker(policies.for_search(0), options.without),
                        algorithm=search_algorithm(name),
                        options=SearchOptions(budget=budget, scoring=settings.rule, width=options.width),
                    )
                except (StatementError, UnsupportedError, EngineError) as error:
                    print(f"{theorem.name} is left out: {error.message.splitlines()[0]}", flush=True)
                    break
                rows.append(Row(name, theorem.name, result))
                write_line(rows[-1], options.jsonl)
    return rows


def write_line(row: Row, path: Path | None) -> None:
    """Print a line for a search, and add it to a file of JSON lines."""
    search = row.result.search
    line = {
        "algorithm": row.algorithm,
        "theorem": row.theorem,
        "proved": row.result.verified is not None,
        "tactics": search.tactics_tried,
        "expansions": search.expansions,
        "lean_s": round(search.times.lean, 2),
    }
    print(json.dumps(line), flush=True)
    if path is not None:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def print_table(rows: Sequence[Row], algorithms: Sequence[str]) -> None:
    """Print what each algorithm has proved, and what it took: on all problems, and on those that all have proved."""
    of = {name: [row for row in rows if row.algorithm == name] for name in algorithms}
    proved = {
        name: {row.theorem for row in found if row.result.verified is not None} for name, found in of.items()
    }
    common = set.intersection(*proved.values())
    print("| algorithm | proved | Lean calls | expansions | Lean, s | Lean calls* | expansions* |")
    print("| --- " * 7 + "|")
    for name, found in of.items():
        searches = [row.result.search for row in found]
        shared = [row.result.search for row in found if row.theorem in common]
        row = (
            name,
            f"{len(proved[name])} of {len(found)}",
            sum(each.tactics_tried for each in searches),
            sum(each.expansions for each in searches),
            f"{sum(each.times.lean for each in searches):.0f}",
            sum(each.tactics_tried for each in shared),
            sum(each.expansions for each in shared),
        )
        print("| " + " | ".join(map(str, row)) + " |")
    print(f"\n* on the {len(common)} problems that all have proved")


if __name__ == "__main__":
    main()
