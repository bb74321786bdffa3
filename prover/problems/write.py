"""Problems as JSON lines, one object a line, which :mod:`prover.problems.records` reads back."""

from __future__ import annotations

import json
from collections.abc import Iterable

from prover.problems.problem import Problem


def json_lines(problems: Iterable[Problem]) -> str:
    """Return a line for each problem, in order."""
    return "".join(json.dumps(_record(problem), ensure_ascii=False) + "\n" for problem in problems)


def _record(problem: Problem) -> dict[str, str | int | bool]:
    fields = {
        "name": problem.name,
        "header": problem.header,
        "statement": problem.statement,
        "split": problem.split,
        "category": problem.category,
        "informal": problem.informal,
        "level": problem.level,
        "expected": problem.expected,
    }
    return {field: value for field, value in fields.items() if value is not None and value != ""}
