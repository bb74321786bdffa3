"""What one attempt by sketches has used of Lean."""

from __future__ import annotations

from dataclasses import dataclass, replace

from prover.search.budget import Budget


class TacticsSpent(Exception):
    """No more tactics may be run; caught where an attempt ends."""


@dataclass(slots=True)
class Spending:
    """Counts the calls of Lean: the tactics of all searches, and one for each sketch that is elaborated."""

    most: int | None = None
    tactics: int = 0

    def take(self, count: int) -> None:
        """Count `count` calls more."""
        self.tactics += count

    def within(self, budget: Budget) -> Budget:
        """Return `budget` with no more tactics than are left.

        Raises:
            TacticsSpent: there are none left.
        """
        if self.most is None:
            return budget
        left = self.most - self.tactics
        if left <= 0:
            raise TacticsSpent
        return replace(budget, tactics=left if budget.tactics is None else min(left, budget.tactics))
