"""What a model learns from: a prompt, and the answer it should give.

Prompt and answer are tokenized apart and joined, so that the prompt's tokens are exactly those that
generation will see; the answer ends with the end token. Nothing is ever cut to fit: an example that is too
long teaches nothing in part, so it is left out and counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prover.errors import InputError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

IGNORED = -100
"""The label of a token that the loss leaves out."""


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt, word for word as the policy will put it, its answer, and how much it counts."""

    prompt: str
    answer: str
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.answer:
            raise ValueError(f"an example needs an answer; its prompt is {self.prompt!r}")
        if not 0 < self.weight < math.inf:
            raise ValueError(f"an example's weight must be a positive number, not {self.weight}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizedExample:
    """`ids` are prompt, answer and end token; the first `prompt_length` of them are the prompt."""

    ids: tuple[int, ...]
    prompt_length: int
    weight: float

    @property
    def labels(self) -> list[int]:
        """What the loss wants at each position of `ids`; it ignores the prompt."""
        return [IGNORED] * self.prompt_length + list(self.ids[self.prompt_length :])


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizedExamples:
    """The examples that fit the model's context, in order, and how many did not."""

    kept: tuple[TokenizedExample, ...]
    dropped: int


def tokenize(
    examples: Sequence[Example], tokenizer: PreTrainedTokenizerBase, context: int
) -> TokenizedExamples:
    """Tokenize `examples`; those of more than `context` tokens, the end token counted, are left out.

    Raises:
        InputError: the tokenizer has no end token, or no example fits.
    """
    end = tokenizer.eos_token_id
    if not isinstance(end, int):
        raise InputError(
            f"the tokenizer of {tokenizer.name_or_path} has no end token",
            advice="Set eos_token in its tokenizer_config.json: a model must be able to end its answers.",
        )
    if not examples:
        raise InputError("there are no examples to train on")
    prompts = tokenizer([example.prompt for example in examples])["input_ids"]
    answers = tokenizer([example.answer for example in examples], add_special_tokens=False)["input_ids"]
    tokenized = [
        TokenizedExample(ids=(*prompt, *answer, end), prompt_length=len(prompt), weight=example.weight)
        for example, prompt, answer in zip(examples, prompts, answers, strict=True)
    ]
    kept = tuple(example for example in tokenized if len(example.ids) <= context)
    if not kept:
        raise InputError(
            f"none of {len(examples)} examples fits the model's context of {context} tokens",
            advice="Take a model with a larger context, or shorter states.",
        )
    return TokenizedExamples(kept=kept, dropped=len(tokenized) - len(kept))
