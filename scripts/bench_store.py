"""Measure the store at size: how large, how fast to write, to resume, to report on and to compare.

    python scripts/bench_store.py [--folder DIR] 1000x10 1000x10:200 100000x10

A case is PROBLEMSxPASSES, with `:STEPS` for search trees of that many tried tactics. Prints a table in Markdown.
Attempts are made up: their texts have the lengths of real ones, three in ten problems are proved. Every measurement
runs in a process of its own, so that its memory is its own. Rates are attempts in a second of the clock, the disk
waited for, and of the processor; other columns are seconds of the processor, which other programs do not disturb.
"""

from __future__ import annotations

import itertools
import multiprocessing
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from prover.errors import InputError
from prover.evaluation.analysis.compare import compare_runs
from prover.evaluation.report import write_report
from prover.evaluation.run.config import RunConfig
from prover.evaluation.store.compacting import compact
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.pending import counts, open_slots
from prover.evaluation.store.rows import (
    AttemptRow,
    FinishedAttempt,
    NodeRow,
    ProblemRow,
    ProofRow,
    ProofStepRow,
    StepRow,
    TreeRows,
)
from prover.evaluation.store.status import read_status
from prover.lean.theorem import Theorem

GROUP = 200
"""Attempts in one commit."""
ALONE = 300
"""Attempts that are written one at a time, for that column."""
PROVED = 0.3
MESSAGE = "linarith failed to find a contradiction\ncase a\nx y : ℝ\nh₀ : 0 < x\n⊢ False\nfailed"
TACTICS = ("nlinarith [sq_nonneg (x - y)]", "simp [h₀, mul_comm]", "rw [h₁] at h₂", "omega", "norm_num at *")


@dataclass(frozen=True, slots=True)
class Case:
    """What is measured: a run of so many problems and passes, and tried tactics in each tree."""

    problems: int
    passes: int
    steps: int

    @classmethod
    def read(cls, text: str) -> Case:
        """Read PROBLEMSxPASSES[:STEPS]."""
        size, _, steps = text.partition(":")
        numbers = [*size.split("x"), steps or "0"]
        if len(numbers) != 3 or not all(each.isdecimal() for each in numbers):
            raise InputError(f"{text!r} is no case", advice="Write PROBLEMSxPASSES or PROBLEMSxPASSES:STEPS.")
        return cls(*map(int, numbers))

    @property
    def attempts(self) -> int:
        """How many attempts there are."""
        return self.problems * self.passes


def main(
    cases: Annotated[list[str], typer.Argument(metavar="PROBLEMSxPASSES[:STEPS]...")],
    folder: Annotated[Path | None, typer.Option(help="Where the runs go; deleted afterwards.")] = None,
) -> None:
    """Print the table."""
    columns = (
        "one at a time",
        "in groups",
        "of the processor",
        "size",
        "an attempt",
        "resume",
        "report",
        "HTML",
    )
    print(
        f"| problems x passes, steps | {' | '.join((*columns, 'memory', 'compare', 'status', 'compact'))} |"
    )
    print(f"| --- |{' ---: |' * 12}")
    for text in cases:
        case = Case.read(text)
        place = Path(tempfile.mkdtemp(prefix="bench_store.", dir=folder))
        try:
            print(f"| {' | '.join(measure(case, place))} |", flush=True)
        finally:
            shutil.rmtree(place)


def measure(case: Case, place: Path) -> list[str]:
    """Return the cells of a case, whose run is made in `place`."""
    name = f"{case.problems:,} x {case.passes}" + (f", {case.steps}" if case.steps else "")
    (alone, grouped, processor), _, _ = in_process(write, case, place)
    size = sum(each.stat().st_size for each in place.iterdir())
    _, resume_s, _ = in_process(resume, place)
    _, report_s, memory = in_process(write_report, place)
    html = (place / "report.html").stat().st_size
    _, compare_s, _ = in_process(compare_runs, place, place)
    _, status_s, _ = in_process(read_status, place)
    _, compact_s, _ = in_process(compact, RunFolder(place))
    return [
        name,
        f"{alone:,.0f}/s",
        f"{grouped:,.0f}/s",
        f"{processor:,.0f}/s",
        f"{size / 1e6:,.0f} MB",
        f"{10 * size / case.attempts / 9:,.0f} B",
        f"{resume_s:.1f} s",
        f"{report_s:.1f} s",
        f"{html / 1e6:.1f} MB",
        f"{memory:,.0f} MB",
        f"{compare_s:.1f} s",
        f"{status_s:.1f} s",
        f"{compact_s:.1f} s",
    ]


