"""Measure the embedded Lean: start-up, tactics per second, memory, one engine and two, and the naive way.

    python scripts/bench_lean.py [--rounds N]

Prints tables in Markdown. Warm numbers are the median of the last half of the rounds: V8 optimises hot
functions while it runs, so the first rounds are several times slower, and are shown too.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from typing import Annotated

import typer

from prover.cli.progress import show_progress
from prover.lean.embedded.install import ensure_installed
from prover.lean.process.command import EngineCommand
from prover.lean.process.repl import Repl

TIMEOUT_S = 60.0
STARTS = 5
GOALS = {
    "(a b : Nat) (h : a < b) : a + 1 ≤ b": [
        *("intro x", "exact h", "simp", "simp_all", "cases a", "rw [Nat.add_comm]", "assumption"),
        *("constructor", "rfl", "apply h", "have := h", "induction b", "omega", "decide"),
    ],
    "(p q r : Prop) (hp : p) (hq : q) : (p ∧ q) ∨ r": [
        *("left", "constructor", "simp", "simp_all", "exact Or.inl ⟨hp, hq⟩", "cases hp", "omega", "grind"),
    ],
    "(x y : Int) (h : x = y + 1) : x - 1 = y": [
        *("subst h", "rw [h]", "simp", "simp [h]", "omega", "exact h", "symm", "have := h.symm"),
    ],
    "(xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length": [
        *("induction xs", "cases xs", "simp", "rw [List.length_append]", "intro x", "rfl", "omega"),
        *("simp [Nat.add_comm]",),
    ],
}


@dataclass(frozen=True, slots=True)
class Opened:
    """An engine with all the goals open: proof state -> tactics."""

    repl: Repl
    states: dict[int, list[str]]

    async def round(self) -> tuple[int, float]:
        """Run every tactic on its goal once; returns (tactics, seconds)."""
        began = time.perf_counter()
        made: list[int] = []
        count = 0
        for state, tactics in self.states.items():
            for tactic in tactics:
                reply = await self.repl.request({"tactic": tactic, "proofState": state}, TIMEOUT_S)
                count += 1
                if "proofState" in reply:
                    made.append(reply["proofState"])
        elapsed = time.perf_counter() - began
        await self.repl.request({"drop": {"proofStates": made}}, TIMEOUT_S)
        return count, elapsed


async def first_tactic(command: EngineCommand) -> tuple[float, float, float]:
    """Return seconds from process start to ready and to the first tactic's result, and the memory in MB."""
    began = time.perf_counter()
    repl = await Repl.start(command)
    ready = time.perf_counter() - began
    state = await open_goal(repl, next(iter(GOALS)))
    await repl.request({"tactic": "omega", "proofState": state}, TIMEOUT_S)
    first = time.perf_counter() - began
    memory = repl.rss_bytes / 1e6
    await repl.close()
    return ready, first, memory


async def open_goal(repl: Repl, goal: str) -> int:
    """Open a statement; returns its proof state."""
    reply = await repl.request({"cmd": f"theorem bench {goal} := by sorry"}, TIMEOUT_S)
    return int(reply["sorries"][0]["proofState"])


async def opened(command: EngineCommand) -> Opened:
    """Start an engine and open every goal."""
    repl = await Repl.start(command)
    return Opened(repl, {await open_goal(repl, goal): tactics for goal, tactics in GOALS.items()})


def rate(rounds: list[tuple[int, float]]) -> float:
    """Tactics per second over the median round."""
    return statistics.median(count / seconds for count, seconds in rounds)


async def mixed(command: EngineCommand, engines: int, rounds: int) -> tuple[float, float, float, float]:
    """Return tactics/s of the first round, of round 10 and warm, summed over engines; MB of the largest."""
    sessions = await asyncio.gather(*(opened(command) for _ in range(engines)))

    async def run(session: Opened) -> list[tuple[int, float]]:
        return [await session.round() for _ in range(rounds)]

    logs = await asyncio.gather(*(run(session) for session in sessions))
    memory = max(session.repl.rss_bytes for session in sessions) / 1e6
    await asyncio.gather(*(session.repl.close() for session in sessions))
    return (
        sum(rate(log[:1]) for log in logs),
        sum(rate(log[9:10]) for log in logs),
        sum(rate(log[rounds // 2 :]) for log in logs),
        memory,
    )


async def per_tactic(command: EngineCommand, rounds: int) -> list[tuple[str, str, float]]:
    """Return (goal, tactic, warm milliseconds) for every tactic."""
    session = await opened(command)
    for _ in range(rounds):
        await session.round()
    rows = []
    for (state, tactics), goal in zip(session.states.items(), GOALS, strict=True):
        for tactic in tactics:
            times = []
            for _ in range(20):
                began = time.perf_counter()
                reply = await session.repl.request({"tactic": tactic, "proofState": state}, TIMEOUT_S)
                times.append(time.perf_counter() - began)
                if "proofState" in reply:
                    await session.repl.request({"drop": {"proofStates": [reply["proofState"]]}}, TIMEOUT_S)
            rows.append((goal, tactic, 1000 * statistics.median(times)))
    await session.repl.close()
    return rows


async def main_async(rounds: int) -> None:
    """Measure and print."""
    with show_progress() as progress:
        command = ensure_installed(progress).engine_command()
    starts = [await first_tactic(command) for _ in range(STARTS)]
    ready, first, memory = (statistics.median(column) for column in zip(*starts, strict=True))
    print("| what | measured |\n| --- | --- |")
    print(f"| process start to ready, s (median of {STARTS}) | {ready:.2f} |")
    print(f"| process start to first tactic result, s | {first:.2f} |")
    print(f"| memory then, MB | {memory:.0f} |")
    print(f"| the naive way: one process per tactic, tactics/s | {1 / first:.1f} |")
    for engines in (1, 2):
        cold, tenth, warm, memory = await mixed(command, engines, rounds)
        rates = f"{cold:.0f} / {tenth:.0f} / {warm:.0f}"
        print(f"| {engines} engine(s), mixed tactics/s: first round / tenth / warm | {rates} |")
        print(f"| {engines} engine(s), memory of the largest after that, MB | {memory:.0f} |")
    print("\n| goal | tactic | ms |\n| --- | --- | --- |")
    for goal, tactic, milliseconds in await per_tactic(command, rounds):
        print(f"| `{goal}` | `{tactic}` | {milliseconds:.2f} |")


def main(rounds: Annotated[int, typer.Option(min=10)] = 60) -> None:
    """Print the tables; ROUNDS rounds of every tactic on every goal."""
    asyncio.run(main_async(rounds))


if __name__ == "__main__":
    typer.run(main)
