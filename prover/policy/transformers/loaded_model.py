"""A loaded generative model: checks it, and turns requests into decoding tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import transformers

from prover.errors import InputError, PolicyError
from prover.policy.generation import GenerationRequest, ScoreRequest, ending_tokens
from prover.policy.transformers.decode.continuous_batching import ContinuousBatch, Owner
from prover.policy.transformers.decode.decoding import first_decoder_token
from prover.policy.transformers.decode.prefix_sharing import share_prompts
from prover.policy.transformers.decode.task import ScoreTask, Task
from prover.policy.transformers.failures import model_errors
from prover.policy.transformers.loading import LoadedModel, load_errors, load_model


class LanguageModel:
    """A generative model. To be used by one thread at a time, save for `count_tokens`.

    Raises:
        InputError: the model cannot write text, or cannot end one.
    """

    def __init__(self, loaded: LoadedModel, *, batch_prompts: int) -> None:
        if batch_prompts < 1:
            raise ValueError(f"a batch needs at least one prompt, not {batch_prompts}")
        self.loaded = loaded
        self._batch_prompts = batch_prompts
        self._encoder_decoder: bool = loaded.model.config.is_encoder_decoder
        if loaded.tokenizer.eos_token_id is None:
            raise InputError(
                f"the tokenizer of {loaded.name} has no end token, so no tactic could ever end",
                advice="set eos_token in its tokenizer_config.json",
            )
        self._end_ids = frozenset({loaded.tokenizer.eos_token_id, *_end_ids(loaded)})
        if self._encoder_decoder:
            first_decoder_token(loaded)
        share_prompts(loaded)

    @classmethod
    def load(
        cls, model: str, *, device: str, dtype: str, batch_prompts: int, trust_remote_code: bool
    ) -> LanguageModel:
        """Load a folder or an id, see :meth:`TransformersGenerator.load`."""
        loaded = load_model(
            model, _auto_class, device=device, dtype=dtype, trust_remote_code=trust_remote_code
        )
        with load_errors(model):
            return cls(loaded, batch_prompts=batch_prompts)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens `text` makes as a prompt.

        Raises:
            PolicyError: the tokenizer failed.
        """
        with model_errors(self.loaded.name):
            return len(self.loaded.encode(text))

    def batch(self, abandoned: Callable[[Owner], bool]) -> ContinuousBatch[Owner]:
        """Return a batch of tasks on this model, see :class:`ContinuousBatch`."""
        return ContinuousBatch(self.loaded, most_prompts=self._batch_prompts, abandoned=abandoned)

    def task(self, request: GenerationRequest) -> Task:
        """Return the request as a decoding task.

        Raises:
            PolicyError: the prompt does not fit the context.
        """
        sampling = request.sampling
        prompt, limit = self._prompt(request.prompt, sampling.max_new_tokens)
        special = self.loaded.tokenizer.get_added_vocab()
        return Task(
            prompt=prompt,
            sampling=sampling,
            limit=limit,
            end_ids=self._end_ids.union(special[stop] for stop in sampling.stop if stop in special),
            stops=tuple(stop for stop in sampling.stop if stop not in special),
            decode=self.loaded.decode,
        )

    def score_task(self, request: ScoreRequest) -> ScoreTask:
        """Return the request as a decoding task.

        Raises:
            PolicyError: the prompt does not fit the context.
        """
        prompt, limit = self._prompt(request.prompt, request.max_new_tokens)
        tokenizer, encode = self.loaded.tokenizer, self.loaded.encode_alone
        ending = ending_tokens(
            request.stop,
            special=tokenizer.get_added_vocab(),
            end_token=tokenizer.eos_token_id,
            encode=encode,
        )
        completions = tuple((*encode(text), *ending) for text in request.completions)
        return ScoreTask(prompt=prompt, completions=completions, limit=limit)

    def _prompt(self, text: str, limit: int) -> tuple[tuple[int, ...], int]:
        """Return the tokens of a prompt, and how many of at most `limit` tokens may follow it."""
        prompt = self.loaded.encode(text)
        context = self.loaded.context_length
        if not prompt:
            raise PolicyError("the prompt has no tokens")
        if context is not None:
            room = context - len(prompt) if not self._encoder_decoder else context
            if room < 1 or len(prompt) > context:
                raise PolicyError(
                    f"a prompt of {len(prompt)} tokens does not fit the {context} tokens that "
                    f"{self.loaded.name} can read",
                    advice="cut prompts to the model's context first",
                )
            limit = min(limit, room)
        return tuple(prompt), limit


def _auto_class(config: Any) -> Any:  # noqa: ANN401 - the Auto classes have no common type
    if config.is_encoder_decoder:
        return transformers.AutoModelForSeq2SeqLM
    return transformers.AutoModelForCausalLM


def _end_ids(loaded: LoadedModel) -> list[int]:
    ends = loaded.model.generation_config.eos_token_id
    if ends is None:
        return []
    return [int(end) for end in ends] if isinstance(ends, list) else [int(ends)]
