"""`prover prove` from end to end: real processes, real Lean."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest
from typer.testing import CliRunner
from waiting import wait_until

from prover.cli.main import app
from prover.lean.process.repl import Repl
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate, verify

HARD = "∀ n : ℕ, ∃ p, n < p ∧ ∀ d, d ∣ p → d = 1 ∨ d = p"


def command(*arguments):
    return [sys.executable, "-m", "prover", "prove", *arguments]


def prove(*arguments, stdin=""):
    return subprocess.run(command(*arguments), input=stdin, capture_output=True, text=True, timeout=240)


@pytest.fixture(scope="module", autouse=True)
def installed(engine_command):
    """The command says so when it has to install; here it must not have to."""


def test_proof_to_paste(no_strays):
    done = prove("--theorem", "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by\n  omega\n"
    note = done.stderr.splitlines()[-1]
    assert re.match(
        r"\d+\.\d s \(search and check \d+\.\d s, starting and ending Python and Lean \d+\.\d s\), "
        "1 state expanded, 1 tactic tried; ",
        note,
    )
    assert "axioms: none beyond what the library's theorems use" in note
    assert "checked by Lean's kernel in a fresh process" in note


@pytest.mark.long
def test_the_theorem_may_be_the_argument_or_a_file_of_it(tmp_path):
    assert prove("1 + 1 = 2").stdout == "theorem goal : 1 + 1 = 2 := by\n  rfl\n"
    path = tmp_path / "F.lean"
    path.write_text(FILE, encoding="utf-8")
    assert "A.double_eq" in prove(str(path), "--json").stdout
    done = prove(str(path), "--theorem", "last")
    assert done.stdout.startswith("theorem last (n : Nat)"), done.stderr
    assert prove("last", "--file", str(path)).stdout == done.stdout


def test_two_processes_prove_a_theorem(monkeypatch, engine_command):
    """One searches and elaborates the proof, the other judges it."""
    started = []
    start = Repl.start

    async def counted(*arguments, **options):
        started.append(arguments)
        return await start(*arguments, **options)

    monkeypatch.setattr(Repl, "start", counted)
    done = CliRunner().invoke(app, ["prove", "--engines", "1", "theorem t (p q : Prop) : p ∧ q → q ∧ p"])
    assert done.exit_code == 0, done.output
    assert len(started) == 2


def test_json_and_a_file_that_checks(tmp_path, engine_command):
    out = tmp_path / "proof.lean"
    done = prove(
        "--theorem", "-", "--json", "--out", str(out), "--engines", "1", stdin="∀ n : ℕ, 2 ∣ n * (n + 1)"
    )
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["theorem"] == "goal"
    assert shown["outcome"] == "proved"
    assert shown["verified"] is True
    assert set(shown["axioms"]) <= {"propext", "Quot.sound", "Classical.choice"}
    assert shown["engine"] == "embedded"
    assert shown["time_s"] > 0
    assert shown["expansions"] >= 1
    assert shown["tactics_tried"] >= shown["expansions"]
    assert shown["total_s"] >= shown["time_s"]
    text = out.read_text(encoding="utf-8")
    assert text.endswith(shown["declaration"])
    assert not text.startswith("\n")
    assert [path.name for path in tmp_path.iterdir()] == ["proof.lean"]
    checked = subprocess.run(
        command("--file", str(out), "--theorem", "goal"), capture_output=True, text=True, timeout=240
    )
    assert checked.returncode == 0, checked.stderr


async def test_printed_proof_passes_a_check_of_its_own(engine_command):
    done = prove("--theorem", "theorem t (p q : Prop) : p ∧ q → q ∧ p", "--json")
    shown = json.loads(done.stdout)
    theorem = Theorem(name="t", statement=shown["statement"])
    assert isinstance(await verify(theorem, shown["proof"], engine_command), Certificate)


def test_not_proved_within_the_limit(tmp_path):
    out = tmp_path / "proof.lean"
    done = prove("--theorem", HARD, "--max-expansions", "2", "--out", str(out))
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert "not proved within 2 expanded states\n" in done.stderr
    assert "What is left to prove:" in done.stderr
    assert "⊢ " in done.stderr
    assert not out.exists()


def test_not_proved_in_json():
    done = prove("--theorem", "1 = 2", "--json", "--max-expansions", "3", "--no-disprove")
    assert done.returncode == 1, done.stderr
    shown = json.loads(done.stdout)
    assert shown["outcome"] == "not proved"
    assert shown["proof"] is None
    assert shown["verified"] is False
    assert shown["best"]["goals"]


def test_false_from_nothing_is_no_unfinished_proof():
    done = prove("2 + 2 = 5", "--max-expansions", "3", "--no-disprove")
    assert done.returncode == 1, done.stderr
    assert "exfalso" not in done.stderr
    assert "⊢ 2 + 2 = 5" in done.stderr


def test_tree_marks_the_proof_and_says_why_others_failed():
    done = prove("--theorem", "theorem t (p q : Prop) (h : p ∨ q) : q ∨ p", "--show-tree")
    assert done.returncode == 0, done.stderr
    assert "✓ finished" in done.stderr
    assert "✓" not in done.stdout
    done = prove("--theorem", "1 = 2", "--show-tree", "--max-expansions", "1", "--no-disprove")
    [omega] = [line for line in done.stderr.splitlines() if "omega  " in line]
    assert re.search("omega could not prove the goal: .", omega)
    assert all(len(line) <= 120 for line in done.stderr.splitlines() if "──" in line)


FILE = """\
namespace A
def double (n : Nat) : Nat := n + n

