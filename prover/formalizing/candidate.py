"""From a model's answer to the statement that it gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from prover.lean.reading.statements import declared_theorems, has_sorry
from prover.lean.theorem import Theorem
from prover.policy.chat.extraction import MAX_CHARACTERS, OPEN_FENCE
from prover.problems.problem import Problem

_LEAN4_FENCE = re.compile(r"```lean4\s*\n(.*?)(?:```|\Z)", re.DOTALL | re.IGNORECASE)
_DECLARES = re.compile(r"\b(?:theorem|lemma)\b")

AsTheorem = Callable[[Problem], Theorem]
"""Makes the theorem that an engine opens of a problem, the imports that it has in the place of Mathlib's."""


@dataclass(frozen=True, slots=True)
class NoStatement:
    """An answer states nothing that can be looked at, for this reason."""

    reason: str


def statement_of(answer: str, name: str) -> Problem | NoStatement:
    """Return the statement of an answer's last theorem, called `name`, all that precedes it being its header."""
    text = answer[-MAX_CHARACTERS:]
    fenced = _LEAN4_FENCE.findall(text) or OPEN_FENCE.findall(text) or [""]
    code = str(fenced[-1]) or (text if _DECLARES.search(text) else "")
    if not code.strip():
        return NoStatement("there is no Lean code in it")
    declared = declared_theorems(code)
    if not declared:
        return NoStatement("there is no theorem in it")
    main = declared[-1]
    earlier = next((each for each in declared[:-1] if has_sorry(each.value)), None)
    if earlier is not None:
        return NoStatement(f"it leaves {earlier.full_name} unproved, a theorem before the statement")
    return Problem(
        name=name,
        full_name=main.full_name,
        statement=main.statement,
        header=code[: main.begin] if code[: main.begin].strip() else "",
        source=f"a statement of {name}",
    )
