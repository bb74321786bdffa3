"""From text and files to theorems, with the real Lean as parser."""

import pytest

from prover.errors import InputError, StatementError, UnsupportedError
from prover.lean.process.repl import Repl
from prover.lean.reading.prelude import AUTO_BOUND, core_header, prelude
from prover.lean.reading.source import theorem_from_file, theorem_from_text
from prover.lean.theorem import Theorem


@pytest.fixture(scope="module")
async def ask(engine_command):
    repl = await Repl.start(engine_command)

    async def ask(request):
        return await repl.request(request, 60.0)

    yield ask
    await repl.close()


@pytest.mark.parametrize(
    ("text", "name", "statement"),
    [
        ("theorem foo (a b : ℕ) : a + b = b + a", "foo", "theorem foo (a b : ℕ) : a + b = b + a"),
        ("theorem foo : 1 = 1 := by\n  rfl", "foo", "theorem foo : 1 = 1"),
        ("theorem foo : 1 = 1 := sorry", "foo", "theorem foo : 1 = 1"),
        ("theorem foo : 1 = 1 := by", "foo", "theorem foo : 1 = 1"),
        ("theorem foo : 1 = 1 :=\n", "foo", "theorem foo : 1 = 1"),
        ("theorem foo : 1 = 1 := by linarith", "foo", "theorem foo : 1 = 1"),
        ("theorem foo : ∀ n : ℕ, n = n\n  | _ => rfl", "foo", "theorem foo : ∀ n : ℕ, n = n"),
        ("lemma foo : 1 = 1", "foo", "theorem foo : 1 = 1"),
        ("example : 1 = 1 := by simp", "goal", "theorem goal : 1 = 1"),
        ("2 + 2 = 4", "goal", "theorem goal : 2 + 2 = 4"),
        ("∀ n : Nat, n + 0 = n", "goal", "theorem goal : ∀ n : Nat, n + 0 = n"),
        ("@[simp] theorem foo : 1 = 1", "foo", "@[simp] theorem foo : 1 = 1"),
        ("open Nat in\ntheorem foo : succ 0 = 1", "foo", "open Nat in\ntheorem foo : succ 0 = 1"),
        ("open Nat in succ 0 = 1", "goal", "open Nat in theorem goal : succ 0 = 1"),
    ],
)
async def test_text(ask, text, name, statement):
    assert await theorem_from_text(ask, text) == Theorem(
        name=name, statement=statement, header=prelude(), source="the command line"
    )


async def test_what_stands_before_the_last_theorem_is_its_context(ask):
    theorem = await theorem_from_text(ask, "namespace A\ndef two := 2\ntheorem foo : two = 2")
    assert theorem.name == "A.foo"
    assert theorem.statement == "theorem foo : two = 2"
    assert theorem.header.endswith("namespace A\ndef two := 2\n")


@pytest.mark.parametrize(
    "text",
    [
        "structure Real where\n  x : Nat\ntheorem foo (x : Real) : x = x",
        'local notation "ℝ" => Nat\ntheorem foo (x : ℝ) : x = x',
    ],
)
async def test_names_of_the_pocket_library_may_be_the_text_s_own(ask, text):
    theorem = await theorem_from_text(ask, text, pocket=True)
    assert theorem.header.startswith(prelude())
    with pytest.raises(StatementError, match=r"Nat\.prime"):
        await theorem_from_text(ask, "theorem foo (x : ℝ) : Nat.prime x", pocket=True)


async def test_imports_stay_in_front(ask):
    theorem = await theorem_from_text(ask, "import Std\ntheorem foo : 1 = 1")
    assert theorem.header == "import Std\n" + prelude()
    with pytest.raises(UnsupportedError, match="Physlib"):
        await theorem_from_text(ask, "import Physlib\ntheorem foo : 1 = 1")


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("theorem foo : 1 = ) 1", (1, 17), "unexpected token"),
        ("theorem foo :\n  bar = 1", (2, 2), "Unknown identifier `bar`"),
        ("n + 0 = n", (1, 0), "Unknown identifier `n`"),
        ("∀ n : ℕ,\n  n = m", (2, 6), "Unknown identifier `m`"),
        ("theorem foo : 1 + True = 2", (1, 14), "failed to synthesize"),
        ("theorem foo : Nat", (1, 0), "not a proposition"),
        ("open Nope\n1 = 1", (1, 5), "unknown namespace"),
    ],
)
async def test_errors_in_a_text_have_their_place(ask, text, place, said):
    with pytest.raises(StatementError, match=said) as caught:
        await theorem_from_text(ask, text)
    assert (caught.value.line, caught.value.column) == place
    assert f", {place[0]}:{place[1]}: " in caught.value.message
    assert caught.value.advice


