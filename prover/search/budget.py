"""How much a search may use, and why one stopped."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class StopReason(enum.StrEnum):
    """Why a search ended without a proof; the values are codes, which results and databases have."""

    EXPANSIONS = "expansions"
    TACTICS = "tactics"
    SECONDS = "seconds"
    NO_OPEN_STATES = "no_open_states"
    NOTHING_PROPOSED = "nothing_proposed"
    INTERRUPTED = "interrupted"

    @property
    def text(self) -> str:
        """What users read after "ended by"."""
        return _TEXTS[self]


_TEXTS = {
    StopReason.EXPANSIONS: "the limit of expansions",
    StopReason.TACTICS: "the limit of tactics",
    StopReason.SECONDS: "the time limit",
    StopReason.NO_OPEN_STATES: "nothing left to try",
    StopReason.NOTHING_PROPOSED: "the policy, which proposed no tactic that could be tried",
    StopReason.INTERRUPTED: "an interrupt",
}


def stop_text(stored: str) -> str:
    """Return what users read for a reason as a database has it: a code, or a text in runs of earlier versions."""
    return next((reason.text for reason in StopReason if reason.value == stored), stored)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a search has used so far, in the units of `Budget`."""

    expansions: int
    tactics: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one search may use; None leaves a quantity unlimited.

    `expansions` counts states handed to the policy, `tactics` those that Lean has run and the search has looked at,
    `seconds` wall time. The first two are never exceeded; the last ends the search at the next expansion. A search
    bounded by `seconds` depends on the machine, any other does not.
    """

    expansions: int | None = None
    tactics: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        for what in ("expansions", "tactics", "seconds"):
            allowed = getattr(self, what)
            if allowed is not None and not allowed > 0:
                raise ValueError(f"a budget of {allowed} {what} allows nothing")

    def limit_reached(self, spent: Spent) -> StopReason | None:
        """Return the limit that `spent` has reached, if any."""
        if self.expansions is not None and spent.expansions >= self.expansions:
            return StopReason.EXPANSIONS
        if self.tactics is not None and spent.tactics >= self.tactics:
            return StopReason.TACTICS
        if self.seconds is not None and spent.seconds >= self.seconds:
            return StopReason.SECONDS
        return None
