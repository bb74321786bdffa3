"""`prover repl`: the community REPL's protocol, for programs that start a REPL by its path."""

import json
import subprocess
import sys

import pytest

from prover.lean.embedded.install import ensure_installed
from prover.service.repl import CommunityRepl
from prover.service.repl_history import FORMAT
from prover.util.progress import Quiet

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


class Asking:
    """One REPL for many tests: each asks with numbers that it has been given."""

    def __init__(self, repl):
        self._repl = repl

    def __call__(self, request):
        return self.text(json.dumps(request))

    def text(self, request):
        return self._repl.answer(request)

    def opened(self, text, **more):
        """The number of the proof state of the only `sorry` of a text."""
        (found,) = self({"cmd": text, **more})["sorries"]
        return found["proofState"]

    def tried(self, state, tactic):
        return self({"tactic": tactic, "proofState": state})


@pytest.fixture(scope="module")
def asked():
    repl = CommunityRepl(ensure_installed(Quiet()).engine_command(community=True))
    yield Asking(repl)
    repl.close()


def test_every_request_gets_one_answer_and_nothing_is_passed_over(tmp_path):
    file = tmp_path / "F.lean"
    file.write_text("theorem u : 1 = 1 := (t 0 0).elim")
    refused = [
        {"cmd": "#check t", "env": 0, "declarations": True},
        {"cmd": "#check t", "env": 0, "infotree": "some"},
        {"cmd": "#check t", "env": 0, "setOptions": [[["pp", "alls"], True]]},
        {"cmd": "#check t", "env": 0, "setOptions": [["pp.all\n#eval 1", True]]},
        {"tactic": "rfl"},
        {"pickleTo": "x"},
        {"unpickleEnvFrom": str(file)},
        {"path": str(tmp_path / "none.lean")},
        {"cmd": "#check t", "env": 7},
        "[1]",
        '{"cmd":',
    ]
    got = answers(
        '{"cmd": "theorem t (a b : Nat) (h : a < b) :\n  a + 1 ≤ b := by sorry"}',
        {"tactic": "omega", "proofState": 0},
        "# a comment",
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


def test_a_sorry_in_a_tactic_opens_a_proof_state_of_its_own(asked):
    state = asked.opened("theorem s (a : Nat) (h : 0 < a) : 0 < a + a := by sorry")
    had = asked.tried(state, "have k : a < a + a := by sorry")
    assert [each["goal"] for each in had["sorries"]] == ["a : Nat\nh : 0 < a\n⊢ a < a + a"]
    assert had["goals"] == ["a : Nat\nh : 0 < a\nk : a < a + a\n⊢ 0 < a + a"]
    inner = had["sorries"][0]["proofState"]
    assert (inner, had["proofState"]) == (state + 1, state + 2)
    assert asked.tried(had["proofState"], "omega")["proofStatus"] == "Incomplete: contains sorry"
    assert asked.tried(inner, "omega")["goals"] == []


def test_data_traces_linters_and_errors_are_told_as_the_repl_tells_them(asked):
    state = asked.opened("def d (n : Nat) : Nat × Nat := by sorry")
    assert asked.tried(state, "exact (n, n)")["proofStatus"] == "Completed"
    traced = asked.tried(state, 'trace "here"')
    assert traced["traces"] == ["here"]
    wrong = asked.tried(state, "exact (n, nothing)")
    assert (wrong["messages"][0]["severity"], wrong["proofStatus"]) == ("error", "Incomplete: contains sorry")
    assert asked.tried(state, "noTactic")["message"].startswith("Lean error:\n<input>:1:")
    linted = asked({"cmd": "example (n : Nat) : 1 = 1 := rfl"})
    assert linted["messages"][0]["data"].startswith("unused variable `n`")
    shown = asked(
        {"cmd": "#check 1 + 1", "setOptions": [[["pp", "explicit"], True], [["Elab", "async"], False]]}
    )
    assert "HAdd.hAdd" in shown["messages"][0]["data"]


def test_tactics_root_goals_and_info_trees_of_a_text(asked):
    text = "theorem i (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  constructor\n  · exact hp\n  · exact hq"
    got = asked({"cmd": text, "allTactics": True, "rootGoals": True, "infotree": "substantive"})
    assert [each["tactic"] for each in got["tactics"]] == ["constructor", "exact hp", "exact hq"]
    first = got["tactics"][0]
    assert (first["usedConstants"], first["pos"]) == (["And.intro"], {"line": 2, "column": 2})
    assert asked.tried(first["proofState"], "exact ⟨hp, hq⟩")["proofStatus"] == "Completed"
    (root,) = got["sorries"]
    assert root["goal"] == "p q : Prop\nhp : p\nhq : q\n⊢ p ∧ q"
    assert asked.tried(root["proofState"], "exact And.intro hp hq")["proofStatus"] == "Completed"
    nodes = [
        each["node"]["name"].rpartition(".")[2] for each in got["infotree"] if each["kind"] == "TacticInfo"
    ]
    assert nodes == ["constructor", "exact", "exact"]
    full = asked({"cmd": text, "infotree": "full"})["infotree"]
    assert [each["kind"] for each in full] == ["CommandInfo", "CommandInfo"]


def test_pickled_environments_and_proof_states_come_back_in_another_process(asked, tmp_path):
    base = asked({"cmd": "open Nat\ndef three := 3"})["env"]
    opened_at = asked.opened("theorem p : three = 3 ∧ 1 < 2 := by sorry", env=base)
    split = asked.tried(opened_at, "refine ⟨?_, by decide⟩")["proofState"]
    environment, state = str(tmp_path / "e"), str(tmp_path / "s")
    assert asked({"pickleTo": environment, "env": base}) == {"env": base}
    assert asked({"pickleTo": state, "proofState": split})["goals"] == ["⊢ three = 3"]
    got = answers(
        {"unpickleEnvFrom": environment},
        {"cmd": "#check (three, succ)", "env": 0},
        {"unpickleProofStateFrom": state, "env": 0},
        {"tactic": "rfl", "proofState": 0},
        {"unpickleEnvFrom": state},
    )
    assert (got[0], got[1]["messages"][0]["severity"]) == ({"env": 0}, "info")
    assert (got[2]["goals"], got[3]["proofStatus"]) == (["⊢ three = 3"], "Completed")
    assert "has a proof state" in got[4]["message"]


def test_nothing_false_is_completed(asked):
    env = asked({"cmd": "theorem bad (p : Prop) : p := by sorry\naxiom no (p : Prop) : p"})["env"]
    state = asked.opened("theorem f : 1 = 2 := by sorry", env=env)
    assert asked.tried(state, "exact bad _")["proofStatus"] == "Incomplete: contains sorry"
    assert asked.tried(state, "exact no _")["proofStatus"] == "Error: the proof rests on the axiom no"
    cheats = ["sorry", "admit", "native_decide", "exact f", "apply f", "decide", "have := f; omega"]
    cheats += [
        "exact Lean.ofReduceBool _ _ rfl",
        "exact (sorryAx _ : 1 = 2)",
        "simp [f]",
        "stop",
        "fail_if_success rfl",
    ]
    for cheat in cheats:
        got = asked.tried(state, cheat)
        assert got.get("proofStatus") != "Completed", cheat
    compiled = asked.tried(asked.opened("theorem c : 2 + 2 = 4 := by sorry"), "native_decide")
    assert compiled["proofStatus"].startswith("Error: the proof rests on compiled code")


def test_nothing_is_completed_after_a_text_that_gets_past_the_kernel(asked):
    bad = asked({"cmd": "set_option debug.skipKernelTC true\ntheorem bad : 1 = 2 := by decide +kernel"})
    state = asked.opened("theorem q : 1 = 2 := by sorry", env=bad["env"])
    assert asked.tried(state, "exact bad")["proofStatus"].startswith("Error: a text before it adds")


@pytest.mark.parametrize(
    "request_",
    [
        '{"path": "a\\u0000b"}',
        "[" * 100_000,
        '{"tactic": "rfl", "proofState": true}',
        '{"unpickleEnvFrom": "PICKLE"}',
    ],
)
@pytest.mark.parametrize(
    "steps", [[5], [{"request": {"cmd": "example : True := by sorry"}, "proofState": -1}]]
)
def test_odd_requests_are_answered_and_end_nothing(asked, tmp_path, request_, steps):
    pickle = tmp_path / "p"
    pickle.write_text(json.dumps({"format": FORMAT, "steps": steps}))
    assert "message" in asked.text(request_.replace("PICKLE", str(pickle)))
    assert asked({"cmd": "#eval 1"})["messages"][0]["data"] == "1"


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"cmd": 5}, "cmd: String expected"),
        ({"cmd": ["#eval 1"]}, "cmd: String expected"),
        ({"cmd": "#eval 1", "env": "0"}, "env: Natural number expected"),
        ({"cmd": "#eval 1", "allTactics": "yes"}, "allTactics: Bool expected"),
        ({"tactic": 5, "proofState": 0}, "tactic: String expected"),
        ({"path": 5}, "path: String expected"),
    ],
)
def test_a_field_of_another_type_is_told(asked, request_, said):
    assert asked(request_) == {"message": f"Could not parse as a valid JSON command:\n{said}"}


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
        tactics = server.run(lean_interact.Command(cmd=STATED.replace("sorry", "omega"), all_tactics=True))
        assert [each.tactic for each in tactics.tactics] == ["omega"]
        trees = server.run(lean_interact.Command(cmd=STATED, infotree="full"))
        assert trees.infotree
        refused = server.run(lean_interact.Command(cmd="#check Nat", declarations=True))
        assert isinstance(refused, lean_interact.interface.LeanError)
    finally:
        server.kill()
