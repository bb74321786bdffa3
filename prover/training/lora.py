"""Low-rank adapters (Hu et al. 2021), for models too large to train whole."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, cast

from pydantic import BaseModel, ConfigDict, Field

from prover.training.libraries import require

if TYPE_CHECKING:
    from peft import LoraModel, PeftModel
    from transformers import PreTrainedModel


class LoraSettings(BaseModel):
    """Adapters on every linear layer but the output's."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)

    rank: int = Field(default=16, ge=1)
    """Rank of the update of each weight matrix."""
    alpha: int = Field(default=32, ge=1)
    """The update is scaled by `alpha / rank`."""
    dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of the adapters' inputs that is dropped in training."""


def with_adapters(
    model: PreTrainedModel, settings: LoraSettings, *, seed: int, head: str | None = None
) -> PeftModel:
    """Return `model` with adapters that train, drawn from `seed`, its own weights fixed but for a new `head`'s.

    Raises:
        SetupError: peft is not installed.
    """
    require("peft")
    import torch
    from peft import LoraConfig, get_peft_model

    adapters = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM" if head is None else "SEQ_CLS",
        modules_to_save=None if head is None else [head],
    )
    with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        warnings.filterwarnings(
            "ignore", ".*is_gradient_checkpointing", FutureWarning
        )  # peft asks by its old name
        return get_peft_model(model, adapters)


def merge_adapter(adapted: PeftModel) -> PreTrainedModel:
    """Return the plain model with the adapters' updates in its weights."""
    return cast("PreTrainedModel", cast("LoraModel", adapted.base_model).merge_and_unload())
