"""Online reinforcement learning with TRL's GRPO (Shao et al. 2024): the model proves, the verifier pays.

A completion is a whole proof, or a step of one. A step model (`prover.policy.formats`) is asked with the state of the
theorem before any tactic, and what it answers has to prove it at once; a chat model is asked for the proof in its own
format. With the proofs of earlier runs (`prover.rewards.grpo_steps`), a step model is asked with each of their states,
and its tactic has to complete the proof, by itself or with the steps that came later. There is no KL term (beta 0), as
in Kimina-Prover-RL.

Training goes on where it was killed: all is in `.NAME.training` beside the folder to be written until that is complete.
"""

from __future__ import annotations

import hashlib
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
from prover.rewards.curve import reward_curve
from prover.rewards.judge import BlockingJudge
from prover.rewards.trl import Completion, ProofReward
from prover.training.libraries import quiet_transformers, require
from prover.util.distribution import install_command

COLUMN = "problem"
REWARDS = "rewards.json"
CURVE = "rewards.svg"
DESCRIBED = "grpo.json"
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
    checkpoint_every: int = Field(default=25, ge=1)
    """Steps between checkpoints, from which training can go on."""


@dataclass(frozen=True, slots=True)
class Question:
    """A theorem, and the prompt that asks for its proof: a text, or messages.

    Where a step of a proof is asked for, `before` are the proof's tactics before it, and `after` those behind it.
    """

    theorem: Theorem
    prompt: str | list[dict[str, str]]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def proofs(self, answer: str) -> list[str]:
        """Return the proofs that an answer makes: without the steps behind it, and with them if there are any."""
        if not (self.before or self.after):
            return [answer]
        short = "\n".join((*self.before, answer))
        return [short, "\n".join((short, *self.after))] if self.after else [short]


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
    *,
    resume: bool = False,
) -> list[float]:
    """Train the model `base` into the folder `out`; return the mean reward of each step, which `observe` is told, too.

    With `resume` it goes on from the last checkpoint of a training that was ended, if there is one.

    Raises:
        SetupError: TRL is not here.
        InputError: `out` is there already, the model cannot be loaded, or what is to be resumed was another training.
        EngineError: no proof can be checked.
    """
    require("torch", "transformers", "accelerate")
    if out.exists():
        raise InputError(f"{out} is there already", advice="Name a folder that does not exist.")
    work = out.with_name(f".{out.name}.training")
    checkpoint = _checkpoint(work, _described(base, asked, settings), resume=resume)
    with quiet_transformers(), warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        trainer = _trainer(base, asked, _Reward(judge, asked, form), work, settings)
        trainer.remove_callback(_printer())
        trainer.add_callback(_reporter(lambda step, reward: observe(step, settings.steps, reward)))
        trainer.train(resume_from_checkpoint=checkpoint)
        trainer.save_model(str(work))
    rewards = [float(each["reward"]) for each in trainer.state.log_history if "reward" in each]
    (work / REWARDS).write_text(json.dumps(rewards) + "\n", encoding="utf-8")
    (work / CURVE).write_text(reward_curve(rewards), encoding="utf-8")
    for rest in (*work.glob("checkpoint-*"), work / DESCRIBED):
        shutil.rmtree(rest) if rest.is_dir() else rest.unlink()
    work.rename(out)
    return rewards


def _described(base: str, asked: Sequence[Question], settings: GrpoSettings) -> str:
    """Return a text that is the same for the same training."""
    content = repr([(each.theorem, each.prompt, each.before, each.after) for each in asked])
    questions = hashlib.sha256(content.encode()).hexdigest()
    described = {"base": base, "questions": questions, **settings.model_dump(mode="json")}
    return json.dumps(described, sort_keys=True) + "\n"


def _checkpoint(work: Path, described: str, *, resume: bool) -> str | None:
    """Return the last checkpoint in `work`, which is emptied where nothing is to be resumed.

    Raises:
        InputError: it belongs to another training.
    """
    mark = work / DESCRIBED
    if resume and mark.exists():
        if mark.read_text(encoding="utf-8") != described:
            raise InputError(
                f"{work} has a training of another model, of other problems or with other settings",
                advice="Give those that it began with, or leave --resume out to begin anew.",
            )
        complete = [each for each in work.glob("checkpoint-*") if (each / "trainer_state.json").exists()]
        return str(max(complete, key=lambda each: int(each.name.partition("-")[2]))) if complete else None
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    mark.write_text(described, encoding="utf-8")
    return None


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
        save_strategy="steps",
        save_steps=settings.checkpoint_every,
        save_total_limit=2,
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
    """The reward for questions by their numbers, and for answers in the form of a step model."""

    def __init__(
        self, judge: BlockingJudge, asked: Sequence[Question], form: PromptFormat | ChatFormat
    ) -> None:
        super().__init__(lambda: judge, statement_column=COLUMN)
        self._asked = asked
        self._form = form

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Completion],
        **columns: Any,  # noqa: ANN401
    ) -> list[float | None]:
        """Return a reward for each completion: that of the best proof that it makes."""
        form, numbers = self._form, columns.pop(COLUMN)
        if isinstance(form, PromptFormat):
            completions = [form.tactic(each) if isinstance(each, str) else each for each in completions]
        made: list[Completion] = []
        whose: list[int] = []
        for index, (number, completion) in enumerate(zip(numbers, completions, strict=True)):
            question = self._asked[number]
            proofs = question.proofs(completion) if isinstance(completion, str) else [completion]
            made += proofs
            whose += [index] * len(proofs)
        theorems = [self._asked[numbers[index]].theorem for index in whose]
        rewards = super().__call__(prompts, made, **{**columns, COLUMN: theorems})
        best: list[float | None] = [None] * len(completions)
        for index, reward in zip(whose, rewards, strict=True):
            if reward is not None:
                best[index] = max(reward, best[index] or 0.0)
        return best
