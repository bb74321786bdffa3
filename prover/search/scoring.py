"""How promising an open state is: the search expands the highest score first.

A rule is a frozen object called with the sum of the log-probabilities along the path to the state and with
the number of tactics on it. Rules are named, so that a run's configuration can say which one it used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


class ScoringRule(Protocol):
    """Scores a state by its path."""

    @property
    def name(self) -> str:
        """What configurations and results call the rule."""

    def __call__(self, *, logprob: float, depth: int) -> float:
        """Return the score: higher is better, -inf means never."""


@dataclass(frozen=True, slots=True)
class CumulativeLogprob:
    """The sum of the log-probabilities, as ReProver scores (Yang et al. 2023, section 5): shallow first."""

    name: str = "cumulative"

    def __call__(self, *, logprob: float, depth: int) -> float:
        """Return `logprob`."""
        return logprob


@dataclass(frozen=True, slots=True)
class LengthNormalised:
    """``logprob / depth ** alpha`` (BFS-Prover, Xin et al. 2025, section 3.2).

    `alpha` 0 is the plain sum, 1 the average per tactic; the larger, the deeper the search goes.
    """

    alpha: float = 0.5
    name: str = "length-normalised"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.alpha) and self.alpha >= 0):
            raise ValueError(f"alpha must be a finite number of at least 0, not {self.alpha}")

    def __call__(self, *, logprob: float, depth: int) -> float:
        """Return the normalised score; the root, which has no path, scores 0."""
        return logprob / depth**self.alpha if depth else 0.0
