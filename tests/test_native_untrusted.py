"""`--untrusted` with a Lean of the user's own: texts that run code are refused before anything elaborates them.

Lean, lake and the REPL are stand-ins over the embedded Lean; Check.lean is the real one.
"""

import json
import os
import subprocess
import sys

import pytest
from standins import make_home, make_project, path_with, put
from standins.native_verifier import NativeVerifier
from test_context_code import CODE, META, PLAIN

from prover.errors import StatementError
from prover.lean.native.check import verify_in_project
from prover.lean.native.project import LeanProject
from prover.lean.native.untrusted import CodeRefusal
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate, Rejection, RejectionKind

pytestmark = pytest.mark.slow

TIMEOUT_S = 300
LEMMA = """import Lean
syntax (name := lemma) "lemma " ident : command
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory, engine_command):
    folder = tmp_path_factory.mktemp("machine")
    put(folder / "bin", "lake", "lean")
    put(folder / "repl" / ".lake" / "build" / "bin", "repl")
    make_project(folder / "project")
    return folder


@pytest.fixture(scope="module")
def project(machine):
    return LeanProject(
        root=machine / "project", lake=machine / "bin" / "lake", toolchain="leanprover/lean4:v4.28.0"
    )


@pytest.fixture
def prover(machine, tmp_path):
    """Run `prover prove --untrusted` in the project; returns the process and the texts that its REPL was sent."""

    def run(*arguments):
        own = ["--engine", "native", "--project", machine / "project", "--repl", machine / "repl"]
        done = subprocess.run(
            [sys.executable, "-m", "prover", "prove", *arguments, "--untrusted", "--json", *own],
            env={
                **os.environ,
                "PATH": path_with(machine / "bin"),
                "PROVER_HOME": str(make_home(tmp_path / "home")),
                "STANDIN_REPL_LOG": str(tmp_path / "log"),
            },
            capture_output=True,
            text=True,
            timeout=800,
        )
        log = tmp_path / "log"
        return done, log.read_text(encoding="utf-8") if log.exists() else ""

    return run


@pytest.fixture(scope="module")
async def inspector(tmp_path_factory):
    """Say what Check.lean finds in texts, in a process that is used again."""
    engines = NativeVerifier(tmp_path_factory.mktemp("engines"))

    async def inspect(*texts):
        answer = await engines.judge.ask("inspect", "texts", texts=json.dumps(texts, ensure_ascii=False))
        return answer["code"]

    yield inspect
    await engines.close()


@pytest.mark.long
@pytest.mark.parametrize(("code", "what"), CODE)
async def test_code_is_found(inspector, code, what):
    word, _, line = what.rpartition(" (line ")
    found = await inspector(f"{META}{code}\ntheorem after : True := trivial")
    assert found == {"what": word, "text": 0, "line": int(line.removesuffix(")"))}


@pytest.mark.long
@pytest.mark.parametrize("text", PLAIN)
async def test_all_else_is_let_through(inspector, text):
    assert await inspector(text) is None


async def test_texts_are_looked_at_in_the_parts_in_which_they_are_elaborated(inspector):
    """A comment that only the whole has an end of hides nothing, and what a part declares holds in the next."""
    assert await inspector("def a := 1 /- ", "#eval 1 -/ theorem t : True") == {
        "what": "#eval",
        "text": 1,
        "line": 1,
    }
    assert await inspector('notation "𝕜one" => 1', "theorem t : 𝕜one = 1 := rfl\n#eval 𝕜one")
    assert await inspector("import Absent\n", "theorem t : True", "\n#eval 1")
    assert await inspector("theorem wrong : 1 = 2 := rfl\n#check absent") is None


@pytest.mark.long
async def test_another_word_for_theorem_is_none_for_code(inspector):
    syntax = f"{LEMMA}macro_rules | `(lemma $n) => `(theorem $n : True := trivial)\nlemma t"
    assert await inspector(syntax) is None
    assert (await inspector(f"{LEMMA}elab_rules : command | `(lemma $n) => pure ()\nlemma t"))[
        "what"
    ] == "elab_rules"


async def test_the_line_is_that_in_the_whole_text(project):
    with pytest.raises(StatementError) as caught:
        await CodeRefusal(project, TIMEOUT_S)(["def a := 1\n\n", "def b := 2\n#eval 1\n"])
    assert (caught.value.line, caught.value.message) == (4, "a text that is not trusted runs code: #eval")


@pytest.mark.long
async def test_a_check_refuses_code_before_the_theorem(project):
    code = Theorem(name="t", statement="theorem t : True", header="#eval 1\n")
    verdict = await verify_in_project(code, "trivial", project, timeout_s=TIMEOUT_S, untrusted=True)
    assert isinstance(verdict, Rejection)
    assert verdict.kind is RejectionKind.ELABORATION
    assert "1:0: a text that is not trusted runs code: #eval" in verdict.message
    assert isinstance(await verify_in_project(code, "trivial", project, timeout_s=TIMEOUT_S), Certificate)


def test_prove_refuses_what_runs_code_and_sends_none_of_it_to_the_repl(prover, tmp_path):
    file = tmp_path / "Stranger.lean"
    file.write_text("theorem a : 1 = 1 := by\n  sorry\n\n#eval 1\n\ntheorem b : 2 = 2 := by\n  sorry\n")
    done, sent = prover(file, "--theorem", "b")
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert "a text that is not trusted runs code: #eval" in error["message"]
    assert error["location"]["line"] == 4
    assert sent == ""


@pytest.mark.long
def test_a_whole_file_that_runs_code_is_refused(prover, tmp_path):
    file = tmp_path / "Stranger.lean"
    file.write_text("theorem a : 1 = 1 := by\n  sorry\n\n#eval 1\n")
    done, sent = prover(file)
    assert done.returncode == 2
    assert "a text that is not trusted runs code: #eval" in done.stdout
    assert sent == ""


@pytest.mark.long
def test_prove_proves_what_runs_none(prover):
    done, sent = prover("--theorem", "theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b", "--engines", "1")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verified"] is True
    assert "theorem t" in sent
