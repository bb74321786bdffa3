"""Runs for tests, written attempt by attempt as a run does it."""

import contextlib
import dataclasses
import sqlite3

from prover.evaluation.run.config import RunConfig
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.rows import (
    AttemptRow,
    AutomationRow,
    FinishedAttempt,
    NodeRow,
    ProblemRow,
    ProofRow,
    ProofStepRow,
    StepRow,
    TreeRows,
)
from prover.lean.theorem import Theorem

TIMES = {"created_at", "started_at", "seconds", "verified_at", "rechecked_at"}
TABLES = ("run", "problem", "automation", "attempt", "node", "step", "proof", "proof_step")
CONFIG = RunConfig(
    prover_version="0",
    problems="set.jsonl",
    set_name="set",
    set_hash="abc",
    policy="heuristic",
    engine="embedded",
    passes=2,
    shard="1/1",
)
ROOT = NodeRow(node=0, goals=("⊢ True",), depth=0, logprob=0.0, expanded=True)
STEP = StepRow(
    step=0, source=0, target=None, tactic="simp", logprob=-1.0, outcome="error", message="no", on_proof=False
)
PROOF = ProofRow(
    text="trivial",
    length=1,
    statement="True",
    axioms=(),
    inductives=(),
    context_code=(),
    sha256="",
    engine="Lean",
    lean_version="4",
    verified_at=2.0,
)


def create(path, names, config=CONFIG):
    """Begin a run of supported problems."""
    path.mkdir(parents=True)
    theorems = [Theorem(name=name, statement=f"theorem {name} : True") for name in names]
    rows = [ProblemRow.from_theorem(number, each.name, each) for number, each in enumerate(theorems)]
    store = RunStore.create(RunFolder(path), config, rows, created_at=1.0)
    for number in range(len(names)):
        store.set_support(number, "supported", "")
        store.add_automation(number, [AutomationRow(tactic="omega", closed=False, seconds=0.1)])
    return store


def finished(store, problem_id, pass_number, outcome="failed", *, steps=3, **others):
    """One attempt with a search tree of so many failed tactics, and a proof where it is a success."""
    negated = outcome == "disproved"
    success = outcome in ("proved", "disproved")
    tried = [dataclasses.replace(STEP, step=number) for number in range(steps)]
    if success:
        tried.append(
            dataclasses.replace(
                STEP, step=steps, tactic="trivial", outcome="finished", message="", on_proof=True
            )
        )
    row = AttemptRow(
        id=store.attempt_id(problem_id, pass_number, negated=negated),
        problem_id=problem_id,
        pass_number=pass_number,
        negated=negated,
        seed=7,
        outcome=outcome,
        started_at=1.0,
        wall_s=1.0,
        nodes=1,
        proof=PROOF if success else None,
        **({"stopped_by": "seconds"} if outcome == "failed" else {}) | others,
    )
    proof_steps = (ProofStepRow(step=0, goals=("⊢ True",), tactic="trivial"),) if success else ()
    return FinishedAttempt(
        attempt=row, tree=TreeRows(nodes=(ROOT,), steps=tuple(tried)), proof_steps=proof_steps
    )


def rows(run, tables=TABLES):
    """Everything that these tables of a run's database hold, but for times."""
    with contextlib.closing(sqlite3.connect(RunFolder(run).database)) as connection:
        connection.row_factory = sqlite3.Row
        return {
            table: [
                {key: row[key] for key in row.keys() if key not in TIMES and not key.endswith("_s")}  # noqa: SIM118
                for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3")
            ]
            for table in tables
        }
