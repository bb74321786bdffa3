"""A transformers model as a `Generator`. This module can be imported without torch; `load` imports it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from prover.policy.generation import Completion, GenerationRequest, Score, ScoreRequest
from prover.policy.transformers.packages import require_packages

if TYPE_CHECKING:
    from prover.policy.transformers.loaded_model import LanguageModel


class TransformersGenerator:
    """Implements :class:`prover.policy.generation.Generator`.

    Calls of `generate` share one batch, see :class:`ContinuousBatch`. One that is cancelled ends at its
    next token. The model's memory is free once this object is.
    """

    slots = None
    why_no_scores = ""

    def __init__(self, model: LanguageModel) -> None:
        from prover.policy.transformers.decode.stream import Stream

        self._model = model
        self._stream = Stream(model)

    @classmethod
    def load(
        cls,
        model: str,
        *,
        device: str = "auto",
        dtype: str = "auto",
        batch_prompts: int = 16,
        trust_remote_code: bool = False,
    ) -> TransformersGenerator:
        """Load a decoder-only or encoder-decoder model; blocks for seconds to minutes.

        `model` is a folder here or a Hugging Face id. `device` is ``cpu``, ``cuda``, ``cuda:1``, ``mps``, or
        ``auto`` for the fastest there is. `dtype` is ``float32``, ``bfloat16``, ``float16``, or ``auto`` for
        bfloat16 where a CUDA device computes in it and float32 elsewhere. `batch_prompts` prompts, with 8
        completions each, are in the batch at once. `trust_remote_code` lets code that comes with the model run.

        Raises:
            InputError: there is no such model, or it cannot generate text and end it.
            SetupError: torch, transformers or the device is missing.
        """
        require_packages()
        from prover.policy.transformers.loaded_model import LanguageModel

        return cls(
            LanguageModel.load(
                model,
                device=device,
                dtype=dtype,
                batch_prompts=batch_prompts,
                trust_remote_code=trust_remote_code,
            )
        )

    @property
    def name(self) -> str:
        """The folder's name, or the id."""
        return self._model.loaded.name

    @property
    def context_length(self) -> int | None:
        """See :class:`prover.policy.generation.Generator`."""
        return self._model.loaded.context_length

    async def count_tokens(self, text: str) -> int:
        """Return how many tokens `text` makes as a prompt, those that the tokenizer adds included."""
        return self._model.count_tokens(text)

    async def generate(self, requests: Sequence[GenerationRequest]) -> list[list[Completion]]:
        """Return the completions of each request, in order; for a beam, the likeliest first.

        Raises:
            PolicyError: a prompt does not fit the context or the memory, the model fails, or this is closed.
        """
        return await self._stream.generate(requests)

    async def score(self, requests: Sequence[ScoreRequest]) -> list[list[Score | None]]:
        """Return the scores of completions, see :class:`prover.policy.generation.Scorer`.

        Raises:
            PolicyError: as for `generate`.
        """
        return await self._stream.score(requests)

    async def close(self) -> None:
        """End the work that goes on or waits. Safe to call twice."""
        await self._stream.close()
