"""Hugging Face's `Trainer` with our batches, our loss and our progress; imported only when something trains."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import Sampler
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from prover.errors import InputError
from prover.training.checkpoints import Spent, mark_complete
from prover.training.losses import answer_loss, answer_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingProgress:
    """Where a training is after `step` of `steps`; `loss` is that step's, in nats a token of the answers."""

    step: int
    steps: int
    loss: float
    learning_rate: float
    tokens_per_s: float


Observe = Callable[[TrainingProgress], None]


class Order(Sampler[int]):
    """Positions of examples in a fixed order."""

    def __init__(self, order: Sequence[int]) -> None:
        self._order = order

    def __iter__(self) -> Iterator[int]:
        return iter(self._order)

    def __len__(self) -> int:
        return len(self._order)


class AnswerTrainer(Trainer):
    """Goes once through `order` and takes the loss on the answers only.

    A step's loss is the mean over all its answers' tokens, each with its example's weight, whatever batches
    and processes they are spread over.
    """

    loss_is_scaled_for_ga = True

    def __init__(self, *, order: Sequence[int], **settings: Any) -> None:  # noqa: ANN401  (Trainer's own)
        super().__init__(**settings)
        self.tokens = 0
        self._order = order

    def _get_train_sampler(self, train_dataset: Any = None) -> Order:  # noqa: ANN401  (Trainer's own)
        return Order(self._order)

    def _get_num_items_in_batch(
        self, batch_samples: list[dict[str, torch.Tensor]], device: torch.device
    ) -> torch.Tensor:
        total = sum(
            (answer_tokens(batch["labels"], batch["weights"]) for batch in batch_samples), torch.tensor(0.0)
        )
        total = total.to(device)
        return self.accelerator.gather(total).sum() if self.args.world_size > 1 else total

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor:
        """Return this batch's share of the step's loss; processes' gradients are averaged, hence the factor."""
        self.tokens += int(inputs["attention_mask"].sum()) * self.args.world_size
        outputs = model(
            input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False
        )
        loss = answer_loss(outputs.logits, inputs["labels"], inputs["weights"])
        assert num_items_in_batch is not None
        share: torch.Tensor = loss * self.args.world_size / num_items_in_batch
        return share


class Watch(TrainerCallback):
    """Collects the losses, reports progress, marks checkpoints as complete, and stops at a loss that is none."""

    def __init__(self, work: Path, spent: Spent, observe: Observe | None) -> None:
        self.trainer: AnswerTrainer | None = None
        self._work = work
        self._before = spent
        self._observe = observe
        self._began = time.monotonic()

    @property
    def spent(self) -> Spent:
        """What has been used so far, in the processes before this one too."""
        tokens = self.trainer.tokens if self.trainer else 0
        return Spent(
            seconds=self._before.seconds + time.monotonic() - self._began, tokens=self._before.tokens + tokens
        )

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **kwargs: object,
    ) -> None:
        """Take note of a step's loss."""
        if logs is None or "loss" not in logs:
            return
        if not math.isfinite(logs["loss"]):
            raise InputError(
                f"the training diverged: after {state.global_step} steps the loss is {logs['loss']}",
                advice="Lower learning_rate, or raise warmup or batch_size.",
            )
        if self._observe is not None:
            spent = self.spent
            self._observe(
                TrainingProgress(
                    step=state.global_step,
                    steps=state.max_steps,
                    loss=logs["loss"],
                    learning_rate=logs["learning_rate"],
                    tokens_per_s=spent.tokens / spent.seconds,
                )
            )

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object
    ) -> None:
        """Mark the checkpoint that has just been written."""
        if state.is_world_process_zero:
            mark_complete(self._work, state.global_step, self.spent)
