"""Supervised fine-tuning: a model learns to give the answers of examples.

The loss is the cross-entropy of the answers' tokens, or the direct coverage loss that keeps a model from being
too sure of itself where a search samples often (`SftConfig.coverage`). How a training goes and is resumed is
told in :mod:`prover.training.job`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from prover.training.config import SftConfig
from prover.training.examples import Example, tokenize
from prover.training.job import RESULT, Finishing, Lesson, SftResult, train
from prover.training.loading import Loaded

if TYPE_CHECKING:
    from prover.training.trainer import Observe, Stop

__all__ = ["RESULT", "SftConfig", "SftResult", "finetune"]


def finetune(
    model: str | Path,
    examples: Sequence[Example],
    out: Path,
    config: SftConfig,
    *,
    resume: bool = False,
    observe: Observe | None = None,
    stop: Stop | None = None,
    finishing: Finishing | None = None,
) -> SftResult:
    """Train `model` on `examples` and write the outcome to `out`; see `job.train` for what it does and raises."""

    def lesson(loaded: Loaded, work: Path) -> Lesson:
        from prover.training.batches import collate
        from prover.training.trainer import AnswerTrainer

        data = tokenize(examples, loaded.tokenizer, loaded.context)
        return Lesson(
            data=data.kept,
            lengths=[len(example.ids) for example in data.kept],
            dropped=data.dropped,
            collate=collate,
            trainer=AnswerTrainer,
            settings={"coverage": config.coverage},
        )

    return train(
        model, examples, out, config, lesson, resume=resume, observe=observe, stop=stop, finishing=finishing
    )
