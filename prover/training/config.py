"""Settings that every training has; each objective adds its own (:mod:`prover.training.objectives`)."""

from __future__ import annotations

import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from prover.training.lora import LoraSettings


class TrainingConfig(BaseModel):
    """Settings of every training, whatever its objective."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True, validate_default=True
    )

    epochs: int = Field(default=3, ge=1)
    """How often every example is seen, unless `max_steps` is set."""
    max_steps: int | None = Field(default=None, ge=1)
    """Optimizer steps, as many epochs as they take."""
    batch_size: int = Field(default=16, ge=1)
    """Examples (pairs, where the objective compares two) that are computed at once, on each device."""
    accumulation: int = Field(default=1, ge=1)
    """Batches that make one optimizer step."""
    learning_rate: float = Field(default=1e-3, gt=0)
    """The highest learning rate; a pretrained model of billions of parameters wants about 1e-5."""
    warmup: float = Field(default=0.03, ge=0, lt=1)
    """Share of the steps in which the learning rate rises."""
    weight_decay: float = Field(default=0.01, ge=0)
    """AdamW's decoupled weight decay."""
    max_grad_norm: float = Field(default=1.0, gt=0)
    """Gradients are scaled down to this norm."""
    checkpoint_every: int | None = Field(default=500, ge=1)
    """Steps between checkpoints; None writes none."""
    activation_checkpointing: bool = False
    """Compute activations twice instead of keeping them: slower, and less memory."""
    processes: int = Field(default=1, ge=1)
    """Processes that train together on this machine, one for each GPU; batch_size is that of each. Under torchrun or
    accelerate launch, leave it out."""
    fsdp: bool = False
    """Spread weights, gradients and the optimizer's state over the processes (PyTorch's FSDP2), for models that one
    device cannot hold."""
    lora: LoraSettings | None = None
    """Train low-rank adapters, merged into the weights at the end, instead of the weights."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to compute."""
    dtype: Literal["float32", "bfloat16", "float16"] | None = None
    """What the weights are saved in; None keeps the type they came in. Training keeps them in float32."""
    seed: int = 0
    """What the order of the examples and everything else random is drawn from."""

    def content(self, world_size: int) -> str:
        """Return what the outcome depends on, as JSON: how a step is spread over processes does not matter."""
        fields = self.model_dump(mode="json", exclude={"processes", "accumulation", "fsdp"})
        return json.dumps({**fields, "accumulation": self.accumulation * world_size})