def in_process(work: Callable[..., Any], *arguments: object) -> tuple[Any, float, float]:
    """Call `work` in a new process; return its result, the processor's seconds and the most memory, in MB."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(measured, (work, *arguments))


def measured(work: Callable[..., Any], *arguments: object) -> tuple[Any, float, float]:
    """Call `work`; return its result, unless that is large, the processor's seconds and the most memory, in MB."""
    began = time.process_time()
    result = work(*arguments)
    seconds = time.process_time() - began
    small = result if isinstance(result, tuple) else None
    return small, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write(case: Case, place: Path) -> tuple[float, float, float]:
    """Make the run; return the attempts a second that were written one at a time, in groups, and by the processor."""
    config = RunConfig(
        prover_version="0",
        problems="made.jsonl",
        set_name="made",
        set_hash="0" * 64,
        policy="heuristic",
        engine="embedded",
        passes=case.passes,
    )
    with RunStore.create(RunFolder(place), config, list(problems(case)), created_at=time.time()) as store:
        with store.connection:
            store.connection.execute("UPDATE problem SET support = 'supported'")
        counts(store)
        waiting = attempts(case, store)
        few = min(ALONE, case.attempts // 3)
        alone = Clock()
        for each in itertools.islice(waiting, few):
            with alone:
                store.add_attempts([each])
                counts(store)
        made, grouped = 0, Clock()
        while group := list(itertools.islice(waiting, GROUP)):
            with grouped:
                store.add_attempts(group)
                counts(store)
            made += len(group)
        return few / alone.clock_s, made / grouped.clock_s, made / grouped.processor_s


class Clock:
    """Adds up the seconds in its blocks, of the clock and of the processor."""

    def __init__(self) -> None:
        self.clock_s = self.processor_s = 0.0

    def __enter__(self) -> None:
        self.clock_s -= time.perf_counter()
        self.processor_s -= time.process_time()

    def __exit__(self, *_: object) -> None:
        self.clock_s += time.perf_counter()
        self.processor_s += time.process_time()


def resume(place: Path) -> None:
    """Do what a run does first that goes on."""
    with RunStore.open(RunFolder(place)) as store:
        open_slots(store)
        counts(store)


def problems(case: Case) -> Iterator[ProblemRow]:
    """Yield the problems: 200 characters of statement, as those of Lean Workbook have."""
    for number in range(case.problems):
        name = f"lean_workbook_{number}"
        statement = (
            f"theorem {name} (x y z : ℝ) (h₀ : 0 < x ∧ 0 < y) (h₁ : x + y = {number}) (h₂ : z ≤ {number % 97}) : "
            f"x ^ 2 + y ^ 2 + {number % 13} * z ≥ {number}"
        )
        theorem = Theorem(name=name, statement=statement, header="import Mathlib\n")
        yield ProblemRow.from_theorem(number, name, theorem, split="train", informal="Show that it holds.")


def attempts(case: Case, store: RunStore) -> Iterator[FinishedAttempt]:
    """Yield all attempts but the last tenth, which is left to resume."""
    rng = random.Random(0)
    trees = [tree(case.steps, rng) for _ in range(10)] if case.steps else [TreeRows()]
    for number in range(case.attempts * 9 // 10):
        pass_number, problem = divmod(number, case.problems)
        proved = problem % 10 < 10 * PROVED and rng.random() < 0.5
        row = AttemptRow(
            id=store.attempt_id(problem, pass_number, negated=False),
            problem_id=problem,
            pass_number=pass_number,
            negated=False,
            seed=rng.getrandbits(32),
            outcome="proved" if proved else "failed",
            stopped_by="" if proved else "seconds",
            started_at=1.8e9 + number,
            wall_s=rng.random() * 60,
            lean_s=rng.random() * 40,
            policy_s=rng.random() * 10,
            expansions=50,
            tactics=case.steps,
            nodes=case.steps // 2,
            proof=PROOF if proved else None,
        )
        yield FinishedAttempt(attempt=row, tree=rng.choice(trees), proof_steps=PROOF_STEPS if proved else ())


def tree(steps: int, rng: random.Random) -> TreeRows:
    """Return a tree in which every second tactic leads to a new state."""
    goal = "x y z : ℝ\nh₀ : 0 < x ∧ 0 < y\nh₁ : x + y = 2024\nh₂ : z ≤ 12\n⊢ x ^ 2 + y ^ 2 + 7 * z ≥ "
    nodes = tuple(
        NodeRow(
            node=each, goals=(f"{goal}{rng.random()}",), depth=each % 9, logprob=-rng.random(), expanded=True
        )
        for each in range(steps // 2)
    )
    usual = StepRow(
        step=0,
        source=0,
        target=None,
        tactic="",
        logprob=0.0,
        outcome="error",
        message=MESSAGE,
        on_proof=False,
    )
    made = [
        replace(
            usual, step=each, source=max(0, each // 2 - 1), tactic=rng.choice(TACTICS), logprob=-rng.random()
        )
        for each in range(steps)
    ]
    for each in range(1, steps // 2):
        made[2 * each] = replace(made[2 * each], target=each, outcome="state", message="")
    return TreeRows(nodes=nodes, steps=tuple(made))


PROOF_STEPS = tuple(ProofStepRow(step=each, goals=("⊢ x ≥ 0",), tactic=TACTICS[each]) for each in range(3))
PROOF = ProofRow(
    text="\n".join(TACTICS[:3]),
    length=3,
    statement="∀ (x y z : ℝ), 0 < x ∧ 0 < y → x + y = 3 → z ≤ 4 → x ^ 2 + y ^ 2 + 7 * z ≥ 3",
    axioms=("propext",),
    inductives=(),
    context_code=(),
    sha256="0" * 64,
    engine="Lean 4.28.0, embedded",
    lean_version="4.28.0",
    verified_at=1.8e9,
)


if __name__ == "__main__":
    typer.run(main)
