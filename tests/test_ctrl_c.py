"""Ctrl-C, however early and however often: a line, and exit code 130."""

import os
import signal
import subprocess
import sys
import time

import pytest
from waiting import wait_until

BEGUN = """
import sys
from prover.__main__ import main
from prover.cli import ctrl_c

ctrl_c.begin()
print("begun", flush=True)
sys.argv = ["prover", *sys.argv[1:]]
main()
"""
"""The command as it is, but for a word once Python's own start is over: before that, no program can answer Ctrl-C."""
THEOREM = "theorem t (f : Nat → Nat) (h : ∀ n, f (n + 1) = f n + 2 * n + 1) (h0 : f 0 = 0) : f 1000 = 1000000"
COMMANDS = {
    "prove": ["prove", THEOREM, "--timeout", "120"],
    "sketch": ["prove", THEOREM, "--timeout", "120", "--method", "sketch"],
    "repl": ["repl"],
    "server": ["server", "--port", "0"],
    "mcp": ["mcp", "--transport", "streamable-http", "--port", "0"],
}


def begun(arguments):
    """Start a command in a process group of its own; return it when Python's own start is over."""
    process = subprocess.Popen(
        [sys.executable, "-c", BEGUN, *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a shell's & ignores it
    )  # fmt: skip
    assert process.stdout.readline() == "begun\n"
    return process


def interrupted(arguments, *, after_s, times, pause_s=0.0):
    """Press Ctrl-C as a terminal does, which tells every process of the group; return exit code and output."""
    process = begun(arguments)
    time.sleep(after_s)
    for _ in range(times):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(pause_s)
    stdout, stderr = process.communicate()
    return process.returncode, stdout, stderr


@pytest.mark.parametrize("times", [1, 2, 5])
@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.4])
def test_while_python_imports(times, after_s):
    process = interrupted(COMMANDS["prove"], after_s=after_s, times=times)
    assert process == (130, "", "interrupted\n")


@pytest.mark.long
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("after_s", [1.5, 4.0])
@pytest.mark.parametrize("pause_s", [0.0, 0.2])
def test_while_a_command_begins(command, after_s, pause_s, no_strays):
    code, _, stderr = interrupted(COMMANDS[command], after_s=after_s, times=4, pause_s=pause_s)
    assert (code, "Traceback" in stderr, stderr.count("interrupted")) == (130, False, 1), stderr


@pytest.mark.long
def test_a_run_that_has_finished_nothing_says_so(tmp_path, no_strays):
    arguments = ["evaluate", "generated:count=40", "--out", str(tmp_path / "run"), "--workers", "1"]
    process = begun(arguments)
    wait_until(lambda: process.poll() is not None or (tmp_path / "run" / "run.pid").exists())
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate()
    assert process.returncode == 130, stderr
    assert "interrupted before the first attempt was finished" in stdout or "interrupted" in stderr
    assert "Traceback" not in stderr


@pytest.mark.parametrize("after_s", [0.3, 0.6])
def test_at_the_end_of_a_command(after_s):
    code, _, stderr = interrupted(["--version"], after_s=after_s, times=2)
    assert (code, stderr) in ((0, ""), (130, "interrupted\n"))
