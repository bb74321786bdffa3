"""`prover train grpo`: online reinforcement learning on whole proofs, and on their steps."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any

import typer

from prover.api.lean import AsyncLean
from prover.cli.console import note
from prover.cli.engine_options import lean_of
from prover.cli.progress import show_progress
from prover.cli.settings_options import settings_options
from prover.errors import InputError
from prover.evaluation.run.evaluate import load_problems
from prover.lean.backend import LeanBackend
from prover.lean.settings import EngineSettings
from prover.policy.chat.formats import ChatFormat, chat_format
from prover.policy.formats import AUTO, PromptFormat, remember_format
from prover.problems.problem import Problem
from prover.rewards.grpo import GrpoSettings, Question, questions, train_grpo
from prover.rewards.grpo_steps import has_steps, step_questions
from prover.rewards.judge import TIMEOUT_S, BlockingJudge, Judge
from prover.training.data.sources import prompt_format


@settings_options
def grpo(
    problems: Annotated[
        str,
        typer.Argument(
            metavar="PROBLEMS",
            help="A set of problems, named as for `prover evaluate`, or a folder with steps.parquet.",
        ),
    ],
    base: Annotated[str, typer.Option(help="The model to start from: a folder, or an id on Hugging Face.")],
    out: Annotated[Path, typer.Option(help="The folder to be written; it appears when it is complete.")],
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="The prompt format: of a step model, which has to prove it with one answer, or of whole proofs.",
        ),
    ] = AUTO,
    engines: Annotated[int, typer.Option(min=1, help="Proofs that are checked at the same time.")] = 2,
    timeout: Annotated[float, typer.Option(help="Seconds for the check of one proof.")] = TIMEOUT_S,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last checkpoint of a training of OUT.")
    ] = False,
    *,
    settings: GrpoSettings,
    source: EngineSettings,
) -> None:
    """Train a model with TRL's GRPO on proofs that it writes itself; the verifier is the reward (docs/rewards.md)."""
    if out.exists():
        raise InputError(f"{out} is there already", advice="Name a folder that does not exist.")
    chosen = _format(form, base)
    backend = lean_of(source)
    asked = _steps(problems, chosen) if has_steps(problems) else _proofs(problems, chosen, source, backend)
    judge = BlockingJudge(
        Judge(
            engine=source.engine,
            project=None if source.project is None else str(source.project),
            engines=engines,
            timeout_s=timeout,
        )
    )
    try:
        rewards = train_grpo(base, asked, judge, out, settings, chosen, _show, resume=resume)
    finally:
        judge.close()
    if isinstance(chosen, PromptFormat):
        remember_format(out, chosen)
    few = max(1, len(rewards) // 10)
    what = "states" if has_steps(problems) else "problems"
    typer.echo(
        f"{out}: {len(rewards)} steps on {len(asked)} {what}, mean reward {fmean(rewards[:few]):.3f} at first, "
        f"{fmean(rewards[-few:]):.3f} at last"
    )


def _steps(folder: str, form: PromptFormat | ChatFormat) -> list[Question]:
    if not isinstance(form, PromptFormat):
        raise InputError(f"{folder}: a model of whole proofs is not asked for steps", advice="Name problems.")
    return step_questions(folder, form)


def _proofs(
    problems: str, form: PromptFormat | ChatFormat, source: EngineSettings, backend: LeanBackend[Any]
) -> list[Question]:
    with show_progress() as progress:
        read = load_problems(problems, backend, progress)
    usable = [each for each in read.problems if not each.unusable]
    asked = asyncio.run(_questions(AsyncLean(source, backend, engines=1), usable, form))
    if len(asked) < len(read.problems):
        note(f"note: {len(read.problems) - len(asked)} problems cannot be stated here")
    return asked


def _show(step: int, steps: int, reward: float) -> None:
    note(f"step {step} of {steps}: mean reward {reward:.3f}")


async def _questions(
    lean: AsyncLean, problems: list[Problem], form: PromptFormat | ChatFormat
) -> list[Question]:
    async with lean:
        return await questions(lean, problems, form)


def _format(name: str, base: str) -> PromptFormat | ChatFormat:
    """Return a step model's format, or one of whole proofs."""
    try:
        return prompt_format(name, base)
    except InputError:
        return chat_format(name, base)
