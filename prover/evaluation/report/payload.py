"""The data in the report's page, in three sizes: the page, each problem, each search tree.

`data.js` is the other side. `FORMAT` stands in the page and changes when a reader of old data would fail.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from prover.evaluation.analysis.numbers import Numbers
from prover.evaluation.analysis.problem_outcome import (
    closed_by,
    is_proved,
    problem_outcome,
    proof_attempts,
    proving_attempt,
)
from prover.evaluation.store.rows import AttemptRow, NodeRow, ProblemRow, StepRow
from prover.evaluation.store.run_data import RunData
from prover.search.budget import stop_text

FORMAT = 1
MAX_GOALS = 6000
MAX_MESSAGE = 1200


def pack(data: object) -> str:
    """Return `data` as JSON, deflated (RFC 1950), in base64: letters, digits, ``+``, ``/``, ``=`` only."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("utf-8", "replace"), 6)).decode("ascii")


def page_data(run: RunData, found: Numbers) -> dict[str, Any]:
    """Return what the page shows before anything is opened."""
    return {
        "format": FORMAT,
        "run": {
            "set": run.set_name,
            "hash": run.set_hash,
            "version": run.prover_version,
            "created": run.created_at,
            "config": run.config,
        },
        "numbers": asdict(found),
        "problems": [_row(problem) for problem in run.problems],
    }


def pack_problem(problem: ProblemRow) -> str:
    """Return what is shown when a problem is opened, but for its search trees."""
    return pack(
        {
            "header": problem.header,
            "informal": problem.informal,
            "support": [problem.support, problem.support_reason],
            "automation": [[call.tactic, call.closed, round(call.seconds, 4)] for call in problem.automation],
            "attempts": [_attempt(attempt) for attempt in problem.attempts],
        }
    )


def pack_tree(nodes: Sequence[NodeRow], steps: Sequence[StepRow]) -> str:
    """Return what `tree_data` does, packed."""
    return pack(tree_data(nodes, steps))


def tree_data(nodes: Sequence[NodeRow], steps: Sequence[StepRow]) -> dict[str, Any]:
    """Return a search tree for `layout.js`; goals and messages that occur often are stored once.

    A node is [number, goals, depth, logprob, expanded]; a step is [source, target or -1, tactic, logprob,
    outcome, message, on the proof], where states are places in `nodes` and goals, tactics and messages places
    in `texts`. Long texts are cut and say so.
    """
    texts: dict[str, int] = {}

    def place(text: str, limit: int) -> int:
        if len(text) > limit:
            text = f"{text[:limit]} … ({len(text) - limit:,} more characters)"
        return texts.setdefault(text, len(texts))

    places = {node.node: i for i, node in enumerate(nodes)}
    packed_nodes = [
        [
            node.node,
            [place(goal, MAX_GOALS) for goal in node.goals],
            node.depth,
            round(node.logprob, 4),
            int(node.expanded),
        ]
        for node in nodes
    ]
    packed_steps = [
        [
            places[step.source],
            -1 if step.target is None else places.get(step.target, -1),
            place(step.tactic, MAX_MESSAGE),
            round(step.logprob, 4),
            step.outcome,
            place(step.message, MAX_MESSAGE),
            int(step.on_proof),
        ]
        for step in steps
        if step.source in places
    ]
    return {"nodes": packed_nodes, "steps": packed_steps, "texts": list(texts)}


def _row(problem: ProblemRow) -> dict[str, Any]:
    attempts = proof_attempts(problem)
    proving = proving_attempt(problem)
    shown = proving or (attempts[0] if attempts else None)
    lengths = [each.proof.length for each in attempts if is_proved(each) and each.proof is not None]
    return {
        "id": problem.id,
        "name": problem.name,
        "split": problem.split,
        "category": problem.category,
        "statement": problem.statement,
        "standing": problem_outcome(problem).value,
        "expected": problem.expected,
        "automation": list(closed_by(problem)),
        "attempts": len(attempts),
        "proved": len(lengths),
        "length": min(lengths, default=None),
        "seconds": None if shown is None else round(shown.wall_s, 3),
        "expansions": None if shown is None else shown.expansions,
    }


def _attempt(attempt: AttemptRow) -> dict[str, Any]:
    data = asdict(attempt) | {"stopped_by": stop_text(attempt.stopped_by)}
    for name in ("wall_s", "lean_s", "policy_s", "verify_s", "idle_s"):
        data[name] = round(data[name], 4)
    return data
