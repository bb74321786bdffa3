"""`prover prove --file` without a theorem: every `sorry` of a file, from end to end."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

HOLES = Path(__file__).parent / "files" / "Holes.lean"


def prove(*arguments, cwd=None):
    command = [sys.executable, "-m", "prover", "prove", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=280, cwd=cwd)


@pytest.fixture(scope="module", autouse=True)
def installed(engine_command):
    """The command says so when it has to install; here it must not have to."""


@pytest.mark.slow
def test_all_kinds_of_holes(tmp_path):
    """Filled where they can be, and else the file is what it was: Lean's own reading of it has the last word."""
    path = tmp_path / "Holes.lean"
    shutil.copy(HOLES, path)
    done = prove("--file", path, "--write", "--json", "--max-expansions", "10")
    assert done.returncode == 1, done.stderr.decode()
    shown = json.loads(done.stdout)
    status = {(hole["line"], hole["column"]): hole["status"] for hole in shown["holes"]}
    assert len(status) == 33
    stay = [hole["declaration"] for hole in shown["holes"] if hole["status"] == "open"]
    assert stay == ["Outer.unprovable", "Outer.half", "Outer.value"]
    assert [hole["declaration"] for hole in shown["holes"] if hole["status"] == "fits"] == ["Outer.half"]
    assert [hole["kind"] for hole in shown["holes"] if hole["status"] == "accepted"] == ["mutual", "mutual"]
    assert list(status.values()).count("proved") == 27
    before = HOLES.read_text(encoding="utf-8")
    pieces = re.split(r"\bsorry\b(?!`? (?:can stand|is none))", before)
    assert len(pieces) == 34
    after = path.read_text(encoding="utf-8")
    replacements = [hole["replacement"] or "sorry" for hole in shown["holes"]]
    assert after == "".join(
        piece + filling for piece, filling in zip(pieces, [*replacements, ""], strict=True)
    )
    assert Path(shown["backup"]).read_text(encoding="utf-8") == before
    again = prove("--file", path, "--json", "--max-expansions", "1")
    assert len(json.loads(again.stdout)["holes"]) == 3


BROKEN = """def bad : Nat := "no"
theorem uses : bad = 1 := by
  sorry
theorem good (n : Nat) : n + 0 = n := by
  sorry
theorem wrong : 1 = 2 := rfl
theorem last : 2 = 2 := sorry
"""


def test_an_error_elsewhere_in_the_file_stops_nothing(tmp_path):
    path = tmp_path / "Broken.lean"
    path.write_text(BROKEN, encoding="utf-8")
    done = prove("--file", path, "--write", "--json", "--max-expansions", "2", "--policy", "heuristic")
    assert done.returncode == 1, done.stderr.decode()
    shown = json.loads(done.stdout)
    assert [(hole["declaration"], hole["status"]) for hole in shown["holes"]] == [
        ("good", "proved"),
        ("last", "proved"),
    ]
    assert [(each["line"], each["column"]) for each in shown["blocked"]] == [(3, 2)]
    assert {each["line"] for each in shown["errors"]} == {1, 6}
    filled = iter([each["replacement"] for each in shown["holes"]])
    kept, *rest = BROKEN.split("theorem good")
    assert path.read_text(encoding="utf-8") == kept + "theorem good" + re.sub(
        "sorry", lambda found: next(filled), rest[0]
    )


ODD = (
    "\ufeffnamespace A -- a tab:\t.\r\n"
    "def total : Nat → Nat\r\n  | 0 => 0\r\n  | n + 1 => (n + 1) + total n\r\n"
    "theorem sum (n : Nat) : n ^ 2 % 4 = 0 ∨ n ^ 2 % 4 = 1 := by sorry\r\n"
    "theorem last : total 2 = 3 := by\r\n    sorry"
)


