"""Schedules: sample counts and temperatures that grow with the number of expansions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from prover.errors import InputError

_NUMBER = r"\d+(?:\.\d+)?"
_SCHEDULE = re.compile(rf"({_NUMBER})(?:\.\.({_NUMBER})/(\d+))?")


@dataclass(frozen=True, slots=True)
class Schedule:
    """`first` at the first expansion of a search, `last` from expansion `over` on, linear in between."""

    first: float
    last: float
    over: int

    def at(self, expansion: int) -> float:
        """Return the value for the state that is expanded after `expansion` others."""
        if expansion >= self.over:
            return self.last
        return self.first + (self.last - self.first) * expansion / self.over


def parse_schedule(text: str, what: str, *, minimum: float) -> Schedule:
    """Read ``1.0`` or ``0.7..1.3/100``; `what` is said in errors.

    Raises:
        InputError: it is neither, or reaches below `minimum`.
    """
    found = _SCHEDULE.fullmatch(text.strip())
    if found is None or (found[3] is not None and int(found[3]) == 0):
        raise InputError(
            f"{what} {text!r} is no number",
            advice="Write a number, or FIRST..LAST/EXPANSIONS for one that changes, such as 0.7..1.3/100.",
        )
    first = float(found[1])
    schedule = Schedule(first, first if found[2] is None else float(found[2]), int(found[3] or 0))
    if min(schedule.first, schedule.last) < minimum:
        raise InputError(f"{what} must be at least {minimum:g}, not {text}")
    return schedule
