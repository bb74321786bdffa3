"""Measure `/api/check`: small proofs through the server, through the engines alone, and with a process for each.

    python scripts/bench_server.py [--proofs 1000] [--engines 2]

Prints a table in Markdown: proofs per second, and for the server the times of requests with one proof each while others
are asked at the same time. All three elaborate the same texts; engines are warm but for the last way.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import typer

from prover.cli.engine_options import lean_of
from prover.lean.embedded.install import ensure_installed
from prover.lean.process.repl import open_engine
from prover.lean.protocol import Ask
from prover.lean.settings import EngineSettings
from prover.search.settings import SearchSettings
from prover.service.http.app import make_app
from prover.service.http.engines import find_leans
from prover.service.http.run import bound_socket, serve
from prover.service.http.service import open_service
from prover.service.http.settings import ServerSettings
from prover.util.progress import Quiet

TIMEOUT_S = 60.0
BATCH = 8
IN_FLIGHT = 8
PROCESSES = 10
WARM = 200

KINDS = (
    "theorem t{n} (a b : Nat) (h : a < b) : a + {n} < b + {n} := by omega",
    "theorem t{n} (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∨ {n} = 0 := by\n  left\n  exact ⟨hp, hq⟩",
    "theorem t{n} (xs ys : List Nat) : (xs ++ ys).length + {n} = ys.length + xs.length + {n} := by"
    "\n  simp [Nat.add_comm]",
    "theorem t{n} : {n} * 2 = {n} + {n} := by decide",
    "theorem t{n} (n : Nat) : 0 + n + {n} = n + {n} := by\n  induction n with\n  | zero => rfl\n  | succ k ih => omega",
    "theorem t{n} (f : Nat → Nat) (h : ∀ x, f x = x) : f {n} = {n} := by rw [h]",
)


def texts(count: int) -> Iterator[str]:
    """Yield different small proofs."""
    for number in range(count):
        yield KINDS[number % len(KINDS)].replace("{n}", str(number))


async def rate(
    proofs: list[str], at_once: int, check: Callable[[list[str]], Awaitable[None]], size: int
) -> float:
    """Return proofs per second, `at_once` batches of `size` at a time."""
    waiting = [proofs[start : start + size] for start in range(0, len(proofs), size)]
    began = time.perf_counter()

    async def work() -> None:
        while waiting:
            await check(waiting.pop())

    await asyncio.gather(*(work() for _ in range(at_once)))
    return len(proofs) / (time.perf_counter() - began)


async def through_engines(proofs: list[str], engines: int) -> float:
    """Ask the engines themselves, as a loop that does nothing else would."""
    command = ensure_installed(Quiet()).engine_command(untrusted=True)
    async with AsyncExitStack() as stack:
        free = asyncio.Queue[Ask]()
        for _ in range(engines):
            free.put_nowait(await stack.enter_async_context(open_engine(command, TIMEOUT_S)))

        async def check(batch: list[str]) -> None:
            ask = await free.get()
            for text in batch:
                reply = await ask({"cmd": text, "timeLimit": round(TIMEOUT_S * 1000)})
                assert not reply.get("messages"), reply
                await ask({"drop": {"envs": [reply["env"]]}})
            free.put_nowait(ask)

        await rate(list(texts(WARM)), engines, check, 1)
        return await rate(proofs, engines, check, 1)


async def through_processes(proofs: list[str], engines: int) -> float:
    """Start an engine for each proof."""
    command = ensure_installed(Quiet()).engine_command(untrusted=True)

    async def check(batch: list[str]) -> None:
        async with open_engine(command, TIMEOUT_S) as ask:
            reply = await ask({"cmd": batch[0]})
            assert not reply.get("messages"), reply

    return await rate(proofs[:PROCESSES], engines, check, 1)


async def through_server(proofs: list[str], engines: int) -> tuple[float, list[float]]:
    """Ask a server: batches for the rate, then single proofs, whose times are returned, too."""
    settings = ServerSettings(port=0, engines=engines, data=Path(tempfile.mkdtemp()))
    leans = find_leans(EngineSettings(), settings, lean_of)
    stop, started = asyncio.Event(), asyncio.Event()
    with bound_socket(settings) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/api/check"
        async with open_service(leans, settings, SearchSettings()) as service:
            app = make_app(service, None)
            serving = asyncio.create_task(serve(app, listening, stop, started.set))
            await started.wait()
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
                times: list[float] = []

                async def check(batch: list[str]) -> None:
                    snippets = [{"id": str(number), "code": text} for number, text in enumerate(batch)]
                    began = time.perf_counter()
                    answer = await client.post(url, json={"snippets": snippets})
                    times.append(time.perf_counter() - began)
                    assert all(list(each["response"]) == [] for each in answer.json()["results"]), answer.text

                await rate(list(texts(WARM)), IN_FLIGHT, check, BATCH)
                found = await rate(proofs, IN_FLIGHT, check, BATCH)
                times.clear()
                await rate(proofs, IN_FLIGHT, check, 1)
            stop.set()
            await serving
    return found, times


def main(proofs: int = 1000, engines: int = 2) -> None:
    """Measure and print."""
    asked = list(texts(proofs))
    own = asyncio.run(through_engines(asked, engines))
    served, times = asyncio.run(through_server(asked, engines))
    apart = asyncio.run(through_processes(asked, engines))
    centiles = statistics.quantiles(times, n=100)
    print(f"| {proofs} small proofs, {engines} engines | proofs/s | of the engines' own |")
    print("| --- | --- | --- |")
    print(f"| the engines alone | {own:.0f} | 1 |")
    print(f"| `/api/check`, {IN_FLIGHT} requests of {BATCH} at a time | {served:.0f} | {served / own:.2f} |")
    print(f"| a process for each (of {PROCESSES}) | {apart:.1f} | {apart / own:.3f} |")
    print(
        f"\nRequests of one proof, {IN_FLIGHT} at a time: median {centiles[49] * 1000:.0f} ms, "
        f"p99 {centiles[98] * 1000:.0f} ms."
    )


if __name__ == "__main__":
    typer.run(main)
