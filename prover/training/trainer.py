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
from prover.training.config import TrainingConfig
from prover.training.objectives.base import AnyObjective
from prover.training.processes import any_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingProgress:
    """Where a training is after `step` of `steps`.

    `loss` is that step's, in nats a token of the answers, or a pair; `accuracy` the share of the step's pairs
    that the model ordered correctly, None where nothing is compared.
    """

    step: int
    steps: int
    loss: float
    learning_rate: float
    tokens_per_s: float
    accuracy: float | None = None


Observe = Callable[[TrainingProgress], None]
Stop = Callable[[], bool]
Batch = dict[str, torch.Tensor]


class Order(Sampler[int]):
    """Positions of examples in a fixed order."""

    def __init__(self, order: Sequence[int]) -> None:
        self._order = order

    def __iter__(self) -> Iterator[int]:
        return iter(self._order)

    def __len__(self) -> int:
        return len(self._order)


class StepTrainer(Trainer):
    """Goes once through `order`; a step's loss is a sum over its batches, divided by what they count.

    What it is a mean over is the same, then, however a step is spread over batches and processes.
    """

    loss_is_scaled_for_ga = True

    def __init__(
        self,
        *,
        order: Sequence[int],
        objective: AnyObjective,
        config: TrainingConfig,
        **settings: Any,  # noqa: ANN401  (Trainer's own)
    ) -> None:
        super().__init__(**settings)
        self.tokens = 0
        self._order = order
        self._objective = objective
        self._config = config
        self._correct: list[torch.Tensor] = []

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: Batch,
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor:
        """Return this batch's share of the step's loss; processes' gradients are averaged, hence the factor."""
        self.tokens += int(inputs["attention_mask"].sum()) * self.args.world_size
        assert num_items_in_batch is not None
        loss = self._objective.loss(model, inputs, self._config)
        if loss.correct_B is not None:
            self._correct.append(loss.correct_B.detach())
        share: torch.Tensor = loss.total * self.args.world_size / num_items_in_batch
        return share

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log what Trainer does, and the accuracy on this process's pairs."""
        if self._correct and "loss" in logs:
            logs["accuracy"] = torch.cat(self._correct).float().mean().item()
            self._correct.clear()
        super().log(logs, start_time)

    def _get_train_sampler(self, train_dataset: Any = None) -> Order:  # noqa: ANN401  (Trainer's own)
        return Order(self._order)

    def _get_num_items_in_batch(self, batch_samples: list[Batch], device: torch.device) -> torch.Tensor:
        total = sum((self._objective.count(batch) for batch in batch_samples), torch.tensor(0.0))
        total = total.to(device)
        return self.accelerator.gather(total).sum() if self.args.world_size > 1 else total


class Watch(TrainerCallback):
    """Reports progress, marks checkpoints as complete, and stops at a loss that is not a number, or on request.

    `stopped` says that a stop was requested: the last step's checkpoint has been written then.
    """

    def __init__(self, work: Path, spent: Spent, observe: Observe | None, stop: Stop | None) -> None:
        self.trainer: StepTrainer | None = None
        self.stopped = False
        self._work = work
        self._before = spent
        self._observe = observe
        self._stop = stop
        self._began = time.monotonic()

    @property
    def spent(self) -> Spent:
        """What has been used so far, in the processes before this one too."""
        tokens = self.trainer.tokens if self.trainer else 0
        return Spent(
            seconds=self._before.seconds + time.monotonic() - self._began, tokens=self._before.tokens + tokens
        )

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object
    ) -> None:
        """Stop behind a checkpoint, if that is wanted and there are steps left."""
        if self._stop is not None and state.global_step < state.max_steps and any_of(self._stop()):
            self.stopped = control.should_save = control.should_training_stop = True

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **kwargs: object,
    ) -> None:
        """Record a step's loss."""
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
                    accuracy=logs.get("accuracy"),
                )
            )

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object
    ) -> None:
        """Mark the checkpoint that has just been written."""
        if state.is_world_process_zero:
            mark_complete(self._work, state.global_step, self.spent)
