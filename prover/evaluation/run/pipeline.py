"""Pipeline efficiency: how near a run came to keeping its bottleneck busy all the time.

The larger of (time Lean was busy / engines) and (time the model was busy / slots), over the time that passed:
1 means that the busier of the two never waited for the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Counters at some moment, in seconds; `policy_s` and `slots` have an entry for each model.

    A model without slots of its own counts as one.
    """

    clock_s: float
    lean_s: float
    engines: int
    policy_s: tuple[float, ...]
    slots: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """What happened between two readings. `lean` and `policy` are shares of `wall_s`, the busiest model's."""

    wall_s: float
    lean: float
    policy: float

    @classmethod
    def between(cls, before: Reading, after: Reading) -> Self:
        """Return what happened from one reading to the next."""
        wall = max(after.clock_s - before.clock_s, 1e-9)
        lean = (after.lean_s - before.lean_s) / max(after.engines, 1)
        policy = [
            (late - early) / (slots or 1)
            for early, late, slots in zip(before.policy_s, after.policy_s, after.slots, strict=True)
        ]
        return cls(wall_s=wall, lean=lean / wall, policy=max(policy, default=0.0) / wall)

    @property
    def efficiency(self) -> float:
        """The share of the time in which the bottleneck was busy."""
        return max(self.lean, self.policy)

    @property
    def line(self) -> str:
        """The figures in words."""
        return (
            f"pipeline efficiency {self.efficiency:.2f}: engines were busy {self.lean:.0%} of "
            f"{self.wall_s:.0f} s, the model {self.policy:.0%}"
        )
