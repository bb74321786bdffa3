"""Questions for GRPO on steps: the states of proofs that were found before, each with what came before it and after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prover.errors import InputError
from prover.lean.theorem import Theorem
from prover.policy.base import PolicyInput
from prover.policy.formats import PromptFormat
from prover.rewards.grpo import Question
from prover.training.data.dataset import STEPS, read_steps
from prover.training.data.trajectories import ProofStep


def has_steps(folder: str) -> bool:
    """Whether a folder has proofs in steps (`prover export --format parquet`)."""
    return (Path(folder) / STEPS).is_file()


def step_questions(folder: str, form: PromptFormat) -> list[Question]:
    """Return a question for each state of the folder's proofs; those of negations are left out.

    Raises:
        InputError: there is none.
    """
    steps = [each for each in read_steps(Path(folder) / STEPS) if not each.negated]
    longest: dict[tuple[str, str, str], ProofStep] = {}
    for step in steps:
        key = (step.run, step.problem, step.proof)
        if key not in longest or len(step.before) > len(longest[key].before):
            longest[key] = step
    asked = [_question(step, longest[step.run, step.problem, step.proof], form) for step in steps]
    if not asked:
        raise InputError(f"{folder} has no step of a proof", advice="Export a run that has proved something.")
    return _distinct(asked)


def _question(step: ProofStep, last: ProofStep, form: PromptFormat) -> Question:
    theorem = Theorem(name=step.name, statement=step.statement, header=step.header)
    prompt = form.prompt(
        PolicyInput(goals=step.goals, name=step.name, statement=step.statement, header=step.header)
    )
    whole = (*last.before, last.tactic)
    return Question(theorem, prompt, before=step.before, after=whole[len(step.before) + 1 :])


def _distinct(asked: Sequence[Question]) -> list[Question]:
    """Leave out questions about a state that another question is about."""
    return list({(each.theorem, str(each.prompt)): each for each in asked}.values())
