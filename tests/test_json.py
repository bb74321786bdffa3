"""What commands print under --json is what docs/json.md says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pytest
import typing_extensions
from pydantic import ConfigDict, TypeAdapter, with_config
from stored_runs import create, finished
from synthetic_run import Attempt, Problem, write_run

from prover.cli import schemas
from prover.evaluation.run.runner import RunProgress
from prover.evaluation.run.status_file import StatusFile
from prover.evaluation.store.folder import RunFolder

pytestmark = pytest.mark.long

DOCUMENTED = (Path(__file__).parent.parent / "docs" / "json.md").read_text(encoding="utf-8")
FILE = "theorem a (n : Nat) : n + 0 = n := by\n  sorry\n\ndef b : Nat := sorry\n"


@pytest.fixture(scope="module", autouse=True)
def installed(engine_command: object) -> None:
    """The command says so when it has to install; here it must not have to."""


def printed(*arguments: str, stdin: str = "") -> tuple[int, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "prover", *arguments, "--json"],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


def held(schema: Any, shown: Any) -> Any:
    """Validate against a TypedDict, in which nothing may be missing or too much."""
    return TypeAdapter(with_config(ConfigDict(extra="forbid"))(schema)).validate_python(shown, strict=True)


@pytest.mark.parametrize("schema", schemas.OUTPUTS.values(), ids=list(schemas.OUTPUTS))
def test_every_field_is_documented(schema: Any) -> None:
    def fields(each: Any) -> set[str]:
        if typing_extensions.is_typeddict(each):
            hints = typing_extensions.get_type_hints(each)
            return set(hints).union(*(fields(hint) for hint in hints.values()))
        return set().union(*(fields(argument) for argument in typing.get_args(each)))

    assert {name for name in fields(schema) if f"`{name}`" not in DOCUMENTED} == set()


def test_every_code_is_documented() -> None:
    assert {code for code in typing.get_args(schemas.ErrorCode) if f"| `{code}` |" not in DOCUMENTED} == set()


def test_one_theorem() -> None:
    code, shown = printed("prove", "∀ n : Nat, n + 0 = n")
    assert code == 0
    assert held(schemas.Proof, shown)["outcome"] == "proved"
    code, shown = printed("prove", "1 = 2", "--max-expansions", "1", "--no-disprove")
    assert code == 1
    assert held(schemas.Proof, shown)["best"] is not None
    code, shown = printed("prove", "∀ n : Nat, n = 0")
    assert code == 1
    assert held(schemas.Proof, shown)["disproved"]["counterexample"] == {"n": "1"}


def test_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "F.lean"
    path.write_text(FILE, encoding="utf-8")
    code, shown = printed("prove", str(path), "--timeout", "20")
    assert code == 1
    assert [hole["status"] for hole in held(schemas.FilledFile, shown)["holes"]] == ["proved", "open"]


def test_problems_and_the_doctor(tmp_path: Path) -> None:
    path = tmp_path / "F.lean"
    path.write_text(FILE, encoding="utf-8")
    held(schemas.SetList, printed("problems", "list")[1])
    assert held(schemas.ShownSet, printed("problems", "show", str(path))[1])["problems"] == ["a"]
    assert held(schemas.CheckedSet, printed("problems", "check", str(path))[1])["support"]["supported"] == 1
    held(schemas.Doctor, printed("lean", "doctor")[1])


def test_two_runs(tmp_path: Path) -> None:
    runs = [tmp_path / name for name in "ab"]
    for run in runs:
        write_run(run, [Problem("p", attempts=[Attempt()])])
    code, shown = printed("compare", *map(str, runs))
    assert code == 0
    assert held(schemas.Compared, shown)["total"] == 1


def test_the_status_of_a_run(tmp_path: Path) -> None:
    with create(tmp_path / "run", ["p", "q"]) as store:
        store.add_attempts([finished(store, 0, 0), finished(store, 1, 0, "proved")])
        with RunFolder(tmp_path / "run").locked():
            StatusFile(RunFolder(tmp_path / "run"), store.config)(RunProgress(current=["p"], done=1, total=2))
            code, shown = printed("status", str(tmp_path / "run"))
    assert code == 0
    assert held(schemas.RunStatus, shown)["counts"] == {"proved": 1, "failed": 1, "not attempted": 2}
    assert shown["process"]["running"]
    assert [each["name"] for each in shown["work"]["working_on"]] == ["p"]
    code, shown = printed("status", str(tmp_path / "run"))
    assert held(schemas.RunStatus, shown)["process"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["prove", "1 + 1 = zork"], "statement", "1:8: Unknown identifier `zork`"),
        (["prove", "deriv (fun x : ℝ => x) 1 = 1"], "unsupported", "1:0: Unknown identifier `deriv`"),
        (["prove", "(1 : ℝ) = 1", "--no-library"], "unsupported", "1:5: Unknown identifier `ℝ`"),
        (["prove", "import Physlib theorem a : 1 = 1"], "unsupported", "Physlib"),
        (["prove"], "input", "nothing to prove"),
        (["prove", "--zork"], "usage", "--zork"),
        (["zork"], "usage", "zork"),
        (["problems", "show", "zork"], "input", "zork"),
        (["compare", "zork", "zork"], "input", "zork"),
        (["prove", "1 = 1", "--policy", "http://127.0.0.1:9/v1#none"], "setup", "127.0.0.1"),
    ],
)
def test_an_error(arguments: list[str], code: str, message: str) -> None:
    exit_code, shown = printed(*arguments)
    assert exit_code == 2
    error = held(schemas.ErrorReport, shown)["error"]
    assert error["code"] == code
    assert message in error["message"]
    assert ("location" in error) == bool(re.match(r"the theorem, \d+:\d+: ", error["message"]))


def test_an_error_in_a_file_is_located(tmp_path: Path) -> None:
    path = tmp_path / "F.lean"
    path.write_text("theorem a : 1 = 1 := rfl\n\ntheorem b : Nat.zork = 1 := sorry\n", encoding="utf-8")
    _, shown = printed("prove", str(path), "--theorem", "b")
    assert shown["error"]["location"] == {"file": str(path), "line": 3, "column": 12}
