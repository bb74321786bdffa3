"""Beam search by the sum of log-probabilities, many prompts at once.

As in ReProver: no length penalty, as many completions as the beam is wide. Because a sum of log-probabilities
only falls, a search may end as soon as its best open row is no better than the worst completion it keeps.
As in the library's `generate`, ending a row counts only if that is among the best continuations of the step;
otherwise cut-off tactics, improbable as they are, would crowd out whole ones that are longer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from prover.policy.generation import Completion
from prover.policy.transformers.decode.decoding import Decoding
from prover.policy.transformers.decode.task import Task


@dataclass(frozen=True, slots=True)
class _Open:
    tokens: tuple[int, ...]
    logprob: float


class _Beam:
    """The search for one prompt: its open rows, the best first, and its completions."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.open = [_Open((), 0.0)]
        self._finished: list[Completion] = []
        self._cut: list[Completion] = []

    def completions(self) -> list[Completion]:
        """Return the best ones; those that were cut off only where there are too few others."""
        return (self._finished + self._cut)[: self.task.rows]

    def extend(self, logprob_BV: torch.Tensor) -> list[tuple[int, int]]:
        """Take the best next tokens of the open rows; return for each new open row its old row and token."""
        width, size = self.task.rows, logprob_BV.shape[1]
        before_B1 = torch.tensor([[row.logprob] for row in self.open], device=logprob_BV.device)
        candidates = (logprob_BV + before_B1).flatten()
        best = candidates.topk(min((1 + len(self.task.end_ids)) * width, len(candidates))).indices
        rows, tokens = best // size, best % size
        open_rows: list[_Open] = []
        origins: list[tuple[int, int]] = []
        for rank, (row, token, logprob) in enumerate(
            zip(rows.tolist(), tokens.tolist(), logprob_BV[rows, tokens].tolist(), strict=True)
        ):
            grown = _Open((*self.open[row].tokens, token), self.open[row].logprob + logprob)
            completion = self.task.completion(grown.tokens, grown.logprob)
            if completion is None:
                open_rows.append(grown)
                origins.append((row, token))
                if len(open_rows) == width:
                    break
            elif not completion.finished:
                self._cut.append(completion)
            elif rank < width:
                self._finished.append(completion)
        self._finished = sorted(self._finished, key=lambda each: -each.logprob)[:width]
        if self._is_decided(open_rows):
            open_rows, origins = [], []
        self.open = open_rows
        return origins

    def _is_decided(self, open_rows: list[_Open]) -> bool:
        full = len(self._finished) == self.task.rows
        return full and all(row.logprob <= self._finished[-1].logprob for row in open_rows)


def beam_search(
    decoding: Decoding, tasks: Sequence[Task], check: Callable[[], None]
) -> list[list[Completion]]:
    """Return the best completions of each of `tasks`, whose prompts `decoding` has read, the likeliest first.

    `check` is called before each token and may raise to end the work.
    """
    beams = [_Beam(task) for task in tasks]
    while True:
        check()
        logprob_BV = decoding.logits_BV.log_softmax(-1)
        origins: list[tuple[int, int]] = []
        start = 0
        for beam in beams:
            if beam.open:
                end = start + len(beam.open)
                origins += [(start + row, token) for row, token in beam.extend(logprob_BV[start:end])]
                start = end
        if not origins:
            return [beam.completions() for beam in beams]
        rows, tokens = zip(*origins, strict=True)
        if list(rows) != list(range(len(logprob_BV))):
            decoding.select(rows)
        decoding.advance(tokens)
