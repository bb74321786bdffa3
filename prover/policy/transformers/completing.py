"""Complete requests of any number and length on one model: encode, cut into batches, decode.

Batches hold prompts of like length, so that little is padding. Where an accelerator's memory does not hold a
batch, it is tried in halves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
import transformers

from prover.errors import InputError, PolicyError
from prover.policy.generation import Completion, GenerationRequest
from prover.policy.transformers.beam import beam_search
from prover.policy.transformers.decoding import first_decoder_token, start_decoding
from prover.policy.transformers.judging import judged
from prover.policy.transformers.loading import LoadedModel, load_model
from prover.policy.transformers.sampling import sample
from prover.policy.transformers.task import Task

# A batch may have this many completions for each prompt it may have; one prompt may have more.
ROWS_PER_PROMPT = 8
# A prompt shorter than this part of its batch's longest begins a new batch.
LEAST_LENGTH = 0.5


class LanguageModel:
    """A model that writes text. Blocking, and to be used by one thread at a time, save for `count_tokens`.

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

    @classmethod
    def load(
        cls, model: str, *, device: str, dtype: str, batch_prompts: int, trust_remote_code: bool
    ) -> LanguageModel:
        """Load a folder or an id, see :meth:`TransformersGenerator.load`."""
        loaded = load_model(
            model, _auto_class, device=device, dtype=dtype, trust_remote_code=trust_remote_code
        )
        return cls(loaded, batch_prompts=batch_prompts)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens `text` makes as a prompt."""
        return len(self.loaded.encode(text))

    @torch.inference_mode()
    def complete(
        self, requests: Sequence[GenerationRequest], check: Callable[[], None]
    ) -> list[list[Completion]]:
        """Return the completions of each request, those that were given last.

        `check` is called before each token and may raise.

        Raises:
            PolicyError: a prompt does not fit the context or the memory, or the model fails.
        """
        tasks = [self._task(request) for request in requests]
        results: list[list[Completion]] = [[] for _ in tasks]
        for batch in self._batches(tasks):
            completions = self._complete_batch([tasks[index] for index in batch], check)
            for index, group in zip(batch, completions, strict=True):
                results[index] = group
        for index, (request, task) in enumerate(zip(requests, tasks, strict=True)):
            if request.given:
                check()
                results[index] += judged(self.loaded, task, request.given)
        return results

    def _task(self, request: GenerationRequest) -> Task:
        prompt, sampling = self.loaded.encode(request.prompt), request.sampling
        context, limit = self.loaded.context_length, sampling.max_new_tokens
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
        special = self.loaded.tokenizer.get_added_vocab()
        ends = [special[stop] for stop in sampling.stop if stop in special]
        plain = tuple(stop for stop in sampling.stop if stop not in special)
        if ends or not plain:
            ending = [ends[0] if ends else self.loaded.tokenizer.eos_token_id]
        else:
            ending = self.loaded.encode_alone(plain[0])
        return Task(
            prompt=tuple(prompt),
            sampling=sampling,
            limit=limit,
            end_ids=self._end_ids.union(ends),
            ending=tuple(ending),
            stops=plain,
            decode=self.loaded.decode,
        )

    def _batches(self, tasks: Sequence[Task]) -> list[list[int]]:
        """Cut the tasks' indices into batches, the longest prompts first."""
        order = sorted(range(len(tasks)), key=lambda i: (tasks[i].sampling.beam, -len(tasks[i].prompt)))
        batches: list[list[int]] = []
        rows = 0
        for index in order:
            task = tasks[index]
            if (
                not batches
                or len(batches[-1]) == self._batch_prompts
                or rows + task.rows > ROWS_PER_PROMPT * self._batch_prompts
                or task.sampling.beam != tasks[batches[-1][0]].sampling.beam
                or len(task.prompt) < LEAST_LENGTH * len(tasks[batches[-1][0]].prompt)
            ):
                batches.append([])
                rows = 0
            batches[-1].append(index)
            rows += task.rows
        return batches

    def _complete_batch(self, tasks: Sequence[Task], check: Callable[[], None]) -> list[list[Completion]]:
        try:
            decoding = start_decoding(
                self.loaded, [task.prompt for task in tasks], steps=max(task.limit for task in tasks)
            )
            search = beam_search if tasks[0].sampling.beam else sample
            results = search(decoding, tasks, check)
        except torch.OutOfMemoryError as error:
            if len(tasks) == 1:
                raise PolicyError(
                    f"the memory of {self.loaded.device} does not hold {tasks[0].rows} completions of a "
                    f"prompt of {len(tasks[0].prompt)} tokens",
                    advice="ask for fewer samples or shorter prompts, or use a smaller number type",
                ) from error
        else:
            if any(math.isnan(each.logprob) for group in results for each in group):
                raise PolicyError(
                    f"the model {self.loaded.name} computes values that are not numbers",
                    advice="its weights are broken, or its number type is too small: try float32",
                )
            return results
        # Only here has the exception let go of the batch's tensors.
        if self.loaded.device.type == "cuda":
            torch.cuda.empty_cache()
        middle = len(tasks) // 2
        return self._complete_batch(tasks[:middle], check) + self._complete_batch(tasks[middle:], check)


def _auto_class(config: Any) -> Any:  # noqa: ANN401 - the Auto classes have no common type
    if config.is_encoder_decoder:
        return transformers.AutoModelForSeq2SeqLM
    return transformers.AutoModelForCausalLM


def _end_ids(loaded: LoadedModel) -> list[int]:
    ends = loaded.model.generation_config.eos_token_id
    if ends is None:
        return []
    return [int(end) for end in ends] if isinstance(ends, list) else [int(ends)]
