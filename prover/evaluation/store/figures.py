"""What the attempts at each problem come to, added up in SQL: all that statistics need of a run of any size.

A proof of the statement is an attempt at the statement that ended as proved and whose verified text is there.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from prover.evaluation.store.answers import Answered
from prover.evaluation.store.rows import NOT_A_COLUMN, Row, RunRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """What a problem's passes used, one after the other, up to the end of the one that proved it."""

    seconds: float = 0.0
    expansions: int = 0
    tactics: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSums:
    """What the attempts at one problem come to; all are empty where there are none.

    `attempts` counts those at the statement; `outcomes` are theirs, with "disproved" if its negation was proved;
    `proved_in` are the passes that proved it, in order; `shortest` is the number of tactics of the shortest proof;
    `shown_s` and `shown_expansions` are those of the first proof's attempt, else of the first attempt. `negations`
    says whether its negation was attempted.
    """

    attempts: int = 0
    passes: int = 0
    outcomes: frozenset[str] = frozenset()
    proved_in: tuple[int, ...] = ()
    shortest: int | None = None
    shown_s: float | None = None
    shown_expansions: int | None = None
    spent: Expense = field(default_factory=Expense)
    negations: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemFigures(Row):
    """A problem and what was tried on it: calls of plain automation (tactic -> whether it closes it), attempts."""

    TABLE = "problem"

    id: int
    name: str
    split: str
    category: str
    header: str
    statement: str
    expected: bool | None
    support: str
    automation: Mapping[str, bool] = field(default_factory=dict, metadata=NOT_A_COLUMN)
    sums: AttemptSums = field(default_factory=AttemptSums, metadata=NOT_A_COLUMN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Sums over all attempts, those at negations included; times in seconds.

    Searches overlap, and so do Lean and policy within one search, so no sum here is how long the run took.
    """

    attempts: int
    wall_s: float
    lean_s: float
    policy_s: float
    verify_s: float
    idle_s: float
    expansions: int
    tactics: int
    nodes: int
    policy_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures(RunRow):
    """A run as statistics see it.

    `answers` are those of chat models, by the problem's number; `answer_tokens` of all prompts and of all answers.
    """

    folder: Path
    problems: tuple[ProblemFigures, ...]
    cost: Cost
    answers: Mapping[int, Sequence[Answered]] = field(default_factory=dict)
    answer_tokens: tuple[int, int] = (0, 0)


_SUMS = """
WITH ended AS (
    SELECT problem_id, pass, attempt.id, outcome, proof.length,
        outcome = 'proved' AND proof.length IS NOT NULL AS is_proof
    FROM attempt LEFT JOIN proof ON proof.attempt_id = attempt.id WHERE negated = 0
), first AS (
    SELECT problem_id, min(pass) AS lowest, min(pass) FILTER (WHERE is_proof) AS proved,
        json_group_array(pass) FILTER (WHERE is_proof) AS proved_in, min(length) FILTER (WHERE is_proof) AS shortest
    FROM ended GROUP BY problem_id
)
SELECT attempt.problem_id, sum(negated = 0), max(iif(negated, -1, pass)) + 1,
    json_group_array(DISTINCT outcome) FILTER (WHERE negated = 0 OR outcome = 'disproved'),
    coalesce(proved_in, '[]'), shortest,
    max(wall_s) FILTER (WHERE negated = 0 AND pass = coalesce(proved, lowest)),
    max(expansions) FILTER (WHERE negated = 0 AND pass = coalesce(proved, lowest)),
    total(wall_s) FILTER (WHERE negated = 0 AND (proved IS NULL OR pass <= proved)),
    coalesce(sum(expansions) FILTER (WHERE negated = 0 AND (proved IS NULL OR pass <= proved)), 0),
    coalesce(sum(tactics) FILTER (WHERE negated = 0 AND (proved IS NULL OR pass <= proved)), 0),
    max(negated)
FROM attempt LEFT JOIN first ON first.problem_id = attempt.problem_id GROUP BY attempt.problem_id
"""

_COST = """
SELECT count(*), total(wall_s), total(lean_s), total(policy_s), total(verify_s), total(idle_s),
    coalesce(sum(expansions), 0), coalesce(sum(tactics), 0), coalesce(sum(nodes), 0), coalesce(sum(policy_tokens), 0)
FROM attempt
"""


def attempt_sums(connection: sqlite3.Connection) -> dict[int, AttemptSums]:
    """Return the sums of every problem that has attempts, by the problem's number."""
    return {
        problem_id: AttemptSums(
            attempts=attempts,
            passes=passes,
            outcomes=frozenset(json.loads(outcomes)),
            proved_in=tuple(sorted(json.loads(proved_in))),
            shortest=shortest,
            shown_s=shown_s,
            shown_expansions=shown_expansions,
            spent=Expense(seconds=seconds, expansions=expansions, tactics=tactics),
            negations=bool(negations),
        )
        for (
            problem_id,
            attempts,
            passes,
            outcomes,
            proved_in,
            shortest,
            shown_s,
            shown_expansions,
            seconds,
            expansions,
            tactics,
            negations,
        ) in connection.execute(_SUMS)
    }


def automation_calls(connection: sqlite3.Connection) -> dict[int, dict[str, bool]]:
    """Return for every problem that plain automation was tried on which tactics close it, by the problem's number."""
    found: dict[int, dict[str, bool]] = {}
    rows = connection.execute("SELECT problem_id, tactic, closed FROM automation ORDER BY problem_id, tactic")
    for problem_id, tactic, closed in rows:
        found.setdefault(problem_id, {})[tactic] = bool(closed)
    return found


def total_cost(connection: sqlite3.Connection) -> Cost:
    """Return the sums over all attempts."""
    (row,) = connection.execute(_COST)
    return Cost(**dict(zip(Cost.__dataclass_fields__, row, strict=True)))
