"""Where declarations, names, `mutual` blocks and holes are, Lean's parser says; what a hole asks for, its elaborator.

The bugs these tests remember: the first word "example" of a doc comment was made a name, a comment that began with
"end" ended a block, a comment behind a statement swallowed the proof, and a term `sorry` was looked at before Lean
knew what it stood for.
"""

import pytest

from prover.errors import InputError, StatementError
from prover.filling.search import Found
from prover.filling.verify import FileVerifier, NotVerified, Verified, verify_declaration
from prover.lean.process.repl import Repl, open_engine
from prover.lean.reading.holes import read_holes
from prover.lean.reading.source import theorem_from_file, theorem_from_text
from prover.lean.reading.text import Edit
from prover.lean.trust.verify import KernelVerifier


@pytest.fixture(scope="module")
async def ask(engine_command):
    repl = await Repl.start(engine_command)

    async def ask(request):
        return await repl.request(request, 120.0)

    yield ask
    await repl.close()


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("theorem u (a b c : Nat) (h : b ≤ c) (k : a = b) : a ≤ c := Nat.le_trans sorry h", "a ≤ b"),
        ("theorem w (n : Nat) : ∃ m, n < m := ⟨n + 1, sorry⟩", "n < n + 1"),
        ("theorem e (a b c : Nat) (h : b = c) : a = c := Eq.trans sorry h", "a = b"),
        ("theorem r (a b c : Nat) (h : b < c) : a < c := by refine Nat.lt_of_le_of_lt sorry h", "a ≤ b"),
        (
            "theorem x (xs : List Nat) (h : 1 < xs.length) : ∃ y : Nat, y = y := ⟨xs[1]'sorry, rfl⟩",
            "1 < xs.length",
        ),
        ("def s (n : Nat) : {m : Nat // n < m} := { val := n + 1, property := sorry }", "n < n + 1"),
        ("def f (n : Nat) : Fin (n + 2) := (⟨n + 1, sorry⟩ : Fin (n + 2))", "n + 1 < n + 2"),
        ("theorem o (p q : Prop) (hp : p) : q ∨ p := Or.inr (id sorry)", "p"),
        ("theorem i (n : Nat) : ∃ a b, a < b ∧ b = n + 1 := ⟨n, _, sorry, rfl⟩", "n < n + 1"),
        ("theorem k (n : Nat) : n = n := (fun h => h) sorry", "n = n"),
        ("theorem p (n : Nat) : n = n := sorry", "n = n"),
        ("theorem t (n : Nat) : n = n := by sorry", "n = n"),
    ],
)
async def test_a_hole_asks_for_what_lean_finds_in_the_end(ask, text, target):
    reply = await ask({"cmd": text})
    [hole] = reply["sorries"]
    assert text.split("\n")[hole["pos"]["line"] - 1][hole["pos"]["column"] :].startswith("sorry")
    assert [each for each in reply.get("messages", []) if each["severity"] == "error"] == []
    shown = hole["goal"].rpartition("⊢ ")[2]
    assert shown == target


async def test_what_fills_it_is_accepted(ask):
    reply = await ask(
        {"cmd": "theorem u (a b c : Nat) (h : b ≤ c) (k : a = b) : a ≤ c := Nat.le_trans sorry h"}
    )
    state = reply["sorries"][0]["proofState"]
    assert (await ask({"tactic": "exact Nat.le_of_eq k", "proofState": state}))["proofStatus"] == "Completed"


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("theorem foo (n : Nat) : n = n -- note", "theorem foo (n : Nat) : n = n"),
        ("theorem foo (n : Nat) : n = n /- note -/", "theorem foo (n : Nat) : n = n"),
        ("theorem foo : 1 = 1 -- := by rfl\n-- another\n  := by rfl", "theorem foo : 1 = 1"),
        ("theorem foo : 1 = 1 -- note\n  | _ => 1", "theorem foo : 1 = 1"),
        ("∀ n : Nat, n = n -- note", "theorem goal : ∀ n : Nat, n = n"),
        ("-- note\n2 + 2 = 4 -- note", "theorem goal : 2 + 2 = 4"),
        (
            "/-- For example this one. -/ example (a : Nat) : a = a -- x",
            "/-- For example this one. -/ theorem goal (a : Nat) : a = a",
        ),
        (
            "open Nat /- for instance -/ in example : succ 0 = 1",
            "open Nat /- for instance -/ in theorem goal : succ 0 = 1",
        ),
        ("@[simp] lemma foo : 1 = 1", "@[simp] theorem foo : 1 = 1"),
        ("private lemma foo : 1 = 1", "private theorem foo : 1 = 1"),
        ("open Nat in lemma foo : succ 0 = 1", "open Nat in theorem foo : succ 0 = 1"),
        ("/-- A lemma. -/\nlemma foo : 1 = 1", "/-- A lemma. -/\ntheorem foo : 1 = 1"),
        ("lemma lemma' : 1 = 1 := rfl\nprivate\n  lemma foo : 1 = 1", "private\n  theorem foo : 1 = 1"),
        ("-- A comment.\nimport Std\ntheorem foo : 1 = 1", "theorem foo : 1 = 1"),
        ("/- A comment. -/ import Std -- one\nimport Lean\ntheorem foo : 1 = 1", "theorem foo : 1 = 1"),
        ("set_option maxRecDepth 1000 in\ntheorem foo : 1 = 1 where", "theorem foo : 1 = 1"),
        ("theorem foo : 1 = 1 := by\n\tsorry", "theorem foo : 1 = 1"),
    ],
)
async def test_statements(ask, text, statement):
    theorem = await theorem_from_text(ask, text)
    assert theorem.statement.endswith(statement)
    assert theorem.name in ("foo", "goal")
    reply = await ask({"cmd": theorem.file_with_proof("sorry")})
    assert [each for each in reply["messages"] if each["severity"] == "error"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theorem : 1 = 1", "the theorem has no name"),
        ("-- only a comment", "no theorem in the text"),
        ("theorem a : 1 = 1 := rfl\nthoerem b : 1 = 2", "2:10: .*expected command"),
        ("theorem a : 1 = 1 := rfl\n)", "2:0: .*expected command"),
        ("mutual\ntheorem a : 1 = 1 := rfl\nend", "declares a mutual block, not a theorem"),
        ("def f := 1", "declares a def, not a theorem"),
        ("instance : Inhabited Nat := ⟨1⟩", "declares an instance, not a theorem"),
        ("theorem foo :\t1 = 1", "tabs are not allowed"),
        ("theorem foo : 1 = 1 /- not closed", "unterminated comment"),
        ("theorem\u200b foo : 1 = 1", "expected token"),
        ("theorem foo :\u20281 = 1", "expected token"),
    ],
)
async def test_what_is_no_theorem(ask, text, said):
    with pytest.raises((InputError, StatementError), match=said):
        await theorem_from_text(ask, text)


