"""The Python API, with the embedded Lean: what it returns, refuses, and leaves behind."""

import asyncio
import inspect
import signal
import subprocess
import sys
import textwrap

import pytest

import prover
from prover.api.reading import tactic_block

HARD = "theorem hard (f : Nat → Nat) (n : Nat) : f (f n) = f n"


def python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments], capture_output=True, text=True, timeout=250
    )


@pytest.fixture(scope="module")
def lean():
    with prover.open_lean() as lean:
        yield lean


def test_importing_prover_imports_nothing_else():
    done = python("""
        import sys, prover
        print([each for each in sys.modules if each.startswith("prover.")])
        prover.open_lean, prover.Proof, prover.ProofTree
        heavy = {"torch", "transformers", "networkx", "httpx", "rich", "typer"}
        print(sorted(heavy & set(sys.modules)))
    """)
    assert (done.stdout, done.stderr) == ("[]\n[]\n", "")


def test_every_name_that_is_exported_is_there():
    assert sorted(prover.__all__) == sorted(prover._HOMES)
    for name in prover.__all__:
        assert getattr(prover, name)
        assert name in dir(prover)
    with pytest.raises(AttributeError, match="no attribute 'proof'"):
        prover.proof  # noqa: B018


def test_the_two_apis_have_the_same_methods():
    for sync, other in ((prover.Lean, prover.AsyncLean), (prover.Session, prover.AsyncSession)):
        for name, method in inspect.getmembers(sync, inspect.isfunction):
            if not name.startswith("_"):
                assert (
                    inspect.signature(method).parameters == inspect.signature(getattr(other, name)).parameters
                )
    assert "self" not in inspect.signature(prover.prove).parameters


def test_a_proof_has_its_text_certificate_steps_and_tree(lean):
    proof = lean.prove("theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p", timeout=None, max_expansions=20)
    assert isinstance(proof, prover.Proof)
    assert proof.text == proof.theorem.with_proof(proof.tactics)
    assert proof.certificate.theorem == "swap"
    assert proof.steps[0].goals == proof.tree.root.goals
    proof.tree.check_invariants()
    graph = proof.tree.to_networkx()
    assert len(graph) >= len(proof.tree.nodes)
    assert any(on_proof for *_, on_proof in graph.edges(data="on_proof"))
    checked = lean.verify(proof.theorem, proof.tactics)
    assert isinstance(checked, prover.Certificate)
    assert checked.sha256 == proof.certificate.sha256


def test_what_is_not_proved_says_why_with_a_code(lean):
    end = lean.prove(HARD, search="and-or", timeout=None, max_expansions=1, disprove=False)
    assert isinstance(end, prover.NotProved)
    assert end.reason is prover.StopReason.EXPANSIONS
    assert end.goals[0].endswith("f (f n) = f n")


def test_what_is_false_is_disproved(lean):
    false = lean.prove("theorem small (n : Nat) : n < 3", timeout=None, max_expansions=10)
    assert isinstance(false, prover.Disproved)
    assert false.counterexample
    assert "¬" in false.text
    assert isinstance(lean.verify(false.negation, false.disproof.verified.proof), prover.Certificate)


def test_tactics_run_on_states_and_only_on_those_of_their_theorem(lean):
    with (
        lean.open("theorem a (p : Prop) (h : p) : p ∧ p") as session,
        lean.open("theorem b : 1 < 2") as other,
    ):
        first = session.run_tac(session.state, "constructor")
        error, second = session.run_tacs(first, ["rfl", "exact h"])
        assert isinstance(error, prover.LeanError)
        assert isinstance(session.run_tac(second, "exact h"), prover.ProofFinished)
        assert isinstance(session.run_tac(second, "sorry"), prover.LeanError)
        for state in (other.state, first):
            with pytest.raises(prover.InputError, match="not of"):
                (session if state is other.state else other).run_tac(state, "rfl")
        for wrong in ("rfl", ["rfl", 3]):
            with pytest.raises(prover.InputError, match="tactics are a list of strings"):
                session.run_tacs(first, wrong)
        with pytest.raises(prover.InputError, match="not ProofFinished"):
            session.run_tac(session.run_tac(second, "exact h"), "rfl")
    session.close()
    with pytest.raises(prover.InputError, match="a has been closed"):
        session.run_tac(first, "exact h")


