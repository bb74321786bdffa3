"""The store, the folder and the small parts of a run, without Lean."""

import asyncio
import contextlib
import dataclasses
import errno
import random
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import stored_runs
from typer.testing import CliRunner

from prover.cli.main import app
from prover.errors import InputError, SetupError
from prover.evaluation.run.config import differences
from prover.evaluation.run.seeds import attempt_seed
from prover.evaluation.store import migrate
from prover.evaluation.store.counting import count_passes, shown_counts
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.group_commit import GroupCommit
from prover.evaluation.store.invariants import check_invariants
from prover.evaluation.store.pending import Slot, counts, is_open, open_slots, unchecked, without_automation
from prover.evaluation.store.queries import proof_steps
from prover.evaluation.store.rows import (
    ROWS,
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
from prover.evaluation.store.run_data import read_figures, read_run
from prover.evaluation.store.tables import columns, insert, select
from prover.evaluation.store.tree_rows import tree_rows
from prover.lean.environment import LeanError, ProofFinished, TacticState
from prover.lean.theorem import Theorem
from prover.negation import NotNegated, negation
from prover.search.tree import ProofTree
from prover.util.full_disk import writing
from prover.util.workers import for_each

CONFIG = stored_runs.CONFIG.model_copy(update={"shard": None, "disprove": True})
STATEMENTS = (
    "theorem a : True",
    "theorem b : False",
    "theorem c : Foo",
    "theorem d : x +",
    "theorem e : 1 = 1",
)


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path)


@pytest.fixture
def store(folder):
    with RunStore.create(folder, CONFIG, problems(*STATEMENTS), created_at=1.0) as store:
        yield store


def problems(*statements):
    theorems = [Theorem(name=statement.split()[1], statement=statement) for statement in statements]
    return [ProblemRow.from_theorem(number, each.name, each) for number, each in enumerate(theorems)]


def attempt(problem_id, pass_number=0, *, negated=False, outcome="failed", **others):
    if outcome == "failed":
        others.setdefault("stopped_by", "seconds")
    return AttemptRow(
        id=2 * (pass_number * len(STATEMENTS) + problem_id) + negated,
        problem_id=problem_id,
        pass_number=pass_number,
        negated=negated,
        seed=7,
        outcome=outcome,
        started_at=1.0,
        wall_s=1.0,
        **others,
    )


def step(outcome, **others):
    usual = {"step": 0, "source": 0, "target": None, "tactic": "x", "message": "", "on_proof": False}
    return StepRow(logprob=-1.0, outcome=outcome, **usual | others)


def success(problem_id, pass_number=0, *, negated=False, tree=None):
    """The arguments of `add_attempt`: the attempt, its tree, its proof's steps."""
    finish = StepRow(
        step=0,
        source=0,
        target=None,
        tactic="trivial",
        logprob=0.0,
        outcome="finished",
        message="",
        on_proof=True,
    )
    root = NodeRow(node=0, goals=("⊢ True",), depth=0, logprob=0.0, expanded=True)
    row = attempt(
        problem_id,
        pass_number,
        negated=negated,
        outcome="disproved" if negated else "proved",
        nodes=1,
        proof=ProofRow(
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
        ),
    )
    steps = (ProofStepRow(step=0, goals=("⊢ True",), tactic="trivial"),)
    return row, tree or TreeRows(nodes=(root,), steps=(finish,)), steps


def big_tree(size):
    """A tree of one state with `size` failed tactics, each with a long message."""
    root = NodeRow(node=0, goals=("⊢ False",), depth=0, logprob=0.0, expanded=True)
    step = StepRow(
        step=0,
        source=0,
        target=None,
        tactic="x",
        logprob=-1.0,
        outcome="error",
        message="m" * 500,
        on_proof=False,
    )
    return TreeRows(
        nodes=(root,), steps=tuple(dataclasses.replace(step, step=number) for number in range(size))
    )


def test_what_is_there_says_what_is_left(folder, store):
    assert unchecked(store) == [0, 1, 2, 3, 4]
    for problem_id, status in enumerate(("supported", "supported", "unsupported", "invalid", "unchecked")):
        store.set_support(problem_id, status, "")
    assert unchecked(store) == [4]
    assert without_automation(store) == [0, 1]
    store.add_automation(0, [AutomationRow(tactic="omega", closed=True, seconds=0.1)])
    assert without_automation(store) == [1]
    every = [Slot(problem_id=problem, pass_number=number) for number in (0, 1) for problem in (0, 1, 4)]
    assert open_slots(store) == every
    store.add_attempt(*success(0))
    store.add_attempt(attempt(1))
    assert open_slots(store) == every[1:]  # of the second, the negation is left
    store.add_attempt(*success(1, negated=True))
    assert open_slots(store) == every[2:]
    assert counts(store) == {
        "invalid": 2,
        "unsupported": 2,
        "proved": 1,
        "disproved": 1,
        "not attempted": 4,
    }
    check_invariants(folder)


