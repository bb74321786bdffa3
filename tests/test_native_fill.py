"""Every `sorry` of a file with a Lake project's own Lean, from end to end: see test_native.py for what stands in."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from standins import make_project, path_with, put

from prover.errors import EngineCrashed, EngineTimeout
from prover.lean.native.command import engine_command as engine_command_of
from prover.lean.native.declarations import declarations, open_project_engine
from prover.lean.native.project import find_project
from prover.lean.process.repl import open_engine
from prover.lean.reading.holes import gaps_of

pytestmark = pytest.mark.slow

HOLES = Path(__file__).parent / "files" / "Holes.lean"
TIMEOUT_S = 200.0


@pytest.fixture(scope="module")
def machine(tmp_path_factory, engine_command):
    """A folder with a project, and programs for it."""
    folder = tmp_path_factory.mktemp("machine")
    put(folder / "bin", "lake", "lean")
    put(folder / "repl" / ".lake" / "build" / "bin", "repl")
    make_project(folder / "project")
    return folder


@pytest.fixture
def prove(machine):
    def prove(*arguments, cwd=None, timeout=280):
        environment = {**os.environ, "PATH": path_with(machine / "bin")}
        native = ("--engine", "native", "--project", machine / "project", "--repl", machine / "repl")
        command = [sys.executable, "-m", "prover", "prove", "--engines", "1", *native, *arguments]
        return subprocess.run(
            list(map(str, command)), capture_output=True, timeout=timeout, cwd=cwd, env=environment
        )

    return prove


@pytest.fixture
def project(machine, monkeypatch):
    monkeypatch.setenv("PATH", path_with(machine / "bin"))
    return find_project(machine / "project")


BOTH = (
    "theorem both (p q : Prop) (h : p ∧ q) : q ∧ p := by\r\n"
    "  have hq : q := sorry -- 1\r\n"
    "  exact ⟨hq, by sorry⟩\r\n"
    "theorem wrong (n : Nat) : n = n + 1 := sorry"
)


def test_write_fills_what_can_be_proved(prove, tmp_path, no_strays):
    path = tmp_path / "F.lean"
    path.write_bytes(BOTH.encode())
    done = prove("--file", path, "--write", "--json", "--max-expansions", "1")
    assert done.returncode == 1, done.stderr.decode()
    shown = json.loads(done.stdout)
    assert [hole["status"] for hole in shown["holes"]] == ["proved", "proved", "open"]
    assert shown["holes"][0]["axioms"] is not None
    first, second, third = (hole["replacement"] or "sorry" for hole in shown["holes"])
    assert (
        path.read_bytes().decode()
        == BOTH.replace("sorry -- 1", f"{first} -- 1")
        .replace("by sorry⟩", f"by {second}⟩")
        .removesuffix("sorry")
        + third
    )
    assert Path(shown["backup"]).read_bytes() == BOTH.encode()


@pytest.mark.slow
def test_all_kinds_of_holes(prove, tmp_path):
    """The same file as for the embedded engine, and the same comes of it."""
    path = tmp_path / "Holes.lean"
    shutil.copy(HOLES, path)
    done = prove("--file", path, "--write", "--json", "--max-expansions", "10", timeout=1500)
    assert done.returncode == 1, done.stderr.decode()
    shown = json.loads(done.stdout)
    statuses = [hole["status"] for hole in shown["holes"]]
    assert len(statuses) == 33
    stay = [hole["declaration"] for hole in shown["holes"] if hole["status"] == "open"]
    assert stay == ["Outer.unprovable", "Outer.half", "Outer.value"]
    assert [hole["declaration"] for hole in shown["holes"] if hole["status"] == "fits"] == ["Outer.half"]
    assert [hole["kind"] for hole in shown["holes"] if hole["status"] == "accepted"] == ["mutual", "mutual"]
    assert statuses.count("proved") == 27
    before = HOLES.read_text(encoding="utf-8")
    pieces = re.split(r"\bsorry\b(?!`? (?:can stand|is none))", before)
    replacements = [hole["replacement"] or "sorry" for hole in shown["holes"]]
    assert path.read_text(encoding="utf-8") == "".join(
        piece + filling for piece, filling in zip(pieces, [*replacements, ""], strict=True)
    )
    assert Path(shown["backup"]).read_text(encoding="utf-8") == before


MACROS = """\
import Lean
open Lean Parser.Command in
syntax (name := lemma) (priority := default + 1) declModifiers
  group("lemma " declId ppIndent(declSig) declVal) : command
open Lean in
macro_rules
  | `($mods:declModifiers lemma $id:declId $sig:declSig $val:declVal) =>
    `($mods:declModifiers theorem $id:declId $sig:declSig $val:declVal)
