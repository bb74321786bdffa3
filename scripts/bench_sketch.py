"""What plans are worth: theorems that the search proves with a plan, and without one in the same number of Lean calls.

    python scripts/bench_sketch.py [NAMES ...] [--tactics 150]

The theorems and their plans are in `sketches.jsonl`, beside this script. The plans are what a good planner would
answer: steps without proofs. They are given to `--method sketch` in the place of a chat model's; all else is as in
`prover prove --method sketch --policy heuristic --hole-tactics 50`. Both methods use one engine, a search that expands
one state at a time, and no more than so many calls of Lean: tactics, and elaborated sketches.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

from prover.attempt import TACTIC_LIMITS, attempt
from prover.cli.progress import show_progress
from prover.lean.backends import find_lean
from prover.lean.settings import EngineSettings
from prover.policy.chat.messages import ChatAnswer, ChatRequest, Heard
from prover.policy.chat.plans import PLAN_FORMATS
from prover.policy.heuristic.policy import HeuristicPolicy
from prover.search.algorithms import search_algorithm
from prover.search.base import SearchOptions
from prover.search.budget import Budget
from prover.search.settings import SearchSettings
from prover.sketching.attempt import attempt_by_sketch
from prover.sketching.planning import SketchOptions, SketchTools

PROBLEMS = Path(__file__).with_name("sketches.jsonl")
HOLE_TACTICS = 50
MOST_S = 600.0


@dataclass(frozen=True)
class Planner:
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


async def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="only these theorems")
    parser.add_argument("--tactics", type=int, default=150, help="calls of Lean for each method")
    asked = parser.parse_args()
    lines = [json.loads(line) for line in PROBLEMS.read_text(encoding="utf-8").splitlines()]
    with show_progress() as progress:
        lean = find_lean(EngineSettings(), progress)
    algorithm = search_algorithm(SearchSettings.model_fields["search"].default)
    only_sketch = 0
    print(f"| theorem | search, {asked.tactics} calls | sketch, {asked.tactics} calls |")
    print("| --- | --- | --- |")
    async with lean.open_pool(1, TACTIC_LIMITS) as pool, lean.verifier_beside(pool) as verifier:
        files = lean.file_tools(pool)
        for line in lines:
            if asked.names and line["name"] not in asked.names:
                continue
            theorem = await lean.read_theorem(pool, line["statement"], None)
            options = SearchOptions(budget=Budget(tactics=asked.tactics, seconds=MOST_S), width=1)
            searched = await attempt(
                theorem,
                environment=pool,
                verifier=verifier,
                policy=HeuristicPolicy(),
                algorithm=algorithm,
                options=options,
            )
            sketched = await attempt_by_sketch(
                theorem,
                tools=SketchTools(
                    environment=files.holes,
                    ask=files.ask,
                    verifier=verifier,
                    algorithm=algorithm,
                    policy=HeuristicPolicy,
                    planner=Planner(tuple(line["plan"])),
                    plan_format=PLAN_FORMATS["generic"],
                ),
                options=SketchOptions(
                    search=SearchOptions(budget=Budget(tactics=HOLE_TACTICS, seconds=MOST_S), width=1),
                    plans=1,
                    corrections=0,
                    depth=1,
                    tactics=asked.tactics,
                    disprove=False,
                ),
            )
            by_search, by_sketch = searched.verified is not None, sketched.verified is not None
            only_sketch += by_sketch and not by_search
            print(
                f"| {line['name']} | {_shown(by_search, searched.search.tactics_tried)} "
                f"| {_shown(by_sketch, sketched.tactics)} |",
                flush=True,
            )
    print(f"\n{only_sketch} are proved by sketch alone.")


def _shown(proved: bool, calls: int) -> str:
    return f"proved, {calls}" if proved else "-"


if __name__ == "__main__":
    asyncio.run(main())
