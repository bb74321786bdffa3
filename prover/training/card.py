"""Write the model card, a trained model's README.md: data, settings, command, results."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from prover.training.config import TrainingConfig
from prover.training.data.sources import DataFolder
from prover.training.job import TrainingResult
from prover.training.objectives.base import AnyObjective

FEW = 10
"""Steps over which the first and the last loss are averaged, at most."""


def model_card(
    *,
    name: str,
    objective: AnyObjective,
    base: str,
    prompts: str | None,
    data: Sequence[DataFolder],
    config: TrainingConfig,
    result: TrainingResult,
    command: str,
    version: str,
) -> str:
    """Return the card as Markdown. `prompts` is the name of the prompt format; critics have none."""
    lines = [
        f"# {name}",
        "",
        f"{objective.title}. Made by prover {version} with",
        "",
        f"    {command}",
        "",
        f"It began as `{base}`" + (f" and is asked in the prompt format `{prompts}`." if prompts else "."),
        "",
        "## Data",
        "",
        f"Trained on {result.examples} different {objective.example_noun}; "
        f"{result.dropped} more did not fit the context.",
        "",
        "| folder | rounds | problems | proof steps | failed steps | files (SHA-256) |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(folder) for folder in data),
        "",
        "## Outcome",
        "",
        f"- {len(result.losses)} steps, {result.tokens} tokens, {result.seconds:.0f} s",
        f"- loss, in nats a {objective.loss_unit}: {ends(result.losses)}",
    ]
    if result.accuracies:
        lines.append(f"- share of pairs ordered correctly: {ends(result.accuracies)}")
    lines += ["", "## Settings", "", "| setting | value |", "| --- | --- |"]
    lines += [f"| {key} | {value} |" for key, value in config.model_dump().items()]
    return "\n".join(lines) + "\n"


def ends(values: Sequence[float]) -> str:
    """Return the means of the first and the last few values, at most a tenth of all."""
    few = min(FEW, max(1, len(values) // 10))
    return f"{fmean(values[:few]):.3f} at first, {fmean(values[-few:]):.3f} at last"


def _row(folder: DataFolder) -> str:
    rounds = ", ".join(str(number) for number in sorted({step.round for step in folder.steps}))
    problems = len({step.problem for step in folder.steps})
    files = ", ".join(f"{name} `{digest[:16]}`" for name, digest in folder.hashes)
    counts = f"{len(folder.steps)} | {len(folder.failures)}"
    return f"| {folder.path} | {rounds} | {problems} | {counts} | {files} |"
