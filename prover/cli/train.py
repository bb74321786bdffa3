"""`prover train`: a model learns from proofs."""

from __future__ import annotations

import enum
import json
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from prover import __version__
from prover.cli.train_progress import shown_training
from prover.errors import InputError
from prover.policy.formats import AUTO, FORMATS, PromptFormat
from prover.training.card import ends, model_card
from prover.training.config import CriticConfig, DpoConfig, SftConfig, TrainingConfig
from prover.training.critic import finetune_critic, proof_preferences
from prover.training.dataset import examples
from prover.training.dpo import failure_pairs, finetune_dpo
from prover.training.examples import Example, Pair, Preference, Teaching
from prover.training.job import TrainingResult
from prover.training.settings import read_training_config
from prover.training.sft import finetune
from prover.training.sources import DataFolder, is_preset, prompt_format, read_data, starting_model
from prover.training.trajectories import distinct

if TYPE_CHECKING:
    from prover.training.trainer import TrainingProgress

INTERRUPTED = 130


class Objective(enum.StrEnum):
    """What is learned."""

    SFT = "sft"
    DPO = "dpo"
    CRITIC = "critic"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What an objective is called in the package, and the advice where the data have nothing for it."""

    config: type[TrainingConfig]
    finetune: Callable[..., TrainingResult]
    wants: str


KINDS = {
    Objective.SFT: _Kind(config=SftConfig, finetune=finetune, wants="It needs steps of verified proofs."),
    Objective.DPO: _Kind(
        config=DpoConfig, finetune=finetune_dpo, wants="It needs failed tactics in states of proofs."
    ),
    Objective.CRITIC: _Kind(
        config=CriticConfig, finetune=finetune_critic, wants="It needs proofs of two steps and more."
    ),
}


def train(
    data: Annotated[
        list[Path], typer.Argument(metavar="DATA...", help="Folders with steps.parquet and failures.parquet.")
    ],
    base: Annotated[
        str,
        typer.Option(
            help="What to start from: a model's folder, the id of a model on Hugging Face, or a preset "
            "(tiny, or a .toml file) to begin with a new model."
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder to be written; it appears when it is complete.")],
    objective: Annotated[
        Objective,
        typer.Option(
            help="sft: propose the tactics of proofs; dpo: prefer them to tactics that failed; "
            "critic: score how near to its proof a state is."
        ),
    ] = Objective.SFT,
    config: Annotated[Path | None, typer.Option(help="A TOML file with settings of the training.")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="One setting, over the file's; may be repeated."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="How states are put to the model; auto asks the model's folder.")
    ] = AUTO,
    seed: Annotated[int | None, typer.Option(help="What all that is random is drawn from.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a training of OUT was stopped.")
    ] = False,
) -> None:
    """Train a model on the proofs of earlier runs; Ctrl-C stops it so that --resume can go on."""
    kind = KINDS[objective]
    settings = read_training_config(kind.config, config, changes or (), seed=seed)
    _check(objective, base, out, form, resume=resume)
    folders = read_data(data, failures=objective is Objective.DPO, detours=objective is Objective.CRITIC)
    prompts = None if objective is Objective.CRITIC else prompt_format(form, base)
    teaching = _teaching(folders, prompts, objective, settings.seed)
    if not teaching:
        raise InputError(f"the data hold nothing that {objective} can learn from", advice=kind.wants)

    def finishing(folder: Path, result: TrainingResult) -> None:
        if prompts is not None:
            _remember(folder / "config.json", prompts)
        card = model_card(
            name=out.name,
            objective=objective,
            base=base,
            prompts=prompts.name if prompts else None,
            data=folders,
            config=settings,
            result=result,
            command=shlex.join(["prover", *sys.argv[1:]]),
            version=__version__,
        )
        (folder / "README.md").write_text(card, encoding="utf-8")

    with (
        starting_model(base, _texts(teaching), out, seed=settings.seed, resume=resume) as model,
        _stoppable() as stopping,
        shown_training() as observe,
    ):

        def observed(progress: TrainingProgress) -> None:
            stopping.at = progress.step
            observe(progress)

        try:
            result = kind.finetune(
                model,
                teaching,
                out,
                settings,
                resume=resume,
                observe=observed,
                stop=lambda: stopping.asked,
                finishing=finishing,
            )
        except KeyboardInterrupt as error:
            typer.echo("stopped; the same command with --resume goes on", err=True)
            raise typer.Exit(INTERRUPTED) from error
    typer.echo(_summary(out, objective, result))


def _check(objective: Objective, base: str, out: Path, form: str, *, resume: bool) -> None:
    if out.exists() and not resume:
        raise InputError(f"{out} is there already", advice="Name a folder that does not exist.")
    if objective is Objective.CRITIC and form != AUTO:
        raise InputError(f"--format {form}: a critic reads bare states", advice="Leave --format out.")
    if objective is Objective.DPO and is_preset(base):
        raise InputError(
            f"--base {base}: dpo has nothing to refine in a new model",
            advice="Train one with --objective sft first, and name its folder.",
        )


def _teaching(
    folders: Sequence[DataFolder], prompts: PromptFormat | None, objective: Objective, seed: int
) -> Sequence[Teaching]:
    steps = [step for folder in folders for step in folder.steps]
    if prompts is None:
        detours = [detour for folder in folders for detour in folder.detours]
        return proof_preferences(steps, detours, seed=seed)
    if objective is Objective.SFT:
        return examples(distinct(steps), prompts)
    statements = {step.problem: step.statement for step in steps}
    return failure_pairs((each for folder in folders for each in folder.failures), statements, prompts)


def _texts(teaching: Sequence[Teaching]) -> Iterator[str]:
    """Yield what a new model's tokenizer is trained on."""
    for each in teaching:
        match each:
            case Example(prompt, answer):
                yield prompt + answer
            case Pair(prompt, chosen):
                yield prompt + chosen
            case Preference(better, worse):
                yield better
                yield worse


def _remember(file: Path, prompts: PromptFormat) -> None:
    """Write the name of the prompt format into a model's config.json, where policies look for it."""
    if FORMATS.get(prompts.name) == prompts:
        stored: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        text = json.dumps({**stored, "prover_format": prompts.name}, indent=2)
        file.write_text(text + "\n", encoding="utf-8")


def _summary(out: Path, objective: Objective, result: TrainingResult) -> str:
    what = "examples" if objective is Objective.SFT else "pairs"
    line = f"{out}: {len(result.losses)} steps on {result.examples} {what}"
    if result.dropped:
        line += f" ({result.dropped} more did not fit the context)"
    line += f", loss {ends(result.losses)}"
    if result.accuracies:
        line += f", pairs ordered rightly {ends(result.accuracies)}"
    return f"{line}, {result.seconds:.0f} s at {result.tokens_per_s:.0f} tokens/s"


@dataclass(slots=True)
class _Stopping:
    """Whether Ctrl-C was pressed, and the last step that is done."""

    asked: bool = False
    at: int = 0


@contextmanager
def _stoppable() -> Iterator[_Stopping]:
    """Let the first Ctrl-C ask for a stop behind the step under way, and the second one end all at once.

    Before the first step is done there is nothing to be kept, and one is enough.
    """
    state = _Stopping()

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        if state.asked or not state.at:
            raise KeyboardInterrupt
        state.asked = True

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield state
    finally:
        signal.signal(signal.SIGINT, before)
