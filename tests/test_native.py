"""A Lake project of the user's own, from end to end: `lake` and the REPL are stand-ins over the embedded Lean.

The REPL's stand-in is as plain as the community's REPL: one tactic a request, no limits, nothing dropped.
"""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from processes import children_running
from standins import make_home, make_project, path_with, put

from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.invariants import check_invariants

pytestmark = pytest.mark.long

EASY = "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b"
HARD = "∀ n : Nat, ∃ p, n < p ∧ ∀ d, d ∣ p → d = 1 ∨ d = p"
PROBLEMS = {
    "commutes": {"statement": "theorem commutes (a b : ℕ) : a + b = b + a"},
    "reals": {"statement": "theorem reals (x : ℝ) : x = x", "header": "import Mathlib\n"},
    "absent": {"statement": "theorem absent : True", "header": "import Absent.Module\n"},
    "garbled": {"statement": "theorem garbled (n : Nat) : n + = n"},
}


@pytest.fixture(scope="module")
def machine(tmp_path_factory, engine_command):
    """A folder with a project, programs for it, and an empty cache that has the embedded Lean."""
    folder = tmp_path_factory.mktemp("machine")
    put(folder / "bin", "lake", "lean")
    put(folder / "repl" / ".lake" / "build" / "bin", "repl")
    make_project(folder / "project")
    make_home(folder / "home")
    return folder


@pytest.fixture
def command(machine):
    """Return the command line of `prover`, and the environment for it."""

    def command(name, *arguments, native=True, **variables):
        own = ("--engine", "native", "--project", str(machine / "project")) if native else ()
        repl = ("--repl", str(machine / "repl")) if native and name != "verify" else ()
        environment = {
            **os.environ,
            "PATH": path_with(machine / "bin"),
            "PROVER_HOME": str(machine / "home"),
            **variables,
        }
        return {"args": [sys.executable, "-m", "prover", name, *arguments, *own, *repl], "env": environment}

    return command


@pytest.fixture
def prover(command):
    def prover(name, *arguments, stdin="", **options):
        return subprocess.run(
            **command(name, *arguments, **options), input=stdin, capture_output=True, text=True, timeout=240
        )

    return prover


def test_a_theorem_is_proved(prover, no_strays):
    done = prover("prove", "--theorem", EASY, "--json", "--engines", "1")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["declaration"] == f"{EASY} := by\n  omega\n"
    assert shown["engine"] == "native"
    assert shown["verified"] is True


@pytest.mark.slow
def test_a_proposition_after_a_definition_and_an_import(prover, tmp_path):
    text = "import Lean\nopen Lean\ndef two := 2\ntheorem t : two = 2"
    done = prover("prove", "--theorem", "-", "--out", str(tmp_path / "t.lean"), stdin=text)
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "t.lean").read_text(encoding="utf-8")
    assert written.startswith("import Lean\n")
    assert "open Lean\ndef two := 2\ntheorem t : two = 2 := by\n" in written


