"""Holes of .lean files: finding them, opening them, putting proofs in, and what the check refuses."""

import pytest

from prover.errors import InputError, StatementError, UnsupportedError
from prover.filling.layout import Place
from prover.filling.recheck import recheck
from prover.filling.search import Found
from prover.filling.text import SourceFile
from prover.filling.verify import FileVerifier, NotVerified, Verified, apply_edits
from prover.lean.environment import ProofFinished, TacticState, run_tac
from prover.lean.process.pool import EnginePool
from prover.lean.process.repl import Repl, open_engine
from prover.lean.reading.holes import read_holes
from prover.lean.reading.text import Edit
from prover.lean.trust.verify import KernelVerifier

pytestmark = pytest.mark.long

TEXT = """\
namespace A
/-- ∀ in bytes is three. -/
def two := 2

theorem first (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  have key : q := sorry
  exact ⟨by sorry, key⟩ -- no sorry

variable (n : Nat) (h : two < n)
  theorem second : ∀ m, m < m + 1 := by intro m; sorry

example : n ≠ 0 := by
  admit
end A
#check (sorry : 1 = 1)
"""


@pytest.fixture(scope="module")
async def ask(engine_command):
    repl = await Repl.start(engine_command)

    async def ask(request):
        return await repl.request(request, 60.0)

    yield ask
    await repl.close()


@pytest.fixture(scope="module")
async def file(ask):
    return await read_holes(ask, TEXT, "F.lean")


@pytest.fixture(scope="module")
async def pool(engine_command):
    async with EnginePool(engine_command, size=1) as pool:
        yield pool


async def test_holes_have_their_place_goal_and_declaration(file):
    found = [(hole.unit.label, hole.line, hole.column, hole.goal.rpartition("⊢ ")[2]) for hole in file.holes]
    assert found == [
        ("A.first", 6, 18, "q"),
        ("A.first", 7, 12, "p"),
        ("A.second", 10, 49, "m < m + 1"),
        ("example", 13, 2, "n ≠ 0"),
    ]
    assert [TEXT[hole.start : hole.end] for hole in file.holes] == ["sorry", "sorry", "sorry", "admit"]
    assert [(stray.line, stray.column) for stray in file.strays] == [(15, 8)]
    for hole in file.holes:
        assert "".join(hole.context) == TEXT[: hole.unit.start] == hole.theorem.header


async def test_every_hole_opens_with_its_context(pool, file):
    tactics = ["assumption", "assumption", "omega", "simp_all [two]; omega"]
    for hole, tactic in zip(reversed(file.holes), reversed(tactics), strict=True):
        session = await pool.open(hole)
        assert session.theorem.name == hole.unit.name
        assert session.root.goals == (hole.goal,)
        state = await run_tac(session, session.root, "skip")
        assert isinstance(state, TacticState)
        assert isinstance(await run_tac(session, state, tactic), ProofFinished)
        await session.close()


async def test_bad_files(ask):
    with pytest.raises(InputError, match="has no `sorry`"):
        await read_holes(ask, "theorem foo : 1 = 1 := rfl -- sorry\n", "F.lean")
    with pytest.raises(StatementError, match=r"F.lean, 1:\d+: ") as caught:
        await read_holes(ask, "def bad : Nat := ()\ntheorem foo : bad = 1 := sorry\n", "F.lean")
    assert caught.value.line == 1
    with pytest.raises(UnsupportedError, match="Physlib"):
        await read_holes(ask, "import Physlib\ntheorem foo : 1 = 1 := sorry\n", "F.lean")


BROKEN = """namespace A
def bad : Nat := "no"
theorem uses : bad = 1 := by
  sorry
open Nowhere.At.All
theorem cut (n : Nat) n = n := by
  induction n
theorem half (p : Prop) (h : p) : p ∧ p := by
  constructor
  · sorry
  · exact 3
variable (x : Nat)
theorem good : x + 0 = x := by
  sorry
theorem later : x = x ∧ 1 = 1 := sorry
theorem auto (y : missing) : y = y := sorry
def missing : Nat := 1
end A
"""


async def test_what_has_no_error_is_read_beside_what_has(ask):
    file = await read_holes(ask, BROKEN, "F.lean")
    assert [hole.unit.name for hole in file.holes] == ["A.good", "A.later", "A.auto"]
    assert [(gap.line, gap.column) for gap in file.blocked] == [(4, 2), (10, 4)]
    assert "it needs something that has an error: 2:" in file.blocked[0].reason
    assert "11:" in file.blocked[1].reason
    assert len(file.sound) == len(file.text)
    assert "variable (x : Nat)" in file.sound
    assert "exact 3" not in file.sound


INDENTED = """section
  open Nowhere
  theorem one : 1 = 1 := sorry
  #check missing
    + 1
  /- theorem no : 1 = 2 := sorry
theorem no : 1 = 2 := sorry -/
  theorem two : 2 = 2 := sorry
end
"""


async def test_a_command_that_declares_nothing_never_reaches_into_a_declaration(ask):
    file = await read_holes(ask, INDENTED, "F.lean")
    assert [hole.unit.name for hole in file.holes] == ["one", "two"]
    assert file.blocked == ()


