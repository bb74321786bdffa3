"""The command line's skeleton: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from prover import __version__
from prover.cli.console import live_progress
from prover.cli.main import main
from prover.cli.progress import show_progress
from prover.errors import EngineCrashed, ProverError, SetupError
from prover.lean.doctor import smoke_test
from prover.lean.process.command import EngineCommand


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["prover", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    return caught.value.code


def test_python_dash_m_prover_is_prover() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "prover", "--version"], capture_output=True, text=True, check=True
    )
    assert answer.stdout == f"prover {__version__}\n"


def test_ctrl_c_is_heard_while_python_still_imports() -> None:
    interrupted = """
import sys
import prover.__main__

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "prover.cli.main":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Finder())
prover.__main__.main()
"""
    answer = subprocess.run([sys.executable, "-c", interrupted], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout, answer.stderr) == (130, "", "interrupted\n")


def test_without_arguments_it_prints_its_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch)
    shown = "".join(capsys.readouterr())
    assert "prove" in shown
    assert "lean" in shown


def test_an_unknown_command_exits_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "prvoe") == 2
    assert "prvoe" in capsys.readouterr().err


def test_an_error_is_one_line_and_its_advice_and_exits_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROVER_NODE", "/absent/[bold]node")
    assert run(monkeypatch, "lean", "install") == 2
    out, err = capsys.readouterr()
    error, advice = err.splitlines()
    assert error.startswith("error: /absent/[bold]node (from PROVER_NODE) does not run")
    assert "[embedded]" in advice
    assert out == ""


def test_ctrl_c_exits_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("prover.cli.lean.ensure_installed", interrupted)
    assert run(monkeypatch, "lean", "install") == 130


def test_progress_is_plain_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress() as progress:
        progress.step("unpacking [1/2]")
        for done in range(1, 120):
            progress.advance(done, 300)
        progress.advance(300, 300)
        progress.step("x" * 200)
        progress.advance(7, 0)
    out, err = capsys.readouterr()
    assert (out, err) == ("", "unpacking [1/2]\n  10 %\n  20 %\n  30 %\n" + "x" * 200 + "\n")


def test_what_takes_long_is_told_now_and_then_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("prover.cli.console.SECONDS_BETWEEN_LINES", 0.05)
    told = ""
    with live_progress("searching") as update:
        while "searching" not in told:
            told += capfd.readouterr().err
        update("3 plans")
        while "0 s: 3 plans" not in told and "1 s: 3 plans" not in told:
            told += capfd.readouterr().err
    assert told.startswith("0 s: searching\n")


def test_progress_on_a_terminal_shows_the_steps(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with show_progress():
        pass
    assert capsys.readouterr().err == ""
    with show_progress() as progress:
        progress.step("unpacking [1/2]")
        progress.advance(1, 2)
    assert "unpacking [1/2]" in capsys.readouterr().err


def test_the_doctor_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROVER_HOME", str(tmp_path / "home"))
    assert run(monkeypatch, "lean", "doctor", "--json") == 2
    report = json.loads(capsys.readouterr().out)
    checks = {check["name"]: check for check in report["checks"]}
    assert report["works"] is False
    assert checks["python"]["status"] == checks["node"]["status"] == "ok"
    assert checks["lean"]["advice"] == "prover lean install"
    assert run(monkeypatch, "lean", "doctor") == 2
    assert "-> prover lean install" in capsys.readouterr().out


def test_the_doctor_survives_a_missing_node_and_a_bad_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PROVER_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("PROVER_NODE", "/absent/node")
    assert run(monkeypatch, "lean", "doctor", "--json") == 2
    statuses = {check["name"]: check["status"] for check in json.loads(capsys.readouterr().out)["checks"]}
    assert statuses["node"] == statuses["cache folder"] == statuses["lean"] == "problem"


def engine(*replies: object) -> EngineCommand:
    """An engine that gives these answers, whatever it is asked, and stays until nobody asks any more."""
    script = (
        "import sys\n"
        f"for reply in {[json.dumps(reply) for reply in replies]!r}:\n"
        "    while sys.stdin.readline().strip(): pass\n"
        "    print(reply, end='\\n\\n', flush=True)\n"
        "sys.stdin.read()\n"
    )
    return EngineCommand(argv=(sys.executable, "-c", script), label="the scripted engine", announces=False)


UNFINISHED = {"proofState": 1, "proofStatus": "Incomplete: open goals remain"}
OPENED = {"env": 0, "sorries": [{"proofState": 0, "goal": "⊢ True"}]}


@pytest.mark.parametrize(
    ("command", "error", "message"),
    [
        (EngineCommand(argv=("/absent/engine",)), SetupError, "cannot start"),
        (EngineCommand(argv=(sys.executable, "-c", "")), EngineCrashed, "ended"),
        (engine({"message": "no Init"}), SetupError, "no Init"),
        (engine(OPENED, UNFINISHED), SetupError, "does not prove"),
    ],
)
async def test_the_smoke_test_notices_an_engine_that_does_not_prove(
    command: EngineCommand, error: type[ProverError], message: str
) -> None:
    with pytest.raises(error, match=message):
        await smoke_test(command)


async def test_the_smoke_test_measures_an_engine_that_does() -> None:
    figures = await smoke_test(engine(OPENED, {"proofState": 1, "proofStatus": "Completed", "goals": []}))
    assert figures.first_tactic_s > 0
    assert figures.memory_bytes > 0
