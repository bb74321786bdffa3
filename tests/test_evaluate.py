"""`prover evaluate` with the embedded Lean: whole runs, runs that are killed, runs that go wrong."""

import asyncio
import contextlib
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time

import psutil
import pytest
from stored_runs import rows
from waiting import wait_until

from prover.errors import EngineCrashed, PolicyError, SetupError
from prover.evaluation.analysis.numbers import numbers
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.local import LocalExecutor, RunResources
from prover.evaluation.run.runner import Runner
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.invariants import check_invariants
from prover.evaluation.store.pending import counts
from prover.evaluation.store.rows import ProblemRow
from prover.evaluation.store.run_data import read_figures
from prover.lean.theorem import Theorem
from prover.policy.base import Suggestion
from prover.policy.heuristic.policy import HeuristicPolicy
from prover.problems.support import SUPPORTED

pytestmark = pytest.mark.long

PROBLEMS = {
    "commutes": "theorem commutes (a b : Nat) : a + b = b + a",
    "needs_matrices": "theorem needs_reals (A : Matrix (Fin 2) (Fin 2) ℚ) : A = A",
    "garbled": "theorem garbled (n : Nat) : n + = n",
    "both_ways": "theorem both_ways (p q : Prop) : p ∨ q → q ∨ p",
    "wrong": "theorem wrong : 2 + 2 = 5",
    "bounded": "theorem bounded : ∀ n : ℕ, n ≤ 2",
    "no_binder_type": "theorem no_binder_type n : n < 3 → n < 2",
    "no_theorem": "def no_theorem : Nat := 2",
}
LIMITS = ("--max-expansions", "3", "--timeout", "500")
OPTIONS = (*LIMITS, "--disprove", "--seed", "3")


