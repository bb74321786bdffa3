"""How likely a model finds completions that come from elsewhere.

They are read behind the prompts, which have been read already, as many at the same time as fit the memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prover.policy.generation import Completion
from prover.policy.transformers.decode.decoding import Decoding
from prover.policy.transformers.decode.task import Task
from prover.policy.transformers.loading import LoadedModel

# Numbers that the model may give at once: completions by their longest length by vocabulary.
_MOST_LOGITS = 1 << 26


@dataclass(frozen=True, slots=True)
class _Given:
    """A text, ended as the model would end it, for the prompt in row `row`."""

    row: int
    text: str
    tokens: tuple[int, ...]


def judged(loaded: LoadedModel, decoding: Decoding, tasks: Sequence[Task]) -> list[list[Completion]]:
    """Return what each of `tasks` was given as completions, in any order, but not what is too long for it.

    Row i of `decoding` has read the prompt of task i and nothing else; it stays as it is.
    """
    given = [
        _Given(row, text, tokens)
        for row, task in enumerate(tasks)
        for text in dict.fromkeys(task.given)
        if len(tokens := (*loaded.encode_alone(text), *task.ending)) <= task.limit
    ]
    vocabulary = decoding.logits_BV.shape[-1]
    judged: list[list[Completion]] = [[] for _ in tasks]
    for part in _parts(sorted(given, key=lambda each: len(each.tokens)), _MOST_LOGITS // vocabulary):
        logprobs = decoding.follow([each.row for each in part], [each.tokens for each in part])
        for each, logprob in zip(part, logprobs, strict=True):
            judged[each.row].append(
                Completion(text=each.text, logprob=logprob, tokens=len(each.tokens), finished=True)
            )
    return judged


def _parts(given: Sequence[_Given], tokens: int) -> Iterator[list[_Given]]:
    """Cut rows, the shortest first, into parts whose padded rows have so many tokens, or one row."""
    part: list[_Given] = []
    for each in given:
        if part and (len(part) + 1) * len(each.tokens) > tokens:
            yield part
            part = []
        part.append(each)
    if part:
        yield part
