"""The training driver that all objectives share: working folder, training loop, resuming, result.

Hugging Face's Trainer with AdamW (Loshchilov and Hutter 2017), a linear warmup and a cosine's half wave down
to zero. The model appears in its folder only when it is complete; until then all is in a folder beside it
(:mod:`prover.training.checkpoints`), from which a training that was killed is resumed. On a CPU the resumed
training ends in the very same weights; on a GPU as far as its kernels are deterministic.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prover.errors import InputError, SetupError
from prover.serving.reference import KEY, RESULT
from prover.training.checkpoints import FINGERPRINT, Spent, fingerprint, latest, prepare, work_folder
from prover.training.config import TrainingConfig
from prover.training.libraries import quiet_transformers, require
from prover.training.loading import LoadedModel, arguments, load, save
from prover.training.objectives.base import AnyObjective, ConfigT, ExampleT, PreparedData, TrainingObjective
from prover.training.processes import first_alone, is_first, joined, world_size

if TYPE_CHECKING:
    from prover.training.trainer import Observe, Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingResult:
    """The result of a training. `losses` are those of each step, in nats a token of the answers, or a pair.

    `examples` (or pairs) were trained on, `dropped` did not fit the context. `tokens` counts all that the
    model read, prompts included; `seconds` the work of all processes that took part, one after the other.
    `accuracies` are the shares of each step's pairs that the model ordered correctly, empty where nothing is
    compared.
    """

    losses: tuple[float, ...]
    examples: int
    dropped: int
    tokens: int
    seconds: float
    accuracies: tuple[float, ...] = ()

    @property
    def tokens_per_s(self) -> float:
        """Tokens read per second."""
        return self.tokens / self.seconds


Finishing = Callable[[Path, TrainingResult], None]
"""What else is to be written into the folder of a trained model, before it gets its name."""


def train(
    model: str | Path,
    examples: Sequence[ExampleT],
    out: Path,
    config: ConfigT,
    objective: TrainingObjective[ExampleT, ConfigT],
    *,
    resume: bool = False,
    observe: Observe | None = None,
    stop: Stop | None = None,
    finishing: Finishing | None = None,
) -> TrainingResult:
    """Train `model`, a folder or the name of a cached or public one, and write the outcome to `out`.

    With `resume`, a training of the same things that was killed resumes from its last checkpoint, and one
    that had ended returns its result; without one, it begins. `observe` is called after every
    optimizer step. `stop` is asked after every step whether to write a checkpoint and stop there. `finishing`
    may add files to the model's folder before it appears.

    Raises:
        InputError: the model, what it is taught or `out` cannot be used, or the training diverges.
        SetupError: a library or the device is missing, its memory is too small, or the disk fails.
        KeyboardInterrupt: `stop` said so.
    """
    require("torch", "transformers", "accelerate")
    with joined(config.device):
        found = fingerprint(model, examples, f"{type(config).__name__} {config.content(world_size())}")
        if out.exists():
            return _earlier(out, found, resume=resume)
        work = work_folder(out)
        with first_alone():
            if is_first():
                prepare(work, found, resume=resume)
        return _train(
            model,
            examples,
            out,
            work,
            config,
            objective,
            found,
            observe=observe,
            stop=stop,
            finishing=finishing,
        )


def _train(
    model: str | Path,
    examples: Sequence[ExampleT],
    out: Path,
    work: Path,
    config: ConfigT,
    objective: TrainingObjective[ExampleT, ConfigT],
    found: str,
    *,
    observe: Observe | None,
    stop: Stop | None,
    finishing: Finishing | None,
) -> TrainingResult:
    """Train in `work`, and put the outcome at `out`; `found` is the fingerprint of what is trained."""
    from prover.policy.transformers.reference import reference_of

    finished = work / "finished"
    try:
        with quiet_transformers():
            loaded = load(model, config, critic=objective.scalar_head)
            with first_alone():
                prepared = objective.prepare(loaded, examples, config, work)
            result, gathered = _run(loaded, prepared, work, config, objective, observe, stop)
            if not is_first():
                return result
            if gathered is not None:
                loaded = load(model, config, critic=objective.scalar_head)
                loaded.model.load_state_dict(gathered)
            if finished.exists():
                shutil.rmtree(finished)
            whole = save(loaded, finished)
            told = {FINGERPRINT: found, "config": config.model_dump(), **asdict(result)}
            if not objective.scalar_head and (reference := reference_of(whole, loaded.tokenizer)):
                told[KEY] = asdict(reference)
        (finished / RESULT).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        if finishing is not None:
            finishing(finished, result)
        finished.rename(out)
        shutil.rmtree(work)
    except InputError:
        if is_first() and latest(work) is None:
            shutil.rmtree(work)
        raise
    except OSError as error:
        raise SetupError(f"cannot write {error.filename or work}: {error.strerror or error}") from error
    return result


def _earlier(out: Path, found: str, *, resume: bool) -> TrainingResult:
    """Return the result of the training that made `out`.

    Raises:
        InputError: `out` is something else, or was not to be resumed.
    """
    stored: dict[str, Any] = {}
    if (out / RESULT).is_file():
        stored = json.loads((out / RESULT).read_text(encoding="utf-8"))
    if not resume or stored.get(FINGERPRINT) != found:
        raise InputError(f"{out} is there already", advice="Name a folder that does not exist.")
    return TrainingResult(
        losses=tuple(stored["losses"]),
        accuracies=tuple(stored["accuracies"]),
        **{key: stored[key] for key in ("examples", "dropped", "tokens", "seconds")},
    )


def _run(
    loaded: LoadedModel,
    prepared: PreparedData,
    work: Path,
    config: TrainingConfig,
    objective: AnyObjective,
    observe: Observe | None,
    stop: Stop | None,
) -> tuple[TrainingResult, dict[str, Any] | None]:
    """Return the result and, where no process has the whole model, its weights, which the first process gets."""
    import torch
    from transformers import PrinterCallback

    from prover.training.data.batches import training_order
    from prover.training.trainer import StepTrainer, Watch

    settings = arguments(work, config)
    count = len(prepared.data)
    step = config.batch_size * config.accumulation * settings.world_size
    wanted = config.max_steps * step if config.max_steps else count * config.epochs
    order = training_order(
        prepared.lengths,
        batch_size=config.batch_size,
        epochs=ceil(wanted / count),
        seed=config.seed,
    )
    checkpoint = latest(work)
    watch = Watch(work, checkpoint.spent if checkpoint else Spent(), observe, stop)
    trainer = StepTrainer(
        order=order[: wanted - wanted % step if settings.world_size > 1 else wanted],
        objective=objective,
        config=config,
        model=loaded.model,
        args=settings,
        train_dataset=list(prepared.data),
        data_collator=partial(objective.collate, pad=loaded.pad),
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
    if watch.stopped:
        raise KeyboardInterrupt
    spent = watch.spent
    history = [entry for entry in trainer.state.log_history if "loss" in entry]
    gathered = trainer.accelerator.get_state_dict(trainer.model_wrapped) if config.fsdp else None
    result = TrainingResult(
        losses=tuple(entry["loss"] for entry in history),
        accuracies=tuple(entry["accuracy"] for entry in history if "accuracy" in entry),
        examples=count,
        dropped=prepared.dropped,
        tokens=spent.tokens,
        seconds=spent.seconds,
    )
    return result, gathered
