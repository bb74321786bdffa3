"""`prover train`: a model learns from proofs."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from prover import __version__
from prover.cli.train_progress import show_training
from prover.errors import InputError
from prover.policy.formats import AUTO, remember_format
from prover.training.card import ends, model_card
from prover.training.data.sources import is_preset, prompt_format, read_data, starting_model
from prover.training.job import TrainingResult
from prover.training.job import train as train_model
from prover.training.objectives import OBJECTIVES, find_objective
from prover.training.objectives.base import AnyObjective
from prover.training.processes import is_first, joined, run_processes, world_size
from prover.training.settings import read_training_config

if TYPE_CHECKING:
    from prover.training.trainer import TrainingProgress

FEW_EXAMPLES = 200
"""With fewer, a note says so: the smallest shipped model was trained on ten times as many."""


def train(
    data: Annotated[
        list[Path], typer.Argument(metavar="DATA...", help="Folders with steps.parquet and failures.parquet.")
    ],
    base: Annotated[
        str,
        typer.Option(
            help="What to start from: a model's folder, a .gguf file, the id of a model on Hugging Face, or a preset "
            "(tiny, or a .toml file) to begin with a new model."
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder to be written; it appears when it is complete.")],
    objective: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="; ".join(f"{each.name}: {each.summary}" for each in OBJECTIVES.values()) + ".",
        ),
    ] = "sft",
    config: Annotated[Path | None, typer.Option(help="A TOML file with settings of the training.")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="One setting, over the file's; may be repeated."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="The prompt format; auto reads it from the model's folder.")
    ] = AUTO,
    seed: Annotated[int | None, typer.Option(help="The random seed.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Resume a training of OUT where it stopped.")
    ] = False,
) -> None:
    """Train a model on the proofs of earlier runs; Ctrl-C stops it, --resume continues it."""
    chosen = find_objective(objective)
    settings = read_training_config(chosen.config, config, changes or (), seed=seed)
    if is_first():
        _check(chosen, base, out, form, resume=resume)
    if settings.processes > 1 and world_size() == 1:
        raise typer.Exit(_train_in_processes(settings.processes, chosen, data))
    folders = read_data(data, failures=chosen.reads_failures, detours=chosen.reads_siblings)
    prompts = None if chosen.scalar_head else prompt_format(form, base)
    examples = chosen.build_examples(folders, prompts, seed=settings.seed)
    if not examples:
        raise InputError(f"the data hold nothing that {chosen.name} can learn from", advice=chosen.needs)

    if len(examples) < FEW_EXAMPLES and is_first():
        typer.echo(_few(len(examples), chosen), err=True)

    def finishing(folder: Path, result: TrainingResult) -> None:
        if prompts is not None:
            remember_format(folder, prompts)
        card = model_card(
            name=out.name,
            objective=chosen,
            base=base,
            prompts=prompts.name if prompts else None,
            data=folders,
            config=settings,
            result=result,
            command=shlex.join(["prover", *sys.argv[1:]]),
            version=__version__,
        )
        (folder / "README.md").write_text(card, encoding="utf-8")

    texts = (text for example in examples for text in chosen.texts(example))
    with (
        joined(settings.device),
        starting_model(base, texts, out, seed=settings.seed, resume=resume) as model,
        _stoppable() as stopping,
        show_training() as observe,
    ):

        def observed(progress: TrainingProgress) -> None:
            stopping.at = progress.step
            observe(progress)

        try:
            result = train_model(
                model,
                examples,
                out,
                settings,
                chosen,
                resume=resume,
                observe=observed,
                stop=lambda: stopping.asked,
                finishing=finishing,
            )
        except KeyboardInterrupt as error:
            typer.echo("stopped; the same command with --resume continues it", err=True)
            raise typer.Exit(stopping.exit_code) from error
    if is_first():
        typer.echo(_summary(out, chosen, result))


def _train_in_processes(count: int, objective: AnyObjective, data: list[Path]) -> int:
    """Have processes do this command together, on data that can be read; return the exit code."""
    read_data(data, failures=objective.reads_failures, detours=objective.reads_siblings)
    return run_processes(count, sys.argv[1:])


def _check(objective: AnyObjective, base: str, out: Path, form: str, *, resume: bool) -> None:
    if out.exists() and not resume:
        raise InputError(f"{out} is there already", advice="Name a folder that does not exist.")
    if objective.scalar_head and form != AUTO:
        raise InputError(
            f"--format {form}: the objective {objective.name} reads bare states", advice="Leave --format out."
        )
    if objective.refines and is_preset(base):
        raise InputError(
            f"--base {base}: {objective.name} has nothing to refine in a new model",
            advice="Train one with --objective sft first, and name its folder.",
        )


def _few(count: int, objective: AnyObjective) -> str:
    return (
        f"note: {count} {objective.example_noun} are too few to learn from: the model will repeat them and "
        "little else. "
        "More proofs: `prover evaluate generated:count=1000 --out RUN`, then --data RUN as well."
    )


def _summary(out: Path, objective: AnyObjective, result: TrainingResult) -> str:
    line = f"{out}: {len(result.losses)} steps on {result.examples} {objective.example_noun}"
    if result.dropped:
        line += f" ({result.dropped} more did not fit the context)"
    line += f", loss {ends(result.losses)}"
    if result.accuracies:
        line += f", pairs ordered correctly {ends(result.accuracies)}"
    return f"{line}, {result.seconds:.0f} s at {result.tokens_per_s:.0f} tokens/s"


@dataclass(slots=True)
class _Stopping:
    """Whether Ctrl-C was pressed or SIGTERM sent, and the last step that is done."""

    asked: bool = False
    at: int = 0
    exit_code: int = 130


@contextmanager
def _stoppable() -> Iterator[_Stopping]:
    """Let the first Ctrl-C or SIGTERM ask for a stop after the current step, and the second one end all at once.

    Before the first step is done there is nothing to be kept, and one ends it.
    """
    state = _Stopping()

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        if state.asked or not state.at:
            raise KeyboardInterrupt
        state.asked, state.exit_code = True, 128 + number

    before = {each: signal.signal(each, on_interrupt) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield state
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
