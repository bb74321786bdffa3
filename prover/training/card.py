"""A trained model's README.md: what it was made of, how, and what came of it, for whoever finds the folder."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from prover.training.config import TrainingConfig
from prover.training.job import TrainingResult
from prover.training.sources import DataFolder

FEW = 10
"""Steps over which the first and the last loss are averaged, at most."""

_HEADINGS = {
    "sft": "A model that proposes Lean tactics, fine-tuned on proof steps",
    "dpo": "A model that proposes Lean tactics, taught to prefer proof steps to failed ones",
    "critic": "A critic that scores Lean proof states: the higher, the nearer to being proved",
}


def model_card(
    *,
    name: str,
    objective: str,
    base: str,
    prompts: str | None,
    data: Sequence[DataFolder],
    config: TrainingConfig,
    result: TrainingResult,
    command: str,
    version: str,
) -> str:
    """Return the card as Markdown. `prompts` is the name of the prompt format; critics have none."""
    what = "examples" if objective == "sft" else "pairs"
    lines = [
        f"# {name}",
        "",
        f"{_HEADINGS[objective]}. Made by prover {version} with",
        "",
        f"    {command}",
        "",
        f"It began as `{base}`" + (f" and is asked in the prompt format `{prompts}`." if prompts else "."),
        "",
        "## Data",
        "",
        f"Trained on {result.examples} different {what}; {result.dropped} more did not fit the context.",
        "",
        "| folder | rounds | problems | proof steps | failed steps | files (SHA-256) |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(folder) for folder in data),
        "",
        "## Outcome",
        "",
        f"- {len(result.losses)} steps, {result.tokens} tokens, {result.seconds:.0f} s",
        f"- loss, in nats a {'token' if objective == 'sft' else 'pair'}: {ends(result.losses)}",
    ]
    if result.accuracies:
        lines.append(f"- share of pairs ordered rightly: {ends(result.accuracies)}")
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
