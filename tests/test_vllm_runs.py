"""Proofs with a trained model behind a real vLLM server, also one that is killed in the middle of a run."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from served import Served
from tiny_model import TINY_FAILING, TINY_THEOREMS

from prover.errors import InputError
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.invariants import check_invariants
from prover.evaluation.store.run_data import open_run

pytestmark = [pytest.mark.slow, pytest.mark.vllm, pytest.mark.timeout(1800)]
PROBLEMS = 50


@pytest.fixture(scope="module")
def served(tiny_model, vllm_python, tmp_path_factory):
    server = Served(tiny_model, vllm_python, tmp_path_factory.mktemp("log") / "vllm.log")
    yield server
    server.stop()


def test_prove_over_http(served):
    served.ensure()
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "prover",
            "prove",
            "--theorem",
            TINY_THEOREMS[0],
            "--policy",
            f"{served.url}#tiny",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "checked by Lean's kernel" in done.stdout


def attempts(run):
    try:
        with open_run(run) as reader:
            return [attempt for problem in reader.run().problems for attempt in problem.attempts]
    except InputError:
        return []


def test_a_server_that_is_killed_during_a_run_loses_nothing(served, tmp_path):
    served.ensure()
    heads = [*TINY_THEOREMS, *TINY_FAILING]
    lines = [{"name": f"p{index}", "statement": heads[index % len(heads)]} for index in range(PROBLEMS)]
    problems, run = tmp_path / "set.jsonl", tmp_path / "run"
    problems.write_text("".join(json.dumps(line) + "\n" for line in lines))
    process = subprocess.Popen(
        [
            sys.executable, "-m", "prover", "evaluate", str(problems), "--out", str(run), "--workers", "6",
            "--policy", f"{served.url}#tiny", "--max-expansions", "12", "--timeout", "600",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    while not (run / "run.db").exists() or len(attempts(run)) < 5:
        assert process.poll() is None
        time.sleep(0.2)
    for child in served.family():
        os.kill(child.pid, signal.SIGKILL)
    served.wait()
    time.sleep(5)
    before = len(attempts(run))
    assert before < PROBLEMS
    served.ensure()
    process.communicate(timeout=1200)
    assert process.returncode == 0
    check_invariants(RunFolder(run))
    ended = attempts(run)
    assert len(ended) == PROBLEMS
    assert {attempt.outcome for attempt in ended} == {"proved", "failed"}
    assert sum(attempt.outcome == "proved" for attempt in ended) >= 40
