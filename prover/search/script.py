"""A proof as a search finds it: tactics in order, with the proofs of goals that were searched apart as bullets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

INDENT = "  "


@dataclass(frozen=True, slots=True)
class Bullet:
    """The whole proof of the main goal by itself, written ``· ...``. `steps` begin with a tactic."""

    steps: tuple[Step, ...]


Step: TypeAlias = str | Bullet
"""A tactic, which acts on all open goals, the main one first; or the proof of the main goal alone."""


def proof_text(steps: Sequence[Step]) -> str:
    """Return the tactic block for `steps`, one after the other, each beginning in column 0.

    The further lines of a tactic keep their indentation, which is relative to that column already.
    """
    return "\n".join(step_text(step) for step in steps)


def step_text(step: Step) -> str:
    """Return one step as a tactic that Lean can run."""
    if isinstance(step, str):
        return step.strip()
    return f"· {indent(proof_text(step.steps)).lstrip()}"


def indent(block: str) -> str:
    """Return a tactic block further to the right; blank lines stay empty."""
    return "\n".join(f"{INDENT}{line}" if line.strip() else line for line in block.split("\n"))


def number_of_tactics(steps: Sequence[Step]) -> int:
    """Return how many tactics there are in `steps`, those in bullets included."""
    return sum(1 if isinstance(step, str) else number_of_tactics(step.steps) for step in steps)
