"""Commands end when they are told to, and nothing that they started outlives them, whatever an engine does."""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import time

import psutil
import pytest
from processes import children_running
from standins import make_home, make_project, path_with, put
from waiting import wait_until

from prover.lean.embedded.node import find_node
from prover.lean.process.repl import Repl

pytestmark = pytest.mark.long

SOON_S = 60
"""Much more than it takes, and much less than any engine here would."""
DEAF = """macro "deaf" : tactic => do
  let digits := toString ((3 : Nat) ^ 60000000)
  if digits.length < 5 then Lean.Macro.throwError digits else `(tactic| skip)
theorem slow : True := by
  deaf
  trivial
theorem t : 1 + 1 = 2
"""
"""Keeps Lean busy for minutes, in one call of C++, where nothing looks at the clock."""
EASY = '{"name": "easy", "statement": "theorem easy : 1 + 1 = 2"}\n'
ITERATION = """
rounds = 1
[pool]
train = ["generated:count=26,seed=1,level=1,families=booleans+linear+lists+parity+propositional"]
held_out = ["generated:count=26,seed=2,level=1,truth=true,families=booleans+linear+lists+parity+propositional"]
per_round = 26
[model]
base = "laptop"
"""

STUBBORN = """
import signal, sys, time
for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(each, signal.SIG_IGN)
if {announced}: print('{{"ready": {{"extensions": []}}}}\\n', flush=True)
time.sleep(3600)
"""
"""An engine that never answers, and ignores signals and the end of its stdin."""


def family(process):
    """What a process has started, and what that has."""
    return psutil.Process(process.pid).children(recursive=True)


def left_of(processes):
    return psutil.wait_procs(processes, timeout=SOON_S)[1]


def when_busy(process):
    """Wait until one of its processes has computed for seconds; return all of them."""

    def computed():
        for each in family(process):
            with contextlib.suppress(psutil.NoSuchProcess):
                if each.cpu_times().user > 3:
                    return True
        return False

    wait_until(lambda: process.poll() is not None or computed())
    return family(process)


def when_started(process):
    """Wait until a stubborn engine has started; return all that the command has started."""
    wait_until(
        lambda: process.poll() is not None or children_running("stubborn", of=process.pid, recursive=True)
    )
    time.sleep(1)
    return family(process)


