"""Proofs of a run, checked again and written for others; the runs are made by hand."""

import hashlib
import json

import pytest
import stored_runs

from prover.evaluation.export import export_jsonl, export_lean, export_leandojo
from prover.evaluation.judges import Pair, write_comparator, write_safe_verify
from prover.evaluation.lean_export import lean_file
from prover.evaluation.run.recheck import recheck
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.invariants import check_invariants
from prover.evaluation.store.proofs import stored_proofs
from prover.evaluation.store.rows import (
    AttemptRow,
    NodeRow,
    ProblemRow,
    ProofRow,
    ProofStepRow,
    StepRow,
    TreeRows,
)
from prover.lean.process.repl import Repl
from prover.lean.reading.prelude import prelude
from prover.lean.theorem import Theorem
from prover.lean.trust.lock import Lock
from prover.lean.trust.verify import Certificate, Rejection, file_verdict
from prover.negation import negation

CONFIG = stored_runs.CONFIG.model_copy(update={"shard": None, "disprove": True})
COMMUTES = Theorem(name="commutes", statement="theorem commutes (a b : Nat) : a + b = b + a")
PAIR = Theorem(name="pair", statement="theorem pair (p q : Prop) (hp : p) (hq : q) : p ∧ q")
WRONG = Theorem(name="wrong", statement="theorem wrong : 2 + 2 = 5")


def problem(number, theorem):
    return ProblemRow.from_theorem(number, theorem.name, theorem)


def step(number, source, target, tactic):
    return StepRow(
        step=number,
        source=source,
        target=target,
        tactic=tactic,
        logprob=-1.0,
        outcome="finished" if target is None else "state",
        message="",
        on_proof=True,
    )


def success(problem_id, theorem, proof, *, pass_number=0, statement="", path=(), goals=(("⊢ p",),)):
    negated = theorem.name.endswith("_negated")
    path = path or (step(0, 0, None, proof),)
    nodes = tuple(
        NodeRow(node=number, goals=goal, depth=number, logprob=0.0, expanded=True)
        for number, goal in enumerate(goals)
    )
    row = AttemptRow(
        id=2 * (3 * pass_number + problem_id) + negated,
        problem_id=problem_id,
        pass_number=pass_number,
        negated=negated,
        seed=1,
        outcome="disproved" if negated else "proved",
        started_at=1.0,
        wall_s=1.0,
        nodes=len(nodes),
        proof=ProofRow(
            text=proof,
            length=len(proof.splitlines()),
            statement=statement,
            axioms=("propext",),
            inductives=("Tree",),
            context_code=("run_cmd (line 2)",),
            sha256=hashlib.sha256(theorem.file_with_proof(proof).encode()).hexdigest(),
            engine="Lean",
            lean_version="4",
            verified_at=2.0,
        ),
    )
    steps = [
        ProofStepRow(step=number, goals=("⊢ p",), tactic=line)
        for number, line in enumerate(proof.splitlines())
    ]
    return row, TreeRows(nodes=nodes, steps=tuple(path)), steps


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path)


@pytest.fixture
def store(folder):
    theorems = [COMMUTES, PAIR, WRONG]
    with RunStore.create(folder, CONFIG, list(map(problem, range(3), theorems)), created_at=1.0) as store:
        for problem_id in range(len(theorems)):
            store.set_support(problem_id, "supported", "")
        store.add_attempt(
            *success(0, COMMUTES, "omega", statement="∀ (a b : Nat), a + b = b + a", pass_number=1)
        )
        path = (step(0, 0, 1, "skip"), step(1, 1, None, "omega"))
        store.add_attempt(*success(0, COMMUTES, "skip\nomega", path=path, goals=(("⊢ c",), ("⊢ d",))))
        path = (step(0, 0, 1, "constructor"), step(1, 1, 2, "exact hp"), step(2, 2, None, "exact hq"))
        goals = (("⊢ p ∧ q",), ("⊢ p", "⊢ q"), ("⊢ q",))
        store.add_attempt(
            *success(1, PAIR, "constructor\nexact hp\nexact hq", statement="?", path=path, goals=goals)
        )
        failed = AttemptRow(
            id=4,
            problem_id=2,
            pass_number=0,
            negated=False,
            seed=1,
            outcome="failed",
            stopped_by="seconds",
            started_at=1.0,
            wall_s=1.0,
        )
        store.add_attempt(failed)
        store.add_attempt(*success(2, negation(WRONG), "decide", statement="¬2 + 2 = 5"))
        yield store
    check_invariants(folder)


async def messages(engine_command, source):
    repl = await Repl.start(engine_command)
    try:
        reply = await repl.request({"cmd": source}, 120.0)
    finally:
        await repl.close()
    return [each for each in reply.get("messages", []) if each["severity"] != "info"]


async def test_the_lean_file_is_accepted_and_has_the_shortest_proofs(store, engine_command):
    text = export_lean(store)
    assert "skip" not in text
    assert text.count("theorem ") == 3
    assert "wrong_negated : ¬ (2 + 2 = 5)" in text
    assert await messages(engine_command, text) == []


