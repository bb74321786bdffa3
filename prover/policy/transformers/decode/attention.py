"""Attention to prompts that rows share.

A prompt's keys and values are there once, however many rows go on from it: the queries of all its rows are laid
side by side and look at them together. Each row attends separately to the tokens it generated.
Source: Juravsky et al. (2024), "Hydragen: High-Throughput LLM Inference with Shared Prefixes", section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

NAME = "prover_shared_prompts"
"""What transformers calls the attention function of this module; without prompts to share it is `PLAIN`."""
PLAIN = "sdpa"

# What models may ask of an attention function besides, and what is not done here.
_UNKNOWN = ("softcap", "s_aux", "sliding_window", "position_bias")


def shares_prompts(model: Any) -> bool:  # noqa: ANN401 - transformers' models have no common type
    """Whether a model has been given the attention of this module."""
    return bool(model.config._attn_implementation == NAME)


class UnknownAttentionError(Exception):
    """A model's attention is of another kind than this module's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPrompts:
    """Prompts, and the rows of a batch that go on from each.

    `layers` are keys and values of shape [prompts, heads, tokens, size]. `rows_PM` are the rows of each prompt,
    filled up with any; `places_B` says where among them each row is.
    """

    layers: Sequence[tuple[torch.Tensor, torch.Tensor]]
    rows_PM: torch.Tensor
    places_B: torch.Tensor

    @classmethod
    def of(cls, layers: Sequence[tuple[torch.Tensor, torch.Tensor]], prompt_of: Sequence[int]) -> Self:
        """Let row i go on from the prompt `prompt_of[i]`."""
        prompts, device = layers[0][0].shape[0], layers[0][0].device
        members: list[list[int]] = [[] for _ in range(prompts)]
        for row, prompt in enumerate(prompt_of):
            members[prompt].append(row)
        most, places = max(map(len, members)), [0] * len(prompt_of)
        for prompt, rows in enumerate(members):
            for index, row in enumerate(rows):
                places[row] = prompt * most + index
            rows += [0] * (most - len(rows))
        return cls(
            layers=layers,
            rows_PM=torch.tensor(members, device=device),
            places_B=torch.tensor(places, device=device),
        )

    def gather(self, by_row: torch.Tensor) -> torch.Tensor:
        """Turn [rows, heads, queries, size] into [prompts, heads, queries of all rows, size]."""
        prompts, most = self.rows_PM.shape
        _, heads, queries, size = by_row.shape
        by_prompt = by_row[self.rows_PM] if prompts > 1 else by_row[None]
        return by_prompt.transpose(1, 2).reshape(prompts, heads, most * queries, size)

    def scatter(self, by_prompt: torch.Tensor) -> torch.Tensor:
        """Undo `gather`."""
        prompts, most = self.rows_PM.shape
        _, heads, queries, size = by_prompt.shape
        by_row = by_prompt.view(prompts, heads, most, queries // most, size).transpose(1, 2)
        return by_row.flatten(0, 1)[self.places_B] if prompts > 1 else by_row[0]


def shared_attention(
    module: Any,  # noqa: ANN401 - models' attention modules have no common type
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    prompts: SharedPrompts | None = None,
    scaling: float | None = None,
    **settings: Any,  # noqa: ANN401
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Attend to `prompts`, if there are any, and to `key` and `value`: what the rows have said themselves.

    An attention function of transformers. With prompts, `attention_mask` is what is added to the scores: float32, of
    shape [rows, 1, new tokens, tokens of the prompts and then of the rows].

    Raises:
        UnknownAttentionError: the model asks for more than this can do.
    """
    if prompts is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, **settings)
    if attention_mask is None or any(settings.get(name) is not None for name in _UNKNOWN):
        raise UnknownAttentionError
    rows, heads, new, size = query.shape
    groups = heads // key.shape[1]
    prompt_key, prompt_value = prompts.layers[module.layer_idx]
    columns = prompt_key.shape[2]
    query = (query * (size**-0.5 if scaling is None else scaling)).reshape(rows, -1, groups * new, size)
    prompt_scores = prompts.scatter(prompts.gather(query) @ prompt_key.transpose(-1, -2))
    scores = torch.cat([prompt_scores, query @ key.transpose(-1, -2)], dim=-1).float()
    masked = scores.view(rows, -1, groups, new, scores.shape[-1]) + attention_mask[:, :, None]
    weights = masked.softmax(-1).flatten(2, 3).to(value.dtype)
    output = prompts.scatter(prompts.gather(weights[..., :columns]) @ prompt_value)
    output = output + weights[..., columns:] @ value
    return output.reshape(rows, heads, new, size).transpose(1, 2), None


def ending_at(lengths: Sequence[int], columns: int, device: torch.device) -> torch.Tensor:
    """Return which of the columns hold something, for rows of these lengths that end in the last column."""
    begins_B1 = torch.tensor([columns - length for length in lengths], device=device)[:, None]
    return torch.arange(columns, device=device) >= begins_B1


def attention_bias(seen: torch.Tensor) -> torch.Tensor:
    """Return what is added to the scores, so that what is not `seen` gets no weight."""
    return torch.where(seen, 0.0, float("-inf"))


AttentionInterface.register(NAME, shared_attention)
AttentionMaskInterface.register(NAME, sdpa_mask)
