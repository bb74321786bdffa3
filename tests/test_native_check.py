"""The check of proofs with a user's own Lean: Check.lean, compiled and run by the embedded Lean in place of that.

`lean` and `lake` are stand-ins (tests/standins); that they let a real Lean 4.28 compile the program, elaborate the
texts and ask its kernel is the point. What is not the real thing: Mathlib, other versions, and several threads.
"""

import asyncio
import hashlib
import subprocess
from dataclasses import replace

import pytest
from cheats import code, compiler, elaborator, escapes, giving_up, headers, inductives, meaning, texts
from cheats.controls import CONTROLS
from cheats.forged import FORGERIES
from cheats.honest_types import TYPES
from standins import make_project, put
from standins.native_verifier import NativeVerifier
from waiting import until

from prover.errors import EngineCrashed, EngineTimeout, SetupError
from prover.lean.native.check import verify_in_project
from prover.lean.native.project import LeanProject
from prover.lean.reading.lexical import theorem_in_file, theorem_in_text
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import ALLOWED_AXIOMS, Certificate, Rejection, RejectionKind, axiom_rejection

KINDS = set(RejectionKind) - {RejectionKind.UNKNOWN}

pytestmark = pytest.mark.long

TIMEOUT_S = 120
THEOREM = Theorem(
    name="Foo.sum_lt",
    header="namespace Foo\n\ndef twice (n : Nat) := n + n\n\n",
    statement="theorem sum_lt (a b : Nat) (h : a < b) : twice a < twice b",
)
TRUE = Theorem(name="t", statement="theorem t : True")
FALSE = Theorem(name="f", statement="theorem f : False")
LIBRARY = """\
module

public theorem unproved : 1 = 2 := sorry
public theorem em' (p : Prop) : p ∨ ¬p := Classical.em p
@[expose] public noncomputable def chosen : Nat := Classical.choice ⟨0⟩
public axiom mine : 2 = 3
"""
GROUPS = (giving_up, compiler, escapes, meaning, elaborator, texts, headers, code, inductives)
CHEATS = {f"{group.__name__.split('.')[-1]}-{cheat.id}": cheat for group in GROUPS for cheat in group.CHEATS}
FEW_CHEATS = (
    "giving_up-unknown-name",
    "compiler-reduceBool",
    "escapes-axiom-after",
    "headers-sorry-behind-lemma",
    "inductives-stuck-projection",
    "inductives-computed-field",
)
OTHER_WORDS = {
    "missing-import": "unknown module prefix 'Mathlib'",
    # this Lean's kernel is asked while the proof is elaborated, and refuses these before their axioms are looked at
    **dict.fromkeys(("lcProof", "lcUnreachable", "unsafeCast"), "uses unsafe declaration"),
    "hole": "Lean finds an error",
    # the project's program reads the text command by command, and does not look for imports behind the first one
    "import-after": "the text goes on after the proof",
    "import-late": "is not declared by the text",
    # the stand-in takes every file for a module, whose declarations are private
    "csimp": "must be public",
}
FEW_CONTROLS = ("where", "mutual-nested")
FEW_FORGERIES = ("bvar-beyond-numbers", "theorem-not-there", "level-too-deep", "loose-under-one-binder")


def mostly_slow(cases, few):
    """Parameters for a test from cases by name; all but a few are slow."""
    return [
        pytest.param(case, id=name, marks=() if name in few else pytest.mark.slow)
        for name, case in cases.items()
    ]


@pytest.fixture(scope="module")
def made_project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("native")
    root = make_project(folder / "tried")
    project = LeanProject(
        root=root, lake=put(folder / "bin", "lake", "lean") / "lake", toolchain="leanprover/lean4:v4.28.0"
    )
    (root / "Tried.lean").write_text(LIBRARY, encoding="utf-8")
    olean = root / ".lake" / "build" / "lib" / "lean" / "Tried.olean"
    olean.parent.mkdir(parents=True)
    compile_ = project.run_args("lean", "-o", str(olean), "Tried.lean")
    subprocess.run(compile_, cwd=root, env=dict(project.env()), check=True, capture_output=True)
    return project


@pytest.fixture
def project(made_project, no_strays):
    """A Lake project with a library, some of which is not proved."""
    return made_project


