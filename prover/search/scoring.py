"""How promising an open state is: the search expands the highest score first.

A rule is a frozen object called with what is known of the path to the state. Rules are named, so that a run's
configuration can say which one it used; `scoring_rule` reads such a name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from prover.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class PathScore:
    """A state by its path: sums over the tactics that lead there, and how many there are.

    `logprob` adds up their log-probabilities, `per_token` the same divided by each tactic's tokens. `value`
    is the critic's score of the state, 0 where there is no critic.
    """

    logprob: float
    per_token: float
    depth: int
    value: float = 0.0


class ScoringRule(Protocol):
    """Scores a state by its path."""

    @property
    def name(self) -> str:
        """What configurations and results call the rule."""

    @property
    def needs_critic(self) -> bool:
        """Whether the rule looks at `PathScore.value`."""

    def __call__(self, path: PathScore) -> float:
        """Return the score: higher is better, -inf means never."""


@dataclass(frozen=True, slots=True)
class Cumulative:
    """The sum of the log-probabilities: shallow states first.

    With whole tactics as ReProver scores (Yang et al. 2023, section 5), `per_token` as InternLM2-StepProver
    does (Wu et al. 2024).
    """

    per_token: bool = False
    needs_critic: bool = False

    @property
    def name(self) -> str:
        """`cumulative` or `step-prover`."""
        return "step-prover" if self.per_token else "cumulative"

    def __call__(self, path: PathScore) -> float:
        """Return the sum."""
        return path.per_token if self.per_token else path.logprob


@dataclass(frozen=True, slots=True)
class LengthNormalised:
    """The sum divided by ``depth ** alpha`` (BFS-Prover, Xin et al. 2025, section 3.2; `per_token` as in V2).

    `alpha` 0 is the plain sum, 1 the average per tactic; the larger, the deeper the search goes.
    """

    alpha: float = 0.5
    per_token: bool = False
    needs_critic: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.alpha) and self.alpha >= 0):
            raise ValueError(f"alpha must be a finite number of at least 0, not {self.alpha}")

    @property
    def name(self) -> str:
        """`length-normalised:ALPHA` or `bfs-prover:ALPHA`."""
        return f"{'bfs-prover' if self.per_token else 'length-normalised'}:{self.alpha:g}"

    def __call__(self, path: PathScore) -> float:
        """Return the normalised score; the root, which has no path, scores 0."""
        total = path.per_token if self.per_token else path.logprob
        return total / path.depth**self.alpha if path.depth else 0.0


@dataclass(frozen=True, slots=True)
class CriticGuided:
    """The critic's score alone (InternLM2.5-StepProver, Wu et al. 2024)."""

    name: str = "critic"
    needs_critic: bool = True

    def __call__(self, path: PathScore) -> float:
        """Return the state's value."""
        return path.value


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """A mixture: the sum of other rules' scores, each times its weight."""

    parts: tuple[tuple[float, ScoringRule], ...]

    @property
    def name(self) -> str:
        """The parts, as `scoring_rule` reads them."""
        return "+".join(f"{weight:g}*{rule.name}" for weight, rule in self.parts)

    @property
    def needs_critic(self) -> bool:
        """Whether a part does."""
        return any(rule.needs_critic for _, rule in self.parts)

    def __call__(self, path: PathScore) -> float:
        """Return the weighted sum."""
        return sum(weight * rule(path) for weight, rule in self.parts)


DEFAULT_RULE = LengthNormalised()
_PLAIN: dict[str, ScoringRule] = {
    "cumulative": Cumulative(),
    "step-prover": Cumulative(per_token=True),
    "critic": CriticGuided(),
}
_WITH_ALPHA: dict[str, Callable[[float], ScoringRule]] = {
    "length-normalised": lambda alpha: LengthNormalised(alpha),
    "bfs-prover": lambda alpha: LengthNormalised(alpha, per_token=True),
}
_PART = re.compile(r"(?:(\d+(?:\.\d+)?)\*)?([a-z-]+)(?::(\d+(?:\.\d+)?))?")


def scoring_rule(text: str) -> ScoringRule:
    """Read the name of a rule, such as ``length-normalised:0.5`` or ``0.5*critic+0.5*step-prover``.

    Raises:
        InputError: there is no such rule.
    """
    parts: list[tuple[float, ScoringRule]] = []
    for part in text.split("+"):
        found = _PART.fullmatch(part.strip())
        rule: ScoringRule | None = None
        if found and found[2] in _WITH_ALPHA:
            rule = _WITH_ALPHA[found[2]](float(found[3] or DEFAULT_RULE.alpha))
        elif found and found[3] is None:
            rule = _PLAIN.get(found[2])
        if found is None or rule is None:
            raise InputError(
                f"there is no scoring rule {part.strip()!r}",
                advice=f"Take one of {', '.join([*_PLAIN, *(f'{name}:ALPHA' for name in _WITH_ALPHA)])}, "
                "or a sum such as 0.5*critic+0.5*step-prover.",
            )
        parts.append((float(found[1] or 1.0), rule))
    if len(parts) == 1 and parts[0][0] == 1.0:
        return parts[0][1]
    return WeightedSum(tuple(parts))
