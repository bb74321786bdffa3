"""Supervised fine-tuning: a model learns to give the answers of examples.

Hugging Face's Trainer with cross-entropy on the answers' tokens, AdamW (Loshchilov and Hutter 2017), a linear
warmup and a cosine's half wave down to zero. The model appears in its folder only when it is complete; until
then all is in a folder beside it (:mod:`prover.training.checkpoints`), from which a training that was killed
goes on. On a CPU the resumed training ends in the very same weights; on a GPU as far as its kernels are
deterministic.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from prover.errors import InputError, SetupError
from prover.training.checkpoints import FINGERPRINT, Spent, fingerprint, latest, prepare, work_folder
from prover.training.examples import Example, tokenize
from prover.training.libraries import quiet_transformers, require
from prover.training.lora import LoraSettings, merged, with_adapters

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, TrainingArguments

    from prover.training.trainer import Observe

RESULT = "training.json"
"""The file in a trained model's folder that says what came of the training."""


class SftConfig(BaseModel):
    """How a model is fine-tuned."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True, validate_default=True
    )

    epochs: int = Field(default=3, ge=1)
    """How often every example is seen, unless `max_steps` is set."""
    max_steps: int | None = Field(default=None, ge=1)
    """Optimizer steps, as many epochs as they take."""
    batch_size: int = Field(default=16, ge=1)
    """Examples that are computed at once, on each device."""
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
    lora: LoraSettings | None = None
    """Train low-rank adapters, merged into the weights at the end, instead of the weights."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to compute."""
    dtype: Literal["float32", "bfloat16", "float16"] | None = None
    """What the weights are saved in; None keeps the type they came in. Training keeps them in float32."""
    seed: int = 0
    """What the order of the examples and everything else random is drawn from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SftResult:
    """What came of a training. `losses` are those of each step, in nats a token of the answers.

    `examples` were trained on, `dropped` did not fit the context. `tokens` counts all that the model read,
    prompts included; `seconds` the work of all processes that took part, one after the other.
    """

    losses: tuple[float, ...]
    examples: int
    dropped: int
    tokens: int
    seconds: float

    @property
    def tokens_per_s(self) -> float:
        """Tokens read per second."""
        return self.tokens / self.seconds


def finetune(
    model: str | Path,
    examples: Sequence[Example],
    out: Path,
    config: SftConfig,
    *,
    resume: bool = False,
    observe: Observe | None = None,
) -> SftResult:
    """Train `model`, a folder or the name of a cached or public one, and write the outcome to `out`.

    With `resume`, a training of the same things that was killed goes on from its last checkpoint, and one
    that had ended returns what came of it; where there is none, it begins. `observe` is called after every
    optimizer step.

    Raises:
        InputError: the model, the examples or `out` cannot be used, or the training diverges.
        SetupError: a library or the device is missing, or its memory is too small.
    """
    require("torch", "transformers", "accelerate")
    found = fingerprint(model, examples, config.model_dump_json())
    if out.exists():
        return _earlier(out, found, resume=resume)
    work = work_folder(out)
    prepare(work, found, resume=resume)
    finished = work / "finished"
    with quiet_transformers():
        result = _train(model, examples, work, finished, config, observe)
    (finished / RESULT).write_text(
        json.dumps({FINGERPRINT: found, "config": config.model_dump(), **asdict(result)}, indent=1) + "\n",
        encoding="utf-8",
    )
    finished.rename(out)
    shutil.rmtree(work)
    return result


def _earlier(out: Path, found: str, *, resume: bool) -> SftResult:
    """Return what came of the training that made `out`.

    Raises:
        InputError: `out` is something else, or was not to be resumed.
    """
    stored: dict[str, Any] = {}
    if (out / RESULT).is_file():
        stored = json.loads((out / RESULT).read_text(encoding="utf-8"))
    if not resume or stored.get(FINGERPRINT) != found:
        raise InputError(f"{out} is there already", advice="Name a folder that does not exist.")
    return SftResult(
        losses=tuple(stored["losses"]),
        **{key: stored[key] for key in ("examples", "dropped", "tokens", "seconds")},
    )


def _train(
    source: str | Path,
    examples: Sequence[Example],
    work: Path,
    finished: Path,
    config: SftConfig,
    observe: Observe | None,
) -> SftResult:
    import torch
    from transformers import PrinterCallback

    from prover.training.batches import collate, training_order
    from prover.training.trainer import AnswerTrainer, Watch

    loaded = _load(source, config)
    data = tokenize(examples, loaded.tokenizer, loaded.context)
    arguments = _arguments(work, config)
    step = config.batch_size * config.accumulation * arguments.world_size
    wanted = config.max_steps * step if config.max_steps else len(data.kept) * config.epochs
    order = training_order(
        [len(example.ids) for example in data.kept],
        batch_size=config.batch_size,
        epochs=ceil(wanted / len(data.kept)),
        seed=config.seed,
    )
    checkpoint = latest(work)
    watch = Watch(work, checkpoint.spent if checkpoint else Spent(), observe)
    trainer = AnswerTrainer(
        order=order[:wanted],
        model=loaded.model,
        args=arguments,
        train_dataset=list(data.kept),
        data_collator=partial(collate, pad=loaded.pad),
        callbacks=[watch],
    )
    trainer.remove_callback(PrinterCallback)
    watch.trainer = trainer
    try:
        trainer.train(resume_from_checkpoint=str(checkpoint.folder) if checkpoint else None)
    except torch.cuda.OutOfMemoryError as error:
        raise SetupError(
            "the GPU's memory is too small for this training",
            advice="Lower batch_size and raise accumulation, set activation_checkpointing, or train with lora.",
        ) from error
    if finished.exists():
        shutil.rmtree(finished)
    _save(loaded, finished)
    spent = watch.spent
    return SftResult(
        losses=tuple(entry["loss"] for entry in trainer.state.log_history if "loss" in entry),
        examples=len(data.kept),
        dropped=data.dropped,
        tokens=spent.tokens,
        seconds=spent.seconds,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    """A model to be trained, `adapted` if it is a `PeftModel`.

    `dtype` is what it is to be saved in, `pad` the token that fills batches up.
    """

    model: PreTrainedModel | PeftModel
    adapted: bool
    tokenizer: PreTrainedTokenizerBase
    dtype: torch.dtype
    context: int
    pad: int


def _load(source: str | Path, config: SftConfig) -> _Loaded:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    if config.device == "cuda" and not torch.cuda.is_available():
        raise SetupError("there is no CUDA device here", advice="Set device to cpu or auto.")
    try:
        described = AutoConfig.from_pretrained(source)
        tokenizer = AutoTokenizer.from_pretrained(source)
        computed = torch.bfloat16 if config.lora and _bfloat16(config) else torch.float32
        model = AutoModelForCausalLM.from_pretrained(source, dtype=computed)
    except (OSError, ValueError) as error:
        raise InputError(
            f"cannot load {source} as a causal language model: {str(error).splitlines()[0]}",
            advice="Name a transformers folder: config.json, tokenizer.json and safetensors weights.",
        ) from error
    if config.activation_checkpointing:
        model.activation_checkpointing_enable()
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    return _Loaded(
        model=with_adapters(model, config.lora) if config.lora else model,
        adapted=config.lora is not None,
        tokenizer=tokenizer,
        dtype=getattr(torch, config.dtype) if config.dtype else described.dtype or torch.float32,
        context=described.max_position_embeddings,
        pad=pad or 0,
    )


def _save(loaded: _Loaded, folder: Path) -> None:
    """Save the trained model, adapters merged into it."""
    model = loaded.model
    whole = merged(cast("PeftModel", model)) if loaded.adapted else cast("PreTrainedModel", model)
    for parameter in whole.parameters():
        parameter.data = parameter.data.to(loaded.dtype)
    whole.save_pretrained(folder)
    loaded.tokenizer.save_pretrained(folder)


def _bfloat16(config: SftConfig) -> bool:
    import torch

    return config.device != "cpu" and torch.cuda.is_available() and torch.cuda.is_bf16_supported()


def _arguments(work: Path, config: SftConfig) -> TrainingArguments:
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
        bf16=_bfloat16(config),
        use_cpu=config.device == "cpu",
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