/-- What is proved before may be used. -/
@[simp] theorem double_eq (n : Nat) : double n = 2 * n := by sorry

theorem last (n : Nat) : double n = n + n := by
  sorry
end A
"""


def test_theorem_in_a_file(tmp_path):
    path = tmp_path / "F.lean"
    path.write_text(FILE, encoding="utf-8")
    done = prove("--file", str(path), "--theorem", "double_eq")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("/-- What is proved before may be used. -/\n@[simp] theorem double_eq")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--theorem", "theorem foo : 1 = ) 1"], "1:17: unexpected token"),
        (["--theorem", "theorem foo : zork = 1"], "1:14: Unknown identifier `zork`"),
        (["--theorem", "import Physlib\ntheorem foo : 1 = 1"], "no Physlib"),
        (["--theorem", "foo", "--file", "{tmp}/absent.lean"], "No such file"),
        (["--theorem", "foo", "--file", "{tmp}"], "directory"),
        (["--theorem", "dubble", "--file", "{tmp}/F.lean"], "no theorem called dubble"),
        (["--theorem", "1 = 1", "--out", "{tmp}/absent/out.lean"], "there is no folder"),
        (["--theorem", "1 = 1", "--timeout", "-3"], "--timeout"),
        (["--theorem", "1 = 1", "--engine", "steam"], "steam"),
        (["--theorem", "1 = 1", "--policy", "hf:{tmp}/absent", "--format", "prover"], "absent"),
        ([], "there is nothing to prove"),
        (["1 = 1", "--theorem", "2 = 2"], "two theorems are given"),
        (["{tmp}/F.lean", "--file", "{tmp}/F.lean"], "two files are given"),
        (["{tmp}/absent.lean"], "No such file"),
        (["{tmp}"], "is a folder"),
        (["{tmp}/latin.lean"], "not UTF-8"),
        (["{tmp}/latin.lean", "--theorem", "a"], "not UTF-8"),
    ],
)
def test_bad_input_exits_with_2(tmp_path, arguments, said):
    (tmp_path / "F.lean").write_text(FILE, encoding="utf-8")
    (tmp_path / "latin.lean").write_bytes("theorem a : 1 = 1 := by rfl -- \xe9".encode("latin-1"))
    done = prove(*(argument.replace("{tmp}", str(tmp_path)) for argument in arguments))
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def searching(*arguments):
    """Start a search that goes on until it is told to stop, and wait until it is under way."""
    process = subprocess.Popen(
        command("--theorem", HARD, "--timeout", "120", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: process.poll() is not None or len(psutil.Process(process.pid).children()) >= 2)
    time.sleep(2)
    return process


def test_interrupt_prints_the_best_so_far(no_strays):
    process = searching()
    os.kill(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=250)
    assert process.returncode == 130, stderr
    assert stdout == ""
    assert "not proved: interrupted" in stderr
    assert "What is left to prove:" in stderr


def test_sigterm_ends_it(no_strays):
    process = searching()
    process.terminate()
    stdout, stderr = process.communicate(timeout=250)
    assert (process.returncode, stdout) == (143, "")
    assert "interrupted" in stderr


@pytest.mark.long
def test_out_is_a_whole_file(tmp_path):
    path, out = tmp_path / "F.lean", tmp_path / "out.lean"
    path.write_text(FILE, encoding="utf-8")
    assert prove(str(path), "--theorem", "last", "--out", str(out)).returncode == 0
    text = out.read_text(encoding="utf-8")
    assert text.startswith("namespace A\n")
    assert "\nend A\n" in text
    assert "-- There is still a `sorry` in line 5. The proof of A.last does not rest on it.\n" in text
    assert prove(str(out)).returncode == 0
