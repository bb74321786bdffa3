"""What a policy is: something that proposes tactics for proof states, many states at a time.

A policy sees text only. It does not know the tree that its proposals grow, nor Lean's process; the same
interface fits a table of heuristics, a language model on this machine and one behind an endpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from prover.errors import PolicyUnavailable

SERVER_ADVICE = "Is the server running, and on that port?"
"""For a model's server that does not answer."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tactic, possibly of several lines, and the natural logarithm of how likely the policy thinks it is.

    For a language model `logprob` is the log-probability of the whole sequence; for a heuristic it is the
    logarithm of a prior, and the priors of one state need not sum to one. `tokens` is how many tokens the
    sequence has, its end token included; 1 for policies that know none.
    """

    tactic: str
    logprob: float
    tokens: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInput:
    """One proof state as a policy sees it.

    `goals` are pretty-printed, the main goal first, at least one. `tactics` lead from the statement to this
    state: some models were trained with the proof so far in their prompt (InternLM2.5-StepProver).
    `name` is the theorem's full name, `statement` its head and `header` what stands before it in its file, for
    policies that want them. `expansion` counts the states that the search expanded before this one, for schedules.
    `round` is how often the policy has been asked about this very state before: from 1 on, the search has nothing else
    left to try, and wants tactics that it has not got yet.
    """

    goals: tuple[str, ...]
    name: str = ""
    statement: str = ""
    header: str = ""
    tactics: tuple[str, ...] = ()
    expansion: int = 0
    round: int = 0

    @property
    def pp(self) -> str:
        """The goals as Lean's infoview shows them, separated by blank lines."""
        return "\n\n".join(self.goals)


class Policy(Protocol):
    """Proposes tactics."""

    @property
    def name(self) -> str:
        """What reports and logs call this policy."""

    @property
    def tokens(self) -> int:
        """How many tokens a model has generated for this policy so far; 0 where there is no model."""

    async def suggest(self, states: Sequence[PolicyInput]) -> list[list[Suggestion]]:
        """Return, for each state in order, its suggestions: no tactic twice, the likeliest first.

        A policy that is not random answers the same states with the same suggestions.

        Raises:
            PolicyError: it could not answer, for reasons that have nothing to do with the states.
        """


@runtime_checkable
class TacticScorer(Protocol):
    """A policy that can also say how likely it finds tactics of other policies."""

    async def score(
        self, states: Sequence[PolicyInput], tactics: Sequence[Sequence[str]]
    ) -> list[list[Suggestion]]:
        """Return, for each state, its tactics of `tactics` with this policy's log-probabilities.

        Tactics that are too long for the policy are left out; so are all where it cannot score.

        Raises:
            PolicyError: it could not answer.
        """


@runtime_checkable
class Troubled(Protocol):
    """A policy, or a model, that may be failing while it is still tried."""

    @property
    def trouble(self) -> str:
        """What went wrong since it last answered; empty if nothing did."""


def trouble_of(whom: object) -> str:
    """Return what is wrong with a policy or a model at the moment; empty for those that do not report failures."""
    return whom.trouble if isinstance(whom, Troubled) else ""


def raise_trouble(whom: object, what: str) -> None:
    """Raise if a policy or a model is failing while `what` ended at its time limit: it is why the time went by.

    Raises:
        PolicyUnavailable: it is.
    """
    if trouble := trouble_of(whom):
        raise PolicyUnavailable(f"{trouble}; {what} ended at its time limit", advice=SERVER_ADVICE)


class Critic(Protocol):
    """Says how close states are to being proved."""

    @property
    def name(self) -> str:
        """What reports and logs call this critic."""

    async def score(self, states: Sequence[PolicyInput]) -> list[float]:
        """Return a number for each state, in order: the higher, the closer.

        Raises:
            PolicyError: it could not answer.
        """

    async def close(self) -> None:
        """Release the critic's resources. Safe to call twice."""


def merge_duplicates(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """Keep each tactic once, with its highest log-probability, the likeliest first and ties in input order.

    Tactics that differ only in blank space around them or in their line ends are the same; empty ones are dropped.
    """
    best: dict[str, Suggestion] = {}
    for suggestion in suggestions:
        tactic = suggestion.tactic.replace("\r\n", "\n").strip()
        if tactic and (tactic not in best or suggestion.logprob > best[tactic].logprob):
            best[tactic] = replace(suggestion, tactic=tactic)
    return sorted(best.values(), key=lambda suggestion: -suggestion.logprob)
