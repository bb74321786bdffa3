"""Direct preference optimization: of two answers to a prompt, a model learns to prefer one.

Rafailov et al. (2023), "Direct Preference Optimization", equation 7: for a prompt x, a chosen answer c and a
rejected one r the loss is -log σ(β log π(c|x)/π₀(c|x) - β log π(r|x)/π₀(r|x)), with π₀ the model that the
training starts from. BFS-Prover (Xin et al. 2025, section 3.3) takes for c the tactic of a proof and for r one
that Lean refused in the same state. A part of the chosen answer's cross-entropy, per token, may be added
(Pang et al. 2024, "Iterative Reasoning Preference Optimization"), as the loss alone can lower the probability
of both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import Field

from prover.policy.base import PolicyInput
from prover.policy.formats import PromptFormat
from prover.training.config import TrainingConfig
from prover.training.data.examples import Compared, Pair, tokenize_pairs
from prover.training.data.sources import DataFolder
from prover.training.data.trajectories import FailedStep
from prover.training.loading import LoadedModel, bfloat16
from prover.training.objectives.base import BatchLoss, PreparedData, TrainingObjective
from prover.util.files import write_atomically

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

REFERENCE = "reference.json"
"""The file in the working folder that holds the reference model's log-probabilities."""


class DpoConfig(TrainingConfig):
    """Settings of direct preference optimization."""

    epochs: int = Field(default=1, ge=1)
    """How often every pair is seen, unless `max_steps` is set."""
    learning_rate: float = Field(default=1e-4, gt=0)
    """The highest learning rate, lower than for fine-tuning; billions of parameters want about 5e-7."""
    beta: float = Field(default=0.1, gt=0)
    """Strength of the KL penalty towards the reference model, β of Rafailov et al. (2023)."""
    sft_weight: float = Field(default=0.0, ge=0)
    """Weight of the chosen answer's cross-entropy, in nats per token, which is added to the loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairWithReference:
    """A pair with the reference model's log-probabilities of its answers, in nats."""

    pair: Compared
    chosen: float
    rejected: float


class DpoObjective(TrainingObjective[Pair, DpoConfig]):
    """The loss of direct preference optimization, a mean over pairs.

    The reference model is the base as it comes. Its log-probabilities are computed once, before the first step,
    and kept with the checkpoints. A pair is ordered correctly if its chosen answer has gained more than the
    rejected one; in the very first step none is.
    """

    name = "dpo"
    summary = "prefer the tactics of proofs to tactics that failed"
    title = "A model that proposes Lean tactics, trained to prefer proof steps to failed ones"
    config = DpoConfig
    needs = "It needs failed tactics in states of proofs."
    example_noun = "pairs"
    loss_unit = "pair"
    refines = True
    reads_failures = True

    def build_examples(
        self, folders: Sequence[DataFolder], prompts: PromptFormat | None, *, seed: int
    ) -> list[Pair]:
        """Return pairs of a proof's tactic and a failed one in the same state."""
        assert prompts is not None
        statements = {step.problem: step.statement for folder in folders for step in folder.steps}
        return failure_pairs((each for folder in folders for each in folder.failures), statements, prompts)

    def texts(self, example: Pair) -> Iterable[str]:
        """Return prompt and chosen answer, joined."""
        return (example.prompt + example.chosen,)

    def prepare(
        self, model: LoadedModel, examples: Sequence[Pair], config: DpoConfig, work: Path
    ) -> PreparedData:
        """Tokenize pairs, and compute the reference model's log-probabilities if `work` does not hold them."""
        data = tokenize_pairs(examples, model.tokenizer, model.context)
        file = work / REFERENCE
        if not file.exists():
            write_atomically(file, json.dumps(_logprobs(model, data.kept, config)))
        known = json.loads(file.read_text(encoding="utf-8"))
        return PreparedData(
            data=[
                PairWithReference(pair=pair, chosen=chosen, rejected=rejected)
                for pair, (chosen, rejected) in zip(data.kept, known, strict=True)
            ],
            lengths=[pair.length for pair in data.kept],
            dropped=data.dropped,
        )

    def collate(self, data: Sequence[PairWithReference], pad: int) -> dict[str, torch.Tensor]:
        """Return what `collate_pairs` does, and `reference` of shape 2B, the chosen answers' first."""
        import torch

        from prover.training.data.batches import collate_pairs

        batch = collate_pairs([each.pair for each in data], pad)
        reference = [*(each.chosen for each in data), *(each.rejected for each in data)]
        return {**batch, "reference": torch.tensor(reference)}

    def count(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """Return the number of pairs."""
        import torch

        return torch.tensor(len(batch["reference"]) / 2)

    def loss(self, model: torch.nn.Module, batch: dict[str, torch.Tensor], config: DpoConfig) -> BatchLoss:
        """Return the sum over pairs of -log σ(advantage) and of the weighted entropy of the chosen."""
        from prover.training.objectives.losses import (
            answer_entropies,
            answer_lengths,
            answer_logits,
            dpo_advantages,
            preference_loss,
        )

        entropies_2B = answer_entropies(answer_logits(model, batch), batch["labels"])
        advantages_B = dpo_advantages(-entropies_2B, batch["reference"], config.beta)
        loss_B = preference_loss(advantages_B)
        if config.sft_weight:
            chosen_B = (entropies_2B / answer_lengths(batch["labels"])).chunk(2)[0]
            loss_B = loss_B + config.sft_weight * chosen_B
        return BatchLoss(total=loss_B.sum(), correct_B=advantages_B > 0)


DPO = DpoObjective()


def failure_pairs(
    failures: Iterable[FailedStep], statements: Mapping[str, str], prompt_format: PromptFormat
) -> list[Pair]:
    """Return, each once, the pairs of a proof's tactic and one that failed where it led on.

    `statements` are those of the problems by name, for formats whose prompts have them.
    """
    pairs: dict[Pair, None] = {}
    for failure in failures:
        chosen, rejected = failure.better.strip(), failure.tactic.strip()
        if chosen and rejected and chosen != rejected:
            state = PolicyInput(goals=failure.goals, statement=statements.get(failure.problem, ""))
            pairs[Pair(prompt_format.prompt(state), chosen, rejected)] = None
    return list(pairs)


def _logprobs(loaded: LoadedModel, pairs: Sequence[Compared], config: DpoConfig) -> list[tuple[float, float]]:
    """Return the log-probabilities of the chosen and the rejected answers under the model as it is."""
    import torch

    from prover.training.data.batches import collate_pairs
    from prover.training.objectives.losses import answer_entropies, answer_logits

    device = torch.device("cuda" if config.device != "cpu" and torch.cuda.is_available() else "cpu")
    model = cast("PreTrainedModel", loaded.model).to(device).eval()  # type: ignore[arg-type]
    order = sorted(range(len(pairs)), key=lambda index: -pairs[index].length)
    found = [(0.0, 0.0)] * len(pairs)
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=bfloat16(config)):
        for start in range(0, len(order), config.batch_size):
            indices = order[start : start + config.batch_size]
            rows = collate_pairs([pairs[index] for index in indices], loaded.pad)
            batch = {name: tensor.to(device) for name, tensor in rows.items()}
            chosen, rejected = (-answer_entropies(answer_logits(model, batch), batch["labels"])).chunk(2)
            for index, pair in zip(
                indices, zip(chosen.tolist(), rejected.tolist(), strict=True), strict=True
            ):
                found[index] = pair
    return found
