"""Statements that are locked, and files that are checked against them: what counts is the lock's statement alone."""

import json
import subprocess
import sys

import pytest

from prover.errors import InputError
from prover.lean.trust.lock import Lock, refused_words
from prover.lean.trust.verify import Certificate, Rejection, file_verdict

DOUBLE = """\
def double (n : Nat) : Nat := n + n

inductive Color where
  | red
  | green

namespace Colors

theorem two (c : Color) : c = .red ∨ c = .green := by sorry

/-- Twice is even. -/
theorem even (n : Nat) : double n % 2 = 0 := by
  sorry

theorem four : double 2 = 4 := by sorry

theorem wrong : double 2 = 5 := by sorry

end Colors
"""
PROVED = (
    DOUBLE.replace("c = .green := by sorry", "c = .green := by cases c <;> simp")
    .replace("namespace", "theorem helper (n : Nat) : (n + n) % 2 = 0 := by omega\n\nnamespace")
    .replace("= 0 := by\n  sorry", "= 0 :=\n  helper n")
    .replace("= 4 := by sorry", "= 4 := by\n  have h := even 1 -- an earlier one that was open\n  rfl")
)


@pytest.fixture(scope="module")
def lock():
    return Lock.of(DOUBLE, "Double.lean")


def test_open_theorems_are_locked_unless_others_are_named(lock):
    assert lock.names == ("Colors.two", "Colors.even", "Colors.four", "Colors.wrong")
    assert Lock.of(DOUBLE, "F", ["even"]).names == ("Colors.even",)
    assert Lock.of("theorem a : True := trivial", "F").names == ("a",)
    for text, names in (
        ("def x := 1", []),
        (DOUBLE, ["nothing"]),
        ("theorem a : True := trivial\ntheorem a : True := trivial", []),
        ("theorem A.a : True := trivial\ntheorem B.a : True := trivial", ["a"]),
    ):
        with pytest.raises(InputError):
            Lock.of(text, "F", names)


def test_the_digest_is_of_the_statements_and_a_lock_comes_back_from_its_file(lock, tmp_path):
    path = tmp_path / "lock.json"
    path.write_text(json.dumps(lock.to_json()))
    again = Lock.read(path)
    assert (again.sha256, again.names, again.text) == (lock.sha256, lock.names, lock.text)
    assert Lock.of(DOUBLE.replace("= 4", "= 3"), "F").sha256 != lock.sha256
    assert Lock.of(DOUBLE, "G", ["even"]).sha256 != lock.sha256
    assert Lock.of(DOUBLE.replace("\n", "\r\n"), "G").sha256 == lock.sha256
    changed = lock.to_json() | {"text": DOUBLE.replace("= 5", "= 4")}
    for content in (
        json.dumps(changed),
        "{",
        "[]",
        '{"format": "prover-lock-1"}',
        json.dumps({"format": "other"}),
    ):
        path.write_text(content)
        with pytest.raises(InputError, match=str(path)):
            Lock.read(path)
    with pytest.raises(InputError, match="cannot read"):
        Lock.read(tmp_path / "none")


def test_the_words_of_a_statement_have_to_stay(lock):
    assert refused_words(lock, PROVED, "Colors.even") is None
    spaced = PROVED.replace("theorem even (n : Nat)", "theorem  even -- so\n  (n : Nat)")
    assert refused_words(lock, spaced, "Colors.even") is None
    assert refused_words(lock, PROVED.replace("% 2 = 0", "% 1 = 0"), "Colors.even").kind == "statement"
    assert "declares no theorem" in refused_words(lock, PROVED.replace("even", "odd"), "Colors.even").message


@pytest.mark.parametrize("name", ["two", "even", "four"])
async def test_a_file_may_add_lemmas_and_rest_on_locked_theorems_that_it_proves(lock, verifier, name):
    ruling = await file_verdict(verifier, lock.theorem(f"Colors.{name}"), PROVED)
    assert isinstance(ruling, Certificate)
    assert (ruling.theorem, ruling.inductives) == (f"Colors.{name}", ("Color",) if name == "two" else ())


FALSE = DOUBLE.replace("double 2 = 5 := by sorry", "double 2 = 5 := by {}")


def before(code, proof, imports=""):
    return imports + FALSE.replace("namespace", f"{code}\n\nnamespace").replace("{}", proof)


ADD = "set_option debug.skipKernelTC true in\nopen Lean in run_elab addDecl "
FALSE_THEOREM = (
    "(.thmDecl { name := `no, levelParams := [], type := mkConst ``False, value := mkConst ``True.intro })"
)
CHEATS = {
    "other definition": (FALSE.replace("n + n", "5").replace("{}", "rfl"), "kernel"),
    "macro": (before("macro_rules | `($a = $b) => `(True)", "trivial"), "kernel"),
    "instance": (before("instance (n : Nat) : OfNat Nat n := ⟨0⟩", "rfl"), "kernel"),
    "axiom": (before("axiom no : False", "exact no.elim"), "axiom"),
    "sorry": (before("", "sorry"), "sorry"),
    "a lemma by sorry": (before("theorem no : False := by sorry", "exact no.elim"), "sorry"),
    "unchecked": (before(ADD + FALSE_THEOREM, "exact no.elim", "import Lean\n"), "kernel"),
    "added axiom": (
        before(
            "open Lean in run_elab addDecl (.axiomDecl ⟨⟨`no, [], mkConst ``False⟩, false⟩)",
            "exact no.elim",
            "import Lean\n",
        ),
        "axiom",
    ),
    "not declared": ("theorem other : True := trivial", "elaboration"),
    "an error behind it": (PROVED + "\n#check nothing\n", "elaboration"),
}


