"""Load and save the models that are trained; the arguments of Hugging Face's `Trainer`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from prover.errors import InputError, SetupError
from prover.training.config import TrainingConfig
from prover.training.lora import merge_adapter, with_adapters
from prover.training.processes import use_cpu

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, TrainingArguments

_ID = re.compile(r"[\w-][\w.-]*(/[\w.-]+)?")
_ADVICE = "Name a transformers folder: config.json, tokenizer.json and safetensors weights."
_FSDP = {"version": 2, "state_dict_type": "FULL_STATE_DICT", "auto_wrap_policy": "TRANSFORMER_BASED_WRAP"}
CRITIC_HEAD = "score"
"""What transformers' sequence classifiers call the layer that makes the score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model to be trained, `adapted` if it is a `PeftModel`.

    `dtype` is what it is to be saved in, `pad` the token that fills batches up.
    """

    model: PreTrainedModel | PeftModel
    adapted: bool
    tokenizer: PreTrainedTokenizerBase
    dtype: torch.dtype
    context: int
    pad: int


def load(source: str | Path, config: TrainingConfig, *, critic: bool = False) -> LoadedModel:
    """Load a causal language model, or one with a head that gives one number, drawn at random if it is new.

    What was fetched earlier is taken as it is; only what was not is looked for on the network.

    Raises:
        InputError: there is no such model.
        SetupError: the device is missing.
    """
    import torch

    if config.device == "cuda" and not torch.cuda.is_available():
        raise SetupError("there is no CUDA device here", advice="Set device to cpu or auto.")
    if config.fsdp and use_cpu(config.device):
        raise SetupError("fsdp spreads a model over GPUs, and none is used here", advice="Leave fsdp out.")
    folder = Path(source).is_dir()
    if not folder and (isinstance(source, Path) or not _ID.fullmatch(source)):
        raise InputError(f"there is no model's folder {source}", advice=_ADVICE)
    try:
        try:
            return _load(source, config, critic=critic, fetch=False)
        except OSError:
            if folder:
                raise
            return _load(source, config, critic=critic, fetch=True)
    except (OSError, ValueError) as error:
        kind = "a decoder that a critic can be made of" if critic else "a causal language model"
        raise InputError(
            f"cannot load {source} as {kind}: {str(error).splitlines()[0]}", advice=_ADVICE
        ) from error


def _load(source: str | Path, config: TrainingConfig, *, critic: bool, fetch: bool) -> LoadedModel:
    """Load from a folder or from what was fetched earlier, or fetch it."""
    import torch
    from transformers import (
        AutoConfig,
        AutoModelForCausalLM,
        AutoModelForSequenceClassification,
        AutoTokenizer,
    )

    described = AutoConfig.from_pretrained(source, local_files_only=not fetch)
    tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=not fetch)
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    how: dict[str, Any] = {
        "dtype": torch.bfloat16 if config.lora and bfloat16(config) else torch.float32,
        "local_files_only": not fetch,
    }
    if critic:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            model = AutoModelForSequenceClassification.from_pretrained(
                source, num_labels=1, pad_token_id=pad or 0, **how
            )
    else:
        model = AutoModelForCausalLM.from_pretrained(source, **how)
    if config.activation_checkpointing:
        model.activation_checkpointing_enable()
    head = CRITIC_HEAD if critic else None
    return LoadedModel(
        model=with_adapters(model, config.lora, seed=config.seed, head=head) if config.lora else model,
        adapted=config.lora is not None,
        tokenizer=tokenizer,
        dtype=getattr(torch, config.dtype) if config.dtype else described.dtype or torch.float32,
        context=described.max_position_embeddings,
        pad=pad or 0,
    )


def save(loaded: LoadedModel, folder: Path) -> PreTrainedModel:
    """Save the trained model, adapters merged into it; return it as it was saved."""
    model = loaded.model
    whole = merge_adapter(cast("PeftModel", model)) if loaded.adapted else cast("PreTrainedModel", model)
    for parameter in whole.parameters():
        parameter.data = parameter.data.to(loaded.dtype)
    whole.save_pretrained(folder)
    loaded.tokenizer.save_pretrained(folder)
    return whole


def bfloat16(config: TrainingConfig) -> bool:
    """Say whether to compute in bfloat16."""
    import torch

    return config.device != "cpu" and torch.cuda.is_available() and torch.cuda.is_bf16_supported()


def arguments(work: Path, config: TrainingConfig) -> TrainingArguments:
    """Return what Trainer is to do in `work`."""
    import torch
    from transformers import TrainingArguments

    return TrainingArguments(
        output_dir=str(work),
        num_train_epochs=1,
        max_steps=config.max_steps or -1,
        per_device_train_batch_size=config.batch_size,
        gradient_accumulation_steps=config.accumulation,
        learning_rate=config.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=config.warmup,
        weight_decay=config.weight_decay,
        max_grad_norm=config.max_grad_norm,
        bf16=bfloat16(config),
        use_cpu=use_cpu(config.device),
        ddp_find_unused_parameters=False,
        fsdp=cast("Any", config.fsdp or None),  # its annotation is older than what it takes
        fsdp_config=_FSDP if config.fsdp else None,
        dataloader_pin_memory=torch.cuda.is_available() and config.device != "cpu",
        save_strategy="steps" if config.checkpoint_every else "no",
        save_steps=config.checkpoint_every or 500,
        save_total_limit=2,
        logging_strategy="steps",
        logging_steps=1,
        logging_nan_inf_filter=False,
        remove_unused_columns=False,
        disable_tqdm=True,
        report_to="none",
        seed=config.seed,
    )
