"""Problem sets: where they come from, what is left of them, and which an engine can state."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from prover.cli import problems as cli
from prover.errors import InputError, ProverError, SetupError
from prover.lean.process.pool import EnginePool
from prover.lean.reading.prelude import prelude
from prover.lean.reading.statements import declared_theorems, fill_answers
from prover.problems.fetch import fetch, find_cached
from prover.problems.lean_files import read_lean_files
from prover.problems.load import load
from prover.problems.problem import Problem, ProblemSet, Selection, category_of, parse_shard
from prover.problems.records import read_records
from prover.problems.registry import SETS, Registered, read_registered
from prover.problems.support import Status, Support, support_of, support_of_all
from prover.util.progress import Quiet

MATHLIB = "import Mathlib\n\nopen BigOperators Real Nat\n\n"

TRICKY = """/-! theorem not_this : True := sorry -/
/- a comment /- in a comment -/ theorem nor_this : True := sorry -/
def quote : String := "theorem nor_that : True := sorry"
def mark : Char := '"'
/-- theorem nor_here : True := sorry -/
def twice (n : Nat := 2) : Nat := n + n

/-- In words. -/
theorem with_default (h : 1 = 1 := by
    rfl) : 2 = 2 := by
  sorry -- theorem nor_in_a_comment : True := sorry

theorem with_let : let a := 5; have b := a; a = b := by sorry
theorem by_cases : let f : Nat → Nat | 0 => 1 | n => n; f 0 = 1 := by sorry
theorem with_structure : ({ fst := 1, snd := 2 } : Nat × Nat).1 = 1 := sorry
theorem proved : 1 = 1 := rfl
namespace A.B
section
variable (n : Nat)
open Nat in
@[simp] private
theorem inside' : n + 0 = n :=
by sorry
end
protected theorem half : 1 = 1 := by
  have h : 2 = 2 := by sorry
  rfl
end A.B
theorem _root_.rooted : 1 = 1 -- why
  := by
  sorry
