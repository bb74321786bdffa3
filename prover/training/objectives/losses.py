"""Losses. A batch has B examples of T tokens, the vocabulary V."""

from __future__ import annotations

import math

import torch
from torch.nn import functional

from prover.training.data.examples import IGNORED

SMALL = 1e-6
"""Below this N·p the coverage is expanded: of 1 - (1-p)^N nothing would be left but rounding."""


def answer_logits(model: torch.nn.Module, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Return the logits of a causal model, of shape BTV."""
    outputs = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], use_cache=False)
    logits: torch.Tensor = outputs.logits
    return logits


def answer_entropies(logits_BTV: torch.Tensor, labels_BT: torch.Tensor) -> torch.Tensor:
    """Return [B], each answer's cross-entropy: its negative log-probability in nats, given its prompt.

    The logits at a position are for the label at the next one.
    """
    entropy_BT = functional.cross_entropy(
        logits_BTV[:, :-1].float().transpose(1, 2),
        labels_BT[:, 1:],
        ignore_index=IGNORED,
        reduction="none",
    )
    return entropy_BT.sum(dim=1)


def answer_lengths(labels_BT: torch.Tensor) -> torch.Tensor:
    """Return [B], the number of each answer's tokens."""
    return (labels_BT[:, 1:] != IGNORED).sum(dim=1)


def answer_loss(
    logits_BTV: torch.Tensor,
    labels_BT: torch.Tensor,
    weights_B: torch.Tensor,
    coverage: int | None = None,
) -> torch.Tensor:
    """Return the loss of the answers in nats, each times its example's weight, summed.

    The loss is the cross-entropy, or with `coverage` the `coverage_loss` of that number of samples. Divided by
    `answer_tokens` it is the mean over the answers' tokens; it is returned as a sum so that a step of several
    batches can be divided once.
    """
    entropy_B = answer_entropies(logits_BTV, labels_BT)
    loss_B = entropy_B if coverage is None else coverage_loss(-entropy_B, coverage)
    return (loss_B * weights_B).sum()


def answer_tokens(labels_BT: torch.Tensor, weights_B: torch.Tensor) -> torch.Tensor:
    """Return the number of tokens that `answer_loss` sums over, each counted with its example's weight."""
    return (answer_lengths(labels_BT) * weights_B).sum()


def coverage_weight(logprobs_B: torch.Tensor, samples: int) -> torch.Tensor:
    """Return how much of an example's cross-entropy gradient direct coverage optimization keeps.

    For an answer of probability p and N `samples` this is N (1-p)^(N-1) p / (1 - (1-p)^N), the derivative of
    log(1 - (1-p)^N), the log-probability that one of the samples is the answer, by log p (Chen et al. 2025,
    "Rethinking Fine-Tuning when Scaling Test-Time Compute", the loss DCO). It falls from 1 at p = 0 to 0 at
    p = 1, so what a search would find anyway is not learned further. Computed from log p in float64; returned
    without a gradient.
    """
    logp, log_miss = _log_miss(logprobs_B)
    log_weight = math.log(samples) + (samples - 1) * log_miss + logp - _log_coverage(logp, log_miss, samples)
    return log_weight.exp().to(logprobs_B.dtype)


def coverage_loss(logprobs_B: torch.Tensor, samples: int) -> torch.Tensor:
    """Return [B], -log(1 - (1-p)^N) for answers of log-probabilities log p and N `samples`.

    Its gradient is that of the cross-entropy times `coverage_weight`, which is finite for every p.
    """
    kept_B = -coverage_weight(logprobs_B, samples) * logprobs_B
    value_B = -_log_coverage(*_log_miss(logprobs_B), samples).to(logprobs_B.dtype)
    return kept_B + (value_B - kept_B).detach()


def _log_miss(logprobs_B: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return log p and log(1-p), without gradients; the latter is finite even for p = 1."""
    logp = logprobs_B.detach().double().clamp(max=0.0)
    miss = torch.where(logp < -1, torch.log1p(-logp.exp()), torch.log(-torch.expm1(logp)))
    return logp, miss.clamp(min=torch.finfo(torch.float64).min)


def _log_coverage(logp: torch.Tensor, log_miss: torch.Tensor, samples: int) -> torch.Tensor:
    """Return log(1 - (1-p)^N); for small p it is expanded, log(N p) - (N-1) p / 2."""
    expanded = math.log(samples) + logp - (samples - 1) / 2 * logp.exp()
    exact = torch.log(-torch.expm1(samples * log_miss))
    return torch.where(logp + math.log(samples) < math.log(SMALL), expanded, exact)


def preference_loss(advantages_B: torch.Tensor) -> torch.Tensor:
    """Return [B], -log σ(a): how unlikely Bradley and Terry's model (1952) finds the preferences.

    `a` is the score of what is preferred less that of the other, so that they are equally likely at log 2.
    """
    return -functional.logsigmoid(advantages_B)


def dpo_advantages(policy_2B: torch.Tensor, reference_2B: torch.Tensor, beta: float) -> torch.Tensor:
    """Return [B], by how much DPO's implicit reward of the chosen answer exceeds the rejected one's.

    Both arguments are log-probabilities of the answers in nats, the chosen ones first. The reward is
    β (log π(answer) - log π_ref(answer)), Rafailov et al. (2023), section 4; its `preference_loss` is DPO's.
    """
    chosen_B, rejected_B = (beta * (policy_2B - reference_2B)).chunk(2)
    return chosen_B - rejected_B
