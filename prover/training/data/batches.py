"""Assignment of examples to batches, and the tensors of a batch.

Batches hold examples of similar length, padded on the right; an example attends to its own tokens only,
since every example has a row of its own. (Packing several into a row would need masks that not every
attention kernel takes.)
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import torch

from prover.training.data.examples import IGNORED, Compared, TokenizedExample

GROUP = 50
"""Batches whose examples are sorted by length together: enough to waste little, few enough to stay random."""


def training_order(lengths: Sequence[int], *, batch_size: int, epochs: int, seed: int) -> list[int]:
    """Return positions of examples, epoch after epoch; each `batch_size` of them are a batch.

    An epoch has every example once. What does not fill its last batch is carried into the next epoch's first
    group, so that only the very last batch may be smaller.
    """
    order: list[int] = []
    carried: list[int] = []
    for epoch in range(epochs):
        pool = list(range(len(lengths)))
        chance = random.Random(f"{seed} {epoch}")
        chance.shuffle(pool)
        pool = carried + pool
        batches: list[list[int]] = []
        for start in range(0, len(pool), GROUP * batch_size):
            group = sorted(pool[start : start + GROUP * batch_size], key=lambda each: -lengths[each])
            batches += [group[first : first + batch_size] for first in range(0, len(group), batch_size)]
        carried = batches.pop() if len(batches[-1]) < batch_size else []
        chance.shuffle(batches)
        order += itertools.chain.from_iterable(batches)
    return order + carried


def collate(examples: Sequence[TokenizedExample], pad: int) -> dict[str, torch.Tensor]:
    """Return `input_ids`, `attention_mask` and `labels`, each of shape BT, and `weights` of shape B."""
    length = max(len(example.ids) for example in examples)

    def fill_batches(rows: list[list[int]], value: int) -> torch.Tensor:
        return torch.tensor([row + [value] * (length - len(row)) for row in rows])

    return {
        "input_ids": fill_batches([list(example.ids) for example in examples], pad),
        "attention_mask": fill_batches([[1] * len(example.ids) for example in examples], 0),
        "labels": fill_batches([example.labels for example in examples], IGNORED),
        "weights": torch.tensor([example.weight for example in examples]),
    }


def collate_pairs(pairs: Sequence[Compared], pad: int) -> dict[str, torch.Tensor]:
    """Return what `collate` does for the 2B texts of B pairs, those that are preferred first."""
    return collate([*(pair.better for pair in pairs), *(pair.worse for pair in pairs)], pad)
