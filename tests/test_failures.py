"""Whatever goes wrong, a command says so in a line and ends: no traceback, and soon after SIGTERM."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from prover.cli.console import say
from prover.cli.failures import run_reporting_errors
from prover.errors import EngineError, StatementError

HEAVY = ("asyncio", "httpx", "networkx", "numpy", "pydantic", "rich", "torch", "transformers")


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "prover", *arguments], capture_output=True, text=True, timeout=240, **options
    )


@pytest.mark.parametrize("what", ["prover.cli.main", "--help"])
def test_what_is_not_called_is_not_imported(what: str) -> None:
    call = "main()" if what.startswith("-") else ""
    script = f"""
import sys
sys.argv = ["prover", {what!r}]
try:
    from prover.cli.main import main
    {call}
except SystemExit:
    pass
print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_proving_with_the_heuristic_needs_neither_servers_nor_runs() -> None:
    script = """
import sys
import prover.cli.prove
unneeded = ("httpx", "networkx", "numpy", "rich", "torch", "transformers", "prover.evaluation")
print([name for name in unneeded if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def reported(error: BaseException, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    def fails() -> None:
        raise error

    monkeypatch.setattr(sys, "argv", ["prover", *arguments])
    with pytest.raises(SystemExit) as caught:
        run_reporting_errors(fails)
    return caught.value.code


FAULTS = [
    (EngineError("it broke", advice="Wait."), "engine", "it broke"),
    (StatementError("no", line=3, column=4), "statement", "no"),
    (PermissionError(13, "Permission denied", "/there"), "file", "/there: Permission denied"),
    (OSError("odd"), "file", "odd"),
    (KeyError("zork"), "internal", "prover itself failed: KeyError: 'zork' (test_failures.py:"),
    (RecursionError("deep\ndeeper"), "internal", "RecursionError: deep deeper"),
    (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), "internal", "UnicodeDecodeError"),
]


@pytest.mark.parametrize(("error", "code", "message"), FAULTS)
def test_a_fault_is_told(
    error: Exception,
    code: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PROVER_HOME", str(tmp_path))
    assert reported(error, monkeypatch, "prove") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert message in err
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 2
    assert reported(error, monkeypatch, "prove", "--json") == 2
    out, err = capsys.readouterr()
    told = json.loads(out)["error"]
    assert (told["code"], message in told["message"], err) == (code, True, "")
    if code == "internal":
        assert "Traceback" in (tmp_path / "last-failure.txt").read_text(encoding="utf-8")
        assert "last-failure.txt" in told["advice"]


def test_a_reader_that_leaves_is_no_fault() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "prover", "prove", "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_brackets_and_long_lines_stay(capsys: pytest.CaptureFixture[str]) -> None:
    say("[bold]" + "x" * 300, "red")
    assert capsys.readouterr().out == "[bold]" + "x" * 300 + "\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["prove", "--theorem", "-"], "the theorem is empty"),
        (["prove", "x" * 100_000], "Unknown identifier"),
        (["prove", "--theorem", "1 = 1", "--policy", "hf:{tmp}/config"], "config"),
        (["evaluate", "{tmp}/latin.jsonl", "--out", "{tmp}/run"], "latin.jsonl"),
        (["evaluate", "{tmp}/half.jsonl", "--out", "{tmp}/run"], "half.jsonl"),
        (["evaluate", "{tmp}/latin.lean", "--out", "{tmp}/run"], "latin.lean"),
        (["evaluate", "{tmp}/good.jsonl", "--out", "{tmp}/good.jsonl"], "good.jsonl"),
        (["report", "{tmp}/broken"], "broken"),
        (["verify", "{tmp}/broken"], "broken"),
        (["export", "{tmp}/broken"], "broken"),
        (["compare", "{tmp}/broken", "{tmp}/broken"], "broken"),
        (["iterate", "{tmp}/latin.lean", "--out", "{tmp}/it"], "latin.lean"),
        (["iterate", "--out", "{tmp}/config", "--resume"], "config"),
        (["train", "{tmp}/broken", "--base", "tiny", "--out", "{tmp}/model"], "broken"),
        (
            ["train", "{tmp}", "--base", "tiny", "--out", "{tmp}/model", "--config", "{tmp}/latin.lean"],
            "latin.lean",
        ),
        (["lean", "doctor", "--project", "{tmp}/good.jsonl"], "problem"),
    ],
)
def test_bad_input_is_told_in_words(
    tmp_path: Path, arguments: list[str], said: str, engine_command: object
) -> None:
    (tmp_path / "latin.lean").write_bytes(b"theorem a : 1 = 1 := by rfl -- \xe9")
    (tmp_path / "latin.jsonl").write_bytes(b'{"name": "a", "statement": "theorem a : 1 = 1 -- \xe9"}\n')
    (tmp_path / "half.jsonl").write_text('{"name": "a"', encoding="utf-8")
    (tmp_path / "good.jsonl").write_text(
        '{"name": "a", "statement": "theorem a : 1 = 1"}\n', encoding="utf-8"
    )
    for folder, name in (("broken", "run.db"), ("broken", "steps.parquet"), ("config", "config.json")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text("{nonsense", encoding="utf-8")
    home = {**os.environ, "PROVER_POLICY": "heuristic"}
    done = run(
        *(each.replace("{tmp}", str(tmp_path)) for each in arguments), stdin=subprocess.DEVNULL, env=home
    )
    told = done.stdout + done.stderr
    assert done.returncode == 2, told
    assert said in told
    assert "Traceback" not in told
    assert "prover itself failed" not in told


def test_closed_stdin_is_told(engine_command: object) -> None:
    done = run("prove", "--theorem", "-", preexec_fn=lambda: os.close(0))
    assert done.returncode == 2
    assert "stdin" in done.stderr or "empty" in done.stderr
    assert "Traceback" not in done.stderr


def test_closed_standard_output_is_said_in_one_line():
    done = subprocess.run(
        ["/bin/sh", "-c", '"$0" -m prover --version >&-', sys.executable],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "error: standard output is closed, so nothing could be printed\nSend it to a file or to /dev/null.\n"
    )
