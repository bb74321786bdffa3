"""Log-probabilities of completions that the model has not written itself.

Their tokens are read behind the prompts, those of several states in one padded pass, as many as fit the memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prover.policy.generation import Score
from prover.policy.transformers.decode.decoding import Decoding
from prover.policy.transformers.decode.task import ScoreTask

# Numbers that the model may return at once: completions by their longest length by vocabulary.
_MOST_LOGITS = 1 << 26


@dataclass(frozen=True, slots=True)
class _Continuation:
    """Tokens that follow the prompt in row `row`; `task` is the number of the task that asks for their score."""

    row: int
    task: int
    tokens: tuple[int, ...]


def score_completions(
    decoding: Decoding, tasks: Sequence[ScoreTask], rows: Sequence[int]
) -> list[list[Score | None]]:
    """Return the scores of the completions of each task; None for one that is longer than the task's limit.

    Row `rows[i]` of `decoding` has read the prompt of task i and nothing else; it stays as it is. Completions with the
    same tokens are read once.
    """
    asked = dict.fromkeys(
        _Continuation(row, number, tokens)
        for number, (task, row) in enumerate(zip(tasks, rows, strict=True))
        for tokens in task.completions
        if len(tokens) <= task.limit
    )
    found: dict[_Continuation, Score] = {}
    most_tokens = _MOST_LOGITS // decoding.logits_BV.shape[-1]
    for part in _parts(sorted(asked, key=lambda each: len(each.tokens)), most_tokens):
        logprobs = decoding.score_continuations([each.row for each in part], [each.tokens for each in part])
        for each, logprob in zip(part, logprobs, strict=True):
            found[each] = Score(logprob, len(each.tokens))
    return [
        [found.get(_Continuation(row, number, tokens)) for tokens in task.completions]
        for number, (task, row) in enumerate(zip(tasks, rows, strict=True))
    ]


def _parts(rows: Sequence[_Continuation], tokens: int) -> Iterator[list[_Continuation]]:
    """Cut rows, the shortest first, into parts whose padded rows have at most `tokens` tokens, or one row."""
    part: list[_Continuation] = []
    for each in rows:
        if part and (len(part) + 1) * len(each.tokens) > tokens:
            yield part
            part = []
        part.append(each)
    if part:
        yield part