def test_errors_can_be_forgotten_and_nothing_else(folder, store):
    for problem_id in range(5):
        store.set_support(problem_id, "supported", "")
    store.add_attempt(attempt(0, outcome="engine error", reason="it broke"))
    store.add_attempt(attempt(1, outcome="policy error", reason="no answer"))
    store.add_attempt(attempt(2))
    assert counts(store)["engine error"] == 1
    assert store.forget_errors() == 2
    assert counts(store) == {"failed": 1, "not attempted": 9}
    check_invariants(folder)


def test_a_run_is_not_begun_twice(folder, store):
    with pytest.raises(InputError, match="has a run already"):
        RunStore.create(folder, CONFIG, problems(*STATEMENTS), created_at=1.0)


def test_a_creation_that_was_cut_off_leaves_no_run(folder):
    with pytest.raises(sqlite3.IntegrityError):
        RunStore.create(
            folder, CONFIG.model_copy(update={"set_name": None}), problems(*STATEMENTS), created_at=1.0
        )
    assert folder.database.exists()
    with pytest.raises(InputError, match="has no run"):
        RunStore.open(folder)
    RunStore.create(folder, CONFIG, problems(*STATEMENTS), created_at=1.0).close()
    check_invariants(folder)


def make_old(folder, version):
    """Make a database as this version of the schema had it; return its bytes."""
    script = Path(__file__).with_name("data") / f"run_version_{version}.sql"
    with contextlib.closing(sqlite3.connect(folder.database)) as old:
        old.executescript(script.read_text(encoding="utf-8"))
        old.execute("PRAGMA journal_mode = WAL")
    return folder.database.read_bytes()


COMMANDS = (["status"], ["report"], ["export", "--out", "proofs.jsonl"], ["compare", "."])


@pytest.mark.parametrize("version", [2, 3])
def test_reading_a_run_of_an_earlier_version_does_not_write_it(folder, version, tmp_path, monkeypatch):
    before = make_old(folder, version)
    monkeypatch.chdir(tmp_path)
    read_figures(folder.path)
    for command, *options in COMMANDS:
        done = CliRunner().invoke(
            app, [command, str(folder.path), *(str(folder.path) if each == "." else each for each in options)]
        )
        assert done.exit_code == 0, (command, done.output, done.exception)
    with RunStore.open(folder, read_only=True) as store, pytest.raises(SetupError, match="cannot write"):
        store.set_support(0, "supported", "")
    assert folder.database.read_bytes() == before
    check_invariants(folder)
    assert folder.database.read_bytes() != before