macro "again " id:ident " := " val:term : command => `(theorem $id : 2 = 2 := $val)
namespace A.«b c»
/-- ∀ -/
@[simp] lemma first (n : Nat) : 0 + n = n := sorry
open Nat in
set_option pp.all false in
private lemma _root_.second (n : Nat) : 0 < succ n := by sorry
instance named : Inhabited (Fin 3) where default := ⟨1, sorry⟩
again third := sorry
lemma leans : 0 + 1 = 1 ∧ 0 < Nat.succ 1 := ⟨first 1, second _⟩
end A.«b c»
"""


@pytest.mark.slow
def test_diff_of_declarations_that_are_macros(prove, tmp_path):
    """Mathlib's `lemma` is a macro; one that builds its own head declares nothing that could be judged."""
    path = tmp_path / "F.lean"
    path.write_text(MACROS, encoding="utf-8")
    done = prove("--file", "F.lean", "--diff", "--max-expansions", "3", cwd=tmp_path)
    said = done.stderr.decode()
    assert done.returncode == 1, said
    assert "3 of 4 filled: 3 checked by Lean's kernel in a fresh process" in said
    assert "F.lean:17:15: open, in no declaration that could be checked" in said
    assert path.read_text(encoding="utf-8") == MACROS
    subprocess.run(["patch", "-p1"], input=done.stdout, cwd=tmp_path, check=True)
    changed = zip(MACROS.splitlines(), path.read_text(encoding="utf-8").splitlines(), strict=True)
    assert [number for number, (a, b) in enumerate(changed, start=1) if a != b] == [12, 15, 16]


@pytest.mark.slow
def test_proofs_that_rest_on_what_stays_open_are_not_taken(prove, tmp_path):
    path = tmp_path / "F.lean"
    path.write_text(
        "def f (n : Nat) : Nat := n * n\n"
        "@[simp] theorem wrong (n : Nat) : f n = 0 := by sorry\n"
        "theorem leans (n : Nat) : f n = 0 := by sorry\n"
    )
    done = prove("--file", path, "--json", "--max-expansions", "3")
    assert done.returncode == 1, done.stderr.decode()
    holes = json.loads(done.stdout)["holes"]
    assert [hole["status"] for hole in holes] == ["open", "open"]
    assert "sorryAx" in holes[1]["note"]


async def test_declarations_are_those_of_the_embedded_engine(project, engine_command):
    text = HOLES.read_text(encoding="utf-8")
    async with open_engine(engine_command, TIMEOUT_S) as ask:
        reply = await ask({"cmd": text, "declarations": True})
    assert await declarations(text, project, timeout_s=TIMEOUT_S) == reply["declarations"]


async def test_the_repl_is_sent_commands_only_and_ends_at_their_time_limit(machine, project, no_strays):
    async with open_project_engine(project, engine_command_of(project, machine / "repl"), TIMEOUT_S) as ask:
        reply = await ask({"cmd": "example : 1 = 1 := rfl", "timeLimit": 100_000})
        assert set(reply) == {"env"}
        assert set(await ask({"drop": {"envs": [reply["env"]]}})) == {"message"}
        with pytest.raises(EngineTimeout):
            await ask({"cmd": "example : ∀ a ∈ List.range 100000, a < 100000 := by decide", "timeLimit": 1})


async def test_a_lean_that_breaks_or_hangs_is_an_error(project, monkeypatch, no_strays):
    monkeypatch.setenv("STANDIN_LEAN", "die")
    with pytest.raises(EngineCrashed, match="no Lean today"):
        await declarations("example : 1 = 1 := sorry", project, timeout_s=TIMEOUT_S)
    monkeypatch.setenv("STANDIN_LEAN", "hang")
    with pytest.raises(EngineTimeout, match="longer than 1 s"):
        await declarations("example : 1 = 1 := sorry", project, timeout_s=1.0)


def test_a_place_that_the_repl_reports_for_every_goal_counts_once():
    later, first, again = (
        {"pos": {"line": line, "column": 2}, "proofState": number} for number, line in enumerate([7, 3, 3])
    )
    assert gaps_of({"sorries": [later, first, again]}) == [again, later]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import Mathlib\ntheorem bar : 1 = 1 := sorry\n", "error: unknown module prefix 'Mathlib'\n"),
        ("theorem foo : 1 = 1 := rfl -- sorry\n", "has no `sorry`"),
    ],
)
def test_bad_files_exit_with_2(prove, tmp_path, text, said):
    (tmp_path / "F.lean").write_text(text)
    done = prove("--file", "F.lean", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_a_traced_repository_proves_one_theorem_at_a_time(tmp_path):
    command = [sys.executable, "-m", "prover", "prove", "--engine", "dojo", "--repo", ".", "--file", "F.lean"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "error: --engine dojo proves one theorem of a file at a time\nName it with --theorem.\n"
    )
