"""`prover repl`: the community REPL's protocol, for programs that start a REPL by its path."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.long

STATED = "theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b := by sorry"


def prover(*arguments, stdin=""):
    return subprocess.run(
        [sys.executable, "-m", "prover", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=200,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("repl")
    assert prover("repl", "--install", folder).returncode == 0
    return folder


def answers(*requests):
    texts = [each if isinstance(each, str) else json.dumps(each) for each in requests]
    done = prover("repl", stdin="\n\n".join(texts) + "\n")
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(each) for each in done.stdout.split("\n\n") if each.strip()]


def test_every_request_gets_one_answer_and_nothing_is_passed_over(tmp_path):
    file = tmp_path / "F.lean"
    file.write_text("theorem u : 1 = 1 := (t 0 0).elim")
    refused = [
        {"cmd": "#check t", "env": 0, "allTactics": True},
        {"cmd": "#check t", "env": 0, "infotree": "full"},
        {"cmd": "#check t", "env": 0, "setOptions": [[["pp", "all"], True]]},
        {"pickleTo": "x", "env": 0},
        {"path": str(tmp_path / "none.lean")},
        {"cmd": "#check t", "env": 7},
        "[1]",
        '{"cmd":',
    ]
    got = answers(
        '{"cmd": "theorem t (a b : Nat) (h : a < b) :\n  a + 1 ≤ b := by sorry"}',
        {"tactic": "omega", "proofState": 0},
        {"cmd": "#check t", "env": 0, "gc": True, "infotree": None, "allTactics": False},
        {"path": str(file), "env": 0},
        *refused,
    )
    assert len(got) == 4 + len(refused)
    stated, proved, checked, from_file = got[:4]
    assert (stated["env"], stated["sorries"][0]["pos"]) == (0, {"line": 1, "column": 53})
    assert (proved["goals"], proved["proofStatus"]) == ([], "Completed")
    assert checked["messages"][0]["data"] == "t (a b : Nat) (h : a < b) : a + 1 ≤ b"
    assert "Unknown identifier" not in from_file["messages"][0]["data"]
    assert all(set(each) == {"message"} for each in got[4:])


def test_lean_interact_uses_it_by_its_path(folder, tmp_path):
    lean_interact = pytest.importorskip("lean_interact")
    config = lean_interact.LeanREPLConfig(local_repl_path=folder, build_repl=False, lake_path=folder / "lake")
    assert config.lean_version == (folder / "lean-toolchain").read_text().strip().partition(":")[2]
    server = lean_interact.AutoLeanServer(config)
    try:
        stated = server.run(lean_interact.Command(cmd=STATED))
        assert stated.sorries[0].goal.endswith("⊢ a + 1 ≤ b")
        done = server.run(lean_interact.ProofStep(proof_state=stated.sorries[0].proof_state, tactic="omega"))
        assert (done.goals, done.proof_status) == ([], "Completed")
        failed = server.run(lean_interact.ProofStep(proof_state=stated.sorries[0].proof_state, tactic="rfl"))
        assert isinstance(failed, lean_interact.interface.LeanError)
        again = server.run(lean_interact.Command(cmd="#check t", env=stated.env))
        assert again.messages[0].severity == "info"
        asked = server.run(lean_interact.Command(cmd="#check Nat", all_tactics=True))
        assert isinstance(asked, lean_interact.interface.LeanError)
    finally:
        server.kill()