@pytest.mark.parametrize(
    "text", ["", "  \n", "-- a comment", "open Nat", "def f := 1", "instance : Inhabited Nat := ⟨1⟩"]
)
async def test_texts_that_are_no_theorem(ask, text):
    with pytest.raises(InputError):
        await theorem_from_text(ask, text)


FILE = """\
import Std
/-! Über Bäume: ∀ these characters take several bytes. -/
namespace A
variable (n : Nat)
/-- A doc string. -/
@[simp] theorem foo (h : 0 < n) : n ≠ 0 := by
  sorry

theorem ℓast : ∀ x ∈ [1, 2], 0 < x := by
  this is no tactic

end A

theorem B.foo : 2 = 2 := rfl
"""


@pytest.fixture
def lean_file(tmp_path):
    path = tmp_path / "F.lean"
    path.write_text(FILE, encoding="utf-8")
    return path


async def test_theorem_in_a_file(ask, lean_file):
    theorem = await theorem_from_file(ask, lean_file, "A.foo")
    assert theorem.name == "A.foo"
    assert theorem.statement == "/-- A doc string. -/\n@[simp] theorem foo (h : 0 < n) : n ≠ 0"
    assert theorem.header == FILE[: FILE.index("/-- A doc")]
    assert theorem.source == str(lean_file)


async def test_wrong_proof_in_a_file_is_ignored(ask, lean_file):
    theorem = await theorem_from_file(ask, lean_file, "ℓast")
    assert theorem.name == "A.ℓast"
    assert theorem.statement == "theorem ℓast : ∀ x ∈ [1, 2], 0 < x"


async def test_error_before_the_theorem(ask, lean_file):
    with pytest.raises(StatementError, match="unknown tactic") as caught:
        await theorem_from_file(ask, lean_file, "B.foo")
    assert caught.value.line == 10
    assert str(lean_file) in caught.value.message


async def test_names_that_do_not_fit(ask, lean_file):
    with pytest.raises(InputError, match=r"no theorem called A\.fo$") as caught:
        await theorem_from_file(ask, lean_file, "A.fo")
    assert "A.foo" in caught.value.advice
    with pytest.raises(InputError, match="several theorems called foo") as caught:
        await theorem_from_file(ask, lean_file, "foo")
    assert "A.foo, B.foo" in caught.value.advice


async def test_files_that_cannot_be_read(ask, tmp_path):
    with pytest.raises(InputError, match="No such file"):
        await theorem_from_file(ask, tmp_path / "absent.lean", "foo")
    with pytest.raises(InputError, match="directory"):
        await theorem_from_file(ask, tmp_path, "foo")
    binary = tmp_path / "binary.lean"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        await theorem_from_file(ask, binary, "foo")


async def test_file_with_a_library_that_is_not_there(ask, tmp_path):
    path = tmp_path / "M.lean"
    path.write_text("import Physlib\ntheorem foo : 1 = 1 := rfl\n")
    with pytest.raises(UnsupportedError, match="Physlib") as caught:
        await theorem_from_file(ask, path, "foo")
    assert caught.value.advice


async def test_file_without_theorems(ask, tmp_path):
    path = tmp_path / "E.lean"
    path.write_text("def f := 1\n")
    with pytest.raises(InputError, match="no theorem called foo"):
        await theorem_from_file(ask, path, "foo")


def test_header_for_mathlib_becomes_one_for_core():
    header = "import Mathlib\n\nset_option maxHeartbeats 0\n\nopen BigOperators Real Nat Topology Rat\n\n"
    assert core_header(header) == prelude() + (
        "#guard_msgs (drop all) in open BigOperators\n#guard_msgs (drop all) in open Real\nopen Nat\n"
        "#guard_msgs (drop all) in open Topology\nopen Rat\n\n"
    )
    assert (
        core_header("import Mathlib\nimport Aesop\ndef f := 1\n", auto_bound=True)
        == f"{prelude()}{AUTO_BOUND}\ndef f := 1\n\n"
    )
    assert core_header("") == prelude()
