"""Compare prover's continuous batching with transformers' own and with padded `generate`, on the same work.

    python scripts/bench_batching.py                 # both models, 16 prompts of 8 samples
    python scripts/bench_batching.py --prompts 4     # fewer

Two models with random weights, of 0.6 and 27 million parameters, complete prompts of some 100 to 200 tokens; every way
gives each completion with the log-probability of its tokens. One thread; the time is the processor's, so that other
work on the machine matters little. The first call of each way is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from transformers import AutoModelForCausalLM, AutoTokenizer, ContinuousBatchingConfig, GenerationConfig

from prover.policy.generation import GenerationRequest, Sampling
from prover.policy.transformers import TransformersGenerator
from prover.training.create import create_model
from prover.training.preset import ModelPreset

MODELS = {
    "0.6 M": ModelPreset(
        vocab_size=512,
        hidden_size=128,
        intermediate_size=256,
        layers=2,
        heads=2,
        kv_heads=2,
        context=1024,
    ),
    "27 M": ModelPreset(
        vocab_size=2048,
        hidden_size=512,
        intermediate_size=1408,
        layers=8,
        heads=8,
        kv_heads=8,
        context=1024,
    ),
}


@dataclass(frozen=True, slots=True)
class Work:
    """Prompts, each to be completed `samples` times by `new_tokens` tokens at most."""

    prompts: Sequence[str]
    samples: int
    new_tokens: int


def main() -> None:
    """Print a table: for each model, each way's tokens in a second of processor time."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--prompts", type=int, default=16)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--new-tokens", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(1)
    logging.getLogger("transformers").setLevel(logging.ERROR)
    work = Work([prompt(seed) for seed in range(options.prompts)], options.samples, options.new_tokens)
    table = Table("model", "way", "tokens", "CPU s", "tokens/s of CPU")
    with tempfile.TemporaryDirectory() as folder:
        for name, preset in MODELS.items():
            model = Path(folder) / name.replace(" ", "")
            create_model(preset, work.prompts, model, seed=0)
            for way, start in WAYS.items():
                run = start(str(model), work)
                tokens, seconds = measure(run, options.rounds)
                table.add_row(name, way, str(tokens), f"{seconds:.2f}", f"{tokens / seconds:.0f}")
    Console().print(table)


def prompt(seed: int) -> str:
    """Return a goal with a few hypotheses, as a prompt."""
    chance = random.Random(seed)
    names = "a b c x y z".split()
    hypotheses = [
        f"h{number} : {chance.choice(names)} + {chance.randrange(99)} ≤ {chance.choice(names)} * {chance.randrange(9)}"
        for number in range(chance.randrange(4, 10))
    ]
    goal = f"⊢ {chance.choice(names)} % {chance.randrange(2, 9)} < {chance.randrange(9, 99)}"
    return "\n".join([f"{' '.join(names)} : ℕ", *hypotheses, goal, "[TACTIC]", ""])


def measure(run: Callable[[], int], rounds: int) -> tuple[int, float]:
    """Return the tokens of the fastest of some calls after a first one, and its seconds of processor time."""
    run()
    best: tuple[int, float] | None = None
    for _ in range(rounds):
        began = time.process_time()
        tokens = run()
        seconds = time.process_time() - began
        if best is None or tokens / seconds > best[0] / best[1]:
            best = tokens, seconds
    assert best is not None
    return best


def requests(work: Work) -> list[GenerationRequest]:
    """Return the work as prover's generators take it."""
    return [
        GenerationRequest(
            prompt=text, sampling=Sampling(samples=work.samples, max_new_tokens=work.new_tokens, seed=seed)
        )
        for seed, text in enumerate(work.prompts)
    ]


def ours(model: str, work: Work) -> Callable[[], int]:
    """prover's continuous batching, `prover/policy/transformers/decode`."""
    generator = TransformersGenerator.load(model, device="cpu", dtype="float32")

    def run() -> int:
        answers = asyncio.run(generator.generate(requests(work)))
        return sum(completion.tokens for answer in answers for completion in answer)

    return run


def continuous(model: str, work: Work) -> Callable[[], int]:
    """transformers' continuous batching, `generate_batch`."""
    network, tokenizer = load(model)
    inputs = [tokenizer(text)["input_ids"] for text in work.prompts]
    settings = sampling(work, tokenizer)
    batching = ContinuousBatchingConfig(
        return_logprobs=True, seed=0, num_blocks=128, max_batch_tokens=2048, page_size=32
    )

    def run() -> int:
        outputs = network.generate_batch(
            inputs, generation_config=settings, continuous_batching_config=batching
        )
        done = list(outputs.values())
        wanted = len(inputs) * work.samples
        assert len(done) == wanted, f"{len(done)} of {wanted} completions came back"
        assert all(len(each.logprobs) == len(each.generated_tokens) for each in done)
        return sum(len(each.generated_tokens) for each in done)

    return run


def padded(model: str, work: Work) -> Callable[[], int]:
    """`generate` over prompts that are padded to the longest."""
    network, tokenizer = load(model)
    inputs = tokenizer(list(work.prompts), return_tensors="pt", padding=True)
    settings = sampling(work, tokenizer)

    def run() -> int:
        output = network.generate(
            **inputs, generation_config=settings, return_dict_in_generate=True, output_scores=True
        )
        scores = network.compute_transition_scores(output.sequences, output.scores, normalize_logits=True)
        new = output.sequences[:, inputs["input_ids"].shape[1] :]
        assert scores.shape == new.shape
        ended = (new == tokenizer.eos_token_id).cumsum(-1)
        return int(((ended == 0) | ((ended == 1) & (new == tokenizer.eos_token_id))).sum())

    return run


def load(model: str) -> tuple[Any, Any]:
    """Return the model and its tokenizer, as transformers loads them."""
    tokenizer = AutoTokenizer.from_pretrained(model, padding_side="left")
    tokenizer.pad_token = tokenizer.eos_token
    return AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval(), tokenizer


def sampling(work: Work, tokenizer: Any) -> GenerationConfig:  # noqa: ANN401 - tokenizers have no common type
    """Return the settings of both of transformers' ways: the model's whole distribution."""
    return GenerationConfig(
        do_sample=True,
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        num_return_sequences=work.samples,
        max_new_tokens=work.new_tokens,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.eos_token_id,
    )


def vllm(model: str, work: Work) -> Callable[[], int]:
    """vLLM in this process; it needs an environment of its own (scripts/make_vllm_env.sh)."""
    from prover.policy.vllm import VllmGenerator

    generator = VllmGenerator.load(model, dtype="float32", max_model_len=512)

    def run() -> int:
        answers = asyncio.run(generator.generate(requests(work)))
        return sum(completion.tokens for answer in answers for completion in answer)

    return run


WAYS = {
    "prover, continuous batching": ours,
    "transformers, generate_batch": continuous,
    "transformers, padded generate": padded,
}
if find_spec("vllm") is not None:
    WAYS["vLLM"] = vllm


if __name__ == "__main__":
    main()
