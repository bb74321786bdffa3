"""What a model says of a fixed text: computed where its weights are written, compared with what a server answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

TEXT = (
    "n m : Nat\nh : n ≤ m\n⊢ n + 0 ≤ m + 1\n"
    "induction n with | zero => simp | succ n ih => exact Nat.le_trans (by simp) h"
)
MOST_TOKENS = 64
RESULT = "training.json"
"""The file in a trained model's folder with the result of the training."""
KEY = "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The first tokens of the text, and the log-probability of each but the first, which nothing comes before."""

    tokens: tuple[int, ...]
    logprobs: tuple[float, ...]

    @classmethod
    def stored(cls, model: Path) -> Self | None:
        """Return what the training that made the folder `model` has noted; None if it has noted none."""
        try:
            noted = json.loads((model / RESULT).read_bytes())[KEY]
            return cls(tokens=tuple(noted["tokens"]), logprobs=tuple(noted["logprobs"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def apart(self, logprobs: Sequence[float]) -> float:
        """Return how far other log-probabilities of the tokens are from these, on average over the tokens.

        It is relative to 1 nat more than these are: what rounding changes grows with how unlikely a token is.
        """
        pairs = zip(self.logprobs, logprobs, strict=True)
        return sum(abs(one - other) for one, other in pairs) / sum(1 - one for one in self.logprobs)
