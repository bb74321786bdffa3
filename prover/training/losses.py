"""Losses. A batch has B examples of T tokens, the vocabulary V."""

from __future__ import annotations

import torch
from torch.nn import functional

from prover.training.examples import IGNORED


def answer_loss(logits_BTV: torch.Tensor, labels_BT: torch.Tensor, weights_B: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy of the answers' tokens in nats, each times its example's weight, summed.

    The logits at a position are for the label at the next one. Divided by `answer_tokens` this is the mean
    over the answers' tokens; it is returned as a sum so that a step of several batches can be divided once.
    """
    targets_BT = labels_BT[:, 1:]
    entropy_BT = functional.cross_entropy(
        logits_BTV[:, :-1].float().transpose(1, 2), targets_BT, ignore_index=IGNORED, reduction="none"
    )
    return (entropy_BT.sum(dim=1) * weights_B).sum()


def answer_tokens(labels_BT: torch.Tensor, weights_B: torch.Tensor) -> torch.Tensor:
    """Return the number of tokens that `answer_loss` sums over, each counted with its example's weight."""
    return ((labels_BT[:, 1:] != IGNORED).sum(dim=1) * weights_B).sum()
