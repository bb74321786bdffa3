"""The data in the report's page, in three sizes: the page, each problem, each search tree (chosen by `sample`).

`data.js` is the other side. `FORMAT` stands in the page and changes when a reader of old data would fail.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from types import MappingProxyType
from typing import Any

from prover.evaluation.analysis.curves import Curve
from prover.evaluation.analysis.numbers import Numbers
from prover.evaluation.analysis.problem_outcome import ProblemOutcome, closed_by, problem_outcome
from prover.evaluation.analysis.summary import answers_sentence, estimator, scaling_sentence
from prover.evaluation.store.figures import ProblemFigures, RunFigures
from prover.evaluation.store.rows import AttemptRow, NodeRow, ProblemRow, ProofRow, StepRow, TryRow
from prover.search.budget import stop_text

FORMAT = 2
MAX_GOALS = 6000
MAX_MESSAGE = 1200
MAX_POINTS = 2000
MAX_ANSWER = 20_000
MAX_TRIES = 64
"""Limits of what one state, one message, one curve, one answer and the answers of an attempt may take."""
NO_TRIES: Mapping[int, Sequence[TryRow]] = MappingProxyType({})
_STATEMENT = re.compile(r"^(?:theorem|lemma)\b", re.MULTILINE)


def pack(data: object) -> str:
    """Return `data` as JSON, deflated (RFC 1950), in base64: letters, digits, ``+``, ``/``, ``=`` only."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("utf-8", "replace"), 6)).decode("ascii")


def page_data(
    run: RunFigures, found: Numbers, shown: Sequence[ProblemFigures], *, statements: bool
) -> dict[str, Any]:
    """Return what the page shows before anything is opened: rows of the problems `shown`, with their statements or not.

    `groups` counts all problems of the run, by category and by outcome, where those that are proved and that plain
    automation closes are "easy", and others that are proved "search".
    """
    return {
        "format": FORMAT,
        "run": {
            "set": run.set_name,
            "hash": run.set_hash,
            "version": run.prover_version,
            "created": run.created_at,
            "config": run.config,
        },
        "numbers": asdict(found) | {"curves": [_curve(each) for each in found.curves]},
        "estimator": estimator(found),
        "scaling": None if found.scaling is None else scaling_sentence(found.scaling),
        "answers": None if found.answers is None else answers_sentence(found.answers),
        "groups": _groups(run),
        "total": len(run.problems),
        "problems": [_row(problem, statements) for problem in shown],
    }


def pack_problem(problem: ProblemRow, tries: Mapping[int, Sequence[TryRow]] = NO_TRIES) -> str:
    """Return what is shown when a problem is opened, but for its search trees; `tries` are by their attempt."""
    return pack(
        {
            "statement": problem.statement,
            "header": problem.header,
            "informal": problem.informal,
            "support": [problem.support, problem.support_reason],
            "automation": [[call.tactic, call.closed, round(call.seconds, 4)] for call in problem.automation],
            "attempts": [
                _attempt(attempt) | _tries(tries.get(attempt.id, ())) for attempt in problem.attempts
            ],
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
        return texts.setdefault(_cut(text, limit), len(texts))

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


def _curve(curve: Curve) -> dict[str, Any]:
    """Return the curve with at most `MAX_POINTS` of its points, spread evenly, the last among them."""
    every = -(-len(curve.points) // MAX_POINTS) or 1
    return asdict(curve) | {"points": curve.points[::-1][::every][::-1]}


def _groups(run: RunFigures) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for problem in run.problems:
        standing = problem_outcome(problem).value
        if standing == ProblemOutcome.PROVED:
            standing = "easy" if closed_by(problem) else "search"
        found.setdefault(problem.category, Counter())[standing] += 1
    return {category: dict(counted) for category, counted in found.items()}


def _row(problem: ProblemFigures, statements: bool) -> dict[str, Any]:
    sums = problem.sums
    return {
        "id": problem.id,
        "name": problem.name,
        "split": problem.split,
        "category": problem.category,
        "statement": problem.statement if statements else "",
        "standing": problem_outcome(problem).value,
        "expected": problem.expected,
        "automation": list(closed_by(problem)),
        "attempts": sums.attempts,
        "proved": len(sums.proved_in),
        "length": sums.shortest,
        "seconds": None if sums.shown_s is None else round(sums.shown_s, 3),
        "expansions": sums.shown_expansions,
    }


def _attempt(attempt: AttemptRow) -> dict[str, Any]:
    proof = None if attempt.proof is None else _fields(attempt.proof)
    data = _fields(attempt) | {"stopped_by": stop_text(attempt.stopped_by), "proof": proof}
    for name in ("wall_s", "lean_s", "policy_s", "verify_s", "idle_s"):
        data[name] = round(data[name], 4)
    return data


def _tries(tries: Sequence[TryRow]) -> dict[str, Any]:
    """Return what came of a chat model's answers, the first `MAX_TRIES` of them."""
    if not tries:
        return {}
    return {
        "tries": [_try(each) for each in tries[:MAX_TRIES]],
        "tries_left_out": max(0, len(tries) - MAX_TRIES),
    }


def _try(made: TryRow) -> dict[str, Any]:
    """Return one answer, with the lines of Lean's file that the errors are about, from its last theorem on."""
    lines = made.file.split("\n")
    begins = [each.start() for each in _STATEMENT.finditer(made.file)]
    first = made.file.count("\n", 0, begins[-1]) if begins else 0
    return {
        "number": made.number,
        "round": made.round,
        "parent": made.parent,
        "outcome": made.outcome,
        "reason": _cut(made.reason),
        "first_line": first + 1,
        "text": _cut("\n".join(lines[first:]).rstrip(), MAX_ANSWER),
        "errors": [_cut(each) for each in made.errors],
        "answer": _cut(made.answer, MAX_ANSWER),
        "tokens": made.tokens,
    }


def _cut(text: str, limit: int = MAX_MESSAGE) -> str:
    return text if len(text) <= limit else f"{text[:limit]} … ({len(text) - limit:,} more characters)"


def _fields(row: AttemptRow | ProofRow) -> dict[str, Any]:
    """Return what `asdict` does, without copying what a row holds: most of a large report's time went there."""
    return {each.name: getattr(row, each.name) for each in fields(row)}
