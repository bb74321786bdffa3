"""Direct preference optimization: of two answers to a prompt, a model learns to prefer one.

Rafailov et al. (2023), "Direct Preference Optimization", equation 7: for a prompt x, a chosen answer c and a
rejected one r the loss is -log σ(β log π(c|x)/π₀(c|x) - β log π(r|x)/π₀(r|x)), with π₀ the model that the
training starts from. BFS-Prover (Xin et al. 2025, section 3.3) takes for c the tactic of a proof and for r one
that Lean refused in the same state. A part of the chosen answer's cross-entropy, per token, may be added
(Pang et al. 2024, "Iterative Reasoning Preference Optimization"), as the loss alone can lower the probability
of both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from prover.files import write_atomically
from prover.policy.base import PolicyInput
from prover.policy.formats import PromptFormat
from prover.training.config import DpoConfig
from prover.training.examples import Compared, Pair, tokenize_pairs
from prover.training.job import Finishing, Lesson, TrainingResult, train
from prover.training.loading import Loaded, bfloat16
from prover.training.trajectories import FailedStep

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from prover.training.trainer import Observe, Stop

REFERENCE = "reference.json"
"""The file in the working folder that holds the reference model's log-probabilities."""


def failure_pairs(
    failures: Iterable[FailedStep], statements: Mapping[str, str], prompt_format: PromptFormat
) -> list[Pair]:
    """Return, each once, the pairs of a proof's tactic and one that failed where it led on.

    `statements` are those of the problems by name, for formats whose prompts have them.
    """
    pairs: dict[Pair, None] = {}
    for failure in failures:
        chosen, rejected = failure.better.strip(), failure.tactic.strip()
        if chosen and rejected and chosen != rejected:
            state = PolicyInput(goals=failure.goals, statement=statements.get(failure.problem, ""))
            pairs[Pair(prompt_format.prompt(state), chosen, rejected)] = None
    return list(pairs)


def finetune_dpo(
    model: str | Path,
    pairs: Sequence[Pair],
    out: Path,
    config: DpoConfig,
    *,
    resume: bool = False,
    observe: Observe | None = None,
    stop: Stop | None = None,
    finishing: Finishing | None = None,
) -> TrainingResult:
    """Train `model` on `pairs` and write the outcome to `out`; see `job.train` for what it does and raises.

    The reference model is `model` as it comes. Its log-probabilities are computed once, before the first step,
    and kept with the checkpoints. The result's accuracies are the shares of pairs whose chosen answer has
    gained more than the rejected one; in the very first step none has.
    """

    def lesson(loaded: Loaded, work: Path) -> Lesson:
        from prover.training.trainer import DpoTrainer

        data = tokenize_pairs(pairs, loaded.tokenizer, loaded.context)
        file = work / REFERENCE
        if not file.exists():
            write_atomically(file, json.dumps(_logprobs(loaded, data.kept, config)))
        known = json.loads(file.read_text(encoding="utf-8"))
        return Lesson(
            data=[
                _Referenced(pair=pair, chosen=chosen, rejected=rejected)
                for pair, (chosen, rejected) in zip(data.kept, known, strict=True)
            ],
            lengths=[pair.length for pair in data.kept],
            dropped=data.dropped,
            collate=_collate,
            trainer=DpoTrainer,
            settings={"beta": config.beta, "sft_weight": config.sft_weight},
        )

    return train(
        model, pairs, out, config, lesson, resume=resume, observe=observe, stop=stop, finishing=finishing
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Referenced:
    """A pair with the reference model's log-probabilities of its answers, in nats."""

    pair: Compared
    chosen: float
    rejected: float


def _collate(data: Sequence[_Referenced], pad: int) -> dict[str, Any]:
    """Return what `collate_pairs` does, and `reference` of shape 2B, the chosen answers' first."""
    import torch

    from prover.training.batches import collate_pairs

    batch = collate_pairs([each.pair for each in data], pad)
    reference = [*(each.chosen for each in data), *(each.rejected for each in data)]
    return {**batch, "reference": torch.tensor(reference)}


def _logprobs(loaded: Loaded, pairs: Sequence[Compared], config: DpoConfig) -> list[tuple[float, float]]:
    """Return the log-probabilities of the chosen and the rejected answers under the model as it is."""
    import torch

    from prover.training.batches import collate_pairs
    from prover.training.losses import answer_entropies
    from prover.training.trainer import answer_logits

    device = torch.device("cuda" if config.device != "cpu" and torch.cuda.is_available() else "cpu")
    model = cast("PreTrainedModel", loaded.model).to(device).eval()  # type: ignore[arg-type]
    order = sorted(range(len(pairs)), key=lambda index: -pairs[index].length)
    found = [(0.0, 0.0)] * len(pairs)
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=bfloat16(config)):
        for start in range(0, len(order), config.batch_size):
            indices = order[start : start + config.batch_size]
            rows = collate_pairs([pairs[index] for index in indices], loaded.pad)
            batch = {name: tensor.to(device) for name, tensor in rows.items()}
            chosen, rejected = (-answer_entropies(answer_logits(model, batch), batch["labels"])).chunk(2)
            for index, pair in zip(
                indices, zip(chosen.tolist(), rejected.tolist(), strict=True), strict=True
            ):
                found[index] = pair
    return found
