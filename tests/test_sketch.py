"""Proofs by sketches: reading plans, steps proved by search, false steps, new plans, files, runs."""

import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from chat_server import chat_server

from prover.errors import InputError
from prover.evaluation.store.folder import RunFolder
from prover.lean.theorem import Theorem
from prover.policy.chat.plans import PLAN_FORMATS, plan_format
from prover.sketching.sketch import head_of, sketch_of, steps_of
from prover.whole_proof.assemble import NoProof

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PLAIN = Theorem(name="foo", statement="theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b")
GENERIC, BFS = PLAN_FORMATS["generic"], PLAN_FORMATS["bfs-planner"]


@pytest.mark.parametrize(
    ("answer", "form", "sketch"),
    [
        (
            "plan\n```lean4\ntheorem foo : x := by\n  have h : 1 = 1 := by sorry\n  exact h\n```",
            GENERIC,
            "have h : 1 = 1 := by sorry\nexact h",
        ),
        ("have h : 1 = 1 := sorry\nsorry", GENERIC, "have h : 1 = 1 := sorry\nsorry"),
        (
            "```lean4\nhave h1 : 1 = 1 := by\n  sorry\nhave h2 :\n    2 = 2\n```",
            BFS,
            "have h1 : 1 = 1 := by\n  sorry\nhave h2 : 2 = 2 := by\n  sorry\nsorry",
        ),
        (
            "1. `have h1 : 1 = 1`\n2. `have h2 (n : Nat) : n = n := by`\n\nThat is all.",
            BFS,
            "have h1 : 1 = 1 := by\n  sorry\nhave h2 (n : Nat) : n = n := by\n  sorry\nsorry",
        ),
    ],
)
def test_a_sketch_is_taken_out_of_an_answer(answer, form, sketch):
    assert sketch_of(answer, PLAIN, form) == sketch


@pytest.mark.parametrize(
    ("answer", "form"),
    [
        ("", GENERIC),
        ("no code", GENERIC),
        ("```lean4\ntheorem foo : x := by\n  have h : 1 = 2 := by native_decide\n  sorry\n```", GENERIC),
        ("```lean4\nhave h : x := by run_tac foo\n```", GENERIC),
        ("nothing to list", BFS),
        ("have h : (1 = 1", BFS),
    ],
)
def test_an_answer_without_a_sketch(answer, form):
    assert isinstance(sketch_of(answer, PLAIN, form), NoProof)


def test_steps_and_what_they_state():
    block = "have h : 1 = 1 := by\n  rfl\nrcases h with h |\n  h\n· simp\n<;> omega\nexact h"
    assert steps_of(block) == [
        "have h : 1 = 1 := by\n  rfl",
        "rcases h with h |\n  h",
        "· simp\n<;> omega",
        "exact h",
    ]
    assert head_of("have h (f := 1) : 1 = 1 := by\n  rfl") == "have h (f := 1) : 1 = 1"
    assert head_of("obtain h := 1") is None


def test_the_formats_of_planners(tmp_path):
    assert (
        "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by\n  sorry"
        in GENERIC.first(PLAIN, "")[1].content
    )
    assert BFS.system.startswith(
        "You are an expert assistant specializing in Math Olympiads and the Lean 4 theorem prover.\nYour primary goal "
        "is to generate **syntactically perfect, type-checkable** Lean 4 intermediate steps"
    )
    path = tmp_path / "mine.toml"
    path.write_text('user = "Plan {statement}"\nreplan = "no: {stuck}"\n')
    assert plan_format(str(path)).name == "mine"
    path.write_text('user = "Plan {statement}"\nreplan = "no"\n')
    with pytest.raises(InputError, match=r"needs \{stuck\}"):
        plan_format(str(path))
    with pytest.raises(InputError, match="no format 'goedel-v2' for plans"):
        plan_format("goedel-v2")


