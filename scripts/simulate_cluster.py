"""How busy a driver keeps many workers: the real driver, store and hand-out, and actors whose times are recorded ones.

    python scripts/simulate_cluster.py RUN [--actors 1000] [--attempts 20000] [--faster 1]

RUN is a run that was made with `prover evaluate`. Its attempts are drawn at random, over and over: each simulated actor
takes as long as the recorded attempt did (divided by `--faster`) and returns its rows, search tree included, pickled as
Ray would. Everything else is what `prover evaluate --cluster` does: the Runner, the RayExecutor, the SQLite store on
this disk. The table says how many attempts a second that was, what share of the time the actors had work, and what the
driver's process spent its time on.
"""

from __future__ import annotations

import argparse
import asyncio
import concurrent.futures
import pickle
import random
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rich.console import Console
from rich.table import Table

from prover.cluster.actor import Returned
from prover.cluster.actor_pool import ActorPool
from prover.cluster.executor import RayExecutor
from prover.cluster.resources import Needs
from prover.evaluation.run.executor import AttemptJob, AttemptResult
from prover.evaluation.run.pipeline import Reading
from prover.evaluation.run.runner import Runner
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.rows import (
    AttemptRow,
    NodeRow,
    ProblemRow,
    ProofRow,
    ProofStepRow,
    StepRow,
    TreeRows,
)
from prover.evaluation.store.tables import select, select_by_parent

READING = Reading(clock_s=0.0, lean_s=0.0, engines=1, policy_s=(), slots=())


class SimulatedRay:
    """As much of Ray as a `RayExecutor` uses, with actors that take recorded times. `recorded` are pickled results."""

    exceptions = SimpleNamespace(
        RayActorError=ConnectionError,
        ObjectLostError=LookupError,
        WorkerCrashedError=ConnectionError,
        RayTaskError=OSError,
    )

    def __init__(self, recorded: list[tuple[float, bytes]], faster: float) -> None:
        self.recorded = recorded
        self.faster = faster
        self.busy_s = 0.0
        self.waited_s = 0.0
        self.bytes = 0

    def nodes(self) -> list[dict[str, Any]]:
        """The nodes of the cluster: one."""
        return [{"NodeID": "node", "Alive": True}]

    def get_runtime_context(self) -> Any:  # noqa: ANN401  (as Ray's)
        """Tell where the driver is."""
        return SimpleNamespace(get_node_id=lambda: "node")

    def remote(self, **_: object) -> Any:  # noqa: ANN401  (as Ray's)
        """Make a class of actors."""
        return lambda actor: SimpleNamespace(remote=lambda *_: self._actor())

    def kill(self, handle: object) -> None:
        """End an actor."""

    def cancel(self, reference: Any) -> None:  # noqa: ANN401
        """Cancel a call."""
        reference.future().cancel()

    def _actor(self) -> Any:  # noqa: ANN401
        last = SimpleNamespace(end=None)
        return SimpleNamespace(
            where=SimpleNamespace(remote=lambda: self._after(0.0, lambda: ("node", "here"))),
            open=SimpleNamespace(remote=lambda package: self._after(0.0, lambda: READING)),
            attempt=SimpleNamespace(remote=lambda job: self._attempt(job, last)),
        )

    def _attempt(self, job: AttemptJob, last: SimpleNamespace) -> Any:  # noqa: ANN401
        """Begin an attempt; the actor has waited since its `last` one was to end."""
        now = time.monotonic()
        seconds, content = self.recorded[random.Random(job.attempt_id).randrange(len(self.recorded))]
        self.waited_s += 0.0 if last.end is None else max(0.0, now - last.end)  # less: it was cancelled
        self.busy_s += seconds / self.faster
        self.bytes += len(content)
        last.end = now + seconds / self.faster

        def result() -> Returned[AttemptResult]:
            found: AttemptResult = pickle.loads(content)
            ids = {"id": job.attempt_id, "problem_id": job.problem_id, "pass_number": job.pass_number}
            return Returned(replace(found, attempt=replace(found.attempt, **ids)), READING, 0)  # type: ignore[arg-type]

        return self._after(seconds / self.faster, result)

    def _after(self, seconds: float, value: Any) -> Any:  # noqa: ANN401
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()

        def end() -> None:
            if not future.cancelled():
                future.set_result(value())

        asyncio.get_running_loop().call_later(seconds, end)
        return SimpleNamespace(future=lambda: future)