async def test_an_error_of_the_parser_comes_before_what_follows_from_it(ask):
    """Not "elaboration function for `by` has not been implemented"."""
    with pytest.raises(StatementError, match="2:0: tabs are not allowed"):
        await read_holes(
            ask, "theorem tb (a : Nat) : a = a := by\n\tsorry\ntheorem tc : 1 = 1 := sorry", "F.lean"
        )


INDENTED = """\
namespace A
  theorem foo : (by exact 1
                 : Nat) = (by skip
                              exact 1) := by
    rfl
end A
"""


async def test_an_indented_theorem_keeps_its_columns(ask, tmp_path):
    path = tmp_path / "F.lean"
    path.write_text(INDENTED)
    theorem = await theorem_from_file(ask, path, "foo")
    reply = await ask({"cmd": theorem.file_with_proof("sorry")})
    assert [each for each in reply["messages"] if each["severity"] == "error"] == []


MUTUAL = """\
namespace A mutual
theorem one : 1 + 1 = 2 := by sorry
-- end of the first
theorem s : "
end
" ≠ "" := by decide
/- a block
end -/
theorem two (n : Nat) : n + 0 = n := by sorry
end
set_option maxRecDepth 1000 in
mutual
theorem three : 1 = 1 := by sorry
end
"""


async def test_mutual_blocks(ask):
    file = await read_holes(ask, MUTUAL, "F.lean")
    assert [unit.kind for unit in file.units] == ["mutual", "mutual"]
    assert [unit.members for unit in file.units] == [("A.one", "A.s", "A.two"), ("A.three",)]
    first, second = (MUTUAL[unit.start : unit.end] for unit in file.units)
    assert first.startswith("mutual\ntheorem one")
    assert first.endswith(":= by sorry\nend")
    assert second.startswith("set_option maxRecDepth 1000 in\nmutual")
    assert ("theorem", "A.two") in file.declared


@pytest.mark.parametrize(
    "text",
    [
        "/-- For example this one. -/ example (a b : Nat) (h : a ≤ b) : a < b + 1 := by sorry",
        "open Nat /- for instance -/ in example (a b : Nat) (h : a ≤ b) : a < b + 1 := by sorry",
        "attribute [local instance] Classical.propDecidable in\nexample (a : Nat) : a < a + 1 := by sorry",
        "/-- An example. -/ instance (priority := low) : Nonempty {n : Nat // n < 1} := ⟨0, by sorry⟩",
        "class C : Prop where\n  c : 1 < 2\n\n@[simp] instance -- an instance\n  : C where\n  c := by sorry",
    ],
)
async def test_what_has_no_name_is_judged(ask, engine_command, text):
    file = await read_holes(ask, text, "F.lean")
    [hole] = file.holes
    found = Found(hole=hole, proof="omega", edit=Edit(start=hole.start, end=hole.end, text="omega"))
    verifier = FileVerifier(
        ask=lambda: open_engine(engine_command, 120.0), open=lambda: KernelVerifier(engine_command)
    )
    assert isinstance(await verify_declaration(file, hole.unit, [found], verifier), Verified)


async def test_a_mutual_block_is_checked_by_its_names(ask, engine_command):
    text = (
        "mutual\n@[simp] private theorem one : 1 + 1 = 2 := by sorry\n-- end\ntheorem two : 2 = 2 := rfl\nend"
    )
    file = await read_holes(ask, text, "F.lean")
    [hole] = file.holes
    found = Found(hole=hole, proof="rfl", edit=Edit(start=hole.start, end=hole.end, text="rfl"))
    verifier = FileVerifier(
        ask=lambda: open_engine(engine_command, 120.0), open=lambda: KernelVerifier(engine_command)
    )
    assert isinstance(await verify_declaration(file, hole.unit, [found], verifier), NotVerified)
