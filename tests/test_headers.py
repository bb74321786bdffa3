"""Headers written for Mathlib, read by core Lean: what they open may be Mathlib's, core Lean's or their own.

The bug these tests remember: `open Col` was dropped, since `Col` is no namespace of core Lean, and then `red` was
not known.
"""

import pytest

from prover.errors import StatementError
from prover.lean.reading.lexical import theorem_in_text
from prover.lean.reading.prelude import core_header, imported_libraries, imports_end
from prover.lean.theorem import Theorem
from prover.problems.problem import Problem

COL = "inductive Col | red | blue\n"


@pytest.mark.parametrize(
    ("header", "statement"),
    [
        (f"{COL}open Col", "theorem t : red ≠ blue"),
        (f"import Mathlib\nopen BigOperators Real Nat Topology Rat\n{COL}open Col", "theorem t : red ≠ blue"),
        (f"import Mathlib\n\n{COL}open Col in\ndef first : Col := red", "theorem t : first = Col.red"),
        (f"namespace Out\n{COL}end Out\nopen Out\nopen Col", "theorem t : red ≠ blue"),
        (f"namespace Out\n{COL}end Out\nopen Out.Col", "theorem t : red ≠ blue"),
        (f"namespace Out\n{COL}open Col\n", "theorem t : red ≠ blue"),
        ("structure Pt where\n  px : Nat\n\nopen Pt", "theorem t (p : Pt) : px p = p.px"),
        ("open Nat Std.Format\n", "theorem t : succ 0 = 1 ∧ nil = Std.Format.nil"),
        ("open Std\nopen Format", "theorem t : nil = Std.Format.nil"),
        ("open scoped Real Nat\nopen scoped BigOperators", "theorem t : Nat.succ 0 = 1"),
        ("/-\nopen theorem end in this\nopen\n-/\n-- open me\n", "theorem t : 1 = 1"),
        ("namespace P.Q\ndef one := 1\nend P.Q\nopen P.Q", "theorem t : one = 1"),
        ("  open Real Nat\n  open Finset", "theorem t : succ 0 = 1"),
    ],
)
async def test_what_is_opened_is_open(lean_pool, header, statement):
    theorem = Problem(name="t", statement=statement, header=f"{header}\n\n").theorem(core=True)
    session = await lean_pool.open(theorem)
    await session.close()


async def test_what_is_missing_is_still_missing(lean_pool):
    header = core_header("import Mathlib\nopen Real\n")
    with pytest.raises(StatementError, match="pi"):
        await lean_pool.open(Theorem(name="t", header=header, statement="theorem t : pi = pi"))


@pytest.mark.parametrize(
    ("before", "behind", "libraries"),
    [
        ("", "theorem t : True", set()),
        ("import Mathlib.Tactic\n\n", "open Nat", {"Mathlib"}),
        ("-- import No\n/- import No -/ import A import B.C -- import No\n", "-- import No\n", {"A", "B"}),
        ("module\n\npublic meta import all A.B\n", "/-\nimport No\n-/", {"A"}),
        ("", "/-\nimport No\n-/\ntheorem t : True", set()),
        ("", 'def a := "\nimport No"', set()),
    ],
)
def test_imports_are_those_at_the_beginning(before, behind, libraries):
    assert imported_libraries(before + behind) == libraries
    assert imports_end(before + behind) <= len(before)
    assert before[imports_end(before + behind) :].strip() in ("", "-- import No")


def test_a_text_may_have_a_comment_before_its_imports():
    theorem = theorem_in_text("-- Why.\nimport Mathlib\n\n1 + 1 = 2", str)
    assert theorem.header == "-- Why.\nimport Mathlib\n\n"
    assert theorem.statement == "theorem goal : 1 + 1 = 2"
