"""Who plans: the seam between the plans for a statement and what carries them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from prover.lean.environment import Environment
from prover.lean.theorem import Theorem
from prover.search.tree import ProofTree
from prover.sketching.options import SketchOptions
from prover.sketching.reader import Sketch, SketchReader
from prover.sketching.record import Record
from prover.sketching.spending import Spending
from prover.sketching.step import Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A statement that needs a plan, which `problem` says in words; `depth` is 0 for the theorem itself.

    `tree` is that of the search that did not prove it, None where nothing searched.
    """

    theorem: Theorem
    problem: str
    depth: int
    tree: ProofTree | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What an attempt lends to its planner."""

    environment: Environment
    reader: SketchReader
    spending: Spending
    record: Record
    options: SketchOptions


@dataclass(frozen=True, slots=True)
class Plan:
    """A sketch that Lean takes, and the place of its answer in the record."""

    sketch: Sketch
    place: int


class NoPlan(Enum):
    """Why there is no plan."""

    UNUSABLE = "unusable"
    """This one cannot be used; there may be others."""
    NO_MORE = "no more"


class Plans(Protocol):
    """The plans for one statement, one after the other.

    With `needs_all`, the steps after one that stays open are not looked at.
    """

    needs_all: bool

    async def next(self, number: int) -> Plan | NoPlan:
        """Return plan `number`, from 0.

        Raises:
            BudgetSpent, RequestRefused, PolicyUnavailable, TacticsSpent: it cannot be made.
        """
        ...

    def learn(self, sketch: Sketch, ended: Sequence[Ended], refused: str) -> None:
        """Hear what came of the last plan: of its steps, and why the proof is refused, if that is why it failed."""
        ...


class Planner(Protocol):
    """Makes plans."""

    def plans(self, task: Task, means: Means) -> Plans:
        """Begin with a statement."""
        ...