def write_set(path, problems):
    lines = [{"name": name, "statement": statement} for name, statement in problems.items()]
    lines = [
        line | ({"header": "import Mathlib\n"} if "Matrix" in line["statement"] else {}) for line in lines
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def start(problem_set, run, *options, usual=OPTIONS):
    return subprocess.Popen(
        [sys.executable, "-m", "prover", "evaluate", problem_set, "--out", run, *usual, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process):
    with process:
        out, err = process.communicate(timeout=250)
    return process.returncode, out, err


def finished_attempts(run):
    log = RunFolder(run).log
    return log.read_text().count(", pass ") if log.exists() else 0


@pytest.fixture(scope="module")
def problem_set(tmp_path_factory):
    return write_set(tmp_path_factory.mktemp("set") / "small.jsonl", PROBLEMS)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, problem_set, engine_command):
    """A run that nothing happened to, and how many seconds it took."""
    run = tmp_path_factory.mktemp("runs") / "undisturbed"
    began = time.monotonic()
    code, out, err = finish(start(problem_set, run))
    assert code == 0, err
    assert "2 proved" in out
    assert f"1 of {len(PROBLEMS)} records cannot be used:\n" in out
    assert f"  {problem_set}:8: there is no theorem in 'def no_theorem" in out
    return run, time.monotonic() - began


def test_a_whole_run(undisturbed):
    run, _ = undisturbed
    check_invariants(RunFolder(run))
    assert (run / "report.html").is_file()
    assert json.loads((run / "config.json").read_text())["max_expansions"] == 3
    with RunStore.open(RunFolder(run), read_only=True) as store:
        found = counts(store)
        assert sum(found.values()) == len(PROBLEMS)
        assert (found["proved"], found["unsupported"], found["invalid"], found["not attempted"]) == (
            2,
            1,
            1,
            0,
        )
        assert found["disproved"] >= 1
        assert found["failed"] + found["disproved"] == 3
        assert found["unusable"] == 1
        assert store.config.set_origin.endswith("small.jsonl")
    summary = (run / "summary.md").read_text()
    assert "| unusable | 1 |" in summary
    assert "small.jsonl" in summary
    found = rows(run)
    attempts = {(each["problem_id"], each["negated"]): each for each in found["attempt"]}
    names = {each["name"]: each["id"] for each in found["problem"]}
    assert attempts[names["bounded"], 0]["stopped_by"]
    assert attempts[names["wrong"], 1]["outcome"] == "disproved"
    untold = attempts[names["no_binder_type"], 1]
    assert (untold["outcome"], untold["reason"]) == ("unsupported", "there is a binder without brackets: n")
    assert (names["commutes"], 1) not in attempts
    calls = {(each["problem_id"], each["tactic"]): each["closed"] for each in found["automation"]}
    assert calls[names["commutes"], "omega"]
    assert (names["bounded"], "intros; omega") in calls
    assert not calls[names["wrong"], "decide"]
    assert (names["needs_matrices"], "omega") not in calls


async def test_plain_automation_may_be_left_out(tmp_path, lean_pool, verifier):
    folder = RunFolder(tmp_path)
    with begin(folder, COMMUTES, automation=False) as store:
        machinery = RunResources(
            pool=lean_pool, verifier=verifier, policy=lambda seed: HeuristicPolicy(), classify=supported
        )
        assert await Runner(
            folder, store, LocalExecutor(store.config, machinery), observe=lambda progress: None
        ).run(asyncio.Event())
        assert counts(store) == {"proved": 1, "not attempted": 0}
    assert rows(tmp_path)["automation"] == []


async def test_a_problem_is_given_up_at_its_second_proof_and_a_hard_one_is_not(tmp_path, lean_pool, verifier):
    folder = RunFolder(tmp_path)
    with begin(folder, COMMUTES, UNFOUNDED, passes=4, stop_at_proof=2, automation=False, workers=1) as store:
        resources = RunResources(
            pool=lean_pool, verifier=verifier, policy=lambda seed: HeuristicPolicy(), classify=supported
        )
        seen = []
        await Runner(
            folder,
            store,
            LocalExecutor(store.config, resources),
            observe=lambda progress: seen.append((progress.done, progress.total)),
        ).run(asyncio.Event())
        assert counts(store) == {"proved": 2, "failed": 4, "not needed": 2, "not attempted": 0}
    assert seen[-1] == (8, 8)
    check_invariants(folder)
    found = numbers(read_figures(tmp_path))
    assert [each.of_all for each in found.pass_at_k] == [0.5, 0.5, 0.5]


def test_proofs_are_verified_again_from_the_command_line(undisturbed):
    run, _ = undisturbed
    result = subprocess.run([sys.executable, "-m", "prover", "verify", run], capture_output=True, text=True)
    proofs = len(rows(run)["proof"])
    assert (result.returncode, result.stdout) == (0, f"{proofs} of {proofs} proofs are right, 0 refused\n")
    with contextlib.closing(sqlite3.connect(RunFolder(run).database)) as connection:
        assert connection.execute("SELECT count(*) FROM proof WHERE rechecked_at IS NULL").fetchone() == (0,)


def test_a_run_is_not_begun_or_resumed_where_it_must_not(undisturbed, problem_set, tmp_path):
    run, _ = undisturbed
    before = rows(run)
    code, _, err = finish(start(problem_set, run))
    assert (code, "has a run already" in err) == (2, True)
    code, _, err = finish(start(problem_set, run, "--resume", "--passes", "2"))
    assert (code, "passes was 1 and is 2" in err) == (2, True)
    other = write_set(tmp_path / "small.jsonl", PROBLEMS | {"commutes": "theorem commutes : True"})
    code, _, err = finish(start(other, run, "--resume"))
    assert (code, "set_hash was" in err) == (2, True)
    code, _, err = finish(start(problem_set, tmp_path / "nowhere", "--resume"))
    assert (code, "has no run" in err) == (2, True)
    with RunFolder(run).locked():
        code, _, err = finish(start(problem_set, run, "--resume"))
    assert (code, "another process is working on" in err, "(pid " in err) == (2, True, True)
    assert rows(run) == before


def test_a_run_that_is_disturbed_ends_like_one_that_is_not(undisturbed, problem_set, tmp_path):
    run = tmp_path / "run"
    process = start(problem_set, run)
    wait_until(lambda: finished_attempts(run) or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    code, out, _ = finish(process)
    assert (code, "--resume" in out) == (130, True)
    check_invariants(RunFolder(run))
    kill_and_resume(undisturbed, problem_set, run, kills=2, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_that_is_killed_ten_times(undisturbed, problem_set, tmp_path, seed):
    kill_and_resume(undisturbed, problem_set, tmp_path / "run", kills=10, seed=seed)


def kill_and_resume(undisturbed, problem_set, run, *, kills, seed):
    """Kill the run at random moments, look at what is left each time, and let it end."""
    expected, wall_s = rows(undisturbed[0]), undisturbed[1]
    moments = random.Random(seed)
    for _ in range(kills):
        resume = ["--resume"] if RunFolder(run).database.exists() else []
        process = start(problem_set, run, *resume)
        time.sleep(moments.uniform(0.5, min(wall_s / 2, 15)))
        process.kill()
        finish(process)
        with contextlib.suppress(FileNotFoundError):
            check_if_begun(run)
    code, _, err = finish(start(problem_set, run, "--resume"))
    assert code == 0, err
    check_invariants(RunFolder(run))
    assert rows(run) == expected


def check_if_begun(run):
    if RunFolder(run).database.stat().st_size:
        check_invariants(RunFolder(run))


def begin(folder, *theorems, **settings):
    config = RunConfig(
        prover_version="0",
        problems="set",
        set_name="set",
        set_hash="",
        policy="heuristic",
        engine="embedded",
        max_expansions=2,
        timeout_s=200.0,
        **settings,
    )
    records = [ProblemRow.from_theorem(number, each.name, each) for number, each in enumerate(theorems)]
    return RunStore.create(folder, config, records, created_at=0.0)


async def supported(problem_id):
    return SUPPORTED


COMMUTES = Theorem(name="commutes", statement=PROBLEMS["commutes"])
UNFOUNDED = Theorem(name="unfounded", statement="theorem unfounded (p q r : Prop) (h : p ∨ q) : r")
PAIR = Theorem(name="pair", statement="theorem pair (p q : Prop) (hp : p) (hq : q) : p ∧ q")


class WordyPolicy:
    """Finishes a proof of `commutes` and fills pages with failures elsewhere."""

    name = "wordy"
    tokens = 0

    async def suggest(self, states):
        if states[0].name == "commutes":
            return [[Suggestion("omega", -1.0)]]
        return [[Suggestion(f"exact absent_{'x' * 100}_{number}", -1.0) for number in range(100)]]


async def test_a_full_disk_stops_the_run_and_loses_nothing(tmp_path, lean_pool, verifier):
    folder = RunFolder(tmp_path)
    with begin(folder, COMMUTES, UNFOUNDED, workers=1) as store:
        machinery = RunResources(
            pool=lean_pool, verifier=verifier, policy=lambda seed: WordyPolicy(), classify=supported
        )

        def fill_the_disk(progress):
            if progress.stage == "searching" and progress.done == 1:
                (pages,) = store.connection.execute("PRAGMA page_count").fetchone()
                store.connection.execute(f"PRAGMA max_page_count = {pages}")

        executor = LocalExecutor(store.config, machinery)
        with pytest.raises(SetupError, match="the disk is full"):
            await Runner(folder, store, executor, observe=fill_the_disk).run(asyncio.Event())
        assert counts(store) == {"proved": 1, "not attempted": 1}
        check_invariants(folder)
        store.connection.execute("PRAGMA max_page_count = 1000000")
        assert await Runner(folder, store, executor, observe=lambda progress: None).run(asyncio.Event())
        assert counts(store) == {"proved": 1, "failed": 1, "not attempted": 0}
    check_invariants(folder)


class BrokenPolicy:
    name = "broken"
    tokens = 0

    async def suggest(self, states):
        if states[0].name == "pair":
            raise PolicyError("the server is down")
        return [[Suggestion("omega", -1.0)] for _ in states]


async def test_a_policy_that_fails_is_blamed(tmp_path, lean_pool, verifier):
    folder = RunFolder(tmp_path)
    with begin(folder, PAIR, COMMUTES) as store:
        machinery = RunResources(
            pool=lean_pool, verifier=verifier, policy=lambda seed: BrokenPolicy(), classify=supported
        )
        assert await Runner(
            folder, store, LocalExecutor(store.config, machinery), observe=lambda progress: None
        ).run(asyncio.Event())
        assert counts(store) == {"policy error": 1, "proved": 1, "not attempted": 0}
    check_invariants(folder)
    assert rows(tmp_path)["attempt"][0]["reason"] == "the server is down"


class BrokenPool:
    stats = ()

    async def open(self, theorem):
        raise EngineCrashed("out of memory")


async def test_an_engine_that_breaks_is_blamed(tmp_path, verifier):
    async def classify(problem_id):
        raise EngineCrashed("out of memory")

    folder = RunFolder(tmp_path)
    with begin(folder, PAIR, COMMUTES, passes=2) as store:
        machinery = RunResources(
            pool=BrokenPool(),
            verifier=verifier,
            policy=lambda seed: HeuristicPolicy(),
            classify=classify,
        )
        assert await Runner(
            folder, store, LocalExecutor(store.config, machinery), observe=lambda progress: None
        ).run(asyncio.Event())
        assert counts(store) == {"engine error": 4, "not attempted": 0}
    check_invariants(folder)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_a_thousand_problems_in_flat_memory(tmp_path):
    numbers = random.Random(0)
    problems = {}
    for index in range(1000):
        a, b = numbers.randrange(1000), numbers.randrange(1000)
        total = a + b + (index % 4 > 0)  # every fourth is right: verification takes the most time
        problems[f"sum{index}"] = (
            f"theorem sum{index} (x y : ℕ) (h : x = {a}) (k : y = {b}) : x + y = {total}"
        )
    run = tmp_path / "run"
    process = start(write_set(tmp_path / "thousand.jsonl", problems), run, usual=LIMITS)
    memory = []
    while process.poll() is None:
        if finished_attempts(run) > 100:
            with contextlib.suppress(psutil.NoSuchProcess):
                memory.append(psutil.Process(process.pid).memory_info().rss)
        time.sleep(1)
    code, out, err = finish(process)
    assert code == 0, err
    assert "250 proved, 750 failed" in out or "750 failed, 250 proved" in out
    check_invariants(RunFolder(run))
    third = len(memory) // 3
    assert max(memory[-third:]) < max(memory[:third]) + 30_000_000
