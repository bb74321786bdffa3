"""What stands before a theorem may run code: it is told, refused in texts that are not trusted, and in proofs."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from prover.cli.main import app
from prover.errors import StatementError
from prover.lean.backends import find_verifier
from prover.lean.embedded.install import ensure_installed
from prover.lean.process.repl import Repl
from prover.lean.reading.source import theorem_from_text
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate, Rejection, RejectionKind, obvious_cheat, verify
from prover.util.progress import Quiet

STATEMENT = "theorem foo : True"
META = "import Lean\nopen Lean Elab\n"
CODE = [
    ("#eval 1", "#eval (line 3)"),
    ("run_cmd pure ()", "run_cmd (line 3)"),
    ("def a : Nat := by_elab return mkNatLit 1", "by_elab (line 3)"),
    ("example : True := by\n  run_tac pure ()\n  trivial", "run_tac (line 4)"),
    ('elab "x" : term => return mkNatLit 1', "elab (line 3)"),
    ('macro "x" : term => do return (← `(1))', "macro (line 3)"),
    ('macro "x" n:ident : command => `(def $(n) := 1)', "macro (line 3)"),
    ('macro "x" : term => `(by_elab return mkNatLit 1)', "by_elab (line 3)"),
    ('macro "x" : command => `(run_cmd pure ())', "run_cmd (line 3)"),
    ("initialize a : Nat ← pure 1", "initialize (line 3)"),
    ("simproc a (Nat.add _ _) := fun _ => return .continue", "simproc (line 3)"),
    ("register_simp_attr a", "register_simp_attr (line 3)"),
    ("unsafe def a := 1", "unsafe (line 3)"),
    ("def b := 1\n@[implemented_by b] def a := 1", "@[implemented_by] (line 4)"),
    ('@[extern "a"] def a := 1', "@[extern] (line 3)"),
    ("open Nat in\nset_option pp.all true in\n#eval 1", "#eval (line 5)"),
    ("#guard_msgs (drop info) in\n#eval 1", "#eval (line 4)"),
    ("mutual\nunsafe def a := 1\nend", "unsafe (line 4)"),
    ("example : 1 = 1 := by native_decide", "native_decide (line 3)"),
    ("example : 1 = 1 := by decide +native", "decide +native (line 3)"),
    ('notation "x" => (by_elab return mkNatLit 1 : Nat)', "by_elab (line 3)"),
    ("structure A where (x : Nat) (h : x = x := by run_tac pure ())", "run_tac (line 3)"),
    ("#guard 1 = 1", "#guard (line 3)"),
]
PLAIN = [
    'notation "one" => 1\ninfixl:65 " +++ " => Nat.add\nexample : one +++ one = 2 := rfl',
    'macro "one" : term => `(1)\nsyntax "two" term : term\nmacro_rules | `(two $x) => `($x + 1)',
    'macro "made" : command => `(theorem made : True := trivial)\nmade',
    "@[simp, reducible] def a := 1\nattribute [-simp] Nat.add_comm\n@[ext] structure S where x : Nat\nderiving Repr",
    "variable (n : Nat)\nsection\nopen Nat in\nset_option maxHeartbeats 1000 in\ntheorem b : n = n := rfl\nend",
    "#check 1\n#print Nat\n#guard_msgs (drop info) in\n#check 1\ninstance : Inhabited Nat := ⟨1⟩",
    '-- #eval 1\n/-- by_elab -/\ntheorem c : "run_cmd" = "run_cmd" := rfl',
]
HARMLESS_PROOF = "trivial"


@pytest.fixture(scope="module")
async def judge(engine_command):
    repl = await Repl.start(engine_command)
    yield repl
    await repl.close()


@pytest.fixture(scope="module")
async def strict_engine(engine_command):
    repl = await Repl.start(ensure_installed(Quiet()).engine_command(untrusted=True))
    yield repl
    await repl.close()


async def told(judge, header, proof=HARMLESS_PROOF):
    theorem = Theorem(name="foo", statement=STATEMENT, header=header)
    source, original = theorem.file_with_proof(proof), theorem.file_with_proof("sorry")
    request = {"source": source, "original": original, "name": "foo", "terms": {}}
    return (await judge.request({"check": request}, 60))["check"]


@pytest.mark.parametrize(("code", "what"), CODE)
async def test_code_before_a_theorem_is_told(judge, code, what):
    assert what in (await told(judge, META + code + "\n"))["contextCode"]


@pytest.mark.parametrize("text", PLAIN)
async def test_what_is_no_code_is_not_told(judge, text):
    answer = await told(judge, text + "\n")
    assert answer["contextCode"] == []
    assert "damaged" in answer["reason"]


async def test_the_certificate_tells_code_and_types(engine_command):
    header = "#eval 1\ninductive Tree | leaf | node (l r : Tree)\ninductive Other | a\n"
    theorem = Theorem(name="foo", statement="theorem foo (t : Tree) : t = t", header=header)
    certificate = await verify(theorem, "rfl", engine_command)
    assert isinstance(certificate, Certificate), certificate
    assert certificate.inductives == ("Tree",)
    assert certificate.context_code == ("#eval (line 1)",)


@pytest.mark.parametrize(("code", "what"), CODE)
async def test_an_engine_that_does_not_trust_stops_before_code(strict_engine, code, what):
    reply = await strict_engine.request({"cmd": f"{META}{code}\ntheorem after : True := trivial"}, 60)
    message = reply["messages"][-1]
    assert message["severity"] == "error"
    assert message["data"] == f"a text that is not trusted runs code: {what.partition(' (')[0]}"
    assert len([m for m in reply["messages"] if m["severity"] == "info"]) == 0


@pytest.mark.parametrize("text", PLAIN)
async def test_an_engine_that_does_not_trust_takes_all_else(strict_engine, text):
    reply = await strict_engine.request({"cmd": text}, 60)
    assert [m for m in reply.get("messages", []) if m["severity"] == "error"] == []


@pytest.mark.parametrize("proof", ["exact (by_elab return mkConst ``True.intro)", "run_tac pure ()\ntrivial"])
async def test_a_proof_that_runs_code(judge, proof, engine_command):
    theorem = Theorem(name="foo", statement=STATEMENT, header=META)
    verdict = await verify(theorem, proof, engine_command)
    assert isinstance(verdict, Rejection)
    assert verdict.message.startswith("the proof uses `")
    claim = {
        "source": theorem.file_with_proof(proof),
        "original": theorem.file_with_proof("sorry"),
        "name": "foo",
    }
    exported = (await judge.request({"export": claim}, 60))["export"]
    assert exported["terms"] is None
    assert "the proof runs code while it is elaborated" in exported["reason"]
    other = claim | {"source": theorem.file_with_proof(HARMLESS_PROOF)}
    terms = (await judge.request({"export": other}, 60))["export"]["terms"]
    checked = (await judge.request({"check": claim | {"terms": terms}}, 60))["check"]
    assert not checked["accepted"]
    assert checked["reason"].startswith("the proof runs code while it is elaborated")


async def test_line_ends_do_not_hide_where_the_proof_begins(judge):
    theorem = Theorem(name="foo", statement=STATEMENT, header=META + "-- a comment\n" * 40)
    texts = [
        theorem.file_with_proof(proof).replace("\n", "\r\n")
        for proof in ("run_tac pure ()\ntrivial", "sorry")
    ]
    claim = {"source": texts[0], "original": texts[1], "name": "foo"}
    assert "runs code" in (await judge.request({"export": claim}, 60))["export"]["reason"]


def test_words_for_code_are_seen_at_once():
    for word in ("by_elab", "run_tac", "run_cmd", "run_elab", "run_meta", "run_conv"):
        expected = Rejection(RejectionKind.CODE, f"the proof uses `{word}`")
        assert obvious_cheat(f"exact ({word} do return x)") == expected
        assert obvious_cheat(f"exact x -- {word}") is None


def test_prove_refuses_texts_that_are_not_trusted(engine_command, tmp_path):
    file = tmp_path / "Stranger.lean"
    file.write_text("#eval 1\ntheorem foo : True := by\n  sorry\n", encoding="utf-8")
    command = [sys.executable, "-m", "prover", "prove", "--file", str(file), "--theorem", "foo", "--json"]
    trusted = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert trusted.returncode == 0, trusted.stderr
    assert json.loads(trusted.stdout)["context_code"] == ["#eval (line 1)"]
    refused = subprocess.run([*command, "--untrusted"], capture_output=True, text=True, timeout=240)
    assert refused.returncode == 2
    assert "runs code: #eval" in json.loads(refused.stdout)["error"]["message"]


async def test_code_is_what_is_said_of_a_text_that_is_not_trusted(strict_engine):
    async def ask(request):
        return await strict_engine.request(request, 60)

    for text in (
        "#eval 3\ntheorem foo : 3 = 3",
        "def c := 3\n@[implemented_by c] def d := 4\ntheorem foo : 3 = 3",
    ):
        with pytest.raises(StatementError, match="a text that is not trusted runs code"):
            await theorem_from_text(ask, text)


def test_the_lines_of_code_before_a_false_theorem_are_those_of_the_text():
    text = "def g (_ : Nat) := 4\n@[implemented_by g] def f (n : Nat) := n\ntheorem foo : f 3 = 4"
    command = [sys.executable, "-m", "prover", "prove", "--theorem", text, "--policy", "heuristic", "--json"]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=240).stdout)
    assert told["disproved"]["context_code"] == ["@[implemented_by] (line 2)"]


def test_a_run_of_texts_that_are_not_trusted_is_verified_like_that(tmp_path, monkeypatch):
    asked = []

    def find(source, progress):
        asked.append(source)
        return find_verifier(source, progress)

    monkeypatch.setattr("prover.cli.verify.find_verifier", find)
    problems = tmp_path / "one.jsonl"
    problems.write_text('{"name": "one", "statement": "theorem one : 1 = 1"}\n', encoding="utf-8")
    run = str(tmp_path / "run")
    options = ["--untrusted", "--policy", "heuristic", "--engines", "1", "--no-automation"]
    done = CliRunner().invoke(app, ["evaluate", str(problems), "--out", run, *options])
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "run" / "config.json").read_text(encoding="utf-8"))["untrusted"] is True
    done = CliRunner().invoke(app, ["verify", run, "--engines", "1"])
    assert "1 of 1 proofs are right" in done.stdout
    assert [source.untrusted for source in asked] == [True]
