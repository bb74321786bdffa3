"""Online reinforcement learning with TRL's GRPO (Shao et al. 2024): the model proves, the verifier pays.

A completion is a whole proof. A step model (`prover.policy.formats`) is asked with the state of the theorem before any
tactic, and what it answers has to prove it at once; a chat model is asked for the proof in its own format. There is no
KL term (beta 0), as in Kimina-Prover-RL.

What this does not do: resume, or train on steps that lead to other states.
"""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from prover.api.lean import AsyncLean
from prover.errors import InputError, SetupError
from prover.lean.theorem import Theorem
from prover.policy.base import PolicyInput
from prover.policy.chat.formats import ChatFormat
from prover.policy.formats import PromptFormat
from prover.problems.problem import Problem
from prover.rewards.judge import BlockingJudge
from prover.rewards.trl import Completion, ProofReward
from prover.training.libraries import quiet_transformers, require
from prover.util.distribution import install_command

COLUMN = "problem"
REWARDS = "rewards.json"
Observe = Callable[[int, int, float], None]
"""Is told the step, how many there are, and the step's mean reward."""


class GrpoSettings(BaseModel):
    """How a model is trained, under TRL's names where it has them."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True, validate_default=True
    )

    steps: int = Field(default=100, ge=1)
    """Updates of the model."""
    generations: int = Field(default=8, ge=2)
    """Completions of each problem, which are compared with one another."""
    problems_per_step: int = Field(default=1, ge=1)
    """Problems in each update."""
    learning_rate: float = Field(default=2e-6, gt=0)
    """The learning rate; a model of a few million parameters takes about 1e-4."""
    max_tokens: int = Field(default=512, ge=1)
    """Tokens of a completion."""
    temperature: float = Field(default=1.0, gt=0)
    """Sampling temperature."""
    seed: int = 0
    """The random seed."""


@dataclass(frozen=True, slots=True)
class Question:
    """A theorem, and the prompt that asks for its proof: a text, or messages."""

    theorem: Theorem
    prompt: str | list[dict[str, str]]


async def questions(
    lean: AsyncLean, problems: Sequence[Problem], form: PromptFormat | ChatFormat
) -> list[Question]:
    """Return what a model is asked; problems that Lean does not accept are left out.

    Raises:
        InputError: none is left.
        SetupError, EngineError: Lean cannot be run.
    """
    asked = []
    for problem in problems:
        try:
            theorem = lean.state(problem)
            async with await lean.open(theorem) as session:
                goals = session.state.goals
        except InputError:
            continue
        asked.append(Question(theorem, _prompt(form, theorem, problem, goals)))
    if not asked:
        raise InputError("this Lean accepts none of the problems", advice="`prover problems check` says why.")
    return asked


def _prompt(
    form: PromptFormat | ChatFormat, theorem: Theorem, problem: Problem, goals: tuple[str, ...]
) -> str | list[dict[str, str]]:
    if isinstance(form, PromptFormat):
        return form.prompt(
            PolicyInput(goals=goals, name=theorem.name, statement=theorem.statement, header=theorem.header)
        )
    if form.endpoint == "completions":
        return form.prompt(theorem, problem.informal)
    return [{"role": each.role, "content": each.content} for each in form.messages(theorem, problem.informal)]


def train_grpo(
    base: str,
    asked: Sequence[Question],
    judge: BlockingJudge,
    out: Path,
    settings: GrpoSettings,
    form: PromptFormat | ChatFormat,
    observe: Observe = lambda step, steps, reward: None,
) -> list[float]:
    """Train the model `base` into the folder `out`; return the mean reward of each step, which `observe` is told, too.

    Raises:
        SetupError: TRL is not here.
        InputError: `out` is there already, or the model cannot be loaded.
        EngineError: no proof can be checked.
    """
    require("torch", "transformers", "accelerate")
    if out.exists():
        raise InputError(f"{out} is there already", advice="Name a folder that does not exist.")
    work = out.with_name(f".{out.name}.training")
    shutil.rmtree(work, ignore_errors=True)
    rewards: list[float] = []

    def heard(step: int, reward: float) -> None:
        rewards.append(reward)
        observe(step, settings.steps, reward)

    with quiet_transformers(), warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        trainer = _trainer(
            base, asked, _Reward(judge, [each.theorem for each in asked], form), work, settings
        )
        trainer.remove_callback(_printer())
        trainer.add_callback(_reporter(heard))
        trainer.train()
        trainer.save_model(str(work))
    (work / REWARDS).write_text(json.dumps(rewards) + "\n", encoding="utf-8")
    work.rename(out)
    return rewards


def _trainer(
    base: str, asked: Sequence[Question], reward: ProofReward, work: Path, settings: GrpoSettings
) -> Any:  # noqa: ANN401  (TRL is not always here)
    try:
        from datasets import Dataset
        from trl import GRPOConfig, GRPOTrainer
    except ImportError as error:
        raise SetupError(
            f"reinforcement learning needs trl: {error}", advice=f"Install it: {install_command('rl')}"
        ) from error
    import torch

    config = GRPOConfig(
        output_dir=str(work),
        max_steps=settings.steps,
        num_generations=settings.generations,
        per_device_train_batch_size=settings.generations * settings.problems_per_step,
        learning_rate=settings.learning_rate,
        max_completion_length=settings.max_tokens,
        temperature=settings.temperature,
        seed=settings.seed,
        beta=0.0,
        use_cpu=not torch.cuda.is_available(),
        bf16=torch.cuda.is_available(),
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )
    rows = [{"prompt": each.prompt, COLUMN: number} for number, each in enumerate(asked)]
    try:
        return GRPOTrainer(
            model=base, reward_funcs=[reward], args=config, train_dataset=Dataset.from_list(rows)
        )
    except OSError as error:
        raise InputError(f"cannot load {base}: {str(error).splitlines()[0]}") from error


def _printer() -> type:
    from transformers import PrinterCallback

    return PrinterCallback


def _reporter(heard: Callable[[int, float], None]) -> Any:  # noqa: ANN401  (a class made where transformers is)
    """Return a callback of the trainer's that hears the mean reward of each step."""
    from transformers import TrainerCallback

    class Reporter(TrainerCallback):
        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **rest: Any) -> None:  # noqa: ANN401
            if logs and "reward" in logs:
                heard(state.global_step, float(logs["reward"]))

    return Reporter()


class _Reward(ProofReward):
    """The reward for theorems by their numbers, and for answers in the form of a step model."""

    def __init__(
        self, judge: BlockingJudge, theorems: Sequence[Theorem], form: PromptFormat | ChatFormat
    ) -> None:
        super().__init__(lambda: judge, statement_column=COLUMN)
        self._theorems = theorems
        self._form = form

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Completion],
        **columns: Any,  # noqa: ANN401
    ) -> list[float | None]:
        """Return a reward for each completion."""
        form, numbers = self._form, columns.pop(COLUMN)
        if isinstance(form, PromptFormat):
            completions = [form.tactic(each) if isinstance(each, str) else each for each in completions]
        theorems = [self._theorems[number] for number in numbers]
        return super().__call__(prompts, completions, **{**columns, COLUMN: theorems})