@pytest.mark.parametrize(
    ("proof", "block"),
    [
        ("omega", "omega"),
        ("by omega", "omega"),
        ("by\n  intro h\n  omega\n", "intro h\nomega"),
        ("by intro h\n   omega", "intro h\nomega"),
        ("  intro h\n  omega", "intro h\nomega"),
        ("  by\n    intro h\n    omega", "intro h\nomega"),
        ("by_cases h : p\n· omega", "by_cases h : p\n· omega"),
    ],
)
def test_a_proof_is_a_tactic_block_with_or_without_by(proof, block):
    assert tactic_block(proof) == block


def test_verify_refuses_what_is_no_proof_of_the_statement(lean):
    statement = "theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b"
    assert isinstance(lean.verify(statement, "by omega"), prover.Certificate)
    for proof in ("sorry", "exact h.le.elim", "omega\n\naxiom cheat : False", ""):
        assert isinstance(lean.verify(statement, proof), prover.Rejection)


def test_bad_input_is_an_error_with_a_place(lean):
    with pytest.raises(prover.StatementError) as caught:
        lean.prove("theorem t (n : Nat) :\n  n = wrong")
    assert (caught.value.line, caught.value.column) == (2, 6)
    for wrong in (
        {"policy": "nobody:x"},
        {"search": "deepest-first"},
        {"timeout": -1},
        {"max_expansions": 0},
    ):
        with pytest.raises(prover.InputError):
            lean.prove("theorem t : 1 = 1", **wrong)
    for wrong in (3, None, b"1 = 1"):
        with pytest.raises(prover.InputError, match="the theorem is to be a text, not"):
            lean.prove(wrong)
    with pytest.raises(prover.InputError, match="at least one engine"):
        prover.open_lean(engines=0)
    with pytest.raises(prover.InputError, match="Lake project"):
        prover.open_lean("native")
    with pytest.raises(prover.InputError, match="--untrusted"):
        prover.open_lean("dojo", repo=".", untrusted=True)
    with pytest.raises(prover.InputError, match="no engine"):
        prover.open_lean("isabelle")


def test_a_theorem_of_a_file_and_its_holes(lean, tmp_path):
    file = tmp_path / "F.lean"
    file.write_text("def two := 2\n\ntheorem t : two = 2 := sorry\n\ntheorem u : two < 3 := sorry\n")
    assert isinstance(lean.prove("t", file=file, timeout=None, max_expansions=5), prover.Proof)
    filled = lean.fill(file, timeout=None, max_expansions=5)
    assert filled.complete
    assert "sorry" not in filled.text
    assert "sorry" in file.read_text()
    backup = filled.write()
    assert file.read_text() == filled.text
    assert "sorry" in backup.read_text()


def test_an_evaluation_is_a_run_that_can_be_resumed(lean, tmp_path):
    problems = tmp_path / "two.jsonl"
    problems.write_text(
        '{"name": "easy", "statement": "theorem easy (n : Nat) : n < n + 1"}\n'
        '{"name": "wrong", "statement": "theorem wrong (n : Nat) : n = n + 1"}\n'
    )
    given = {"out": tmp_path / "run", "timeout": None, "max_expansions": 2, "passes": 2, "stop_at_proof": 1}
    run = lean.evaluate(problems, **given)
    assert (run.proved, run.total) == (1, 2)
    assert run.report.is_file()
    assert run.summary == run._repr_markdown_()
    with pytest.raises(prover.InputError):
        lean.evaluate(problems, **given)
    assert lean.evaluate(problems, **given, resume=True).proved == 1
    with pytest.raises(prover.InputError, match="cannot be used: pass: "):
        lean.evaluate(problems, **{**given, "out": tmp_path / "other", "pass": 3})


