"""Searches that were recorded once, and are replayed to show that best-first search does what it did.

`python tests/golden_trees.py` records them anew, with the heuristic and the embedded Lean, into `tests/golden/`.
Tactics that finish these theorems at once are left out, so that there is something to search for. A replay takes
the suggestions from the recording: it depends on the search and on Lean, not on the heuristic.
"""

import asyncio
import json
from pathlib import Path

from prover.lean.theorem import Theorem
from prover.policy.base import Suggestion
from prover.search.result import Proved
from prover.search.scoring import scoring_rule
from prover.search.tree import outcome_kind

FOLDER = Path(__file__).parent / "golden"
SUGGESTIONS = 12
TOO_STRONG = ("grind", "omega", "decide", "simp", "solve_by_elim")
TREES = """\
structure T where
  x : Nat
inductive Tree where
  | leaf
  | node (left : Tree) (value : Nat) (right : Tree)
def Tree.mirror : Tree → Tree
  | leaf => leaf
  | node l v r => node r.mirror v l.mirror
"""
RECORDED = [
    # header, statement, scoring, width, expansions
    ("", "theorem conj (p q r : Prop) (hp : p) (hq : q) (hr : r) : p ∧ q ∧ r", "cumulative", 1, 12),
    ("", "theorem distrib (p q r : Prop) : p ∧ (q ∨ r) ↔ (p ∧ q) ∨ (p ∧ r)", "length-normalised:1", 2, 16),
    ("", "theorem swap (p q : Prop) : p ∨ q → q ∨ p", "length-normalised:1", 2, 12),
    ("", "theorem square (n : Nat) : n ^ 2 % 4 = 0 ∨ n ^ 2 % 4 = 1", "length-normalised:0.5", 2, 8),
    ("", "theorem mod (n : Nat) (h : n % 6 = 5) : ∃ k, n = 6 * k + 5", "cumulative", 2, 8),
    ("", "theorem lists (xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length", "cumulative", 1, 8),
    ("", "theorem not_all {α : Type} (p : α → Prop) (h : ∃ x, ¬ p x) : ¬ ∀ x, p x", "step-prover", 2, 12),
    (TREES, "theorem Tree.twice (t : Tree) : t.mirror.mirror = t", "length-normalised:0.5", 3, 12),
    ("", "theorem chain (f : Nat → Nat) (h : ∀ n, f n < f (n + 1)) : f 0 < f 2", "bfs-prover:0.5", 2, 8),
    ("", "theorem no (p q : Prop) (h : p ∨ q) : p ∧ q", "length-normalised:0.5", 2, 10),
]


class SmallSteps:
    """The heuristic's suggestions without those that are too strong."""

    def __init__(self, policy):
        self._policy = policy

    async def suggest(self, states):
        return [
            [each for each in suggestions if not any(word in each.tactic for word in TOO_STRONG)][
                :SUGGESTIONS
            ]
            for suggestions in await self._policy.suggest(states)
        ]


class RecordedPolicy:
    """Suggests for each state what was tried on it when the search was recorded."""

    name = "recorded"
    tokens = 0

    def __init__(self, nodes):
        self._edges = {"\n\n".join(node["goals"]): node["edges"] for node in nodes}

    async def suggest(self, states):
        return [
            [Suggestion(edge["tactic"], edge["logprob"]) for edge in self._edges.get(state.pp, [])]
            for state in states
        ]


async def search(pool, golden, policy):
    """Search as `golden` says; accepts every proof."""
    from prover.search.base import SearchOptions
    from prover.search.best_first import BestFirst
    from prover.search.budget import Budget

    async def accept(tactics):
        return True

    session = await pool.open(
        Theorem(name=golden["name"], statement=golden["statement"], header=golden["header"])
    )
    try:
        options = SearchOptions(
            budget=Budget(expansions=golden["expansions"]),
            scoring=scoring_rule(golden["scoring"]),
            width=golden["width"],
        )
        return await BestFirst().run(session, policy, accept, options)
    finally:
        await session.close()


def as_json(result):
    """What a recording has of a search: its end and the whole tree."""
    ending = result.ending
    proved = isinstance(ending, Proved)
    return {
        "proof": list(ending.tactics) if proved else None,
        "best": None if proved else list(ending.tactics),
        "stopped_by": None if proved else ending.stopped_by.name,
        "spent": [result.expansions, result.tactics_tried],
        "nodes": [
            {
                "goals": list(node.state.goals),
                "depth": node.depth,
                "status": node.status.name,
                "edges": [
                    {
                        "tactic": edge.tactic,
                        "logprob": edge.logprob,
                        "outcome": outcome_kind(edge.outcome),
                        "target": edge.target and edge.target.id,
                    }
                    for edge in node.edges
                ],
            }
            for node in result.tree.nodes
        ],
    }


async def record():
    from prover.lean.embedded.install import ensure_installed
    from prover.lean.process.pool import EnginePool
    from prover.policy.heuristic.policy import HeuristicPolicy
    from prover.util.progress import Quiet

    FOLDER.mkdir(exist_ok=True)
    async with EnginePool(ensure_installed(Quiet()).engine_command(), size=1) as pool:
        for header, statement, scoring, width, expansions in RECORDED:
            golden = {
                "name": statement.split()[1],
                "header": header,
                "statement": statement,
                "scoring": scoring,
                "width": width,
                "expansions": expansions,
            }
            golden |= as_json(await search(pool, golden, SmallSteps(HeuristicPolicy())))
            path = FOLDER / f"{golden['name']}.json"
            path.write_text(json.dumps(golden, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(record())
