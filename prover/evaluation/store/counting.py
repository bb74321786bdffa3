"""Count the passes over problems by outcome, in SQL: of a whole run, or of the few problems that a commit changes.

With `stop_at_proof` = N a problem is settled by the pass of its Nth proof, in the order of the passes, or by that of
the first proof of its negation. Passes behind that one which were not made are "not needed". Those that had begun
before it ended are kept, and change nothing: what settles a problem does not depend on how many workers there were.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Mapping

from prover.evaluation.run.config import RunConfig

NOT_NEEDED = "not needed"
NOT_ATTEMPTED = "not attempted"
ORDER = (
    "proved",
    "disproved",
    "failed",
    "policy error",
    "engine error",
    "invalid",
    "unsupported",
    "unusable",
)


def among(column: str, only: bool) -> str:
    """Return the condition that `column` is one of the problems `:only`, or none; with an OR no index would be used."""
    return f"{column} IN (SELECT value FROM json_each(:only))" if only else "true"


def settled(only: bool) -> str:
    """Return a table expression: the pass that settled a problem, for problems that are settled."""
    return f"""settled AS (
    SELECT problem_id, min(pass) AS pass FROM (
        SELECT problem_id, pass, outcome, row_number() OVER (PARTITION BY problem_id, outcome ORDER BY pass) AS place
        FROM attempt WHERE :stop_at_proof AND outcome IN ('proved', 'disproved') AND {among("problem_id", only)}
    ) WHERE place = iif(outcome = 'proved', :stop_at_proof, 1) GROUP BY problem_id
)"""


def _count(only: bool) -> str:
    return f"""
WITH {settled(only)}
SELECT support, count(*) * :passes FROM problem
WHERE support IN ('unsupported', 'invalid', 'unusable') AND {among("id", only)} GROUP BY 1
UNION ALL
SELECT iif(other.outcome = 'disproved', 'disproved', attempt.outcome), count(*) FROM attempt
LEFT JOIN attempt AS other ON :disprove AND other.problem_id = attempt.problem_id AND other.pass = attempt.pass
    AND other.negated = 1
WHERE attempt.negated = 0 AND {among("attempt.problem_id", only)} GROUP BY 1
UNION ALL
SELECT '{NOT_NEEDED}', :passes - 1 - pass - (
    SELECT count(*) FROM attempt
    WHERE problem_id = settled.problem_id AND pass > settled.pass AND negated = 0
) FROM settled
UNION ALL
SELECT 'all', count(*) * :passes FROM problem WHERE {among("id", only)}
"""


def count_parameters(config: RunConfig, problem_ids: Collection[int] | None = None) -> dict[str, object]:
    """Return the values of the parameters in this module's SQL; without `problem_ids` all problems are asked for."""
    return {
        "passes": config.passes,
        "stop_at_proof": config.stop_at_proof,
        "disprove": config.disprove,
        "only": None if problem_ids is None else json.dumps(sorted(problem_ids)),
    }


def count_passes(
    connection: sqlite3.Connection, config: RunConfig, problem_ids: Collection[int] | None = None
) -> Counter[str]:
    """Count the passes over problems by outcome; those that are still to be made are "not attempted".

    The counts add up to problems times passes. A pass in which the negation was proved is "disproved".
    """
    found: Counter[str] = Counter()
    for outcome, number in connection.execute(
        _count(problem_ids is not None), count_parameters(config, problem_ids)
    ):
        found[outcome] += number
    everything = found.pop("all")
    found[NOT_ATTEMPTED] = everything - found.total()
    return found


def shown_counts(found: Mapping[str, int]) -> dict[str, int]:
    """Return the counts in the order in which they are shown, of what occurs and of what was not attempted."""
    shown = {each: found[each] for each in (*ORDER, NOT_NEEDED) if found.get(each)}
    return shown | {NOT_ATTEMPTED: found[NOT_ATTEMPTED]}
