"""Seconds until a vLLM server gives its first answer with new weights, as a table: started anew, or reloaded.

    python scripts/bench_handover.py FIRST SECOND [--times 3] [--dtype auto]

FIRST and SECOND are the folders of two models that differ in their weights alone, such as those of two rounds of
`prover iterate` with `from_last`. vLLM is the one that `prover serve` takes. The last line is what `prover iterate`
does: it also compares the server's answers with those that the training has noted.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from prover.policy.api_key import KEY_VARIABLES
from prover.policy.open import SERVER_VARIABLE
from prover.serving.handover import KeptServer
from prover.serving.server import choose_build
from prover.training.iteration.serving import OwnServer, RoundServer

REQUEST = {"model": "model", "prompt": "n : Nat\n⊢ n + 0 = n\n", "n": 8, "max_tokens": 16}


def main() -> None:
    """Read the arguments, measure, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--dtype", default="auto")
    options = parser.parse_args()
    models = [options.first.resolve(), options.second.resolve()]
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / "vllm" / "model"
        measured = asyncio.run(_servers(models, link, options.times, options.dtype))
        measured["weights reloaded and checked"] = _checked(models, link, options.times, options.dtype)
    table = Table("new weights by", "s, median", "s, all")
    for name, seconds in measured.items():
        each = ", ".join(f"{value:.1f}" for value in seconds)
        table.add_row(name, f"{statistics.median(seconds):.1f}", each)
    Console().print(table)


async def _servers(models: list[Path], link: Path, times: int, dtype: str) -> dict[str, list[float]]:
    """Return the seconds of each start, and of each reload."""
    build = choose_build(None)
    started, reloaded = [], []
    for _ in range(times):
        began = time.monotonic()
        server = await KeptServer.start(models[0], link, build, dtype=dtype)
        try:
            await _first_answer(server.url, server.key)
            started.append(time.monotonic() - began)
            began = time.monotonic()
            await server.reload(models[1])
            await _first_answer(server.url, server.key)
            reloaded.append(time.monotonic() - began)
        finally:
            await server.stop()
    return {"a server started anew": started, "weights reloaded": reloaded}


def _checked(models: list[Path], link: Path, times: int, dtype: str) -> list[float]:
    """Return the seconds of each change of models in a server that `prover iterate` keeps."""
    seconds = []
    lines: list[str] = []
    with RoundServer(OwnServer(link, dtype=dtype, say=lines.append)) as servers:
        _ask(servers.serve(models[0]).environment)
        for number in range(1, times + 1):
            began = time.monotonic()
            _ask(servers.serve(models[number % 2]).environment)
            seconds.append(time.monotonic() - began)
    assert not [line for line in lines if "anew" in line], lines
    return seconds


def _ask(environment: Mapping[str, str]) -> None:
    asyncio.run(_first_answer(environment[SERVER_VARIABLE], environment[KEY_VARIABLES[0]]))


async def _first_answer(url: str, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(headers=headers, timeout=600, trust_env=False) as client:
        (await client.post(f"{url}/completions", json=REQUEST)).raise_for_status()


if __name__ == "__main__":
    main()
