"""Send a server many requests that make little sense, and look at every answer.

    prover server --port 8766 &
    python scripts/fuzz_server.py --url http://127.0.0.1:8766 --requests 100000

Bodies are the examples of the OpenAPI page with parts changed, dropped and put in; most are refused before any Lean is
asked. Prints how often each status was answered, and the longest wait. A status of 500 or more, or no answer within a
minute, is a failure: the exit code is 1.
"""

from __future__ import annotations

import asyncio
import copy
import json
import random
import time
from collections import Counter
from typing import Annotated, Any

import httpx
import typer

TIMEOUT_S = 60.0
AT_ONCE = 16
WORDS = (
    "theorem t : 1 = 1",
    "theorem",
    "sorry",
    "",
    " ",
    "\\0",
    "é∀⟨",
    "a" * 3000,
    "0",
    "import Nothing",
    "#eval 1",
)
VALUES: tuple[Any, ...] = (None, True, -1, 0, 1, 1e308, 2**70, [], {}, [[]], {"a": 1}, *WORDS)
METHODS = ("get", "post", "put", "delete", "patch")


def changed(value: Any, dice: random.Random) -> Any:  # noqa: ANN401  (whatever JSON holds)
    """Return a JSON value with one part of it changed."""
    if isinstance(value, dict) and value and dice.random() < 0.8:
        name = dice.choice(list(value))
        what = dice.random()
        if what < 0.15:
            return {other: each for other, each in value.items() if other != name}
        if what < 0.3:
            return {**value, dice.choice(WORDS): dice.choice(VALUES)}
        return {**value, name: changed(value[name], dice)}
    if isinstance(value, list) and value and dice.random() < 0.8:
        place = dice.randrange(len(value))
        return [*value[:place], changed(value[place], dice), *value[place + 1 :]]
    return copy.deepcopy(dice.choice(VALUES))


def examples(page: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Return the routes of an OpenAPI page: method, path, and an example of a body."""
    found = []
    for path, methods in page["paths"].items():
        for method, route in methods.items():
            content = route.get("requestBody", {}).get("content", {}).get("application/json", {})
            shown = content.get("examples") or {}
            bodies = [each.get("value") for each in shown.values()] or [content.get("example", {})]
            found += [(method, path, body) for body in bodies]
    return found


async def fuzz(url: str, requests: int, seed: int) -> tuple[Counter[int], list[str], float]:
    """Send the requests; return the statuses, what failed, and the longest wait in seconds."""
    statuses: Counter[int] = Counter()
    failed: list[str] = []
    longest = 0.0
    async with httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S) as client:
        routes = examples((await client.get("/openapi.json")).json())
        numbers = iter(range(requests))

        async def work() -> None:
            nonlocal longest
            for number in numbers:
                dice = random.Random(f"{seed} {number}")
                method, path, body = dice.choice(routes)
                path = path.replace("{id}", dice.choice(("0", "x" * 40, "%00", "..%2f", "é")))
                if dice.random() < 0.05:
                    method = dice.choice(METHODS)
                sent = (
                    json.dumps(changed(changed(body, dice), dice))
                    if dice.random() < 0.95
                    else dice.choice(WORDS)
                )
                headers = {"Content-Type": "application/json", "X-Prover-Client": f"c{number % 50}"}
                began = time.perf_counter()
                try:
                    content = None if method == "get" else sent.encode()
                    async with client.stream(
                        method.upper(), path, content=content, headers=headers
                    ) as answer:
                        statuses[answer.status_code] += 1
                        if answer.status_code >= 500:
                            failed.append(f"{method} {path} {sent[:200]}: {answer.status_code}")
                except httpx.HTTPError as error:
                    failed.append(f"{method} {path} {sent[:200]}: {error!r}")
                longest = max(longest, time.perf_counter() - began)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return statuses, failed, longest


def main(
    url: Annotated[str, typer.Option(help="Of the server.")] = "http://127.0.0.1:8000",
    requests: Annotated[int, typer.Option(help="How many.")] = 100_000,
    seed: Annotated[int, typer.Option(help="The same seed, the same requests.")] = 0,
) -> None:
    """Send requests and print what came of them."""
    began = time.perf_counter()
    statuses, failed, longest = asyncio.run(fuzz(url, requests, seed))
    told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    print(
        f"{sum(statuses.values())} answers in {time.perf_counter() - began:.0f} s, the longest after {longest:.1f} s"
    )
    print(told)
    for each in failed[:20]:
        print(f"failed: {each}")
    raise typer.Exit(1 if failed else 0)


if __name__ == "__main__":
    typer.run(main)
