"""Moves that take absolute values apart: one case for each sign."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.move import Move, fresh_names, lines
from prover.policy.heuristic.terms import ARGUMENT

MAX_VALUES = 4
_ABSOLUTE = re.compile(rf"(?<![\w.])abs {ARGUMENT}")


def signs(goal: Goal) -> Iterator[Move]:
    """Yield the cases of the signs of what absolute values are taken of, each with its equation put in."""
    texts = [goal.target, *(each.type for each in goal.facts)]
    terms = list(dict.fromkeys(term for text in texts for term in _ABSOLUTE.findall(text)))
    if not terms or len(terms) > MAX_VALUES or any(_ABSOLUTE.search(term) for term in terms):
        return
    names = fresh_names(goal, "hs")
    steps: list[str] = []
    for term in terms:
        sign, value = itertools.islice(names, 2)
        cases = f"(0 ≤ {term} ∧ abs {term} = {term}) ∨ (0 ≤ -{term} ∧ abs {term} = -{term})"
        places = [each.name for each in goal.facts if f"abs {term}" in each.type]
        places += ["⊢"] if f"abs {term}" in goal.target else []
        patterns = " | ".join([f"⟨{sign}, {value}⟩"] * 2)
        steps.append(
            f"(rcases (show {cases} by grind) with {patterns} <;> simp only [{value}] at {' '.join(places)})"
        )
    split = " <;> ".join(steps)
    yield Move("cases", split, 1.9)
    yield Move("cases", lines(split, "all_goals try grind"), 1.95)