def recorded_results(run: Path) -> list[tuple[float, bytes]]:
    """Return the attempts of a run: how long each took, in seconds, and its pickled rows."""
    with RunStore.open(RunFolder(run), read_only=True) as store:
        nodes = select_by_parent(store.connection, NodeRow)
        steps = select_by_parent(store.connection, StepRow)
        proofs = select_by_parent(store.connection, ProofRow)
        proof_steps = select_by_parent(store.connection, ProofStepRow)
        found = []
        for row in select(store.connection, AttemptRow, "WHERE NOT negated"):
            tree = TreeRows(nodes=tuple(nodes.get(row.id, ())), steps=tuple(steps.get(row.id, ())))
            row = replace(row, proof=next(iter(proofs.get(row.id, ())), None))
            result = AttemptResult(attempt=row, tree=tree, proof_steps=tuple(proof_steps.get(row.id, ())))
            found.append((row.wall_s, pickle.dumps(result)))
        return found


def new_store(run: Path, out: Path, attempts: int) -> RunStore:
    """Make a run of as many problems as there are to be `attempts`, copies of those of `run`."""
    with RunStore.open(RunFolder(run), read_only=True) as store:
        config = store.config.model_copy(
            update={"passes": 1, "workers": 1, "automation": False, "disprove": False}
        )
        problems = select(store.connection, ProblemRow, "WHERE support = 'supported'")
    copies = [
        replace(problems[number % len(problems)], id=number, name=f"problem_{number}")
        for number in range(attempts)
    ]
    return RunStore.create(RunFolder(out), config, copies, created_at=time.time())


async def simulate(store: RunStore, folder: RunFolder, ray: SimulatedRay, actors: int) -> None:
    """Make all attempts."""
    pool = ActorPool(ray, store.config, Needs(1, 1), actors, folder.note)
    executor = RayExecutor(ray, store.config, lambda _: None, pool, folder.note)  # type: ignore[arg-type,return-value]
    keeper = asyncio.create_task(pool.keep())
    await pool.first()
    await Runner(folder, store, executor, observe=lambda progress: None).run(asyncio.Event())
    keeper.cancel()


def main() -> None:
    """Read the arguments, simulate, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run", type=Path, help="a run's folder")
    parser.add_argument("--actors", type=int, default=1000)
    parser.add_argument("--attempts", type=int, default=20_000)
    parser.add_argument("--faster", type=float, default=1.0, help="divide recorded times by this")
    options = parser.parse_args()
    recorded = recorded_results(options.run)
    ray = SimulatedRay(recorded, options.faster)
    with tempfile.TemporaryDirectory() as place:
        folder = RunFolder(Path(place) / "run")
        folder.path.mkdir()
        with new_store(options.run, folder.path, options.attempts) as store:
            before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
            asyncio.run(simulate(store, folder, ray, options.actors))
            wall = time.monotonic() - began
            after = resource.getrusage(resource.RUSAGE_SELF)
        size = folder.database.stat().st_size
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    mean = sum(seconds for seconds, _ in recorded) / len(recorded) / options.faster
    table = Table(
        "", "", title=f"{options.actors} actors, {options.attempts} attempts drawn from {options.run}"
    )
    table.add_row(
        "an attempt takes, on average", f"{mean:.2f} s, {ray.bytes / options.attempts / 1e3:.0f} kB of rows"
    )
    table.add_row(
        "attempts a second", f"{options.attempts / wall:.1f} (no wait at all: {options.actors / mean:.1f})"
    )
    table.add_row("actors busy between attempts", f"{ray.busy_s / (ray.busy_s + ray.waited_s):.1%}")
    table.add_row("the driver's processor", f"{cpu / wall:.0%} of one core")
    table.add_row("stored", f"{size / 1e6:.0f} MB, {size / wall / 1e6:.1f} MB/s")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
