"""What plans are worth: theorems that the search proves with a plan, and without one in the same number of Lean calls.

    python scripts/bench_sketch.py [NAMES ...] [--tactics 150]
    python scripts/bench_sketch.py --planner heuristic [--problems SET.jsonl] [--tactics 600] [--hole-tactics 150]

The theorems and their plans are in `sketches.jsonl`, beside this script. The plans are what a good planner would
answer: steps without proofs. They are given to `--method sketch` in the place of a chat model's; all else is as in
`prover prove --method sketch --policy heuristic --hole-tactics 50`. Both methods use one engine, a search that expands
one state at a time, and no more than so many calls of Lean: tactics, and elaborated sketches. With
`--planner heuristic`
there are no plans: the heuristic plans by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

from prover.attempt import TACTIC_LIMITS, attempt
from prover.cli.progress import show_progress
from prover.lean.backend import FileTools, LeanPool
from prover.lean.backends import find_lean
from prover.lean.settings import EngineSettings
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Verifier
from prover.policy.chat.messages import ChatAnswer, ChatRequest, Heard
from prover.policy.chat.plans import PLAN_FORMATS
from prover.policy.heuristic.policy import HeuristicPolicy
from prover.search.algorithms import search_algorithm
from prover.search.base import SearchOptions
from prover.search.budget import Budget
from prover.search.settings import SearchSettings
from prover.sketching.attempt import attempt_by_sketch
from prover.sketching.conversation import ChatPlanner
from prover.sketching.heuristic import HeuristicPlanner
from prover.sketching.options import SketchOptions
from prover.sketching.planner import Planner
from prover.sketching.planning import SketchTools

PROBLEMS = Path(__file__).with_name("sketches.jsonl")
ALGORITHM = search_algorithm(SearchSettings.model_fields["search"].default)
MOST_S = 600.0


@dataclass(frozen=True)
class Planned:
    """Answers with one plan, whatever it is asked."""

    steps: tuple[str, ...]

    async def ask(self, request: ChatRequest, heard: Heard = lambda number, answer: None) -> list[ChatAnswer]:
        """Return the plan."""
        code = "".join(f"  {step}\n" for step in self.steps)
        text = f"```lean4\ntheorem planned : _ := by\n{code}```"
        answer = ChatAnswer(
            raw=text, text=text, reasoning="", finish_reason="stop", prompt_tokens=0, completion_tokens=0
        )
        heard(0, answer)
        return [answer]


@dataclass(frozen=True)
class Bench:
    """An engine, and what both methods may use."""

    pool: LeanPool
    verifier: Verifier
    files: FileTools
    tactics: int
    hole_tactics: int

    async def search(self, theorem: Theorem) -> tuple[bool, int]:
        """Return whether the search proves it, and after how many calls."""
        done = await attempt(
            theorem,
            environment=self.pool,
            verifier=self.verifier,
            policy=HeuristicPolicy(),
            algorithm=ALGORITHM,
            options=SearchOptions(budget=Budget(tactics=self.tactics, seconds=MOST_S), width=1),
        )
        return done.verified is not None, done.search.tactics_tried

    async def sketch(self, theorem: Theorem, planner: Planner, depth: int) -> tuple[bool, int]:
        """Return whether plans prove it, and after how many calls."""
        done = await attempt_by_sketch(
            theorem,
            tools=SketchTools(
                environment=self.files.holes,
                ask=self.files.ask,
                verifier=self.verifier,
                algorithm=ALGORITHM,
                policy=HeuristicPolicy,
                planner=planner,
            ),
            options=SketchOptions(
                search=SearchOptions(budget=Budget(tactics=self.hole_tactics, seconds=MOST_S), width=1),
                plans=1,
                corrections=0,
                depth=depth,
                tactics=self.tactics,
                seconds=MOST_S,
                disprove=False,
            ),
        )
        return done.verified is not None, done.tactics


async def main() -> None:
    """Print the table."""
    asked = _arguments()
    lines = [json.loads(line) for line in asked.problems.read_text(encoding="utf-8").splitlines()]
    with show_progress() as progress:
        lean = find_lean(EngineSettings(), progress)
    only: dict[bool, list[str]] = {True: [], False: []}
    print(f"| theorem | search, {asked.tactics} calls | sketch, {asked.tactics} calls |")
    print("| --- | --- | --- |")
    async with lean.open_pool(1, TACTIC_LIMITS) as pool, lean.verifier_beside(pool) as verifier:
        bench = Bench(pool, verifier, lean.file_tools(pool), asked.tactics, asked.hole_tactics)
        for line in lines:
            if asked.names and line["name"] not in asked.names:
                continue
            text = "\n\n".join(each for each in (line.get("header", ""), line["statement"]) if each)
            theorem = await lean.read_theorem(pool, text, None)
            searched = await bench.search(theorem)
            if searched[0] and asked.planner == "heuristic":
                sketched = searched
            elif asked.planner == "heuristic":
                sketched = await bench.sketch(theorem, HeuristicPlanner(), asked.depth)
            else:
                chat = Planned(tuple(line["plan"]))
                sketched = await bench.sketch(theorem, ChatPlanner(chat, PLAN_FORMATS["generic"]), 1)
            if sketched[0] != searched[0]:
                only[sketched[0]].append(line["name"])
            print(f"| {line['name']} | {_shown(*searched)} | {_shown(*sketched)} |", flush=True)
    print(f"\n{len(only[True])} are proved by sketch alone, {len(only[False])} by search alone.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="only these theorems")
    parser.add_argument("--planner", choices=("plans", "heuristic"), default="plans", help="who plans")
    parser.add_argument("--problems", type=Path, default=PROBLEMS, help="a problem set, for the heuristic")
    parser.add_argument("--tactics", type=int, default=150, help="calls of Lean for each method")
    parser.add_argument("--hole-tactics", type=int, default=50, help="calls of Lean for one step")
    parser.add_argument("--depth", type=int, default=1, help="how deep the heuristic's plans go")
    return parser.parse_args()


def _shown(proved: bool, calls: int) -> str:
    return f"proved, {calls}" if proved else "-"


if __name__ == "__main__":
    asyncio.run(main())