def prover(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "prover", *map(str, arguments)],
        capture_output=True, text=True, timeout=800, env={**os.environ, "PROVER_API_KEY": "secret-key"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


def prove(server, theorem, *options):
    done = prover(
        "prove", theorem, "--method", "sketch", "--planner", server.url, "--policy", "heuristic", "--timeout", 500,
        "--json", *options,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout)


HARD = "theorem foo (f : Nat → Nat) (h : ∀ n, f (n + 1) = f n + 2 * n + 1) (h0 : f 0 = 0) : f 1000 = 1000000"


def plan(*steps):
    return "```lean4\ntheorem foo : x := by\n" + "".join(f"  {step}\n" for step in steps) + "```"


GOOD = plan("have hf : ∀ n, f n = n * n := by sorry", "rw [hf]")


FAST = ["--hole-tactics", 40, "--no-disprove"]


def test_a_theorem_by_a_plan():
    with chat_server([GOOD]) as server:
        code, shown = prove(server, HARD, *FAST, "--plan-tokens", 77)
        assert server.bodies[0]["max_tokens"] == 77
    assert (code, shown["outcome"], shown["verified"]) == (0, "proved", True), shown
    assert [each["outcome"] for each in shown["plans"]] == ["proved"]
    assert [each["status"] for each in shown["plans"][0]["steps"]] == ["proved"]
    assert "sorry" not in shown["declaration"]
    assert shown["spent"]["completion"] == 5


def test_a_false_step_goes_back_with_the_counterexample():
    def script(body):
        if len(body["messages"]) == 2:
            return [plan("have hf : ∀ n : Nat, n * n < n + 5 := by sorry", "sorry")]
        assert body["messages"][2]["role"] == "assistant"
        told = body["messages"][3]["content"]
        assert "have hf : ∀ n : Nat, n * n < n + 5\n  This is false, for example for n := " in told
        return [GOOD]

    with chat_server(script) as server:
        code, shown = prove(server, HARD, *FAST)
    assert code == 0, shown
    assert [each["outcome"] for each in shown["plans"]] == ["false step", "proved"]
    assert shown["plans"][0]["steps"][0]["note"].startswith("n := ")


def test_what_lean_refuses_goes_back_and_then_only_what_it_takes_is_kept():
    broken = plan(
        "have hf : ∀ n, f n = n * n := by exact nonsense",
        "have hg : f = undefined := by sorry",
        "rw [hf]",
        "omega",
    )

    def script(body):
        if len(body["messages"]) > 2:
            assert "nonsense" in body["messages"][-1]["content"]
        return [broken]

    with chat_server(script) as server:
        code, shown = prove(server, HARD, *FAST, "--rounds", 1)
    assert code == 0, shown
    assert [(each["correction"], each["outcome"]) for each in shown["plans"]] == [
        (0, "errors"),
        (1, "proved"),
    ]


def test_a_stuck_step_gets_a_plan_of_its_own_and_what_is_proved_is_known():
    key = "have key : ∀ n, f n = n * n := by sorry"

    def script(body):
        first = body["messages"][1]["content"]
        if "prover_step" in first:
            return [plan(key, "rw [key]")]
        return [plan("have h2 : f 1000 = 1000 * 1000 := by sorry", "omega")]

    with chat_server(script) as server:
        code, shown = prove(server, HARD, *FAST, "--depth", 2)
    assert code == 0, shown
    assert sorted((each["depth"], each["outcome"]) for each in shown["plans"]) == [
        (0, "proved"),
        (1, "proved"),
    ]


def test_answers_that_hold_no_plan():
    answers = [
        "",
        "no code",
        {"content": "```lean4\ntheorem foo", "finish_reason": "length"},
        plan("run_tac x"),
    ]
    with chat_server([*answers]) as server:
        code, shown = prove(server, HARD, *FAST, "--rounds", 0, "--plans", len(answers))
    assert (code, shown["outcome"], shown["stopped_by"]) == (1, "not proved", "plans"), shown
    assert [each["outcome"] for each in shown["plans"]] == ["empty", "no sketch", "cut", "no sketch"]


def test_budgets_end_it():
    stuck = plan("have h2 : f 1000 = 1000 * 1000 := by sorry", "omega")
    with chat_server([stuck] * 9) as server:
        code, shown = prove(server, HARD, *FAST, "--max-tokens-total", 10, "--depth", 1)
        assert (code, shown["stopped_by"], len(server.bodies)) == (1, "tokens", 1), shown
        code, shown = prove(server, HARD, *FAST, "--max-tactics", 50)
    assert (code, shown["stopped_by"]) == (1, "tactics"), shown


SLOW = "have h : (List.range 100000000).foldl (· + ·) 0 = 1 := by decide +kernel"


@pytest.mark.parametrize("waits", ["for the planner", "for Lean"])
def test_the_time_holds_whatever_it_waits_for(waits):
    over = threading.Event()

    def script(body):
        if waits == "for the planner":
            over.wait(400)
        return [plan(SLOW, "sorry")]

    with chat_server(script) as server:
        code, shown = prove(server, HARD, *FAST, "--timeout", 40)
        over.set()
    assert (code, shown["stopped_by"]) == (1, "seconds"), shown
    assert shown["time_s"] < 300


def test_bad_input_is_one_clear_line():
    with chat_server([]) as server:
        for options, said in (
            (["--plan-format", "goedel-v2"], "no format 'goedel-v2' for plans"),
            (["--plans", "0"], "--plans"),
            (["--show-tree"], "has no tree to show"),
        ):
            code, shown = prove(server, HARD, *options)
            assert code == 2
            assert said in shown["error"]["message"]


def test_without_a_model_the_heuristic_plans(tmp_path):
    done = prover("prove", HARD, "--method", "sketch", "--timeout", 500, *FAST, "--json")
    shown = json.loads(done.stdout)
    assert (done.returncode, shown["verified"], shown["planner"]) == (0, True, "heuristic"), done.stdout
    assert shown["plans"][-1]["outcome"] == "proved"
    assert "∀ n : Nat, f n = n * n" in shown["plans"][-1]["steps"][0]["statement"]
    assert shown["spent"]["completion"] == 0

    path = tmp_path / "F.lean"
    path.write_text(f"{HARD} := by\n  sorry\n")
    done = prover(
        "prove", path, "--method", "sketch", "--planner", "heuristic", "--timeout", 500, *FAST[:2], "--json"
    )
    assert json.loads(done.stdout)["complete"], done.stdout + done.stderr


def test_a_run_that_the_heuristic_plans(tmp_path):
    problems = tmp_path / "set.jsonl"
    problems.write_text(json.dumps({"name": "t0", "statement": HARD.replace("foo", "t0")}) + "\n")
    done = prover(
        "evaluate", problems, "--method", "sketch", "--policy", "heuristic", "--out", tmp_path / "run",
        "--no-automation", "--timeout", 500, "--hole-tactics", 40,
    )  # fmt: skip
    assert "1 proved" in done.stdout, done.stdout + done.stderr
    with contextlib.closing(sqlite3.connect(RunFolder(tmp_path / "run").database)) as database:
        tries = database.execute("SELECT outcome, tokens FROM try ORDER BY number").fetchall()
    assert tries[-1] == ("proved", 0)
    assert "Chat models" not in (tmp_path / "run" / "summary.md").read_text()


def test_every_sorry_of_a_file(tmp_path):
    path = tmp_path / "F.lean"
    path.write_text(f"{HARD} := by\n  sorry\n\ntheorem easy (n : Nat) : n ≤ n + 1 := by\n  sorry\n")
    with chat_server([GOOD]) as server:
        done = prover(
            "prove", path, "--method", "sketch", "--planner", server.url, "--policy", "heuristic", "--timeout", 500,
            "--hole-tactics", 40, "--json",
        )  # fmt: skip
    shown = json.loads(done.stdout)
    assert [each["status"] for each in shown["holes"]] == ["proved", "proved"], done.stdout + done.stderr
    assert (done.returncode, shown["complete"], len(server.bodies)) == (0, True, 1)


def test_a_run_by_sketches_pays_for_no_answer_twice(tmp_path):
    problems = tmp_path / "set.jsonl"
    problems.write_text(json.dumps({"name": "t0", "statement": HARD.replace("foo", "t0")}) + "\n")

    def evaluate(*options):
        return prover(
            "evaluate", problems, "--method", "sketch", "--planner", server.url, "--policy", "heuristic",
            "--out", tmp_path / "run", "--no-automation", "--timeout", 500, "--hole-tactics", 40, *options,
        )  # fmt: skip

    stuck = plan("have h2 : f 1000 = 1000 * 1000 := by sorry", "omega")
    with chat_server([stuck, GOOD]) as server:
        done = evaluate("--depth", 1, "--max-tokens-total", 15)
        assert done.returncode == 2
        assert "budget of 15 tokens is spent" in done.stderr
        assert len(server.bodies) == 1
        done = evaluate("--depth", 1, "--max-tokens-total", 100, "--resume")
        assert "1 proved" in done.stdout, done.stdout + done.stderr
        assert len(server.bodies) == 2
    with contextlib.closing(sqlite3.connect(RunFolder(tmp_path / "run").database)) as database:
        tries = database.execute("SELECT round, outcome FROM try ORDER BY number").fetchall()
    assert tries == [(0, "open"), (1, "proved")]
    done = prover("verify", tmp_path / "run")
    assert done.returncode == 0, done.stdout + done.stderr


def test_steps_proved_by_a_chat_model():
    def script(body):
        if body["model"] == "planner":
            return [GOOD]
        if "prover_step" in body["messages"][1]["content"]:
            proof = "intro n\n  induction n with\n  | zero => simpa using h0\n  | succ n ih => grind"
            return [f"```lean4\ntheorem prover_step : x := by\n  {proof}\n```"]
        return ["```lean4\ntheorem foo : x := by\n  rfl\n```"]

    with chat_server(script, models=("planner", "writer")) as server:
        code, shown = prove(
            server, HARD, "--no-disprove", "--planner", f"{server.url}#planner", "--policy", f"{server.url}#writer",
            "--fill-by", "whole-proof", "--samples", 1, "--rounds", 0,
        )  # fmt: skip
    assert code == 0, shown
    assert [each["outcome"] for each in shown["plans"]] == ["proved"]


def test_the_committed_plans_are_sketches():
    lines = (ROOT / "scripts" / "sketches.jsonl").read_text().splitlines()
    problems = [json.loads(line) for line in lines]
    assert len(problems) == len({each["name"] for each in problems}) == 20
    for each in problems:
        found = sketch_of(plan(*each["plan"]), PLAIN, GENERIC)
        assert found == "\n".join(each["plan"])
        assert "sorry" in found


@pytest.mark.slow
def test_plans_prove_what_the_search_does_not():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "bench_sketch.py"], capture_output=True, text=True, timeout=3600
    )
    found = re.search(r"(\d+) are proved by sketch alone", done.stdout)
    assert found, done.stdout + done.stderr
    assert int(found[1]) >= 15
