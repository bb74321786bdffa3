"""`prover project init`: a Lake project from the sources that come with prover."""

import subprocess
import sys

import pytest
from standins import path_with, put

from prover.lean.backend import reads_as_core, with_header
from prover.lean.native.manifest import requires
from prover.lean.native.project import find_project
from prover.lean.reading.prelude import lean_project, mathlib_header


def init(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "prover", "project", "init", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=280,
    )


def test_a_project_is_written_whole(tmp_path, monkeypatch):
    folder = tmp_path / "new" / "mine"
    done = init(folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{folder} is a Lake project now\nnext: prover lean setup --project {folder}\n"
    for source in lean_project().rglob("*.lean"):
        if "Pocket" in str(source.relative_to(lean_project())):  # it stands in for Mathlib, which is here
            continue
        copy = folder / "lean_project" / source.relative_to(lean_project())
        assert copy.read_bytes() == source.read_bytes()
    monkeypatch.setenv("PATH", path_with(put(tmp_path / "bin", "lake")))
    project = find_project(folder)
    assert project.toolchain == "leanprover/lean4:v4.28.0"
    assert requires(project, "mathlib")
    assert not requires(project, "absent")
    roots = [path.stem for path in (folder / "lean_project").glob("*.lean")]
    lakefile = (folder / "lakefile.lean").read_text(encoding="utf-8")
    assert all(f"`{root}" in lakefile for root in roots)


def test_what_is_there_is_not_touched(tmp_path):
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    done = init(tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {tmp_path} is not empty\n")
    assert [each.name for each in tmp_path.iterdir()] == ["kept.txt"]
    assert init(tmp_path / "kept.txt").stderr.startswith(f"error: {tmp_path / 'kept.txt'} is a file\n")


def test_an_empty_folder_will_do(tmp_path):
    assert init(tmp_path).returncode == 0
    assert (tmp_path / "lakefile.lean").is_file()


@pytest.mark.parametrize(
    ("library", "header", "headed", "as_core"),
    [
        ("core", "", "", True),
        ("core", "import Mathlib\n", "import Mathlib\n", True),
        ("project", "", "", True),
        ("project", "import Mathlib\n", "import Mathlib\n", True),
        ("project", "import Mine.Own\n", "import Mine.Own\n", False),
        ("mathlib", "import Mathlib.Tactic\n", "import Mathlib.Tactic\n", False),
        ("mathlib", "open Nat\n", f"{mathlib_header()}open Nat\n", False),
    ],
)
def test_a_library_decides_how_headers_are_read(library, header, headed, as_core):
    assert with_header(library, header) == headed
    assert reads_as_core(library, header) is as_core


def test_the_header_of_mathlib_is_commands_only():
    assert mathlib_header().startswith("import Mathlib\n\nset_option maxHeartbeats 400000\n")
    assert mathlib_header().endswith("open BigOperators Real Nat Topology Rat\n\n")