@pytest.fixture
def start(tmp_path):
    """Start `prover`; what is left of it is killed."""
    started = []

    def start(*arguments, stdin="", **environment):
        process = subprocess.Popen(
            [sys.executable, "-m", "prover", *map(str, arguments)],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        process.stdin.write(stdin.encode())
        process.stdin.close()
        process.stdin = None
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(params=[False, True], ids=["silent", "announced"])
def stubborn(request, tmp_path, engine_command):
    """An environment in which Node.js is what it is, except that engines are stubborn."""
    engine = tmp_path / "stubborn.py"
    engine.write_text(STUBBORN.format(announced=request.param), encoding="utf-8")
    node = tmp_path / "node"
    run_engine = shlex.join([sys.executable, "-S", str(engine)])
    run_node = shlex.quote(str(find_node().path))
    node.write_text(
        f'#!/bin/sh\ncase "$*" in *host.mjs*) exec {run_engine} ;; esac\nexec {run_node} "$@"\n',
        encoding="utf-8",
    )
    node.chmod(0o755)
    return {"PROVER_NODE": str(node)}


@pytest.fixture
def arguments(tmp_path):
    """The arguments of each command that searches."""
    (tmp_path / "easy.jsonl").write_text(EASY, encoding="utf-8")
    (tmp_path / "iteration.toml").write_text(ITERATION, encoding="utf-8")
    return {
        "prove": ["prove", "1 + 1 = 2"],
        "evaluate": ["evaluate", tmp_path / "easy.jsonl", "--out", tmp_path / "run"],
        "iterate": ["iterate", tmp_path / "iteration.toml", "--out", tmp_path / "iteration"],
    }


@pytest.mark.parametrize("command", ["prove", "evaluate", "iterate"])
def test_sigterm_ends_a_command_whose_engine_never_answers(start, stubborn, arguments, command):
    process = start(*arguments[command], **stubborn)
    started = when_started(process)
    process.send_signal(signal.SIGTERM)
    told, _ = process.communicate(timeout=SOON_S)
    assert process.returncode == 143, told
    assert b"Traceback" not in told
    assert started
    assert not left_of(started)


@pytest.mark.parametrize("command", ["prove", "evaluate", "iterate"])
def test_nothing_outlives_a_killed_command(start, stubborn, arguments, command):
    process = start(*arguments[command], **stubborn)
    started = when_started(process)
    process.kill()
    assert started
    assert not left_of(started)


@pytest.fixture
def native(tmp_path, engine_command):
    """Arguments and an environment for a project whose lake, lean and REPL are stand-ins."""
    put(tmp_path / "bin", "lake", "lean")
    put(tmp_path / "repl" / ".lake" / "build" / "bin", "repl")
    make_project(tmp_path / "project")
    arguments = ["--engine", "native", "--project", tmp_path / "project", "--repl", tmp_path / "repl"]
    return arguments, {"PATH": path_with(tmp_path / "bin"), "PROVER_HOME": str(make_home(tmp_path / "home"))}


@pytest.mark.parametrize("engine", ["embedded", "native"])
@pytest.mark.parametrize("told", [signal.SIGKILL, signal.SIGTERM])
def test_no_busy_engine_outlives_its_command(start, native, engine_command, engine, told):
    own, environment = native if engine == "native" else ([], {})
    process = start("prove", "--theorem", "-", *own, stdin=DEAF, **environment)
    started = when_busy(process)
    began = time.monotonic()
    process.send_signal(told)
    process.communicate(timeout=SOON_S)
    assert process.returncode == (-9 if told == signal.SIGKILL else 143)
    assert started
    assert not left_of(started)
    assert time.monotonic() - began < SOON_S


BUSY = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(3600)"])
print("busy", flush=True)
time.sleep(3600)
"""
STARTERS = {
    "engine": """
import asyncio
from prover.lean.process.command import EngineCommand
from prover.lean.process.repl import Repl

async def start():
    repl = await Repl.start(EngineCommand(argv=argv, announces=False))
    await repl.request({"cmd": "x"}, 3600)
asyncio.run(start())
""",
    "program": """
import asyncio, tempfile
from pathlib import Path
from prover.lean.native.program import run_to_end
from prover.lean.native.project import LeanProject

project = LeanProject(root=Path.cwd(), toolchain="", lake="/usr/bin/env")
with tempfile.TemporaryFile() as output:
    asyncio.run(run_to_end(project, argv, output, timeout_s=3600, task="test"))
""",
    "setup": """
from pathlib import Path
from prover.lean.native.running import run_watched
run_watched(argv, cwd=Path.cwd(), env={}, timeout_s=3600, what="it")
""",
}


@pytest.mark.parametrize("what", STARTERS)
def test_the_whole_group_of_what_is_busy_ends_with_a_killed_parent(what):
    argv = (sys.executable, "-S", "-c", BUSY)
    parent = subprocess.Popen([sys.executable, "-c", f"argv = {argv!r}\n{STARTERS[what]}"])
    wait_until(lambda: parent.poll() is not None or len(family(parent)) == 3)
    started = family(parent)
    assert parent.poll() is None
    parent.kill()
    parent.wait()
    assert not left_of(started)


def is_gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def test_a_guard_leaves_with_its_engine(bad_engine, no_strays):
    others = set(psutil.Process().children())
    repl = await Repl.start(bad_engine())
    assert len(set(psutil.Process().children()) - others) == 2
    await repl.close()
    repl = await Repl.start(bad_engine())
    await repl.request({"do": "echo", "text": json.dumps("x")}, 250)
    psutil.Process(repl.pid).kill()
    wait_until(lambda: is_gone(repl.pid))
    await repl.close()
