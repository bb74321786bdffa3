"""The real `lean_dojo` package, driving stand-ins for `lake` and `lean` that answer from the embedded Lean.

The repository is prepared as LeanDojo's tracing would leave it; tracing itself needs a Lean that elan installed, and
is not tried. LeanDojo lives in an environment of its own, see docs/leandojo.md.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from processes import children_running
from standins import dojo_trace, path_with, put

from prover.attempt import attempt
from prover.errors import InputError, SetupError, StatementError, UnsupportedError
from prover.lean.dojo.check import verify_in_repository
from prover.lean.dojo.environment import DojoEnvironment
from prover.lean.dojo.limits import refuse_lean, refuse_python, refuse_tracing
from prover.lean.dojo.python import PYTHON, dojo_python
from prover.lean.dojo.repository import find_traced_repository
from prover.lean.environment import (
    LeanError,
    ProofFinished,
    ProofGivenUp,
    TacticCrashed,
    TacticLimits,
    TacticState,
    TacticTimeout,
    run_tac,
)
from prover.lean.process.repl import open_engine
from prover.lean.trust.verify import Certificate, KernelVerifier
from prover.policy.heuristic.policy import HeuristicPolicy
from prover.search.base import SearchOptions
from prover.search.best_first import BestFirst
from prover.search.budget import Budget
from prover.util.distribution import install_command
from prover.util.progress import Quiet

LEAN = Path(__file__).parent / "standins" / "dojo_lean.py"
FILE = "Tried.lean"
TEXT = """\
macro "give_up" : tactic => `(tactic| sorry)

axiom unfounded {p : Prop} : p

/-- Twice. -/
def double (n : Nat) : Nat := n + n

namespace Tried

-- Not needed: `omega` does not see through `double`.
theorem helper (n : Nat) : double n = 2 * n := by
  unfold double; omega

/-- Said of ℕ, over two lines. -/
theorem add (a b : Nat) :
    double a + double b = double (a + b) := by
  sorry

@[simp] theorem marked : double 0 = 0 := by
  rfl

theorem same (p : Prop) (h : p) : p := by
  sorry

theorem cases : (n : Nat) → n = n
  | 0 => rfl
  | _ + 1 => rfl

end Tried

theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry

theorem broken (n : Nat) : n := by
  sorry
"""
SLOW = "have : ∀ x : Fin 1000000, x.val < 1000001 := by decide +kernel"
CLOSE = "exact h.2"
DEADLY = "set_option maxRecDepth 1000000000 in repeat skip"
NO_NETWORK = {f"{scheme}_proxy": "http://127.0.0.1:9" for scheme in ("http", "https")}


@pytest.fixture(scope="module", autouse=True)
def machine(tmp_path_factory):
    """A machine with LeanDojo, its own cache, the stand-ins on its PATH, and no network."""
    try:
        python = dojo_python()
    except SetupError as error:
        pytest.skip(f"{error.message} (scripts/make_dojo_env.sh, {PYTHON})")
    programs = put(tmp_path_factory.mktemp("elan") / "bin", "lake", lean="dojo_lean")
    cache = tmp_path_factory.mktemp("traced") / "cache"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"CACHE_DIR": cache, PYTHON: python, **NO_NETWORK}.items():
            patch.setenv(name, str(value))
        patch.setenv("PATH", path_with(programs))
        patch.delenv("GITHUB_ACCESS_TOKEN", raising=False)
        yield cache


@pytest.fixture(scope="module")
async def declarations(engine_command):
    async with open_engine(engine_command, 60) as ask:
        return (await ask({"cmd": TEXT, "declarations": True}))["declarations"]


@pytest.fixture(scope="module")
def prepared(machine, declarations, tmp_path_factory):
    folder = tmp_path_factory.mktemp("work") / "repository"
    return dojo_trace.prepare(folder, machine, FILE, TEXT, declarations)


@pytest.fixture(scope="module")
def repository(prepared):
    return find_traced_repository(str(prepared.folder), prepared.commit, Quiet())


@pytest.fixture(scope="module")
def swap(repository):
    return repository.theorem(FILE, "swap")


@pytest.fixture(scope="module")
async def environment(repository):
    async with DojoEnvironment(repository, 1, limits=TacticLimits(seconds=3)) as environment:
        yield environment


@pytest.fixture(scope="module")
async def session(environment, swap):
    """`swap`, opened in one Dojo, for tests that do not mind what others did to it."""
    session = await environment.open(swap)
    yield session
    await session.close()


@pytest.fixture
def untraced(prepared, tmp_path):
    """Make a repository that is not in the cache, with this Lean."""

    def make(toolchain=dojo_trace.TOOLCHAIN):
        folder = tmp_path / "untraced"
        shutil.copytree(prepared.folder, folder)
        (folder / "lean-toolchain").write_text(f"{toolchain}\n")
        subprocess.run(
            [*dojo_trace.GIT, "commit", "-q", "-a", "--allow-empty", "-m", "more"], cwd=folder, check=True
        )
        return str(folder)

    return make


def refused(error, what, *args):
    """Return the one line of a refusal and its advice."""
    with pytest.raises(error) as caught:
        what(*args)
    assert "\n" not in caught.value.message
    return caught.value.message, caught.value.advice


def test_a_theorem_stands_as_it_does_in_the_file(repository):
    add = repository.theorem(FILE, "Tried.add")
    assert add.name == "Tried.add"
    assert add.statement.startswith("/-- Said of ℕ")
    assert add.statement.endswith("double (a + b)")
    assert TEXT.startswith(add.header + add.statement + " := by")
    cases = repository.theorem(FILE, "Tried.cases")
    assert cases.statement == "theorem cases : (n : Nat) → n = n"


async def test_outcomes(session):
    assert session.root.goals == ("p q : Prop\nh : p ∧ q\n⊢ q ∧ p",)
    tactics = ["constructor", "omega", "sorry", "give_up", "show_term exact ⟨h.2, h.1⟩", "skip"]
    two, failed, refusal, given_up, done = await session.run_tacs(session.root, tactics)
    assert isinstance(two, TacticState)
    assert two.goals == ("case left\np q : Prop\nh : p ∧ q\n⊢ q", "case right\np q : Prop\nh : p ∧ q\n⊢ p")
    assert isinstance(failed, LeanError)
    assert failed.error.startswith("omega could not prove the goal")
    assert refusal == LeanError("refused: `sorry` gives up")
    assert given_up == ProofGivenUp()
    assert isinstance(done, ProofFinished)
    assert "Try this" in done.messages[0]
    one = await run_tac(session, two, "exact h.2")
    assert one.goals == ("case right\np q : Prop\nh : p ∧ q\n⊢ p",)
    assert isinstance(await run_tac(session, one, "exact h.1"), ProofFinished)
    assert isinstance(await run_tac(session, two, "all_goals simp [h]"), ProofFinished)


async def test_everything_before_the_theorem_is_in_force_and_nothing_after_it(environment, repository):
    session = await environment.open(repository.theorem(FILE, "Tried.add"))
    results = await session.run_tacs(
        session.root, ["rw [marked]", "exact swap", "rw [helper, helper, helper]; omega"]
    )
    assert [type(each) for each in results] == [LeanError, LeanError, ProofFinished]
    await session.close()
    await session.close()


async def test_long_tactics_come_through(session):
    tactic = f"exact /- {'long ' * 2000} -/ ⟨h.2, h.1⟩"
    assert isinstance(await run_tac(session, session.root, tactic), ProofFinished)


async def test_a_tactic_that_takes_too_long_costs_its_dojo_and_nothing_else(environment, session):
    two = await run_tac(session, session.root, "constructor")
    before = environment.stats[0].restarts
    late, fine = await session.run_tacs(two, [SLOW, CLOSE])
    assert late == TacticTimeout("no answer in 3 s")
    assert fine.goals == ("case right\np q : Prop\nh : p ∧ q\n⊢ p",)
    assert environment.stats[0].restarts == before + 1


@pytest.mark.slow
async def test_a_tactic_that_crashes_lean_is_blamed_for_it(environment, session):
    two = await run_tac(session, session.root, "constructor")
    crashed, fine = await session.run_tacs(two, [DEADLY, CLOSE])
    assert isinstance(crashed, TacticCrashed)
    assert "Lean crashed" in crashed.error
    assert isinstance(fine, TacticState)
    again = environment.stats[0].restarts
    assert await run_tac(session, two, DEADLY) == crashed
    assert environment.stats[0].restarts == again


async def test_a_lean_that_is_killed_in_a_tactic_is_replaced(environment, session):
    two = await run_tac(session, session.root, "constructor")
    before = environment.stats[0].restarts
    running = asyncio.create_task(run_tac(session, two, f"sleep 1500; {CLOSE}"))
    await asyncio.sleep(0.5)
    [lean] = children_running(str(LEAN), recursive=True)
    lean.kill()
    assert (await running).goals == ("case right\np q : Prop\nh : p ∧ q\n⊢ p",)
    assert environment.stats[0].restarts == before + 1


@pytest.mark.usefixtures("no_strays")
async def test_a_proof_is_found_and_nothing_is_left_behind(prepared, repository, engine_command):
    before = sorted(prepared.traced.iterdir())
    theorem = repository.theorem(FILE, "Tried.add")
    async with (
        DojoEnvironment(repository, 2, limits=TacticLimits(seconds=5)) as environment,
        KernelVerifier(engine_command) as verifier,
    ):
        result = await attempt(
            theorem,
            environment=environment,
            verifier=verifier,
            policy=HeuristicPolicy(),
            algorithm=BestFirst(),
            options=SearchOptions(budget=Budget(seconds=60)),
        )
    assert result.verified is not None
    assert result.verified.certificate.theorem == "Tried.add"
    assert sorted(prepared.traced.iterdir()) == before


async def test_a_statement_that_lean_refuses(environment, repository):
    with pytest.raises(StatementError, match="Lean ended before it came to the theorem") as caught:
        await environment.open(repository.theorem(FILE, "broken"))
    assert caught.value.line == 1 + TEXT[: TEXT.index("theorem broken")].count("\n")


async def test_only_what_the_repository_has_found_is_opened(repository, swap):
    other = find_traced_repository(repository.url, None, Quiet())
    with pytest.raises(ValueError, match="was not found in"):
        other.worker(swap)


def test_wrong_names(repository):
    message, advice = refused(InputError, repository.theorem, FILE, "Tried.swap")
    assert message == f"{FILE} has no theorem called Tried.swap"
    assert "Tried.add" in advice
    message, _ = refused(InputError, repository.theorem, "Other.lean", "swap")
    assert message.startswith("LeanDojo has traced no Other.lean")
    message, _ = refused(InputError, repository.theorem, "Tried.txt", "swap")
    assert "no .lean file" in message


def test_theorems_with_attributes_are_refused(repository):
    message, advice = refused(UnsupportedError, repository.theorem, FILE, "Tried.marked")
    assert message == "LeanDojo cannot open a theorem with `@[simp]` before it"
    assert "--engine native" in advice


def test_repositories_that_are_none(prepared, tmp_path):
    def look(folder, commit=None):
        return refused(InputError, find_traced_repository, str(folder), commit, Quiet())

    assert look(tmp_path / "nowhere")[0].startswith("there is no folder")
    assert "not the root of a git repository" in look(tmp_path)[0]
    assert "has no commit" in look(prepared.folder, "0" * 40)[0]
    (prepared.folder / "more").touch()
    subprocess.run([*dojo_trace.GIT, "-C", prepared.folder, "tag", "old"], check=True)
    message, _ = look("https://github.com/someone/something")
    assert message == "which commit of https://github.com/someone/something?"


def test_a_local_repository_is_read_at_its_head(untraced):
    folder = untraced()
    first = subprocess.run(
        ["git", "-C", folder, "rev-parse", "HEAD~1"], capture_output=True, text=True, check=True
    )
    message, advice = refused(InputError, find_traced_repository, folder, first.stdout.strip(), Quiet())
    assert "LeanDojo reads a local repository nowhere else" in message
    assert advice.startswith("Check the other one out: git checkout")


def test_versions():
    assert refuse_lean("v4.9.0") is None
    assert refuse_lean("v4.11.0-rc2") is None
    assert refuse_lean("v4.12.0").message == (
        "LeanDojo can run tactics in Lean 4.3 to 4.11; the repository is on v4.12.0"
    )
    assert "v4.2.0" in refuse_lean("v4.2.0").message
    assert "nightly" in refuse_lean("nightly-2024-01-01").message
    assert refuse_tracing("v4.9.0", "2.2.0") is None
    assert refuse_tracing("v4.9.0", "4.20.0").message == (
        "lean-dojo 4.20.0 cannot trace a repository on Lean v4.9.0"
    )
    assert refuse_python((3, 9, 18)) is None
    assert refuse_python((3, 12, 1)) is None
    assert refuse_python((3, 13, 0)).message == "LeanDojo runs in Python 3.9 to 3.12, not in 3.13.0"
    assert "3.8.1" in refuse_python((3, 8, 1)).message


def test_a_new_lean_is_refused_before_anything_is_done(untraced):
    message, advice = refused(
        UnsupportedError, find_traced_repository, untraced("leanprover/lean4:v4.28.0"), None, Quiet()
    )
    assert message == "LeanDojo can run tactics in Lean 4.3 to 4.11; the repository is on v4.28.0"
    assert advice == "Use --engine native with a clone of the repository."


def test_nothing_waits_for_a_network(untraced):
    message, _ = refused(SetupError, find_traced_repository, untraced(), None, Quiet())
    assert "and it cannot be reached" in message or "cannot trace a repository on Lean" in message
    message, _ = refused(
        SetupError, find_traced_repository, "https://github.com/someone/something", "0" * 40, Quiet()
    )
    assert message.startswith(
        "LeanDojo asks GitHub about https://github.com/someone/something, and it cannot be"
    )


def test_a_token_is_no_reason_to_wait_either(monkeypatch, untraced, prepared):
    monkeypatch.setenv("GITHUB_ACCESS_TOKEN", "token")
    message, _ = refused(SetupError, find_traced_repository, untraced(), None, Quiet())
    assert message.startswith(
        "LeanDojo shows the token in GITHUB_ACCESS_TOKEN to GitHub, and it cannot be reached"
    )
    assert find_traced_repository(str(prepared.folder), None, Quiet()).commit == prepared.commit


@pytest.mark.slow
def test_the_command_line(prepared, tmp_path):
    """From the repository to a proof that the repository's own Lean has checked."""
    out = tmp_path / "Proved.lean"
    repository = ["--engine", "dojo", "--repo", str(prepared.folder), "--commit", prepared.commit]
    goal = ["--file", FILE, "--theorem", "Tried.same", "--timeout", "120", "--engines", "1"]
    command = [sys.executable, "-m", "prover", "prove", *repository, *goal, "--json", "--out", str(out)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["outcome"], result["engine"], result["axioms"]) == ("proved", "dojo", [])
    assert out.read_text(encoding="utf-8").startswith(
        TEXT[: TEXT.index(" := by", TEXT.index("theorem same"))]
    )


@pytest.mark.parametrize(
    ("proof", "told"),
    [
        ("cases h with\n| intro left right => exact ⟨right, left⟩", "∀ (p q : Prop), p ∧ q → q ∧ p"),
        ("exact h", "[Tt]ype mismatch"),
        ("give_up", "rests on the axiom"),
        ("exact unfounded", "rests on the axiom unfounded"),
        ("exact ⟨h.2, h.1⟩\n\ntheorem more : True := trivial", "takes no such proof"),
        ("native_decide", "uses `native_decide`"),
    ],
)
async def test_the_check_of_an_old_lean(repository, swap, proof, told):
    """The embedded Lean has its library's theorems without their proofs, so only a proof without any passes here."""
    verdict = await verify_in_repository(swap, proof, repository.project, timeout_s=120)
    if isinstance(verdict, Certificate):
        assert verdict.statement == told
        assert verdict.engine.endswith("elaborated once more")
        assert (verdict.theorem, verdict.axioms, verdict.lean_version) == ("swap", (), "v4.9.0")
    else:
        assert re.search(told, verdict.message)


def test_a_python_that_is_not_there_or_lacks_leandojo(monkeypatch, prepared):
    monkeypatch.setenv(PYTHON, "/nowhere/python")
    assert refused(SetupError, dojo_python)[0] == f"{PYTHON} names no Python: /nowhere/python"
    if "lean_dojo" in sys.modules:
        pytest.skip("LeanDojo is in this Python")
    monkeypatch.setenv(PYTHON, sys.executable)
    message, advice = refused(SetupError, find_traced_repository, str(prepared.folder), None, Quiet())
    assert message.startswith("LeanDojo cannot be imported: No module named")
    assert advice.startswith(f"Install it: {sys.executable} -m pip install lean-dojo")


def test_without_leandojo_the_user_is_told_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.delenv(PYTHON)
    monkeypatch.setenv("PROVER_HOME", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    message, advice = refused(SetupError, dojo_python)
    assert message == "LeanDojo is not installed"
    assert install_command("dojo") in advice


def test_without_lake(monkeypatch, prepared, tmp_path):
    (tmp_path / "git").symlink_to(shutil.which("git"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("ELAN_HOME", str(tmp_path))
    message, _ = refused(SetupError, find_traced_repository, str(prepared.folder), None, Quiet())
    assert "there is no lake" in message
    assert os.environ["PATH"] == str(tmp_path)
