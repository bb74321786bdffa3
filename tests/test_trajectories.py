"""What runs have to teach, read from their stores and written as Parquet."""

import dataclasses

import pytest

from prover.errors import InputError
from prover.evaluation.run.config import RunConfig
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
from prover.lean.theorem import Theorem
from prover.policy.formats import find_format
from prover.training.data.dataset import (
    DETOURS,
    FAILURES,
    STEPS,
    examples,
    read_detours,
    read_failures,
    read_steps,
    write_trajectories,
)
from prover.training.data.trajectories import distinct, read_trajectories

TRUE = Theorem(name="true_one", statement="theorem true_one (p : Prop) (h : p) : p ∧ p")
FALSE = Theorem(name="false_one", statement="theorem false_one : 2 + 2 = 5")
CONFIG = RunConfig(
    prover_version="0",
    problems="set",
    set_name="set",
    set_hash="",
    engine="embedded",
    passes=4,
    disprove=True,
)


def tried(number, source, target, tactic, outcome, logprob, *, on_proof=False):
    return StepRow(
        step=number,
        source=source,
        target=target,
        tactic=tactic,
        logprob=logprob,
        outcome=outcome,
        message=f"no {tactic}" if outcome == "error" else "",
        on_proof=on_proof,
    )


TREE = TreeRows(
    nodes=tuple(
        NodeRow(node=number, goals=goals, depth=number, logprob=0.0, expanded=True)
        for number, goals in enumerate([("⊢ p ∧ p",), ("⊢ p", "⊢ p"), ("⊢ q",)])
    ),
    steps=(
        tried(0, 0, None, "omega", "error", -0.5),
        tried(1, 0, 1, "constructor", "state", -1.0, on_proof=True),
        tried(2, 0, None, "rfl", "error", -0.25),
        tried(3, 0, 2, "wander", "state", -3.0),
        tried(4, 1, None, "all_goals exact h", "finished", -1.0, on_proof=True),
        tried(5, 1, None, "bad", "timeout", -9.0),
        tried(6, 2, None, "off the path", "error", -0.1),
    ),
)


def success(problem_id, number, *tactics, negated=False):
    row = AttemptRow(
        id=2 * (2 * number + problem_id) + negated,
        problem_id=problem_id,
        pass_number=number,
        negated=negated,
        seed=0,
        outcome="disproved" if negated else "proved",
        started_at=0.0,
        wall_s=1.0,
        nodes=3,
        proof=ProofRow(
            text="\n".join(tactics),
            length=len(tactics),
            statement="",
            axioms=(),
            inductives=(),
            context_code=(),
            sha256=f"{problem_id}{number}",
            engine="Lean",
            lean_version="4",
            verified_at=1.0,
        ),
    )
    steps = [
        ProofStepRow(step=place, goals=(f"⊢ {tactic}",), tactic=tactic)
        for place, tactic in enumerate(tactics)
    ]
    return row, TREE, steps


@pytest.fixture
def run(tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    records = [ProblemRow.from_theorem(number, each.name, each) for number, each in enumerate((TRUE, FALSE))]
    with RunStore.create(folder, CONFIG, records, created_at=0.0) as store:
        store.add_attempt(*success(0, 0, "constructor", "exact h", "exact h"))
        store.add_attempt(*success(0, 1, "exact ⟨h, h⟩"))
        store.add_attempt(*success(0, 2, "exact ⟨h, h⟩"))
        store.add_attempt(*success(0, 3, "constructor", "all_goals exact h"))
        store.add_attempt(*success(1, 0, "decide", negated=True))
    return folder.path


def read(run, **settings):
    return read_trajectories([(3, run)], **{"proofs_per_problem": 2, "failures_per_state": 8} | settings)


def test_the_shortest_different_proofs_are_kept(run):
    steps = read(run).steps
    assert [(step.problem, step.negated, step.tactic, step.remaining) for step in steps] == [
        ("true_one", False, "exact ⟨h, h⟩", 1),
        ("true_one", False, "constructor", 2),
        ("true_one", False, "all_goals exact h", 1),
        ("false_one", True, "decide", 1),
    ]
    assert {step.round for step in steps} == {3}
    assert steps[0].statement == TRUE.statement
    assert "¬" in steps[-1].statement
    assert len(read(run, proofs_per_problem=9).steps) == 7


def test_what_lean_refused_on_the_way(run):
    failures = read(run).failures[:3]
    assert [(each.goals, each.tactic, each.better) for each in failures] == [
        (("⊢ p ∧ p",), "rfl", "constructor"),
        (("⊢ p ∧ p",), "omega", "constructor"),
        (("⊢ p", "⊢ p"), "bad", "all_goals exact h"),
    ]
    assert {each.tactic for each in read(run, failures_per_state=1).failures} == {"rfl", "bad"}


def test_where_the_search_went_beside_the_path(run):
    assert {(each.on_path, each.off_path) for each in read(run).detours} == {(("⊢ p", "⊢ p"), ("⊢ q",))}


def test_repeated_steps_count_once(run):
    step = read(run).steps[0]
    later = dataclasses.replace(step, remaining=5)
    assert distinct([later, step, later]) == [step]


def test_parquet_gives_back_what_it_was_given(run, tmp_path):
    pytest.importorskip("pyarrow")
    trajectories = read(run)
    write_trajectories(trajectories, tmp_path / "data")
    assert tuple(read_steps(tmp_path / "data" / STEPS)) == trajectories.steps
    assert tuple(read_failures(tmp_path / "data" / FAILURES)) == trajectories.failures
    assert tuple(read_detours(tmp_path / "data" / DETOURS)) == trajectories.detours
    with pytest.raises(InputError, match="does not hold FailedStep"):
        read_failures(tmp_path / "data" / STEPS)
    (tmp_path / "junk.parquet").write_text("junk")
    for name in ("junk.parquet", "absent.parquet"):
        with pytest.raises(InputError, match=name):
            read_steps(tmp_path / name)


def test_examples_are_what_the_policy_asks(run):
    first = examples(read(run).steps, find_format("prover"))[0]
    assert (first.prompt, first.answer) == ("⊢ exact ⟨h, h⟩\n[TACTIC]\n", "exact ⟨h, h⟩")


def test_a_prompt_that_wants_the_proof_so_far_gets_it(run):
    steps = read(run).steps
    second = next(step for step in steps if step.before)
    first = next(step for step in steps if step.proof == second.proof and not step.before)
    assert second.before == (first.tactic,)
    [example] = examples([second], find_format("internlm2.5-step-prover"))
    assert f"NAME: {second.name}\n\n---\nPROOF_BEFORE: {first.tactic}\n\n---\n" in example.prompt
    assert second.name
