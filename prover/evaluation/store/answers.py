"""What the answers of chat models come to in a run, read in SQL."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer at a problem's statement: its round (0: a first answer), its tokens, whether it proved it."""

    round: int
    tokens: int
    proved: bool


_ANSWERS = """
SELECT problem_id, round, tokens, try.outcome = 'proved' AND attempt.outcome = 'proved'
FROM try JOIN attempt ON attempt.id = try.attempt_id WHERE negated = 0 ORDER BY problem_id, pass, number
"""


def answers_by_problem(connection: sqlite3.Connection) -> dict[int, list[Answered]]:
    """Return the answers to each problem, in the order in which they were asked for, by the problem's number."""
    found: dict[int, list[Answered]] = {}
    for problem_id, round_number, tokens, proved in connection.execute(_ANSWERS):
        found.setdefault(problem_id, []).append(Answered(round_number, tokens, bool(proved)))
    return found


def token_sums(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return the tokens of all prompts and of all answers."""
    query = "SELECT coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0) FROM answer"
    prompt, completion = connection.execute(query).fetchone()
    return int(prompt), int(completion)