async def test_the_async_api_works_on_several_theorems_at_once():
    async with prover.open_lean_async() as lean:
        one, two = await asyncio.gather(
            lean.prove("theorem a (n : Nat) : n ≤ n", timeout=None, max_expansions=5),
            lean.verify("theorem b (n : Nat) : n ≤ n + 1", "omega"),
        )
        assert isinstance(one, prover.Proof)
        assert isinstance(two, prover.Certificate)
        async with await lean.open("theorem c : True") as session:
            assert isinstance(await session.run_tac(session.state, "trivial"), prover.ProofFinished)
    await lean.close()
    with pytest.raises(prover.InputError, match="has been closed"):
        await lean.prove("theorem a : True")


async def test_the_sync_api_works_inside_an_event_loop(lean):
    assert isinstance(lean.verify("theorem t : True", "trivial"), prover.Certificate)


def test_a_closed_lean_says_so_and_leaves_no_process(no_strays):
    lean = prover.open_lean()
    session = lean.open("theorem t : True")
    lean.close()
    lean.close()
    session.close()
    assert "closed" in repr(lean)
    for use in (
        lambda: lean.prove("True"),
        lambda: session.run_tac(session.state, "trivial"),
        lean.__enter__,
    ):
        with pytest.raises(prover.InputError, match="this Lean has been closed"):
            use()


def test_ctrl_c_is_raised_and_the_lean_goes_on():
    program = """
        import signal, sys, prover

        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell starts it with &
        with prover.open_lean() as lean:
            lean.verify("theorem t : True", "trivial")
            with lean.open(sys.argv[1]) as session:
                try:
                    print("ready", flush=True)
                    while True:
                        session.run_tac(session.state, "decide")
                        lean.prove(sys.argv[1], timeout=None)
                except KeyboardInterrupt:
                    print("interrupted")
            print(type(lean.verify("theorem t : True", "trivial")).__name__)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), HARD], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=250)[0] == "interrupted\nCertificate\n"
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_ctrl_c_at_any_moment_of_a_call_leaves_the_event_loop_running():
    done = python("""
        import asyncio, random, signal
        from prover.api.sync import LoopThread

        signal.signal(signal.SIGALRM, signal.default_int_handler)
        moments = random.Random(0)
        thread = LoopThread()
        for _ in range(400):
            try:
                signal.setitimer(signal.ITIMER_REAL, moments.uniform(1e-4, 1e-2))
                for _ in range(200):
                    thread.run(asyncio.sleep(moments.choice([0, 0, 1e-3])))
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                continue
        print(thread.run(asyncio.sleep(0, "running")))
        thread.stop()
    """)
    assert done.stdout == "running\n", done.stderr


def test_a_lean_that_is_not_closed_ends_with_python():
    done = python("""
        import psutil, prover
        lean = prover.open_lean()
        lean.verify("theorem t : True", "trivial")
        print(*[child.pid for child in psutil.Process().children(recursive=True)])
    """)
    assert done.stderr == ""
    import psutil

    assert done.stdout.split()
    assert not [pid for pid in map(int, done.stdout.split()) if psutil.pid_exists(pid)]


def test_notebooks_show_what_it_is_with_everything_escaped(lean):
    proof = lean.prove("theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b", timeout=None, max_expansions=5)
    assert "a &lt; b" in proof._repr_html_()
    assert "axioms: none beyond what the library&#x27;s theorems use; checked by Lean" in proof._repr_html_()
    assert "<code>" in proof.tree._repr_html_()
    assert "✓" in proof.tree._repr_html_()
    with lean.open(proof.theorem) as session:
        shown = session.state._repr_html_()
        assert shown == session._repr_html_()
        assert "h : a &lt; b" in shown
        assert "a < b" not in shown
    end = lean.prove(HARD, timeout=None, max_expansions=2, disprove=False)
    assert "limit of expansions" in end._repr_html_()
    assert "led nowhere" in end.tree._repr_html_()


def test_a_proof_over_the_pocket_library_says_so(lean):
    proof = lean.prove("theorem t (x : ℝ) : x + 0 = x", timeout=60)
    assert "not Mathlib" in proof._repr_html_()
    assert any("pocket library" in each for each in proof.certificate.facts())