def test_write_keeps_bytes_and_backups(tmp_path):
    path = tmp_path / "F.lean"
    path.write_bytes(ODD.encode())
    path.chmod(0o640)
    (tmp_path / "F.lean.bak").write_text("mine")
    done = prove("--file", path, "--write")
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
    assert "2 of 2 filled" in done.stdout.decode()
    after = path.read_bytes().decode()
    start, end = ODD.index(" sorry\r\n"), ODD.index("theorem last")
    assert after.startswith(ODD[:start] + "\r\n  ")
    rest = after[after.index("theorem last") :]
    assert rest.startswith(ODD[end : -len("sorry")])
    assert "sorry" not in after
    assert not rest.endswith("\n")
    assert after.count("\n") == after.count("\r\n") > ODD.count("\n")
    assert path.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "F.lean.bak").read_text() == "mine"
    assert (tmp_path / "F.lean.bak1").read_bytes() == ODD.encode()
    assert {each.name for each in tmp_path.iterdir()} == {"F.lean", "F.lean.bak", "F.lean.bak1"}


def test_diff_is_a_patch_and_writes_nothing(tmp_path):
    path = tmp_path / "F.lean"
    text = "theorem a (p q : Prop) : p ∧ q → q ∧ p := sorry\r\ntheorem wrong : 1 = 2 := sorry"
    path.write_bytes(text.encode())
    done = prove("--file", "F.lean", "--diff", "--max-expansions", "3", cwd=tmp_path)
    assert done.returncode == 1
    assert path.read_bytes() == text.encode()
    assert "1 of 2 filled" in done.stderr.decode()
    assert "F.lean:2:25: open, in wrong" in done.stderr.decode()
    subprocess.run(["patch", "--binary", "-p1"], input=done.stdout, cwd=tmp_path, check=True)
    after = path.read_bytes().decode()
    assert re.fullmatch(
        r"theorem a \(p q : Prop\) : p ∧ q → q ∧ p := by .*\r\n" + text.split("\n")[1], after, re.S
    )


def test_proofs_that_rest_on_what_stays_open_are_not_taken(tmp_path):
    path = tmp_path / "F.lean"
    path.write_text(
        "def f (n : Nat) : Nat := n * n\n"
        "@[simp] theorem wrong (n : Nat) : f n = 0 := by sorry\n"
        "theorem leans (n : Nat) : f n = 0 := by sorry\n"
        "theorem stands (n : Nat) : f n * 0 = 0 := by sorry\n"
    )
    done = prove("--file", path, "--json", "--max-expansions", "3", "--out", tmp_path / "G.lean")
    assert done.returncode == 1, done.stderr.decode()
    holes = json.loads(done.stdout)["holes"]
    assert [hole["status"] for hole in holes] == ["open", "open", "proved"]
    assert "sorryAx" in holes[1]["note"]
    lines = (tmp_path / "G.lean").read_text().splitlines()
    assert lines[:3] == path.read_text().splitlines()[:3]
    assert "sorry" not in lines[3]


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (b"theorem foo : 1 = 1 := rfl -- sorry\n", [], "has no `sorry`"),
        (b"import Physlib\ntheorem bar : 1 = 1 := sorry\n", [], "Physlib"),
        (b"\xff\xfe\x00", [], "not UTF-8"),
        (None, [], "No such file"),
        (b"theorem bar : 1 = 1 := sorry\n", ["--write", "--diff"], "--diff"),
        (b"theorem bar : 1 = 1 := sorry\n", ["--out", "F.lean"], "names the file itself"),
        (b"theorem bar : 1 = 1 := sorry\n", ["--theorem", "bar", "--write"], "whole file"),
        (b"theorem bar : 1 = 1 := sorry\n", ["--show-tree"], "--show-tree"),
    ],
)
def test_bad_input_exits_with_2(tmp_path, text, arguments, said):
    path = tmp_path / "F.lean"
    if text is not None:
        path.write_bytes(text)
    done = prove("--file", path, *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert done.stdout == b""
    assert "Traceback" not in done.stderr.decode()
    assert [each.name for each in tmp_path.iterdir()] == ([] if text is None else ["F.lean"])


def test_diff_and_json_cannot_both_have_stdout(tmp_path):
    (tmp_path / "F.lean").write_bytes(b"theorem bar : 1 = 1 := sorry\n")
    done = prove("--file", tmp_path / "F.lean", "--diff", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert "--diff and --json" in json.loads(done.stdout)["error"]["message"]
    assert [each.name for each in tmp_path.iterdir()] == ["F.lean"]


def test_folder_that_cannot_be_written_is_found_out_at_once():
    path = Path("/proc/version")
    done = prove("--file", path, "--write")
    assert done.returncode == 2
    assert "cannot write /proc/version" in done.stderr.decode()
