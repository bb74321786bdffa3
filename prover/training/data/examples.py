"""Training examples: a prompt, and the answer it should give.

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


@dataclass(frozen=True, slots=True)
class Pair:
    """A prompt with two answers, of which `chosen` is to be preferred to `rejected`."""

    prompt: str
    chosen: str
    rejected: str

    def __post_init__(self) -> None:
        if not self.chosen or not self.rejected or self.chosen == self.rejected:
            raise ValueError(f"a pair needs two different answers; its prompt is {self.prompt!r}")


@dataclass(frozen=True, slots=True)
class Preference:
    """Two proof states as text, of which `better` is nearer to being proved than `worse`."""

    better: str
    worse: str

    def __post_init__(self) -> None:
        if not self.better or not self.worse or self.better == self.worse:
            raise ValueError(f"a preference needs two different states, not {self.better!r} twice")


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
    tokenized = _tokenize(examples, tokenizer)
    kept = tuple(example for example in tokenized if len(example.ids) <= context)
    _some_fit(len(kept), len(tokenized), context)
    return TokenizedExamples(kept=kept, dropped=len(tokenized) - len(kept))


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two texts as tokens, the preferred one first, of both of which the trainer makes one batch."""

    better: TokenizedExample
    worse: TokenizedExample

    @property
    def length(self) -> int:
        """Tokens of the longer one."""
        return max(len(self.better.ids), len(self.worse.ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizedPairs:
    """The pairs of which both texts fit the model's context, in order, and how many did not."""

    kept: tuple[Compared, ...]
    dropped: int


def tokenize_pairs(pairs: Sequence[Pair], tokenizer: PreTrainedTokenizerBase, context: int) -> TokenizedPairs:
    """Tokenize `pairs` as `tokenize` does examples; a pair of which one answer does not fit is left out.

    Raises:
        InputError: the tokenizer has no end token, or no pair fits.
    """
    chosen = _tokenize([Example(pair.prompt, pair.chosen) for pair in pairs], tokenizer)
    rejected = _tokenize([Example(pair.prompt, pair.rejected) for pair in pairs], tokenizer)
    return _that_fit(chosen, rejected, context)


def tokenize_preferences(
    preferences: Sequence[Preference], tokenizer: PreTrainedTokenizerBase, context: int
) -> TokenizedPairs:
    """Tokenize the states as a critic will read them: alone, and with no end token.

    Raises:
        InputError: there are none, or none fits.
    """
    if not preferences:
        raise InputError("there are no preferences to train on")

    def states(texts: list[str]) -> list[TokenizedExample]:
        rows = tokenizer(texts)["input_ids"]
        return [TokenizedExample(ids=tuple(ids), prompt_length=len(ids), weight=1.0) for ids in rows]

    better = states([preference.better for preference in preferences])
    worse = states([preference.worse for preference in preferences])
    return _that_fit(better, worse, context)


def _tokenize(examples: Sequence[Example], tokenizer: PreTrainedTokenizerBase) -> list[TokenizedExample]:
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
    return [
        TokenizedExample(ids=(*prompt, *answer, end), prompt_length=len(prompt), weight=example.weight)
        for example, prompt, answer in zip(examples, prompts, answers, strict=True)
    ]


def _that_fit(
    better: Sequence[TokenizedExample], worse: Sequence[TokenizedExample], context: int
) -> TokenizedPairs:
    compared = [Compared(better=a, worse=b) for a, b in zip(better, worse, strict=True)]
    kept = tuple(each for each in compared if each.length <= context)
    _some_fit(len(kept), len(compared), context)
    return TokenizedPairs(kept=kept, dropped=len(compared) - len(kept))


def _some_fit(kept: int, given: int, context: int) -> None:
    if not kept:
        raise InputError(
            f"none of {given} examples fits the model's context of {context} tokens",
            advice="Take a model with a larger context, or shorter states.",
        )
