"""`prover prove` from end to end: real processes, real Lean."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from prover.lean.theorem import Theorem
from prover.lean.verify import Certificate, verify

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
    declaration, _, note = done.stdout.partition("\n\n")
    assert declaration == "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by\n  omega"
    assert "1 state expanded, 1 tactic tried" in note
    assert "checked by Lean's kernel in a fresh process" in note
    assert done.stderr == ""


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
    text = out.read_text(encoding="utf-8")
    assert text.endswith(shown["declaration"])
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
    assert "not proved: ended by the limit of expansions" in done.stdout
    assert "What is left to prove:" in done.stdout
    assert "⊢ " in done.stdout
    assert not out.exists()


def test_not_proved_in_json():
    done = prove("--theorem", "1 = 2", "--json", "--timeout", "20", "--max-expansions", "3")
    assert done.returncode == 1, done.stderr
    shown = json.loads(done.stdout)
    assert shown["outcome"] == "not proved"
    assert shown["proof"] is None
    assert shown["verified"] is False
    assert shown["best"]["goals"]


def test_tree_marks_the_proof_and_says_why_others_failed():
    done = prove("--theorem", "theorem t (p q : Prop) (h : p ∨ q) : q ∨ p", "--show-tree")
    assert done.returncode == 0, done.stderr
    assert "✓ finished" in done.stdout
    done = prove("--theorem", "1 = 2", "--show-tree", "--max-expansions", "1")
    assert "omega  error omega could not prove the goal" in done.stdout


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
        (["--theorem", "import Mathlib\ntheorem foo : 1 = 1"], "no Mathlib"),
        (["--theorem", "foo", "--file", "{tmp}/absent.lean"], "No such file"),
        (["--theorem", "foo", "--file", "{tmp}"], "directory"),
        (["--theorem", "dubble", "--file", "{tmp}/F.lean"], "no theorem called dubble"),
        (["--theorem", "1 = 1", "--out", "{tmp}/absent/out.lean"], "there is no folder"),
        (["--theorem", "1 = 1", "--timeout", "-3"], "--timeout"),
        (["--theorem", "1 = 1", "--engine", "steam"], "steam"),
        (["--theorem", "1 = 1", "--policy", "hf:{tmp}/absent", "--format", "prover"], "absent"),
        ([], "--theorem"),
    ],
)
def test_bad_input_exits_with_2(tmp_path, arguments, said):
    (tmp_path / "F.lean").write_text(FILE, encoding="utf-8")
    done = prove(*(argument.replace("{tmp}", str(tmp_path)) for argument in arguments))
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_interrupt_prints_the_best_so_far(no_strays):
    process = subprocess.Popen(
        command("--theorem", HARD, "--timeout", "120"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(psutil.Process(process.pid).children()) < 2:
        time.sleep(0.1)
    time.sleep(2)
    os.kill(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert "ended by an interrupt" in stdout
    assert "What is left to prove:" in stdout