mutual
theorem in_mutual : True := sorry
end
theorem «odd name» (s : String) (h : s = ":= by sorry") : s.length = 11 := by sorry
"""
OPEN = [
    "with_default",
    "with_let",
    "by_cases",
    "with_structure",
    "A.B.inside'",
    "A.B.half",
    "rooted",
    "«odd name»",
]


def write_jsonl(path, *records):
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records))
    return path


def refused(read, *parts):
    """Return the one error that `read` raises, whose text has all of `parts`."""
    with pytest.raises(ProverError) as caught:
        read()
    text = f"{caught.value.message}\n{caught.value.advice}"
    for part in parts:
        assert part in text
    return caught.value


class TestStatements:
    def test_finds_what_is_open(self):
        found = {each.full_name: each for each in declared_theorems(TRICKY) if each.is_open}
        assert list(found) == OPEN
        assert found["with_default"].informal == "In words."
        assert found["with_default"].statement.endswith("rfl) : 2 = 2")
        assert found["with_let"].statement == "theorem with_let : let a := 5; have b := a; a = b"
        assert found["A.B.inside'"].statement.startswith("open Nat in\n@[simp] private\ntheorem")
        assert found["rooted"].statement == "theorem _root_.rooted : 1 = 1"

    def test_agrees_with_lean(self, tmp_path, engine_command):
        path = tmp_path / "tricky.lean"
        path.write_text(TRICKY)
        without = read_lean_files([path], tmp_path)
        assert read_lean_files([path], tmp_path, command=engine_command) == without
        assert [each.name for each in without] == OPEN

    def test_the_end_of_a_namespace_may_end_several(self):
        text = "namespace A\nnamespace B\nend A.B\ntheorem t : 1 = 1 := sorry\n"
        assert [each.full_name for each in declared_theorems(text)] == ["t"]

    def test_image_notation_is_no_character(self):
        text = "theorem t (h : f '' s = g '' (t)) : f' = f'' := by sorry"
        assert declared_theorems(text)[0].statement == text.removesuffix(" := by sorry")

    @pytest.mark.parametrize(
        "text", ["", "--", "/- open", '"open', "theorem", "end\nend", "@[simp", "))) :="]
    )
    def test_rubbish_has_no_theorems(self, text):
        assert declared_theorems(text) == []

    def test_answers_are_filled_in(self):
        text = (
            "abbrev solution : Nat := sorry\n-- 2 + 2\n-- TODO\n/-- How many? -/\n"
            "theorem question : 4 = solution := sorry\n-- done\n"
        )
        filled = fill_answers(text)
        assert filled.startswith("abbrev solution : Nat := 2 + 2\n-- TODO\n/-- How many? -/")
        assert filled.endswith(":= sorry\n-- done\n")


class TestRecords:
    @pytest.mark.parametrize(
        "ending", ["", " := by sorry", " := sorry", " := by", ":=\n  by\n  sorry", " := by simp"]
    )
    def test_the_proof_is_cut_off(self, tmp_path, ending):
        statement = 'theorem t (x : ℕ := 1) (s : String) (h : s = ":= by sorry") : let y := x; y = x'
        path = write_jsonl(tmp_path / "a.jsonl", {"name": "t", "statement": statement + ending})
        assert read_records(path)[0].statement == statement

    def test_field_names_of_public_sets(self, tmp_path):
        path = write_jsonl(
            tmp_path / "a.jsonl",
            {
                "name": "a",
                "statement": "theorem a : 1 = 1",
                "header": MATHLIB,
                "split": "x",
                "informal": "One.",
            },
            {"problem_id": 7, "lean4_code": f"{MATHLIB}/-- Two. -/\ntheorem X : 2 = 2 := by sorry"},
            {"id": "c", "formal_statement": "theorem c : 3 = 3 := by sorry", "informal_stmt": "Three."},
            {"formal_stmt": "theorem d : e = 4 := sorry", "header": "import Mathlib", "helper": "def e := 4"},
        )
        a, b, c, d = read_records(path)
        assert (a.name, a.header, a.split, a.informal) == ("a", MATHLIB, "x", "One.")
        assert (b.name, b.full_name, b.header, b.informal) == ("7", "X", MATHLIB, "Two.")
        assert (c.name, c.header, c.informal) == ("c", "", "Three.")
        assert (d.name, d.header) == ("d", "import Mathlib\n\ndef e := 4\n\n")
        assert b.theorem(core=False).name == "X"

    def test_the_namespace_of_the_header_counts(self, tmp_path):
        path = write_jsonl(tmp_path / "a.jsonl", {"header": "namespace N", "statement": "theorem t : 1 = 1"})
        assert read_records(path)[0].name == "N.t"

    def test_an_array_in_a_json_file(self, tmp_path):
        path = tmp_path / "a.json"
        path.write_text(json.dumps([{"formal_statement": "theorem a : 1 = 1 := by sorry"}]))
        assert [each.name for each in read_records(path, header="import Mathlib")] == ["a"]
        assert read_records(path, header="import Mathlib")[0].header == "import Mathlib\n\n"

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("{", "not JSON"),
            ("[" * 100_000, "not JSON"),
            ("[]", "not a JSON object"),
            ("{}", "has no statement"),
            ('{"statement": "for all x, x = x"}', "there is no theorem"),
            ('{"statement": "def f (n : Nat) : Nat := n"}', "there is no theorem in 'def f"),
            ('{"statement": ["theorem"]}', "`statement` is not a string"),
            ('{"statement": "theorem t : 1 = 1", "split": 3}', "`split` is not a string"),
            ('{"statement": "theorem t : nat.prime 2 :=", "src_header": "open_locale nat"}', "Lean 3"),
            ('{"statement": "theorem t : 1 = 1 -- \\ud800"}', "half a character"),
            ('{"name": "\\udfff", "statement": "theorem t : 1 = 1"}', "half a character"),
            ('{"statement": "import data.nat.basic\\ntheorem t : 1 = 1 := sorry"}', "Lean 3"),
            ('{"statement": "theorem t : 1 = 1 :=\\nbegin\\n  refl,\\nend"}', "Lean 3"),
        ],
    )
    def test_one_bad_record_is_located_and_the_others_are_used(self, tmp_path, line, said):
        path = tmp_path / "a.jsonl"
        good = '{"name": "%s", "statement": "theorem good : 1 = 1"}'
        path.write_text(f"{good % 'first'}\n\n{line}\n{good % 'last'}")
        problems = load(str(path), progress=Quiet())
        assert [each.name for each in problems.usable] == ["first", "last"]
        [bad] = problems.unusable
        assert problems.problems[1] == bad
        assert bad.source == f"{path}:3"
        assert said in bad.unusable
        assert "\n" not in bad.unusable
        assert problems.content_hash
        error = refused(lambda: bad.theorem(core=True), f"{path}:3: ", said)
        assert isinstance(error, InputError)

    def test_a_set_of_which_nothing_can_be_used_is_refused(self, tmp_path):
        path = write_jsonl(tmp_path / "a.jsonl", {"statement": "for all x, x = x"}, {})
        refused(
            lambda: load(str(path), progress=Quiet()),
            f"none of the 2 records of {path} can be used; {path}:1: there is no theorem",
            "A record has a `statement`",
        )

    def test_records_of_one_name_are_told_apart_by_their_lines(self, tmp_path):
        path = write_jsonl(
            tmp_path / "a.jsonl",
            {"name": "t", "statement": "theorem t : 1 = 1"},
            {"name": "u", "statement": "theorem u : 1 = 1"},
            {"name": "t", "statement": "theorem t : 2 = 2"},
        )
        problems = load(str(path), progress=Quiet())
        assert [each.name for each in problems] == ["1:t", "u", "3:t"]
        assert problems.problems[2].theorem(core=True).name == "t"

    def test_an_unusable_record_keeps_its_place_in_the_denominator_and_the_hash(self, tmp_path):
        good = {"name": "good", "statement": "theorem good : 1 = 1", "split": "valid"}
        bad = {"name": "bad", "statement": "def bad : Nat := 1", "split": "valid"}
        both = load(str(write_jsonl(tmp_path / "a.jsonl", good, bad)), progress=Quiet())
        alone = load(str(write_jsonl(tmp_path / "b.jsonl", good)), progress=Quiet())
        assert len(Selection(split="valid").apply(both)) == 2
        assert both.content_hash != alone.content_hash == both.usable.content_hash

    def test_lean_4_is_not_taken_for_lean_3(self, tmp_path):
        statement = (
            "import Mathlib\n-- open_locale nat\nopen Nat\ntheorem t (set : Set ℕ) : set = set := by\n  rfl"
        )
        path = write_jsonl(tmp_path / "a.jsonl", {"statement": statement})
        assert load(str(path), progress=Quiet()).unusable == ()

    def test_a_table_in_parquet(self, tmp_path):
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        (tmp_path / "data").mkdir()
        rows = [
            {
                "name": "a",
                "informal_prefix": "/-- One. -/",
                "formal_statement": f"{MATHLIB}theorem a : 1 = 1 := by",
            },
            {"name": "b", "informal_prefix": None, "formal_statement": "def b : Nat := 1"},
        ]
        path = tmp_path / "data" / "test-00000-of-00001.parquet"
        parquet.write_table(pyarrow.Table.from_pylist(rows), path)
        for spec in (path, tmp_path):
            problems = load(str(spec), progress=Quiet())
            [good] = problems.usable
            assert (good.name, good.header, good.informal) == ("a", MATHLIB, "One.")
            assert "there is no theorem" in problems.unusable[0].unusable
            assert problems.unusable[0].source.endswith("test-00000-of-00001.parquet, record 2")
        assert good.split == "test"

    def test_parquet_without_what_reads_it(self, tmp_path, monkeypatch):
        path = tmp_path / "a.parquet"
        path.write_bytes(b"PAR1")
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        error = refused(
            lambda: load(str(path), progress=Quiet()), "pyarrow reads these", "pip install pyarrow"
        )
        assert isinstance(error, SetupError)

    def test_what_is_no_parquet(self, tmp_path):
        pytest.importorskip("pyarrow")
        path = tmp_path / "a.parquet"
        for content, said in ((b"words", "is no Parquet file"), (b"version https://git-lfs.x", "git-lfs")):
            path.write_bytes(content)
            error = refused(lambda: load(str(path), progress=Quiet()), "a.parquet", said)
            assert "\n" not in error.message

    def test_a_pointer_of_git_lfs_is_recognised(self, tmp_path):
        path = tmp_path / "a.json"
        path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
        refused(lambda: read_records(path), "git-lfs")


class TestProblem:
    def test_the_header_for_core(self):
        asks_for_mathlib = Problem(name="t", statement="theorem t : 1 = 1", header=MATHLIB)
        assert asks_for_mathlib.theorem(core=False).header == MATHLIB
        assert asks_for_mathlib.theorem(core=True).header == prelude() + (
            "#guard_msgs (drop all) in open BigOperators\n#guard_msgs (drop all) in open Real\nopen Nat\n\n"
        )
        alone = Problem(name="t", statement="theorem t : 1 = 1")
        assert alone.theorem(core=True).header == prelude()
        core = Problem(name="t", statement="theorem t : 1 = 1", header="import Init\n\ndef a := 1\n\n")
        assert core.theorem(core=True).header == core.header

    @pytest.mark.parametrize(
        ("name", "category"),
        [
            ("mathd_algebra_10", "mathd_algebra"),
            ("mathd_numbertheory_3", "mathd_numbertheory"),
            ("amc12a_2002_p1", "amc"),
            ("amc12_2000_p5", "amc"),
            ("aime_1983_p1", "aime"),
            ("aimeII_2001_p3", "aime"),
            ("imo_1959_p1", "imo"),
            ("imosl_2007_algebra_p6", "imo"),
            ("induction_1pxpownlt1pnx", "induction"),
            ("numbertheory_4x3m7y3neq2003", "numbertheory"),
            ("algebra_sqineq_at2malt1", "algebra"),
            ("imonotone", ""),
            ("putnam_1962_a1", ""),
        ],
    )
    def test_categories(self, name, category):
        assert category_of(name) == category


def some(count, split="valid"):
    return ProblemSet(
        name="some",
        problems=tuple(
            Problem(name=f"p{i}", statement=f"theorem p{i} : {i} = {i}", split=split, source=f"{i}")
            for i in range(count)
        ),
    )


class TestSelection:
    def test_shards_share_everything_out(self):
        problems = some(10)
        shards = [Selection(limit=8, shard=(i, 3)).apply(problems).problems for i in (1, 2, 3)]
        assert sorted(each.name for shard in shards for each in shard) == [f"p{i}" for i in range(8)]
        assert max(map(len, shards)) - min(map(len, shards)) <= 1

    def test_split_and_pattern(self):
        problems = some(12)
        assert [each.name for each in Selection(split="valid", pattern="1$").apply(problems)] == ["p1", "p11"]
        refused(lambda: Selection(split="test").apply(problems), "no split called test", "valid")
        refused(lambda: Selection(pattern="x").apply(problems), "no problem of some is left")
        refused(lambda: Selection(pattern="(").apply(problems), "not a regular expression")

    @pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "a/b", "1/0", "-1/2"])
    def test_a_bad_shard_is_refused(self, text):
        refused(lambda: parse_shard(text), "is not a shard")

    def test_the_hash_is_of_the_content(self):
        problems = some(4)
        assert Selection(split="valid", shard=(1, 1)).apply(problems).content_hash == problems.content_hash
        assert (
            Selection(limit=3).apply(problems).content_hash == some(3).content_hash != problems.content_hash
        )
        first = problems.problems[0]
        spaced = Problem(name=first.name, statement=first.statement + "  \r\n", header="\n")
        other = Problem(name=first.name, statement=first.statement + " + 0")
        hashes = [ProblemSet(name="x", problems=(each,)).content_hash for each in (first, spaced, other)]
        assert hashes[0] == hashes[1] != hashes[2]

    def test_names_must_differ(self):
        twice = some(1).problems * 2
        refused(lambda: ProblemSet(name="twice", problems=twice), "p0 is there already")


class TestLeanFiles:
    def test_a_lake_project(self, tmp_path):
        for place, text in {
            "Sums/Valid/A.lean": MATHLIB + "theorem a : 1 = 1 := sorry\n\ntheorem both : 1 = 1 := by sorry\n",
            "Sums/Test.lean": f"{MATHLIB}theorem both : 2 = 2 := by sorry\n",
            ".lake/packages/x/X.lean": "theorem x : 1 = 1 := by sorry\n",
        }.items():
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place).write_text(text)
        problems = load(str(tmp_path), progress=Quiet())
        assert [(each.name, each.split) for each in problems] == [
            ("Sums/Test:both", "test"),
            ("a", "valid"),
            ("Sums/Valid/A:both", "valid"),
        ]
        assert problems.problems[2].header == MATHLIB
        assert problems.problems[2].theorem(core=False).name == "both"

    def test_solved_theorems_are_problems_if_that_is_wanted(self, tmp_path):
        """Kimina's and DeepSeek's folders of solutions, Compfiles: the statement counts, the proof is left out."""
        (tmp_path / "solved.lean").write_text(
            f"{MATHLIB}lemma helper (x : ℝ) : x = x := rfl\n\n"
            "theorem main (x : ℝ) (h : x = 1) : x * x = 1 := by\n  have := helper x\n  nlinarith\n"
        )
        refused(lambda: load(str(tmp_path), progress=Quiet()), "has no problems", "--solved")
        helper, main = load(str(tmp_path), progress=Quiet(), solved=True)
        assert main.statement == "theorem main (x : ℝ) (h : x = 1) : x * x = 1"
        assert main.header == f"{MATHLIB}lemma helper (x : ℝ) : x = x := rfl\n\n"
        assert helper.name == "helper"

    def test_solved_theorems_as_lean_finds_them(self, tmp_path, engine_command):
        path = tmp_path / "solved.lean"
        path.write_text("theorem a : 1 = 1 := rfl\ntheorem b : 2 = 2 := by\n  sorry\n")
        for solved, expected in ((False, ["b"]), (True, ["a", "b"])):
            found = read_lean_files([path], tmp_path, command=engine_command, solved=solved)
            assert [each.name for each in found] == expected
            assert found == read_lean_files([path], tmp_path, solved=solved)

    def test_a_folder_like_compfiles(self, tmp_path):
        (tmp_path / "Sum2001P1.lean").write_text(
            "module\n\npublic import Mathlib\npublic import ProblemExtraction\n\n@[expose] public section\n\n"
            "problem_file { tags := [.Algebra] }\n\nnamespace Sum2001P1\n\nsnip begin\n\n"
            "lemma two : 1 + 1 = 2 := rfl\n\nsnip end\n\ndetermine answer : ℕ := sorry\n\n"
            "/-- In words. -/\nproblem sum2001_p1 (n : ℕ) :\n    n + n = answer * n := by\n  sorry\n\nend Sum2001P1\n"
        )
        [problem] = load(str(tmp_path), progress=Quiet())
        assert problem.name == "Sum2001P1.sum2001_p1"
        assert problem.statement == "theorem sum2001_p1 (n : ℕ) :\n    n + n = answer * n"
        assert problem.informal == "In words."
        assert problem.header.endswith("determine answer : ℕ := sorry\n\n")
        assert [each.name for each in load(str(tmp_path), progress=Quiet(), solved=True)] == [problem.name]

    def test_a_lakefile_has_no_problems(self, tmp_path, engine_command):
        (tmp_path / "lakefile.lean").write_text("import Lake\nopen Lake DSL\npackage x\n")
        (tmp_path / "A.lean").write_text("theorem a : 1 = 1 := sorry\n")
        problems = load(str(tmp_path), progress=Quiet(), command=lambda: engine_command)
        assert [each.name for each in problems] == ["a"]

    def test_a_file_that_cannot_be_read_does_not_spoil_its_folder(self, tmp_path):
        (tmp_path / "A.lean").write_text("theorem a : 1 = 1 := sorry\n")
        (tmp_path / "B.lean").write_bytes(b"theorem b : 1 = 1 := sorry -- \xff\n")
        (tmp_path / "C.lean").symlink_to("nowhere")
        problems = load(str(tmp_path), progress=Quiet())
        assert [each.name for each in problems] == ["a", "B.lean"]
        assert "B.lean is not UTF-8 text" in problems.problems[1].unusable

    def test_a_file_of_lean_3_is_named_as_such(self, tmp_path, engine_command):
        (tmp_path / "new.lean").write_text("theorem a : 1 = 1 := sorry\n")
        (tmp_path / "old.lean").write_text(
            "import .common\n\nopen_locale nat\n\ntheorem b : nat.succ 1 = 2 :=\nsorry\n\n"
            "theorem c {n : ℕ} (h : n ∣ 2) : n ≤ 2 :=\nbegin\n  sorry\nend\n"
        )
        problems = load(str(tmp_path), progress=Quiet(), command=lambda: engine_command)
        assert [(each.name, bool(each.unusable)) for each in problems] == [
            ("a", False),
            ("b", True),
            ("c", True),
        ]
        assert problems.problems[1].unusable == "looks like Lean 3 ('import .'), and prover is for Lean 4"

    def test_hundreds_of_files_that_import_what_is_not_there(self, tmp_path, engine_command):
        for number in range(40):
            (tmp_path / f"p{number}.lean").write_text(
                f"{MATHLIB}theorem p{number} (x : ℝ) : x = x := by sorry\n"
            )
        problems = load(str(tmp_path), progress=Quiet(), command=lambda: engine_command)
        assert len(problems.usable) == 40

    def test_a_folder_of_records(self, tmp_path):
        """What a clone from Hugging Face looks like."""
        write_jsonl(
            tmp_path / "valid.jsonl", {"name": "a", "formal_statement": "theorem a : 1 = 1 := by sorry"}
        )
        write_jsonl(
            tmp_path / "test.jsonl",
            {"name": "a", "formal_statement": "theorem a : 2 = 2 := by sorry"},
            {"name": "b", "formal_statement": "theorem b : 2 = 2 := by sorry", "split": "few"},
        )
        (tmp_path / "README.md").write_text("words")
        problems = load(str(tmp_path), progress=Quiet())
        assert [(each.name, each.split) for each in problems] == [
            ("test:a", "test"),
            ("b", "few"),
            ("valid:a", "valid"),
        ]

    def test_a_theorem_that_is_mentioned_stays_in_the_header(self, tmp_path):
        """A file of a hundred problems had the first one that core Lean cannot state spoil all after it."""
        path = tmp_path / "a.lean"
        path.write_text(
            "import Init\n\n/-- One. -/\ntheorem one : 1 = 1 := sorry\n-- two\ntheorem two : 1 = 1 := sorry\n"
            "@[simp] theorem three : 1 = 1 := sorry\ndef four := two\ntheorem five : 1 = 1 := sorry\n"
        )
        found = {each.name: each.header for each in read_lean_files([path], tmp_path)}
        two, three = "theorem two : 1 = 1 := sorry\n", "@[simp] theorem three : 1 = 1 := sorry\n"
        assert found["two"] == "import Init\n\n-- two\n\n"
        assert found["five"] == f"import Init\n\n-- two\n{two}{three}def four := two\n\n"

    def test_what_lean_reads_it_can_open(self, tmp_path, engine_command):
        path = tmp_path / "tricky.lean"
        path.write_text(TRICKY)
        problems = load(str(path), progress=Quiet(), command=lambda: engine_command)

        async def check():
            async with EnginePool(engine_command, size=1) as pool:
                return await support_of_all(problems, pool, core=True, engines=1)

        statuses = {p.name: s for p, s in zip(problems, asyncio.run(check()), strict=True)}
        assert {name: support.reason for name, support in statuses.items() if support.reason} == {}

    def test_a_file_that_imports_mathlib_is_read_without_lean(self, tmp_path, engine_command):
        path = tmp_path / "a.lean"
        path.write_text(f"{MATHLIB}theorem a (x : ℝ) : x = x := by sorry\n")
        assert [each.name for each in read_lean_files([path], tmp_path, command=engine_command)] == ["a"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PROVER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def upstream(tmp_path):
    """A git repository with two commits; returned as a set that is pinned to the first."""

    def git(*arguments):
        settings = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        return subprocess.run(
            ["git", *settings, *arguments], cwd=tree, check=True, capture_output=True, text=True
        ).stdout.strip()

    tree = tmp_path / "upstream"
    (tree / "Set" / "Valid").mkdir(parents=True)
    git("init", "--quiet")
    (tree / "Set" / "Valid" / "a.lean").write_text(f"{MATHLIB}theorem a : 1 = 1 := by sorry")
    (tree / "Set" / "more.jsonl").write_text('{"name": "b", "statement": "theorem b : 2 = 2"}\n')
    (tree / "other.lean").write_text("theorem other : 1 = 1 := by sorry")
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    commit = git("rev-parse", "HEAD")
    (tree / "Set" / "Valid" / "a.lean").write_text(f"{MATHLIB}theorem later : 1 = 1 := by sorry")
    git("commit", "--quiet", "-am", "two")
    return Registered(
        name="toy",
        title="a toy",
        url=f"file://{tree}",
        commit=commit,
        files=("Set/Valid/*.lean", "Set/*.jsonl"),
    )


def names(known):
    here = find_cached(known)
    return [each.name for each in read_registered(known, here.files)]


class TestFetch:
    def test_the_pinned_commit_is_fetched(self, upstream, home):
        assert find_cached(upstream) is None
        fetch(upstream, Quiet())
        assert find_cached(upstream).commit == upstream.commit
        assert names(upstream) == ["a", "b"]
        assert sorted(each.name for each in (home / "problems").iterdir()) == ["fetch.lock", "toy"]

    def test_a_newer_pin_makes_the_old_one_stale(self, upstream, home):
        fetch(upstream, Quiet())
        newer = Registered(name="toy", title="", url=upstream.url, commit="0" * 40, files=upstream.files)
        assert find_cached(newer) is None
        error = refused(
            lambda: fetch(newer, Quiet()), "git fetch --quiet --depth 1", upstream.url, "--from PATH"
        )
        assert isinstance(error, SetupError)
        assert "\n" not in error.message
        assert names(upstream) == ["a", "b"]

    def test_from_a_clone_comes_the_pinned_commit(self, upstream, home):
        clone = upstream.url.removeprefix("file://")
        offline = Registered(
            name="toy", title="", url="file:///nowhere", commit=upstream.commit, files=upstream.files
        )
        refused(lambda: fetch(offline, Quiet()), "cannot fetch toy", "file:///nowhere")
        assert fetch(offline, Quiet(), source=clone).commit == upstream.commit
        assert names(offline) == ["a", "b"]

    def test_from_a_folder_come_its_files(self, upstream, home, tmp_path):
        shutil.copytree(
            upstream.url.removeprefix("file://"), tmp_path / "zip", ignore=shutil.ignore_patterns(".git")
        )
        assert fetch(upstream, Quiet(), source=str(tmp_path / "zip")).commit == ""
        assert names(upstream) == ["later", "b"]

    def test_from_a_file(self, upstream, home, tmp_path):
        path = write_jsonl(tmp_path / "mine.jsonl", {"name": "c", "statement": "theorem c : 1 = 1"})
        fetch(upstream, Quiet(), source=str(path))
        assert names(upstream) == ["c"]

    def test_a_source_that_is_no_source(self, upstream, home, tmp_path):
        refused(lambda: fetch(upstream, Quiet(), source="nowhere"), "there is no nowhere")
        (tmp_path / "bad.jsonl").write_text("no")
        refused(
            lambda: fetch(upstream, Quiet(), source=str(tmp_path / "bad.jsonl")), "bad.jsonl:1: this is not"
        )
        (tmp_path / "proved.lean").write_text("theorem t : 1 = 1 := rfl")
        refused(lambda: fetch(upstream, Quiet(), source=str(tmp_path / "proved.lean")), "has no problems")
        (tmp_path / "empty").mkdir()
        refused(lambda: fetch(upstream, Quiet(), source=str(tmp_path / "empty")), "has no Set/Valid/*.lean")
        assert find_cached(upstream) is None

    def test_without_git(self, upstream, home, monkeypatch, tmp_path):
        monkeypatch.setenv("PATH", str(tmp_path))
        refused(lambda: fetch(upstream, Quiet()), "there is no git on this machine", "--from PATH")

    def test_a_name_loads_what_is_here(self, upstream, home, monkeypatch):
        monkeypatch.setitem(SETS, "toy", upstream)
        assert [each.name for each in load("toy", progress=Quiet())] == ["a", "b"]
        refused(lambda: load("minif2", progress=Quiet()), "Did you mean minif2f?")

    def test_answers_come_with_the_set_that_has_them(self, tmp_path):
        (tmp_path / "a.lean").write_text(
            f"{MATHLIB}abbrev answer : ℕ := sorry\n-- 4\n/-- What? -/\ntheorem a : 2 + 2 = answer :=\nsorry\n"
        )
        known = Registered(name="toy", title="", url="", commit="", files=(), answers=True)
        problem = read_registered(known, tmp_path).problems[0]
        assert problem.header == f"{MATHLIB}abbrev answer : ℕ := 4\n\n"
        assert (problem.statement, problem.informal) == ("theorem a : 2 + 2 = answer", "What?")

    def test_the_registry_is_well_formed(self):
        for name, known in SETS.items():
            assert name == known.name
            assert len(known.commit) == 40


class TestSupport:
    async def test_three_kinds(self, lean_pool):
        problems = ProblemSet(
            name="three",
            problems=(
                Problem(name="fine", statement="theorem fine (n : ℕ) : n = n", header=MATHLIB),
                Problem(name="reals", statement="theorem reals (x : ℝ) : x = x", header=MATHLIB),
                Problem(name="wrong", statement="theorem wrong (n : ℕ) : n = m"),
                Problem(name="two", statement="theorem a : 1 = 1 := sorry\ntheorem two : 1 = 1"),
            ),
        )
        seen = []
        found = await support_of_all(
            problems, lean_pool, core=True, engines=2, done=lambda problem, support: seen.append(problem.name)
        )
        statuses = [each.status for each in found]
        assert statuses == [Status.SUPPORTED, Status.UNSUPPORTED, Status.INVALID, Status.INVALID]
        assert sorted(seen) == ["fine", "reals", "two", "wrong"]
        assert found[0] == Support(Status.SUPPORTED, library="core")
        assert "Unknown identifier `m`" in found[2].first_line

    async def test_an_import_that_is_not_there(self, lean_pool):
        problem = Problem(name="t", statement="theorem t : 1 = 1", header="import Physlib\n\n")
        support = await support_of(problem, lean_pool, core=False)
        assert support.status is Status.UNSUPPORTED
        assert "Physlib" in support.reason


class TestCommandLine:
    @pytest.fixture
    def path(self, tmp_path):
        return write_jsonl(
            tmp_path / "few.jsonl",
            {"name": "imo_1", "statement": "theorem imo_1 : 1 = 1", "split": "valid", "header": MATHLIB},
            {
                "name": "imo_2",
                "statement": "theorem imo_2 (A : Matrix (Fin 2) (Fin 2) ℚ) : A = A",
                "split": "valid",
                "header": MATHLIB,
            },
            {
                "name": "aime_1",
                "statement": "theorem aime_1 : 1 = 1",
                "split": "test",
                "informal": "Easy [sic].",
            },
        )

    def run(self, *arguments):
        result = CliRunner().invoke(cli.app, [str(each) for each in arguments])
        if isinstance(result.exception, ProverError):
            raise result.exception
        return result

    def test_list(self, upstream, home, monkeypatch):
        monkeypatch.setitem(SETS, "toy", upstream)
        fetched = self.run("fetch", "toy")
        assert fetched.exit_code == 0
        assert f"toy: 2 problems from {upstream.url}" in fetched.stdout
        listed = {
            each["name"]: each["here"] for each in json.loads(self.run("list", "--json").stdout)["sets"]
        }
        assert (listed["toy"]["source"], listed["toy"]["commit"]) == (upstream.url, upstream.commit)
        assert listed["minif2f"] is None
        assert "putnambench" in self.run("list").stdout
        refused(lambda: self.run("fetch", "tox"), "no registered set called tox")

    def test_show(self, path):
        assert "few: 3 problems, content " in self.run("show", path).stdout
        shown = json.loads(self.run("show", path, "--split", "valid", "--limit", 1, "--json").stdout)
        assert shown["problems"] == ["imo_1"]
        assert shown["counts"] == [{"split": "valid", "category": "imo", "problems": 1}]
        one = self.run("show", path, "aime_1").stdout
        assert "Easy [sic]." in one
        assert "theorem aime_1 : 1 = 1 := by\n  sorry" in one
        refused(lambda: self.run("show", path, "aime_2"), "no problem called aime_2")

    def test_check(self, path, engine_command):
        result = self.run("check", path, "--engines", 1)
        assert result.exit_code == 0
        lines = result.stdout.splitlines()
        assert lines[0].startswith("unsupported  imo_2: ")
        assert lines[1].startswith("few: of 3 problems 2 supported, 1 unsupported; ")
        as_json = json.loads(self.run("check", path, "--filter", "imo", "--json", "--engines", 1).stdout)
        assert [each["status"] for each in as_json["problems"]] == ["supported", "unsupported"]
        assert as_json["support"] == {
            "supported": 1,
            "unsupported": 1,
            "invalid": 0,
            "unchecked": 0,
            "unusable": 0,
        }

    def test_names_that_several_records_have_are_told(self, tmp_path, engine_command):
        path = tmp_path / "few.jsonl"
        lines = [
            {"name": "a", "statement": "theorem a : 1 = 1"},
            {"name": "b", "statement": "theorem a : 2 = 2"},
        ]
        path.write_text("".join(json.dumps(line) + "\n" for line in [*lines, lines[0]]))
        result = self.run("check", path, "--engines", 1)
        assert "2 records have the name a: they are called 1:a, 3:a" in result.stdout
        shown = json.loads(self.run("check", path, "--json", "--engines", 1).stdout)
        assert shown["shared_names"] == {"a": ["1:a", "3:a"]}

    def test_unusable_records_are_told_and_counted(self, tmp_path, engine_command):
        good = {"name": "good", "statement": "theorem good : 1 = 1"}
        path = write_jsonl(tmp_path / "few.jsonl", good, *[{"statement": "def f : Nat := 1"}] * 12)
        shown = self.run("show", path).stdout
        assert "few: 1 problems, content " in shown
        assert (
            f"12 of 13 records cannot be used:\n  {path}:2: there is no theorem in 'def f : Nat := 1'\n"
            in shown
        )
        assert "  and 2 more; " in shown
        listed = json.loads(self.run("show", path, "--json").stdout)
        assert (len(listed["problems"]), len(listed["unusable"])) == (1, 12)
        assert "cannot be used: there is no theorem" in self.run("show", path, "record 2").stdout
        checked = self.run("check", path, "--engines", 1)
        assert checked.exit_code == 1
        assert "few: of 13 problems 1 supported, 12 unusable; " in checked.stdout

    def test_a_refused_statement_that_may_be_lean_3_is_called_so(self, tmp_path, engine_command):
        statement = {"name": "old", "statement": "theorem old (n : ℕ) : nat.succ n = n + 1"}
        checked = self.run("check", write_jsonl(tmp_path / "few.jsonl", statement), "--engines", 1)
        assert "invalid  old: looks like Lean 3 ('nat.succ'): Unknown identifier" in checked.stdout
