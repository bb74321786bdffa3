"""The outcome of a problem after all attempts at it, by which it is counted.

Every problem of the set has exactly one outcome, so that the counts add up to the size of the set and
nothing leaves the denominator.
"""

from __future__ import annotations

import enum

from prover.evaluation.store.rows import AttemptRow, AutomationRow, ProblemRow

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


def problem_outcome(problem: ProblemRow) -> ProblemOutcome:
    """Return the best outcome of any attempt, and for a problem without an attempt the reason.

    A search that ended at its budget counts before errors: then at least one attempt was a fair one. An
    outcome only counts as proved with its verified proof beside it.
    """
    if proving_attempt(problem) is not None:
        return ProblemOutcome.PROVED
    if any(each.outcome == "disproved" for each in problem.attempts):
        return ProblemOutcome.DISPROVED
    outcomes = {each.outcome for each in proof_attempts(problem)}
    for candidate in (ProblemOutcome.FAILED, ProblemOutcome.POLICY_ERROR, ProblemOutcome.ENGINE_ERROR):
        if candidate in outcomes:
            return candidate
    for candidate in (ProblemOutcome.INVALID, ProblemOutcome.UNSUPPORTED, ProblemOutcome.UNUSABLE):
        if candidate == problem.support or candidate in outcomes:
            return candidate
    return ProblemOutcome.UNATTEMPTED


def proof_attempts(problem: ProblemRow) -> list[AttemptRow]:
    """Return the attempts at the statement itself, not those at its negation, in the order of their passes."""
    return [each for each in problem.attempts if not each.negated]


def proving_attempt(problem: ProblemRow) -> AttemptRow | None:
    """Return the first attempt that found a proof of the statement, if one did."""
    for each in proof_attempts(problem):
        if is_proved(each):
            return each
    return None


def is_proved(attempt: AttemptRow) -> bool:
    """Say whether the attempt proved the statement and the verified proof is there."""
    return attempt.outcome == "proved" and not attempt.negated and attempt.proof is not None


def automation_name(call: AutomationRow) -> str | None:
    """Return the tactic without what only names binders before it; None if it could not be called at all."""
    return None if call.tactic == NOT_OPENED else call.tactic.removeprefix("intros; ")


def closed_by(problem: ProblemRow) -> tuple[str, ...]:
    """Return the names of the tactics of plain automation that close the statement in one call."""
    return tuple(filter(None, (automation_name(call) for call in problem.automation if call.closed)))