@pytest.mark.parametrize("version", [3, migrate.SCHEMA_VERSION])
def test_a_run_that_nobody_can_write_is_read(folder, version, tmp_path):
    """On a disk that is mounted so, which holds for root, too."""
    if version == migrate.SCHEMA_VERSION:
        RunStore.create(folder, CONFIG, problems(*STATEMENTS), created_at=1.0).close()
    else:
        make_old(folder, version)
    path = shlex.quote(str(folder.path))
    mounted = f"mount --bind {path} {path} && mount -o remount,ro,bind {path}"
    if subprocess.run(["unshare", "-m", "sh", "-c", mounted], capture_output=True, check=False).returncode:
        pytest.skip("mounting takes root")
    prover = f"{shlex.quote(sys.executable)} -m prover"
    asked = f"{mounted} && {prover} status {path} && {prover} compare {path} {path}"
    done = subprocess.run(["unshare", "-m", "sh", "-c", asked], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    resumed = f"{mounted} && {prover} runs compact {path}"
    done = subprocess.run(["unshare", "-m", "sh", "-c", resumed], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Read-only file system" in done.stderr


@pytest.mark.parametrize("version", [2, 3])
def test_a_run_of_an_earlier_version_is_read_and_written(folder, version):
    """Databases as versions 2 and 3 of the schema made them."""
    make_old(folder, version)
    run = read_run(folder.path)
    (problem,) = run.problems
    (only,) = problem.attempts
    assert run.schema_version == migrate.SCHEMA_VERSION
    assert problem.expected == (None if version == 2 else True)
    assert problem.theorem == Theorem(name="p", statement="theorem p : 1 = 1")
    assert problem.automation == (AutomationRow(tactic="decide", closed=True, seconds=0.5),)
    assert (only.outcome, only.pass_number, only.wall_s) == ("proved", 0, 3.0)
    assert (only.proof.text, only.proof.axioms, only.proof.inductives) == ("rfl", ("propext",), ())
    check_invariants(folder)
    with RunStore.open(folder) as store:
        assert [step.tactic for step in proof_steps(store, 0)] == ["rfl"]
        store.set_rechecked(0, 5.0)
    assert read_run(folder.path).problems[0].attempts[0].proof.rechecked_at == 5.0


@pytest.mark.parametrize("row_type", ROWS)
def test_a_table_has_the_fields_of_its_row_type(store, row_type):
    """So a number that is to be recorded is written in two places: `schema.sql` and the row type."""
    table = list(store.connection.execute(f"PRAGMA table_info({row_type.TABLE})"))
    there = {name for _, name, *_ in table}
    fields = {column.name for column in columns(row_type)}
    assert there == fields | ({row_type.PARENT} if row_type.PARENT else set())


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AttemptWithMemory(AttemptRow):
    """An attempt with two more columns."""

    memory_mb: float = 0.0
    killed: bool = False


def test_one_more_number_per_attempt_needs_a_column_and_a_field(folder, store, tmp_path, monkeypatch):
    """The column comes to databases that were begun without it; rows are written and read with it."""
    store.close()
    schema = tmp_path / "schema.sql"
    added = "    memory_mb REAL NOT NULL DEFAULT 0, killed INTEGER NOT NULL DEFAULT 0,\n    UNIQUE (problem_id, pass"
    schema.write_text(
        migrate.SCHEMA.read_text(encoding="utf-8").replace("    UNIQUE (problem_id, pass", added)
    )
    monkeypatch.setattr(migrate, "SCHEMA", schema)
    with RunStore.open(folder) as newer:
        row = AttemptWithMemory(**dataclasses.asdict(attempt(0)), memory_mb=12.5, killed=True)
        insert(newer.connection, AttemptWithMemory, [row])
        assert select(newer.connection, AttemptWithMemory) == [row]
    check_invariants(folder)


def test_another_schema_version_is_refused(folder, store):
    store.connection.execute("UPDATE run SET schema_version = 99")
    with pytest.raises(InputError, match="schema version 99; this prover reads and writes version"):
        RunStore.open(folder)


def test_what_is_no_database_is_refused(folder):
    folder.database.write_text("my notes, long enough to be no header of SQLite's" * 20)
    with pytest.raises(InputError, match="cannot read"):
        RunStore.open(folder)


def test_a_read_only_store_does_not_write(folder, store):
    with RunStore.open(folder, read_only=True) as reader, pytest.raises(SetupError, match="readonly"):
        reader.set_support(0, "supported", "")


def test_a_full_disk_loses_only_what_did_not_fit(folder, store):
    store.set_support(0, "supported", "")
    store.add_attempt(*success(0))
    (pages,) = store.connection.execute("PRAGMA page_count").fetchone()
    store.connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    large = attempt(0, 1, nodes=1), big_tree(100)
    with pytest.raises(SetupError, match="the disk is full"):
        store.add_attempt(*large)
    check_invariants(folder)
    assert counts(store)["proved"] == 1
    assert counts(store).get("failed") is None
    store.connection.execute("PRAGMA max_page_count = 100000")
    store.add_attempt(*large)
    check_invariants(folder)
    assert counts(store)["failed"] == 1


def test_a_full_disk_is_told_whoever_meets_it(tmp_path):
    with pytest.raises(SetupError, match="the disk is full"), writing(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(SetupError, match="Permission denied"), writing(tmp_path):
        raise OSError(errno.EACCES, "Permission denied")


def test_a_proof_without_a_path_is_found_out(folder, store):
    store.set_support(0, "supported", "")
    store.add_attempt(*success(0, tree=TreeRows(nodes=success(0)[1].nodes, steps=())))
    with pytest.raises(AssertionError):
        check_invariants(folder)
    store.connection.execute("INSERT INTO step VALUES (0, 3, 5, NULL, 'rfl', 0, 'finished', '', 1)")
    with pytest.raises(AssertionError):
        check_invariants(folder)


def test_an_error_in_a_transaction_leaves_nothing_of_it(folder, store):
    store.set_support(0, "supported", "")
    twice = big_tree(1)
    with pytest.raises(sqlite3.IntegrityError):
        store.add_attempt(attempt(0, nodes=2), TreeRows(nodes=twice.nodes * 2))
    assert open_slots(store)[0] == Slot(problem_id=0, pass_number=0)
    check_invariants(folder)


async def test_attempts_that_finish_together_are_written_together(folder, store):
    """One is a second row of the same attempt: it alone is refused. What waits when it is cancelled is written."""
    for problem_id in range(5):
        store.set_support(problem_id, "supported", "")
    commits = GroupCommit(store, wait_s=0.001)
    batch = [FinishedAttempt(attempt=attempt(problem_id)) for problem_id in (0, 1, 2, 2)]
    results = await asyncio.gather(*map(commits.add, batch), return_exceptions=True)
    assert [type(each) for each in results[:2]] == [type(None)] * 2
    assert sum(isinstance(each, sqlite3.IntegrityError) for each in results) == 1
    assert counts(store)["failed"] == 3
    late = asyncio.create_task(GroupCommit(store, wait_s=600).add(FinishedAttempt(attempt=attempt(3))))
    await asyncio.sleep(0)
    late.cancel()
    with pytest.raises(asyncio.CancelledError):
        await late
    full = GroupCommit(store, wait_s=600, most=2)
    await asyncio.gather(*(full.add(FinishedAttempt(attempt=attempt(4, number))) for number in (0, 1)))
    assert counts(store) == {"failed": 6, "not attempted": 4}
    check_invariants(folder)


@pytest.mark.parametrize("stop_at_proof", [None, 1, 2])
@pytest.mark.parametrize("disprove", [False, True])
def test_counts_that_are_kept_are_those_of_the_rows(tmp_path, stop_at_proof, disprove):
    """After any attempt, in any order; and what is open is what the rule says, computed pass by pass."""
    rng = random.Random(f"{stop_at_proof} {disprove}")
    config = CONFIG.model_copy(update={"passes": 4, "stop_at_proof": stop_at_proof, "disprove": disprove})
    folder = RunFolder(tmp_path)
    made = {}
    with RunStore.create(folder, config, problems(*STATEMENTS), created_at=1.0) as store:
        counts(store)
        for problem_id in range(5):
            store.set_support(problem_id, "invalid" if problem_id == 3 else "supported", "")
        while slots := open_slots(store):
            assert slots == expected_slots(config, made)
            taken = rng.sample(slots[:6], min(len(slots), 3))
            batch = []
            for slot in taken:
                assert is_open(store, slot)
                batch += finished(slot, rng, made, disprove=disprove)
            store.add_attempts(batch)
            assert counts(store) == shown_counts(count_passes(store.connection, config))
        assert not any(
            is_open(store, Slot(problem_id=3, pass_number=number)) for number in range(4) if stop_at_proof
        )
        assert counts(store)["not attempted"] == 0
        assert ("not needed" in counts(store)) == (stop_at_proof is not None)
    check_invariants(folder)


def finished(slot, rng, made, *, disprove):
    """The attempts of a slot, of a problem that is easy, false or neither."""
    kind = {0: "easy", 1: "false"}.get(slot.problem_id, "hard")
    where = slot.problem_id, slot.pass_number
    proved = kind != "false" and rng.random() < (0.9 if kind == "easy" else 0.4)
    rows = []
    if (*where, False) not in made:
        made[*where, False] = "proved" if proved else "failed"
        rows.append(success(*where) if proved else (attempt(*where),))
    if disprove and made[*where, False] == "failed":
        disproved = kind == "false" and rng.random() < 0.7
        made[*where, True] = "disproved" if disproved else "failed"
        rows.append(success(*where, negated=True) if disproved else (attempt(*where, negated=True),))
    return [
        FinishedAttempt(
            attempt=row, tree=rest[0] if rest else TreeRows(), proof_steps=rest[1] if rest else ()
        )
        for row, *rest in rows
    ]


def expected_slots(config, made):
    slots = []
    for number in range(config.passes):
        for problem in (0, 1, 2, 4):
            before = [made.get((problem, each, False)) for each in range(number)]
            refuted = any(made.get((problem, each, True)) == "disproved" for each in range(number))
            if config.stop_at_proof and (before.count("proved") >= config.stop_at_proof or refuted):
                continue
            outcome = made.get((problem, number, False))
            negation_open = config.disprove and (problem, number, True) not in made
            if outcome is None or (outcome != "proved" and negation_open):
                slots.append(Slot(problem_id=problem, pass_number=number))
    return slots


def test_two_holders_of_a_folder(folder):
    with folder.locked(), pytest.raises(InputError, match=r"another process .* \(pid \d+\)"), folder.locked():
        pass
    with folder.locked():
        pass


def test_differences_name_the_field():
    assert differences(CONFIG, CONFIG) == []
    assert (
        differences(CONFIG, CONFIG.model_copy(update={"set_origin": "elsewhere", "set_version": "abc"})) == []
    )
    other = CONFIG.model_copy(update={"passes": 3, "set_hash": "abd"})
    assert sorted(differences(CONFIG, other)) == ["passes was 2 and is 3", "set_hash was 'abc' and is 'abd'"]


def test_a_tree_is_stored_up_to_a_limit_and_its_proof_always():
    tree = ProofTree(TacticState(0, ("⊢ a ∧ b",)))
    tree.begin(tree.root)
    for number in range(10):
        tree.add(tree.root, f"bad{number}", -1.0, LeanError("no \ud800"))
    tree.add(tree.root, "side", -1.0, TacticState(1, ("⊢ x",)))
    middle = tree.add(tree.root, "constructor", -1.0, TacticState(2, ("⊢ a", "⊢ b")))
    tree.finish(tree.root)
    tree.begin(middle)
    tree.add(middle, "worse", -1.0, LeanError("no"))
    tree.add(middle, "grind", -1.0, ProofFinished())
    tree.winner = middle.edges[-1]
    stored = tree_rows(tree, 3)
    assert [step.tactic for step in stored.steps] == ["bad0", "bad1", "bad2", "constructor", "grind"]
    assert [step.step for step in stored.steps] == [0, 1, 2, 11, 13]
    assert stored.steps_left_out == 9
    assert [node.node for node in stored.nodes] == [0, 2]
    assert [node.expanded for node in stored.nodes] == [True, False]
    assert stored.steps[0].message == "no \\ud800"
    assert len(tree_rows(tree, 100).steps) == 14


def test_seeds_differ_and_stay():
    keys = [(0, "a", 0, False), (0, "a", 0, True), (0, "a", 1, False), (0, "b", 0, False), (1, "a", 0, False)]
    seeds = [attempt_seed(run, name, number, negated=negated) for run, name, number, negated in keys]
    assert len(set(seeds)) == len(seeds)
    assert seeds[0] == 2702830485


@pytest.mark.parametrize(
    ("statement", "negated"),
    [
        ("theorem f : 1 = 2", "theorem f_negated : ¬ (1 = 2)"),
        ("theorem f (a b : ℕ) (h : ∀ x:ℕ, g' x = a) : a = b", "∀ (a b : ℕ) (h : ∀ x:ℕ, g' x = a), a = b"),
        (
            "theorem f.{u} {α : Type u} [i : Inhabited α] ⦃x : α⦄ {{y : α}} :\n  x = y",
            "theorem f_negated.{u} : ¬ (∀ {α : Type u} [i : Inhabited α] ⦃x : α⦄ {{y : α}}, x = y)",
        ),
        (
            'lemma f (s : String) (h : s = "a:b)") : s.length = 3',
            '∀ (s : String) (h : s = "a:b)"), s.length = 3',
        ),
    ],
)
def test_a_negation(statement, negated):
    theorem = negation(Theorem(name="f", statement=statement, header="open Nat"))
    assert isinstance(theorem, Theorem)
    assert negated in theorem.statement
    assert theorem.name == "f_negated"
    assert theorem.header == "open Nat\nset_option autoImplicit false\n\n"


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("theorem f n : n = 1", "without brackets: n"),
        ("theorem f (h : 1 = 1 := by simp) : True", "default value"),
        ("theorem f (a : Nat", "no colon"),
        ("theorem f (a : Nat) : a = (3", "not closed"),
        ("theorem f (a : Nat)) : a = 3", "out of place"),
        ("theorem f (a : Nat) :", "nothing is claimed"),
        ("@[simp] theorem f : True", "begin with"),
        ("theorem f : True -- or not", "comment"),
    ],
)
def test_what_is_not_understood_has_no_negation(statement, reason):
    refused = negation(Theorem(name="f", statement=statement))
    assert isinstance(refused, NotNegated)
    assert reason in refused.reason


def test_variables_have_no_negation():
    theorem = Theorem(name="f", statement="theorem f : n = 1", header="section\n  variable (n : Nat)\n")
    assert isinstance(negation(theorem), NotNegated)


async def test_workers_begin_in_order_and_stop():
    began, ended, stop = [], [], asyncio.Event()

    async def work(item):
        began.append(item)
        await asyncio.sleep(0.001 * item)
        if item == 5:
            stop.set()
            await asyncio.sleep(10)
        ended.append(item)

    await for_each(range(10), work, workers=2, stop=stop)
    assert began == sorted(began)
    assert 5 not in ended
    assert len(ended) >= 4
    with pytest.raises(ZeroDivisionError):
        await for_each([0], lambda item: work(1 // item), workers=3, stop=asyncio.Event())