def test_a_theorem_of_a_file(prover, tmp_path):
    file = tmp_path / "F.lean"
    file.write_text(
        "namespace A\nvariable (p q : Prop)\ndef one := 1\n\ntheorem swap : p ∧ q → q ∧ p := by\n  sorry\nend A\n",
        encoding="utf-8",
    )
    done = prover("prove", "--file", str(file), "--theorem", "swap", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["theorem"] == "A.swap"
    absent = prover("prove", "--file", str(file), "--theorem", "swop")
    assert absent.returncode == 2
    assert "has no theorem called swop\nTheorems in it: A.swap." in absent.stderr


def test_what_lean_refuses_is_placed(prover, tmp_path):
    done = prover("prove", "--theorem", "theorem t (n : Nat) :\n  n = absent")
    assert done.returncode == 2
    assert done.stderr.startswith("error: the theorem, 2:6: Unknown identifier `absent`\n")
    file = tmp_path / "F.lean"
    file.write_text("def one : Nat := true\n\ntheorem t : one = 1 := sorry\n", encoding="utf-8")
    done = prover("prove", "--file", str(file), "--theorem", "t")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {file}, 1:17: Type mismatch\n")


def test_an_import_that_is_not_there_is_named(prover):
    done = prover("prove", "--theorem", "-", stdin="import Mathlib\ntheorem t : True")
    assert done.returncode == 2
    assert done.stderr == "error: unknown module prefix 'Mathlib'\n"


def test_not_proved(prover):
    done = prover("prove", "--theorem", HARD, "--max-expansions", "2")
    assert done.returncode == 1, done.stderr
    assert "not proved within" in done.stderr


@pytest.mark.slow
def test_a_search_outlives_its_engine(command, tmp_path, no_strays):
    """The only engine is killed whenever it has run some tactics; it is replaced, and the search goes on."""
    log = tmp_path / "log"
    search = (
        "prove",
        "--theorem",
        HARD,
        "--max-expansions",
        "60",
        "--engines",
        "1",
        "--timeout",
        "3600",
        "--json",
    )
    process = subprocess.Popen(
        **command(*search, STANDIN_REPL_LOG=str(log)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    killed, enough = 0, 30
    while killed < 3 and process.poll() is None:
        time.sleep(0.02)
        if log.exists() and (asked := log.read_text(encoding="utf-8").count("\n")) >= enough:
            [engine] = children_running("repl.py", of=process.pid)
            os.killpg(engine.pid, signal.SIGKILL)
            killed, enough = killed + 1, asked + 30
    out, err = process.communicate(timeout=800)
    assert killed == 3
    assert process.returncode == 1, err
    shown = json.loads(out)
    assert shown["stopped_by"] == "expansions"
    assert "TacticCrashed" not in shown["outcomes"]


@pytest.mark.slow
def test_a_run_is_begun_resumed_and_verified(prover, tmp_path, machine):
    problems = tmp_path / "set.jsonl"
    lines = [json.dumps({"name": name, **problem}) for name, problem in PROBLEMS.items()]
    problems.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = tmp_path / "run"
    usual = (str(problems), "--out", str(run), "--max-expansions", "4", "--timeout", "500")
    done = prover("evaluate", *usual)
    assert done.returncode == 0, done.stderr
    assert "1 proved" in done.stdout
    assert "2 unsupported" in done.stdout
    assert "1 invalid" in done.stdout
    check_invariants(RunFolder(run))
    config = json.loads((run / "config.json").read_text(encoding="utf-8"))
    assert config["engine"] == "native"
    assert config["project"] == str((machine / "project").resolve())
    assert config["toolchain"] == "leanprover/lean4:v4.28.0"
    other = prover("evaluate", *usual, "--resume", native=False)
    assert other.returncode == 2
    assert "engine was 'native' and is 'embedded'" in other.stderr
    again = prover("evaluate", *usual, "--resume")
    assert again.returncode == 0, again.stderr
    verified = prover("verify", str(run), native=False)
    assert verified.returncode == 0, verified.stderr
    assert "1 of 1 proofs are right" in verified.stdout


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_expert_iteration_searches_in_the_project(prover, tmp_path, machine):
    """One round: the project's Lean finds the proofs, a tiny model learns them and searches with it."""
    statements = [f"theorem t{k} (a b : Nat) (h : a < b) : a + {k} < b + {k + 1}" for k in range(8)]
    for name, those in (("train", statements[:6]), ("held", ["theorem h (p q : Prop) (k : p ∧ q) : q"])):
        lines = [json.dumps({"name": f"{name}{n}", "statement": text}) for n, text in enumerate(those)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    preset = tmp_path / "small.toml"
    preset.write_text(
        "vocab_size = 300\nhidden_size = 32\nintermediate_size = 64\nlayers = 1\nheads = 2\nkv_heads = 2\n"
        "context = 512\n"
    )
    config = tmp_path / "config.toml"
    config.write_text(
        f"rounds = 1\n[pool]\ntrain = ['{tmp_path}/train.jsonl']\nheld_out = ['{tmp_path}/held.jsonl']\n"
        f"[lean]\nengine = 'native'\nproject = '{machine}/project'\nrepl = '{machine}/repl'\n"
        "[search]\nmax_tactics = 8\nheld_out_tactics = 8\nworkers = 1\nengines = 1\ndisprove = false\n"
        f"timeout = 200\n[model]\nbase = '{preset}'\n[training]\nmax_steps = 3\ndevice = 'cpu'\n"
    )
    run = tmp_path / "run"
    done = prover("iterate", str(config), "--out", str(run), native=False)
    assert done.returncode == 0, done.stderr
    for search in ("baseline", "rounds/00/search", "rounds/00/held_out"):
        assert json.loads((run / search / "config.json").read_text(encoding="utf-8"))["engine"] == "native"
    assert "1 of 1 held-out" in done.stdout


@pytest.mark.parametrize("name", ["prove", "evaluate", "verify"])
def test_without_lake_one_line_says_what_is_missing(prover, tmp_path, name):
    arguments = {
        "prove": ("--theorem", EASY),
        "evaluate": ("generated:count=2", "--out", str(tmp_path / "run")),
        "verify": (str(tmp_path / "run"),),
    }
    if name == "verify":
        (tmp_path / "set.jsonl").write_text('{"statement": "theorem t : True"}', encoding="utf-8")
        made = prover("evaluate", str(tmp_path / "set.jsonl"), "--out", str(tmp_path / "run"), native=False)
        assert made.returncode == 0, made.stderr
    done = prover(name, *arguments[name], PATH="/usr/bin:/bin", ELAN_HOME=str(tmp_path))
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith("error: there is no lake")
    assert "elan-init.sh" in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--engine", "native"), "--engine native needs a Lake project"),
        (("--project", "."), "--project is for --engine native"),
        (("--engine", "native", "--project", "/absent"), "there is no folder /absent"),
        (("--repo", "."), "--repo is for --engine dojo"),
        (("--engine", "dojo"), "--engine dojo needs a repository"),
    ],
)
def test_contradictory_choices_are_refused(prover, arguments, message):
    done = prover("prove", "--theorem", EASY, *arguments, native=False)
    assert done.returncode == 2
    assert message in done.stderr
