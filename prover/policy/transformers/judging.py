"""How likely a model finds completions that come from elsewhere.

The prompt is read once; then all completions that fit the memory are read behind it at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prover.policy.generation import Completion
from prover.policy.transformers.decoding import start_decoding
from prover.policy.transformers.loading import LoadedModel
from prover.policy.transformers.task import Task

# Numbers that the model may give at once: completions by their longest length by vocabulary.
_MOST_LOGITS = 1 << 26


def judged(loaded: LoadedModel, task: Task, texts: Sequence[str]) -> list[Completion]:
    """Return `texts` as completions of the task's prompt, in any order, but not those that are too long for it.

    Raises:
        PolicyError: the model failed.
    """
    ended = [(text, (*loaded.encode_alone(text), *task.ending)) for text in dict.fromkeys(texts)]
    fitting = sorted((each for each in ended if len(each[1]) <= task.limit), key=lambda each: len(each[1]))
    vocabulary = loaded.model.get_output_embeddings().weight.shape[0]
    judged: list[Completion] = []
    for part in _parts(fitting, _MOST_LOGITS // vocabulary):
        decoding = start_decoding(loaded, [task.prompt], steps=len(part[-1][1]))
        decoding.select([0] * len(part))
        logprobs = decoding.follow([tokens for _, tokens in part])
        judged += [
            Completion(text=text, logprob=logprob, tokens=len(tokens), finished=True)
            for (text, tokens), logprob in zip(part, logprobs, strict=True)
        ]
    return judged


def _parts(
    rows: Sequence[tuple[str, tuple[int, ...]]], tokens: int
) -> Iterator[list[tuple[str, tuple[int, ...]]]]:
    """Cut rows, the shortest first, into parts whose padded rows have so many tokens, or one row."""
    part: list[tuple[str, tuple[int, ...]]] = []
    for row in rows:
        if part and (len(part) + 1) * len(row[1]) > tokens:
            yield part
            part = []
        part.append(row)
    if part:
        yield part
