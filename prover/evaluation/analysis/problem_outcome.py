"""The outcome of a problem after all attempts at it, by which it is counted.

Every problem of the set has exactly one outcome, so that the counts add up to the size of the set and
nothing leaves the denominator.
"""

from __future__ import annotations

import enum

from prover.evaluation.store.figures import ProblemFigures

NOT_OPENED = "(not opened)"
"""Stands in place of a tactic where the statement could not be opened to try any."""


class ProblemOutcome(enum.StrEnum):
    """The outcomes, in the order in which tables show them; the values are what users read."""

    PROVED = "proved"
    DISPROVED = "disproved"
    FAILED = "failed"
    POLICY_ERROR = "policy error"
    ENGINE_ERROR = "engine error"
    UNATTEMPTED = "not attempted"
    INVALID = "invalid"
    UNSUPPORTED = "unsupported"
    UNUSABLE = "unusable"


REFUSED = frozenset({ProblemOutcome.INVALID, ProblemOutcome.UNSUPPORTED, ProblemOutcome.UNUSABLE})


def problem_outcome(problem: ProblemFigures) -> ProblemOutcome:
    """Return the best outcome of any attempt, and for a problem without an attempt the reason.

    A search that ended at its budget counts before errors: then at least one attempt was a fair one. An
    outcome only counts as proved with its verified proof beside it.
    """
    outcomes = problem.sums.outcomes
    if problem.sums.proved_in:
        return ProblemOutcome.PROVED
    for candidate in (
        ProblemOutcome.DISPROVED,
        ProblemOutcome.FAILED,
        ProblemOutcome.POLICY_ERROR,
        ProblemOutcome.ENGINE_ERROR,
    ):
        if candidate in outcomes:
            return candidate
    for candidate in (ProblemOutcome.INVALID, ProblemOutcome.UNSUPPORTED, ProblemOutcome.UNUSABLE):
        if candidate == problem.support or candidate in outcomes:
            return candidate
    return ProblemOutcome.UNATTEMPTED


def automation_name(tactic: str) -> str | None:
    """Return the tactic without what only names binders before it; None if it could not be called at all."""
    return None if tactic == NOT_OPENED else tactic.removeprefix("intros; ")


def closed_by(problem: ProblemFigures) -> tuple[str, ...]:
    """Return the names of the tactics of plain automation that close the statement in one call."""
    closing = (automation_name(tactic) for tactic, closed in problem.automation.items() if closed)
    return tuple(filter(None, closing))
