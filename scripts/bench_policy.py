"""Sequences a second of policy backends on the same work, as a table.

    python scripts/bench_policy.py hf:MODEL http://127.0.0.1:8000/v1 vllm:MODEL ... [--states 32] [--samples 8]

The states are arithmetic goals with hypotheses, about 150 tokens each for a small vocabulary. Each backend
is asked once to warm up and then `--rounds` times; the best round counts, since other work on the machine only ever
slows it down. A backend that cannot be opened gets a line that says why.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from prover.errors import ProverError
from prover.policy.base import PolicyInput
from prover.policy.generation import GenerationRequest, Sampling
from prover.policy.open import open_policies
from prover.policy.settings import PolicySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one backend did: seconds of the first call and of the best, and what the best brought."""

    first_s: float
    best_s: float
    sequences: int
    tokens: int


def main() -> None:
    """Read the arguments, measure each backend, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("policies", nargs="+", metavar="SPEC", help="hf:..., vllm:..., http://...")
    parser.add_argument("--states", type=int, default=32)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--new-tokens", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--format", default="prover", help="the prompt format, or auto")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="auto")
    options = parser.parse_args()
    table = Table("policy", "sequences/s", "tokens/s", "first call, s", "best call, s")
    for policy in options.policies:
        settings = PolicySettings(
            policy=policy, format=options.format, device=options.device, dtype=options.dtype
        )
        try:
            done = asyncio.run(measure(settings, options))
        except ProverError as error:
            table.add_row(policy, error.message)
            continue
        table.add_row(
            f"{policy} ({options.dtype})",
            f"{done.sequences / done.best_s:.0f}",
            f"{done.tokens / done.best_s:.0f}",
            f"{done.first_s:.1f}",
            f"{done.best_s:.2f}",
        )
    Console().print(table)


async def measure(settings: PolicySettings, options: argparse.Namespace) -> Measured:
    """Ask one backend for completions of all states in one batch, several times."""
    seconds: list[float] = []
    best: list[int] = []
    async with open_policies(settings) as policies:
        [generator] = policies.generators
        for round_number in range(options.rounds + 1):
            requests = [
                GenerationRequest(
                    prompt=state(seed).pp + "\n[TACTIC]\n",
                    sampling=Sampling(
                        samples=options.samples,
                        max_new_tokens=options.new_tokens,
                        seed=1000 * round_number + seed,
                    ),
                )
                for seed in range(options.states)
            ]
            began = time.monotonic()
            answers = await generator.generate(requests)
            seconds.append(time.monotonic() - began)
            completions = [each for answer in answers for each in answer]
            if round_number and seconds[-1] == min(seconds[1:]):
                best = [each.tokens for each in completions]
    return Measured(first_s=seconds[0], best_s=min(seconds[1:]), sequences=len(best), tokens=sum(best))


def state(seed: int) -> PolicyInput:
    """Return a goal with eight hypotheses."""
    chance = random.Random(seed)
    names = [f"x{index}" for index in range(5)]
    hypotheses = [
        f"h{index} : {chance.choice(names)} + {chance.randrange(99)} ≤ {chance.choice(names)} * {chance.randrange(9)}"
        for index in range(8)
    ]
    target = f"⊢ {chance.choice(names)} % {chance.randrange(2, 9)} < {chance.randrange(9, 99)}"
    return PolicyInput(goals=("\n".join([f"{' '.join(names)} : ℕ", *hypotheses, target]),))


if __name__ == "__main__":
    main()
