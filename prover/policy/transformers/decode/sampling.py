"""Draw completions token by token, many of many prompts at once.

A token is drawn by inverting the distribution function at a uniform number. The numbers of a request come
from its own seed, one for each completion and step, so that they do not depend on what else is in the batch
nor on when other completions end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from prover.policy.generation import Completion
from prover.policy.transformers.decode.decoding import Decoding
from prover.policy.transformers.decode.task import Task

# A batch is copied without its ended rows when no more than this part of it is still growing.
COMPACT_AT = 0.75
# Uniform numbers stay this far below 1, so that rounding cannot pick a token of probability 0.
_BELOW_ONE = 1 - 2**-20
_LEAST_TEMPERATURE = 1e-6


@dataclass(slots=True)
class _Row:
    task: Task
    tokens: list[int] = field(default_factory=list)
    logprob: float = 0.0
    completion: Completion | None = None


def sample(decoding: Decoding, tasks: Sequence[Task], check: Callable[[], None]) -> list[list[Completion]]:
    """Return the completions of each of `tasks`, whose prompts `decoding` has read.

    `check` is called before each token and may raise to end the work.
    """
    device = decoding.logits_BV.device
    results = [[_Row(task) for _ in range(task.rows)] for task in tasks]
    rows = [row for group in results for row in group]
    decoding.select([index for index, task in enumerate(tasks) for _ in range(task.rows)])
    steps = max(task.limit for task in tasks)
    uniform_BT = torch.cat([uniform_numbers(task, steps) for task in tasks]).to(device)
    temperature_B = torch.tensor([row.task.sampling.temperature for row in rows], device=device)
    for step in range(steps):
        check()
        drawn_B1, logprob_B1 = draw(decoding.logits_BV, temperature_B, uniform_BT[:, step : step + 1])
        tokens = drawn_B1[:, 0].tolist()
        for row, token, logprob in zip(rows, tokens, logprob_B1[:, 0].tolist(), strict=True):
            if row.completion is None:
                row.tokens.append(token)
                row.logprob += logprob
                row.completion = row.task.completion(row.tokens, row.logprob)
        growing = [index for index, row in enumerate(rows) if row.completion is None]
        if not growing:
            break
        if len(growing) <= COMPACT_AT * len(rows):
            rows, tokens = [rows[index] for index in growing], [tokens[index] for index in growing]
            uniform_BT, temperature_B = uniform_BT[growing], temperature_B[growing]
            decoding.select(growing)
        decoding.advance(tokens)
    return [[row.completion for row in group if row.completion is not None] for group in results]


def uniform_numbers(task: Task, steps: int) -> torch.Tensor:
    """Return a number in [0, 1) for each row and step; those of later steps do not change earlier ones."""
    generator = torch.Generator().manual_seed(task.sampling.seed)
    return torch.rand(steps, task.rows, generator=generator).T.clamp(max=_BELOW_ONE)


def draw(
    logits_BV: torch.Tensor, temperature_B: torch.Tensor, uniform_BK: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return K tokens for each row and their log-probabilities at temperature 1."""
    logprob_BV = logits_BV.log_softmax(-1)
    scaled_BV = logprob_BV / temperature_B.clamp(min=_LEAST_TEMPERATURE)[:, None]
    distribution_BV = scaled_BV.softmax(-1).cumsum(-1)
    points_BK = uniform_BK * distribution_BV[:, -1:]
    sampled_BK = torch.searchsorted(distribution_BV, points_BK, right=True)
    sampled_BK = sampled_BK.clamp(max=logits_BV.shape[-1] - 1)
    token_BK = torch.where(temperature_B[:, None] == 0, logits_BV.argmax(-1)[:, None], sampled_BK)
    return token_BK, logprob_BV.gather(-1, token_BK)