@pytest.fixture(scope="module")
async def native_verifier(tmp_path_factory):
    engines = NativeVerifier(tmp_path_factory.mktemp("engines"))
    yield engines
    await engines.close()


async def test_a_certificate_says_what_was_checked(project):
    proof = "unfold twice\n-- sorry, not so elegant: native_decide\nomega"
    certificate = await verify_in_project(THEOREM, proof, project, timeout_s=TIMEOUT_S)
    assert isinstance(certificate, Certificate), certificate
    assert certificate.theorem == "Foo.sum_lt"
    assert certificate.statement == "∀ (a b : Nat), a < b → twice a < twice b"
    assert set(certificate.axioms) <= ALLOWED_AXIOMS
    assert certificate.engine == "Lean v4.28.0 with tried"
    assert certificate.lean_version is not None
    assert certificate.lean_version.startswith("4.28.0")
    assert certificate.sha256 == hashlib.sha256(THEOREM.file_with_proof(proof).encode()).hexdigest()
    assert certificate.time_s > 0


async def test_the_statement_is_taken_from_the_text_that_was_given(project, tmp_path):
    text = """\
-- é
def ten := 10

namespace N
/-- Ten. -/
theorem cut (a : Nat) (h : a = 10) : a = 10 -- := trivial
  := by nonsense
"""
    path = tmp_path / "F.lean"
    path.write_text(text)
    theorem = theorem_in_text(text, str)
    certificate = await verify_in_project(theorem, "exact h", project, timeout_s=TIMEOUT_S)
    assert isinstance(certificate, Certificate), certificate
    cut = replace(theorem_in_file(path, "cut"), statement="theorem cut (a : Nat) (h : a = 1) : a = 1")
    refused = await verify_in_project(cut, "exact h", project, timeout_s=TIMEOUT_S)
    assert isinstance(refused, Rejection)
    assert refused.kind is RejectionKind.KERNEL
    assert "expected to have type\n  ∀ (a : Nat), Eq a 10 → Eq a 10" in refused.message


async def test_axioms_behind_the_theorems_of_a_library_count(project):
    unequal = Theorem(name="t", header="import Tried\n", statement="theorem t : 1 = 2")
    verdict = await verify_in_project(unequal, "exact unproved", project, timeout_s=TIMEOUT_S)
    assert verdict == axiom_rejection("sorryAx")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statement", "proof", "outcome"),
    [
        ("theorem t : 2 = 3", "exact mine", axiom_rejection("mine")),
        ("theorem t : chosen = chosen", "rfl", ("Classical.choice",)),
        ("theorem t (p : Prop) : p ∨ ¬p", "exact em' p", ()),
    ],
)
async def test_a_project_has_modules_of_its_own(project, statement, proof, outcome):
    theorem = Theorem(name="t", header="import Tried\n", statement=statement)
    verdict = await verify_in_project(theorem, proof, project, timeout_s=TIMEOUT_S)
    assert (verdict.axioms if isinstance(verdict, Certificate) else verdict) == outcome


async def test_an_import_that_is_not_there(project):
    theorem = Theorem(name="t", header="import Nowhere.Else\n", statement="theorem t : True")
    verdict = await verify_in_project(theorem, "trivial", project, timeout_s=TIMEOUT_S)
    assert isinstance(verdict, Rejection)
    assert "Nowhere" in verdict.message
    assert verdict.kind is RejectionKind.ELABORATION


async def test_obvious_cheats_are_named_without_asking_lean(project, monkeypatch):
    monkeypatch.setenv("STANDIN_LEAN", "die")
    for proof in ("sorry", "native_decide", "trivial\n\naxiom cheat : False"):
        verdict = await verify_in_project(FALSE, proof, project, timeout_s=TIMEOUT_S)
        assert isinstance(verdict, Rejection)
        assert verdict.message.startswith("the proof uses `")
    assert isinstance(await verify_in_project(TRUE, "'\ud800'", project, timeout_s=TIMEOUT_S), Rejection)


@pytest.mark.parametrize("cheat", mostly_slow(CHEATS, FEW_CHEATS))
async def test_a_cheat_is_refused(native_verifier, cheat):
    verdict = await native_verifier.verdict(cheat.theorem, cheat.proof)
    if cheat.spoils:
        await native_verifier.spoil()
    assert not verdict.accepted, cheat.why
    assert OTHER_WORDS.get(cheat.id, cheat.says) in verdict.reason or verdict.reason == "the engine broke"
    assert verdict.reason == "the engine broke" or verdict.kind in KINDS


