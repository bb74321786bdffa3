"""What must hold of a run's database at any moment; called by tests."""

from __future__ import annotations

import json
from collections import Counter

from prover.evaluation.run.config import read_config
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.pending import counts
from prover.evaluation.store.rows import AttemptRow, NodeRow, StepRow
from prover.evaluation.store.run_data import open_run
from prover.search.tree import SUBGOAL

WITHOUT_PROOF = frozenset({"failed", "unsupported", "invalid", "policy error", "engine error"})


def check_invariants(folder: RunFolder) -> None:
    """Raise `AssertionError` if the run contradicts itself."""
    with RunStore.open(folder) as store:
        broken = store.connection.execute("PRAGMA foreign_key_check").fetchall()
        assert not broken, f"{len(broken)} rows refer to what is not there"
        untold = store.connection.execute(
            "SELECT attempt_id FROM proof WHERE length !="
            " (SELECT count(*) FROM proof_step WHERE proof_step.attempt_id = proof.attempt_id)"
        ).fetchall()
        assert not untold, f"{len(untold)} proofs do not come with all their steps"
        found, config = counts(store), store.config
        assert sum(found.values()) == store.problems * config.passes
        assert min(found.values()) >= 0
    with open_run(folder.path) as reader:
        run = reader.run()
        assert read_config(json.dumps(run.config)) == config
        assert (run.set_name, run.set_hash) == (config.set_name, config.set_hash)
        assert [problem.id for problem in run.problems] == list(range(store.problems))
        for problem in run.problems:
            passes = Counter((each.pass_number, each.negated) for each in problem.attempts)
            assert all(number < config.passes for number, _ in passes)
            assert problem.support in ("supported", "unchecked") or not problem.attempts
            for attempt in problem.attempts:
                _check_attempt(attempt, config.max_steps, *reader.tree(attempt.id))


def _check_attempt(attempt: AttemptRow, max_steps: int, nodes: list[NodeRow], steps: list[StepRow]) -> None:
    success = "disproved" if attempt.negated else "proved"
    assert attempt.outcome in {success, *WITHOUT_PROOF}
    assert (attempt.proof is not None) == (attempt.outcome == success), (
        "a success and its proof come together"
    )
    assert bool(attempt.stopped_by) == (attempt.outcome == "failed"), "a failed search names its budget"
    path = [step for step in steps if step.on_proof]
    assert len(steps) - len(path) <= max_steps
    known = {node.node for node in nodes}
    assert len(nodes) <= attempt.nodes
    for step in steps:
        assert step.source in known
        assert (step.target is not None) == (step.outcome in ("state", SUBGOAL))
        assert step.target is None or step.target in known
    if not attempt.steps_left_out:
        assert len(nodes) == attempt.nodes
    if attempt.proof is not None:
        _check_proof(path)
        assert attempt.proof.length >= 1
        if all(step.outcome != SUBGOAL for step in path):
            assert attempt.proof.length <= len(path)
    else:
        assert not path


def _check_proof(path: list[StepRow]) -> None:
    """The winning steps lead from the root to the ones that finished, by one tactic a state, or by all of its goals."""
    assert path, "a success has a winning path"
    by_source: dict[int, list[StepRow]] = {}
    for step in path:
        by_source.setdefault(step.source, []).append(step)
    reached: set[int] = set()
    waiting = [0]
    while waiting:
        at = waiting.pop()
        if at in reached:
            continue
        reached.add(at)
        assert at in by_source, "the winning path has a gap"
        steps = by_source[at]
        split = all(step.outcome == SUBGOAL for step in steps)
        assert split or len(steps) == 1, "the winning path leaves a state twice"
        assert all(step.target is not None or step.outcome in ("finished", "closed") for step in steps)
        waiting += [step.target for step in steps if step.target is not None]
    assert reached == by_source.keys(), "a winning step is beside the winning path"