async def test_headers_that_clash_are_kept_apart(engine_command):
    alike = prelude()
    proofs = [
        (Theorem(name="t", header=f"{alike}def size := 1\n", statement="theorem t : size = 1"), "rfl"),
        (Theorem(name="t", header=f"{alike}def size := 2\n", statement="theorem t : size = 2"), "rfl"),
        (Theorem(name="u", header=f"{alike}def size := 2\n", statement="theorem u (n : ℕ) : n = n"), "rfl"),
        (
            Theorem(
                name="Box.full",
                header="section\nnamespace Box -- namespace Lid\n\ndef size := 3\nend Box\nnamespace Box\n",
                statement="theorem full : size = 3",
            ),
            "rfl",
        ),
        (Theorem(name="t", header=alike, statement="theorem t : 3 = 3"), "rfl"),
        (Theorem(name="t", header=alike, statement="theorem t : 4 = 4"), "rfl"),
        (Theorem(name="t", statement="theorem t : True"), "have : True := by\n  trivial\nexact this"),
    ]
    assert await messages(engine_command, lean_file(proofs)) == []
    one_header = lean_file(proofs[:1])
    assert one_header.index("size := 1") < one_header.index("namespace Group1")
    broken = lean_file([*proofs, (Theorem(name="f", statement="theorem f : 1 = 2"), "rfl")])
    assert await messages(engine_command, broken) != []


async def test_judges_of_others_get_the_statements_and_the_proofs(store, verifier, tmp_path):
    pair = Pair.of_run(store)
    written = [*write_comparator(pair, tmp_path / "c"), *write_safe_verify(pair, tmp_path / "s")]
    assert [path.name for path in written] == [
        *("Challenge.lean", "Solution.lean", "config.json"),
        *("Target.lean", "Submission.lean"),
    ]
    config = json.loads((tmp_path / "c" / "config.json").read_text())
    names = ["Proofs1.Group1.commutes", "Proofs1.Group1.pair", "Proofs2.Group1.wrong_negated"]
    assert config["theorem_names"] == names
    assert config["permitted_axioms"] == ["Classical.choice", "Quot.sound", "propext"]
    challenge, solution = (path.read_text() for path in written[:2])
    lock = Lock.of(challenge, "Challenge.lean")
    assert list(lock.names) == names
    for name in names:
        assert isinstance(await file_verdict(verifier, lock.theorem(name), solution), Certificate)
        assert isinstance(await file_verdict(verifier, lock.theorem(name), challenge), Rejection)


def test_imports_come_first():
    theorem = Theorem(name="t", header="import Lean\nopen Lean\n", statement="theorem t : True")
    other = Theorem(name="u", header="import Lean\nimport Std\n", statement="theorem u : True")
    lines = lean_file([(theorem, "trivial"), (other, "trivial")]).splitlines()
    assert lines[:2] == ["import Lean", "import Std"]
    assert not any(line.startswith("import") for line in lines[2:])


def test_json_lines(store):
    lines = [json.loads(line) for line in export_jsonl(store).splitlines()]
    assert [(line["name"], line["pass"], line["negated"]) for line in lines] == [
        ("commutes", 0, False),
        ("commutes", 1, False),
        ("pair", 0, False),
        ("wrong_negated", 0, True),
    ]
    assert lines[1]["declaration"] == COMMUTES.with_proof("omega")
    assert lines[1]["axioms"] == ["propext"]
    assert lines[1]["inductives"] == ["Tree"]
    assert lines[1]["context_code"] == ["run_cmd (line 2)"]


def test_leandojo_has_states_between_tactics(store):
    traced = {each["theorem"]: each["traced_tactics"] for each in json.loads(export_leandojo(store))}
    assert traced["pair"] == [
        {"state_before": "⊢ p ∧ q", "tactic": "constructor", "state_after": "⊢ p\n\n⊢ q"},
        {"state_before": "⊢ p\n\n⊢ q", "tactic": "exact hp", "state_after": "⊢ q"},
        {"state_before": "⊢ q", "tactic": "exact hq", "state_after": "no goals"},
    ]


async def test_stored_proofs_are_checked_again(store, verifier):
    short, _, pair, wrong = sorted(
        stored_proofs(store), key=lambda proof: (proof.problem.name, -proof.attempt.pass_number)
    )
    times = iter((10.0, 11.0))
    assert (await recheck(store, short, verifier, now=lambda: next(times))).refusal == ""
    assert (await recheck(store, wrong, verifier, now=lambda: next(times))).refusal == ""
    assert "reads the statement as" in (await recheck(store, pair, verifier)).refusal
    store.connection.execute("UPDATE proof SET text = 'rfl' WHERE attempt_id = 0")
    store.connection.execute("UPDATE problem SET statement = 'theorem wrong : 2 + 2 = 6' WHERE id = 2")
    changed, *_, other = stored_proofs(store)
    assert (await recheck(store, changed, verifier)).refusal not in ("", None)
    assert "not the one" in (await recheck(store, other, verifier)).refusal
    rechecked = dict(store.connection.execute("SELECT attempt_id, rechecked_at FROM proof").fetchall())
    assert sorted(filter(None, rechecked.values())) == [10.0, 11.0]