@pytest.mark.parametrize("control", mostly_slow({c.id: c for c in (*CONTROLS, *TYPES)}, FEW_CONTROLS))
async def test_an_honest_proof_is_accepted(native_verifier, control):
    verdict = await native_verifier.verdict(control.theorem, control.proof)
    assert verdict.accepted, verdict.reason
    assert set(control.axioms) <= set(verdict.axioms) <= ALLOWED_AXIOMS
    assert verdict.statement


@pytest.mark.parametrize("forgery", mostly_slow({f.id: f for f in FORGERIES}, FEW_FORGERIES))
async def test_a_forgery_is_refused(native_verifier, forgery):
    theorem = Theorem(name="foo", statement=forgery.statement, header=forgery.header)
    source, original = theorem.file_with_proof("trivial"), theorem.file_with_proof("sorry")
    verdict = await native_verifier.judged(source, original, "foo", forgery.build())
    assert not verdict.accepted, forgery.build.__doc__
    assert forgery.says in verdict.reason


async def test_text_after_the_proof_is_refused_whatever_it_is(native_verifier):
    source = TRUE.file_with_proof("trivial\n\n#check t")
    honest = await native_verifier.advocate.ask(
        "export", "source", "original", "t", source=source, original=""
    )
    verdict = await native_verifier.judged(source, TRUE.file_with_proof("sorry"), "t", honest["terms"])
    assert not verdict.accepted
    assert verdict.reason == "the text goes on after the proof"


async def test_a_proof_that_ends_the_process_is_no_proof_and_no_refusal_either(project):
    leaves = Theorem(name="t", statement="theorem t : True", header="#eval (IO.Process.exit 0 : IO Unit)\n")
    with pytest.raises(EngineCrashed, match="broke over the export"):
        await verify_in_project(leaves, "trivial", project, timeout_s=TIMEOUT_S)


async def test_a_lean_that_dies(project, monkeypatch):
    monkeypatch.setenv("STANDIN_LEAN", "die")
    with pytest.raises(EngineCrashed, match="broke over the export: INTERNAL PANIC: no Lean today"):
        await verify_in_project(TRUE, "trivial", project, timeout_s=TIMEOUT_S)


async def test_a_lean_that_hangs_is_ended_with_all_that_it_started(project, monkeypatch):
    monkeypatch.setenv("STANDIN_LEAN", "hang")
    with pytest.raises(EngineTimeout, match="longer than 2 s for the export"):
        await verify_in_project(TRUE, "trivial", project, timeout_s=2)


async def test_nothing_is_left_when_it_is_cancelled(project, monkeypatch, tmp_path):
    monkeypatch.setenv("STANDIN_LEAN", "hang")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    task = asyncio.create_task(verify_in_project(TRUE, "trivial", project, timeout_s=TIMEOUT_S))
    await until(lambda: list(tmp_path.iterdir()))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
async def test_a_proof_that_takes_too_long(project):
    theorem = Theorem(name="t", statement="theorem t : ∀ n < 100000000, n < n + 1")
    with pytest.raises(EngineTimeout):
        await verify_in_project(theorem, "decide +kernel", project, timeout_s=15)


async def test_no_lake(project, tmp_path):
    missing = LeanProject(root=project.root, lake=tmp_path / "lake", toolchain=project.toolchain)
    with pytest.raises(SetupError, match="cannot run"):
        await verify_in_project(TRUE, "trivial", missing, timeout_s=TIMEOUT_S)


async def test_a_lean_that_cannot_compile_the_check(project, tmp_path):
    folder = put(tmp_path / "bin", "lake")
    (folder / "lean").write_text('#!/bin/sh\necho "$4:7:0: error: unknown identifier"\nexit 1\n')
    (folder / "lean").chmod(0o755)
    old = LeanProject(root=project.root, lake=folder / "lake", toolchain="leanprover/lean4:v4.1.0")
    with pytest.raises(SetupError, match="cannot run the export: 7:0: error: unknown identifier") as caught:
        await verify_in_project(TRUE, "trivial", old, timeout_s=TIMEOUT_S)
    assert "Lean 4" in caught.value.advice