SLOW_CHEATS = ("unchecked", "added axiom")  # they import Lean


@pytest.mark.parametrize(
    "cheat", [pytest.param(each, marks=[pytest.mark.long] * (each in SLOW_CHEATS)) for each in CHEATS]
)
async def test_no_file_proves_what_is_false(lock, verifier, cheat):
    file, kind = CHEATS[cheat]
    ruling = await file_verdict(verifier, lock.theorem("Colors.wrong"), file)
    assert isinstance(ruling, Rejection)
    assert ruling.kind == kind


async def test_a_proof_brings_no_inductive_type_and_no_compiled_code(lock, verifier):
    four = "double 2 = 4 := by sorry"
    own_type = DOUBLE.replace("namespace", "inductive Own | one\n\nnamespace", 1)
    for file, kind in (
        (
            own_type.replace(four, "double 2 = 4 := Own.rec (motive := fun _ => double 2 = 4) rfl .one"),
            "inductive",
        ),
        (DOUBLE.replace(four, "double 2 = 4 := by native_decide"), "axiom"),
    ):
        ruling = await file_verdict(verifier, lock.theorem("Colors.four"), file)
        assert isinstance(ruling, Rejection)
        assert ruling.kind == kind


async def test_an_open_theorem_that_the_statement_mentions_stays_in_it(verifier):
    text = "def A : Prop := True\ntheorem a : A := by sorry\ntheorem b : a = a := by sorry"
    lock = Lock.of(text, "F", ["b"])
    commanded = "theorem a : True := by sorry\nmake_five\ntheorem b : five = 5 := by sorry"
    assert "make_five" in Lock.of(commanded, "F", ["b"]).theorem("b").header
    assert lock.theorem("b").header == "def A : Prop := True\ntheorem a : A := by sorry\n"
    file = text.replace("theorem a : A := by sorry", "theorem a : A := trivial").replace(
        "a = a := by sorry", "a = a := rfl"
    )
    ruling = await file_verdict(verifier, lock.theorem("b"), file)
    assert isinstance(ruling, Rejection)
    assert ruling.kind == "sorry"


def prover(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "prover", *map(str, arguments)], capture_output=True, text=True, timeout=120
    )


@pytest.mark.long
def test_a_file_is_locked_and_checked_on_the_command_line(tmp_path):
    stated, lock = tmp_path / "S.lean", tmp_path / "S.lean.lock.json"
    stated.write_text("theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b := by\n  sorry\n")
    locked = prover("lock", stated)
    digest, _, path = locked.stdout.splitlines()[-1].partition("  ")
    assert (locked.returncode, digest, path) == (0, Lock.read(lock).sha256, str(lock))
    proved = tmp_path / "P.lean"
    proved.write_text(
        "theorem low (a b : Nat) (h : a < b) : a + 1 ≤ b := h\n\n"
        "theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b := low a b h\n"
    )
    fine = prover("check-file", proved, "--lock", lock, "--sha256", digest, "--json")
    assert (fine.returncode, json.loads(fine.stdout)["ok"]) == (0, True)
    left_open = prover("check-file", stated, "--lock", lock)
    assert (left_open.returncode, left_open.stdout.splitlines()[0]) == (
        1,
        "not proved: t: the proof rests on the axiom sorryAx",
    )


@pytest.mark.long
def test_locks_that_cannot_be_used_are_told_in_one_line(tmp_path):
    wrong, fine = tmp_path / "W.lean", tmp_path / "F.lean"
    wrong.write_text("theorem t : 1 = nothing.x := by sorry\n")
    fine.write_text("theorem t : True := by sorry\n")
    prover("lock", fine)
    lock = f"{fine}.lock.json"
    for arguments, said in (
        (["lock", wrong], f"{wrong}, 1:16: Unknown identifier `nothing.x`"),
        (["lock", fine, "--theorem", "u"], f"{fine} has no theorem called u"),
        (["lock", tmp_path / "none"], f"cannot read {tmp_path / 'none'}"),
        (["check-file", fine, "--lock", fine], f"{fine} is no lock"),
        (["check-file", fine, "--lock", lock, "--sha256", "0"], f"{lock} is another lock"),
        (["check-file", tmp_path / "none", "--lock", lock], f"cannot read {tmp_path / 'none'}"),
    ):
        refused = prover(*arguments)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert refused.stderr.startswith(f"error: {said}")
