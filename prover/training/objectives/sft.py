"""Supervised fine-tuning: a model learns to give the tactics of proofs.

The loss is the cross-entropy of the answers' tokens, or the direct coverage loss, which keeps a model from
becoming overconfident where a search samples often (`SftConfig.coverage`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from prover.policy.formats import PromptFormat
from prover.training.config import TrainingConfig
from prover.training.data.dataset import examples as step_examples
from prover.training.data.examples import Example, TokenizedExample, tokenize
from prover.training.data.sources import DataFolder
from prover.training.data.trajectories import distinct
from prover.training.loading import LoadedModel
from prover.training.objectives.base import BatchLoss, PreparedData, TrainingObjective

if TYPE_CHECKING:
    import torch


class SftConfig(TrainingConfig):
    """Settings of supervised fine-tuning."""

    coverage: int | None = Field(default=None, ge=1)
    """N of the direct coverage loss, see `losses.coverage_weight`: about as many as a search samples in a
    state. None and 1 are plain cross-entropy."""


class SftObjective(TrainingObjective[Example, SftConfig]):
    """Cross-entropy or coverage loss, a mean over the answers' tokens, each with its example's weight."""

    name = "sft"
    summary = "propose the tactics of proofs"
    title = "A model that proposes Lean tactics, fine-tuned on proof steps"
    config = SftConfig
    needs = "It needs steps of verified proofs."

    def build_examples(
        self, folders: Sequence[DataFolder], prompts: PromptFormat | None, *, seed: int
    ) -> list[Example]:
        """Return the distinct proof steps as prompt and tactic."""
        assert prompts is not None
        return step_examples(distinct([step for folder in folders for step in folder.steps]), prompts)

    def texts(self, example: Example) -> Iterable[str]:
        """Return prompt and answer, joined."""
        return (example.prompt + example.answer,)

    def prepare(
        self, model: LoadedModel, examples: Sequence[Example], config: SftConfig, work: Path
    ) -> PreparedData:
        """Tokenize prompts and answers."""
        found = tokenize(examples, model.tokenizer, model.context)
        return PreparedData(
            data=found.kept, lengths=[len(each.ids) for each in found.kept], dropped=found.dropped
        )

    def collate(self, data: Sequence[TokenizedExample], pad: int) -> dict[str, torch.Tensor]:
        """Return ids, mask and labels of shape BT, and weights of shape B."""
        from prover.training.data.batches import collate

        return collate(data, pad)

    def count(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """Return the weighted number of the answers' tokens."""
        from prover.training.objectives.losses import answer_tokens

        return answer_tokens(batch["labels"], batch["weights"])

    def loss(self, model: torch.nn.Module, batch: dict[str, torch.Tensor], config: SftConfig) -> BatchLoss:
        """Return the batch's `answer_loss`."""
        from prover.training.objectives.losses import answer_logits, answer_loss

        logits_BTV = answer_logits(model, batch)
        return BatchLoss(total=answer_loss(logits_BTV, batch["labels"], batch["weights"], config.coverage))


SFT = SftObjective()
