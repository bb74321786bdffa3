"""How much a search may use, and which limit ended it."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Limit(enum.StrEnum):
    """A limit of a budget; the values are what users read."""

    EXPANSIONS = "expansions"
    TACTICS = "tactics"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one search may use; None leaves a quantity unlimited.

    `expansions` counts states given to the policy, `tactics` the tactics Lean ran, `seconds` wall time. Only
    a search bounded by `expansions` or `tactics` alone is the same on every machine.
    """

    expansions: int | None = None
    tactics: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        for limit in Limit:
            allowed = getattr(self, limit.value)
            if allowed is not None and not allowed > 0:
                raise ValueError(f"a budget of {allowed} {limit.value} allows nothing")

    def exhausted(self, spent: Spent) -> Limit | None:
        """Return the first limit that `spent` has reached, in the order of `Limit`."""
        for limit in Limit:
            allowed = getattr(self, limit.value)
            if allowed is not None and getattr(spent, limit.value) >= allowed:
                return limit
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a search has used so far, in the units of `Budget`."""

    expansions: int
    tactics: int
    seconds: float