async def test_errors_after_the_last_hole_are_left_alone(ask):
    file = await read_holes(ask, "theorem foo : 1 = 1 := sorry\ntheorem bad : 1 = 2 := rfl\n", "F.lean")
    assert len(file.holes) == 1


def first_layout(before, after, proof, *, tactic):
    text = f"{before}sorry{after}"
    place = Place(text, len(before), len(before) + 5, tactic)
    return apply_edits(text, [next(iter(place.layouts(proof)))])


@pytest.mark.parametrize(
    ("before", "after", "tactic", "one", "two"),
    [
        ("t := ", "", False, "t := by a", "t := by\n  a\n  b"),
        ("t :=\n  ", "\n", False, "t :=\n  by a\n", "t :=\n  by\n    a\n    b\n"),
        ("  exact ⟨", ", x⟩", False, "  exact ⟨by a, x⟩", "  exact ⟨by\n    a\n    b, x⟩"),
        ("  exact f ", " x", False, "  exact f (by a) x", "  exact f (by\n    a\n    b) x"),
        ("  ", " -- c", True, "  a -- c", "  a\n  b -- c"),
        ("  · ", "", True, "  · a", "  · a\n    b"),
        (
            "  · have h : t := by ",
            "",
            True,
            "  · have h : t := by a",
            "  · have h : t := by\n      a\n      b",
        ),
        ("  | x => ", "", True, "  | x => a", "  | x =>\n    a\n    b"),
    ],
)
def test_layout(before, after, tactic, one, two):
    assert first_layout(before, after, "a", tactic=tactic) == one
    assert first_layout(before, after, "a\nb", tactic=tactic) == two


def test_edits_leave_the_rest_as_it_is(tmp_path):
    path = tmp_path / "F.lean"
    path.write_bytes("\ufeffa\r\nb sorry\r\nc\nsorry".encode())
    source = SourceFile.read(path)
    text = source.text
    assert text == "a\nb sorry\nc\nsorry"
    first, second = text.index("sorry"), text.rindex("sorry")
    edits = [Edit(start=first, end=first + 5, text="x\ny"), Edit(start=second, end=second + 5, text="u\nv")]
    assert source.with_edits(edits) == "\ufeffa\r\nb x\r\ny\r\nc\nu\nv"


def verifier(command):
    return FileVerifier(ask=lambda: open_engine(command, 120.0), open=lambda: KernelVerifier(command))


def found(hole, text):
    return Found(hole=hole, proof=text, edit=Edit(start=hole.start, end=hole.end, text=text))


UNSOUND = """\
@[simp] theorem wrong (n : Nat) : n = 0 := by sorry
theorem uses (n : Nat) : n + 1 = 0 := by sorry
theorem right : 1 + 1 = 2 := by sorry
variable (k : Nat) (hk : 0 < k)
def pick : Nat := (⟨k, by sorry⟩ : {m : Nat // k = k}).1
example : k ≠ 0 := by sorry
mutual
theorem one : 1 + 1 = 2 := by sorry
theorem two (n : Nat) : n = 0 := by sorry
end
"""


@pytest.mark.parametrize(
    "cheat",
    [
        "exact wrong _",
        "native_decide",
        "trivial\n\naxiom cheat : False",
        "sorry",
        "first | omega | sorry",
        "this is no tactic",
    ],
)
async def test_check_puts_back_what_is_no_proof(ask, engine_command, cheat):
    file = await read_holes(ask, UNSOUND, "F.lean")
    checked = await recheck(file, [found(file.holes[1], cheat)], verifier(engine_command), at_once=1)
    assert checked.found == ()
    assert [each.edit.text for each, _ in checked.refused] == [cheat]


HIDDEN = """\
macro "hidden" : term => `(sorryAx _ false)
structure Two where
  one : 1 = 1
  two : 1 = 1
example : Two where
  one := sorry
  two := helper
where helper : 1 = 1 := hidden
"""


async def test_check_sees_gaps_that_are_not_reported(ask, engine_command):
    """Nothing names an example, and this one cannot be judged as a `def`: it has both kinds of `where`."""
    file = await read_holes(ask, HIDDEN, "F.lean")
    checked = await recheck(file, [found(file.holes[0], "rfl")], verifier(engine_command), at_once=1)
    assert checked.found == ()
    assert [reason for _, reason in checked.refused] == ["it has a gap that is not reported as a `sorry`"]


async def test_check_keeps_the_others(ask, engine_command):
    file = await read_holes(ask, UNSOUND, "F.lean")
    _, uses, right, pick, example, one, two = file.holes
    proofs = [
        found(uses, "exact wrong _"),
        found(right, "rfl"),
        found(pick, "exact (fun _ => rfl) hk"),
        found(example, "omega"),
        found(one, "rfl"),
        found(two, "exact wrong n"),
    ]
    checked = await recheck(file, proofs, verifier(engine_command), at_once=1)
    assert [each.hole for each in checked.found] == [right, example]
    reasons = {each.hole: reason for each, reason in checked.refused}
    assert "sorryAx" in reasons[uses]
    assert "sorryAx" in reasons[one]
    assert "sorryAx" in reasons[two]
    assert reasons[pick] == "it changes the type of pick"
    assert isinstance(checked.verdicts[right.unit], Verified)
    assert isinstance(checked.verdicts[example.unit], NotVerified)
