"""Training examples from runs: the steps of their proofs, and the tactics that failed in the same states.

Only verified proofs count, after shortening, so that no step is in them that the proof does not need (HyperTree
Proof Search, Lample et al. 2022: training on minimal proofs beats training on all). A problem may bring several
proofs if they differ. Failed tactics are those that Lean refused in a state of the winning path, as in the
preference pairs of BFS-Prover (Xin et al. 2025, section 3.3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.proofs import StoredProof, stored_proofs
from prover.evaluation.store.queries import PathStates, path_states, proof_steps
from prover.search.tree import SUBGOAL

DETOURS_PER_STATE = 4
"""States beside the path that are kept of one state on it."""
FAILURES_PER_STATE = 8
"""Failed tactics that are kept of one state, where nothing else is said."""
REFUSED = ("error", "timeout", "given up")
"""Outcomes of a tactic that make it a bad example, as `prover.search.tree.outcome_kind`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofStep:
    """A tactic of a verified proof. `remaining` counts the steps to the end, this one included.

    `before` are the tactics of the proof that led to `goals`, `name` is the theorem's. The rest is where it comes
    from: the run's folder, the round it belongs to, the problem, its header and its statement, `negated` if it is
    the negation that was proved, `proof` the hash of the file that was checked.
    """

    goals: tuple[str, ...]
    tactic: str
    remaining: int
    problem: str
    negated: bool
    header: str
    statement: str
    proof: str
    run: str
    round: int
    name: str = ""
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedStep:
    """A tactic that Lean refused in a state where `better`, a proof's step, succeeded; `message` is Lean's."""

    goals: tuple[str, ...]
    tactic: str
    better: str
    message: str
    problem: str
    run: str
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OffPathSibling:
    """Two siblings, states that tactics led to from the same state: `on_path` is on a proof's path, `off_path` is not.

    Such pairs teach InternLM2.5-StepProver's critic (Wu et al. 2024, section 3.2) beside those along a path.
    """

    on_path: tuple[str, ...]
    off_path: tuple[str, ...]
    problem: str
    run: str
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectories:
    """The training examples of some runs."""

    steps: tuple[ProofStep, ...] = ()
    failures: tuple[FailedStep, ...] = ()
    detours: tuple[OffPathSibling, ...] = ()


def read_trajectories(
    runs: Iterable[tuple[int, Path]], *, proofs_per_problem: int, failures_per_state: int
) -> Trajectories:
    """Read the runs, pairs of a round and a run's folder.

    Of each statement the `proofs_per_problem` shortest different proofs are kept, of equally short ones the
    earliest; of each state on their paths `failures_per_state` failed tactics, the likeliest first.

    Raises:
        InputError: a folder has no run that this version reads.
    """
    found: dict[tuple[str, bool], dict[tuple[str, ...], list[ProofStep]]] = defaultdict(dict)
    failures: list[FailedStep] = []
    detours: list[OffPathSibling] = []
    for round_number, path in runs:
        with RunStore.open(RunFolder(path), read_only=True) as store:
            for proof in stored_proofs(store):
                steps = _steps(store, proof, path.name, round_number)
                tactics = tuple(step.tactic for step in steps)
                found[proof.problem.name, proof.attempt.negated].setdefault(tactics, steps)
                states = path_states(store, proof.attempt.id)
                failures += _failures(states, proof, path.name, round_number, failures_per_state)
                detours += _detours(states, proof, path.name, round_number)
    kept = [
        step
        for proofs in found.values()
        for steps in sorted(proofs.values(), key=len)[:proofs_per_problem]
        for step in steps
    ]
    return Trajectories(steps=tuple(kept), failures=tuple(failures), detours=tuple(detours))


def _steps(store: RunStore, proof: StoredProof, run: str, round_number: int) -> list[ProofStep]:
    rows = proof_steps(store, proof.attempt.id)
    theorem = proof.theorem
    return [
        ProofStep(
            goals=row.goals,
            tactic=row.tactic,
            remaining=len(rows) - index,
            problem=proof.problem.name,
            negated=proof.attempt.negated,
            header=theorem.header,
            statement=theorem.statement,
            proof=proof.proof.sha256,
            run=run,
            round=round_number,
            name=theorem.name,
            before=tuple(row.tactic for row in rows[:index]),
        )
        for index, row in enumerate(rows)
    ]


def _failures(
    states: PathStates, proof: StoredProof, run: str, round_number: int, most: int
) -> Iterator[FailedStep]:
    """Yield the tactics that Lean refused in the states of the path that the search found, before it was shortened."""
    better = {step.source: step.tactic for step in states.steps if step.on_proof}
    taken: dict[int, int] = defaultdict(int)
    for step in states.steps:
        if step.outcome in REFUSED and taken[step.source] < most:
            taken[step.source] += 1
            yield FailedStep(
                goals=states.goals[step.source],
                tactic=step.tactic,
                better=better[step.source],
                message=step.message,
                problem=proof.problem.name,
                run=run,
                round=round_number,
            )


def _detours(states: PathStates, proof: StoredProof, run: str, round_number: int) -> Iterator[OffPathSibling]:
    """Yield the states off the path that tactics led to from a state on it, beside the next state on the path."""
    led = [
        (step, states.goals[step.target])
        for step in states.steps
        if step.target is not None and step.outcome != SUBGOAL
    ]
    path = {step.source: goals for step, goals in led if step.on_proof}
    taken: dict[int, int] = defaultdict(int)
    for step, goals in led:
        source = step.source
        if goals in path.values() or source not in path or taken[source] == DETOURS_PER_STATE:
            continue
        taken[source] += 1
        yield OffPathSibling(
            on_path=path[source], off_path=goals, problem=proof.problem.name, run=run, round=round_number
        )


def distinct(steps: Sequence[ProofStep]) -> list[ProofStep]:
    """Return the steps without those that repeat an earlier one's goals and tactic: nearest to the end wins."""
    best: dict[tuple[tuple[str, ...], str], ProofStep] = {}
    for step in steps:
        key = (step.goals, step.tactic)
        if key not in best or step.remaining < best[key].remaining:
            best[key] = step
    return list(best.values())
