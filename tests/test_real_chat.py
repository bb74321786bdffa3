"""A real chat server, llama.cpp's, with a real model, SmolLM2 of 135 million parameters: it proves little or nothing.

What the model says is not foreseen here; that nothing is lost, paid twice or pretended is.
"""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request

import pytest

from prover.evaluation.store.folder import RunFolder

pytestmark = [pytest.mark.slow, pytest.mark.chat, pytest.mark.timeout(1800)]

THEOREM = "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b"
CONTEXT = 2048
ANSWERS = {"proved", "errors", "rejected", "no proof", "empty", "cut", "timeout"}
PLANS = {"proved", "false step", "open", "errors", "no sketch", "empty", "cut", "timeout"}


class Llama:
    """llama.cpp's server on a port of its own."""

    def __init__(self, python, model, log):
        self.python, self.model, self.log = python, str(model), log
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self.python, "-m", "llama_cpp.server", "--model", self.model, "--model_alias", "smollm2",
                    "--host", "127.0.0.1", "--port", str(self.port), "--n_ctx", str(CONTEXT), "--n_threads", "2",
                ],
                stdout=log, stderr=log,
            )  # fmt: skip
        while True:
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/models", timeout=10):
                return self
            time.sleep(0.5)

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def llama(chat_python, chat_model, tmp_path_factory):
    server = Llama(chat_python, chat_model, tmp_path_factory.mktemp("llama") / "server.log")
    server.start()
    yield server
    server.kill()


def command(*arguments):
    return [sys.executable, "-m", "prover", *map(str, arguments)]


def prover(*arguments):
    done = subprocess.run(
        command(*arguments), capture_output=True, text=True, timeout=1500,
        env={**os.environ, "PROVER_API_KEY": "secret-key"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "secret-key" not in done.stdout + done.stderr
    return done


def shown(done):
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return json.loads(done.stdout)


def test_whole_proofs_with_two_rounds_of_repair(llama):
    found = shown(
        prover(
            "prove", THEOREM, "--method", "whole-proof", "--policy", llama.url, "--format", "generic",
            "--samples", 3, "--rounds", 2, "--max-new-tokens", 160, "--timeout", 900, "--json",
        )
    )  # fmt: skip
    answers = found["answers"]
    assert sum(each["round"] == 0 for each in answers) == 3
    assert {each["outcome"] for each in answers} <= ANSWERS
    for each in answers:
        if each["round"]:
            assert answers[each["parent"]]["round"] == each["round"] - 1
    assert found["spent"]["completion"] == sum(each["tokens"] for each in answers) > 0
    assert not found["spent"]["estimated"]
    assert found["verified"] == (found["outcome"] == "proved")


def test_answers_that_are_cut(llama):
    found = shown(
        prover(
            "prove", THEOREM, "--method", "whole-proof", "--policy", llama.url, "--samples", 2, "--rounds", 1,
            "--max-new-tokens", 3, "--timeout", 900, "--json",
        )
    )  # fmt: skip
    assert [(each["outcome"], each["finish_reason"]) for each in found["answers"]] == [("cut", "length")] * 2
    assert all(each["tokens"] <= 3 for each in found["answers"])


def test_a_statement_that_is_longer_than_the_context(llama):
    facts = " ".join(f"(h{n} : a + {n} = {n} + a)" for n in range(250))
    long = f"theorem foo (a : Nat) {facts} : a = a"
    found = shown(
        prover(
            "prove", long, "--method", "whole-proof", "--policy", llama.url, "--samples", 2, "--rounds", 0,
            "--max-new-tokens", 50, "--timeout", 900, "--json",
        )
    )  # fmt: skip
    assert (found["stopped_by"], found["answers"]) == ("refused", [])


def test_plans(llama):
    found = shown(
        prover(
            "prove", "theorem foo (f : Nat → Nat) (h : ∀ n, f (f n) = n + 2) : f 20 = f 0 + 20", "--method", "sketch",
            "--planner", llama.url, "--policy", "heuristic", "--plans", 2, "--plan-tokens", 200, "--rounds", 1,
            "--hole-tactics", 20, "--no-disprove", "--timeout", 900, "--json",
        )
    )  # fmt: skip
    assert {each["outcome"] for each in found["plans"]} <= PLANS
    assert found["plans"]
    assert found["spent"]["completion"] > 0
    assert found["verified"] == (found["outcome"] == "proved")


def test_words_to_lean_and_back(llama, tmp_path):
    out = tmp_path / "out.jsonl"
    done = prover(
        "formalize", "The square of an even number is divisible by four.", "--model", llama.url, "--samples", 2,
        "--rounds", 1, "--max-new-tokens", 120, "--out", out,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout + done.stderr
    [line] = out.read_text().splitlines()
    candidates = json.loads(line)["candidates"]
    assert {each["outcome"] for each in candidates} <= {
        "elaborates",
        "errors",
        "no statement",
        "empty",
        "cut",
    }
    done = prover("informalize", THEOREM, "--model", llama.url, "--max-new-tokens", 60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()


def answers_of(folder):
    with contextlib.closing(sqlite3.connect(RunFolder(folder).database)) as database:
        return {
            tuple(row[:3]): row[3:]
            for row in database.execute(
                "SELECT attempt_id, request, number, raw, prompt_tokens, completion_tokens FROM answer"
            )
        }


def wait_for_answers(folder, count, process):
    while process.poll() is None:
        with contextlib.suppress(sqlite3.OperationalError):
            if len(answers_of(folder)) >= count:
                return
        time.sleep(0.2)


def test_a_run_outlives_its_server_and_itself(llama, tmp_path):
    """50 problems; the server is killed twice and prover once: every answer is paid for once."""
    problems, folder = tmp_path / "set.jsonl", tmp_path / "run"
    problems.write_text(
        "".join(
            json.dumps({"name": f"t{n}", "statement": f"theorem t{n} (a : Nat) : a + {n} = {n} + a"}) + "\n"
            for n in range(50)
        )
    )
    line = command(
        "evaluate", problems, "--method", "whole-proof", "--policy", llama.url, "--format", "generic", "--samples", 1,
        "--rounds", 1, "--max-new-tokens", 32, "--out", folder, "--no-automation", "--timeout", 900, "--workers", 2,
    )  # fmt: skip

    def run(*options):
        return subprocess.Popen(
            [*line, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    seen = {}
    for kill_the_server, count in ((True, 8), (False, 20), (True, 32)):
        process = run(*["--resume", "--retry-errors"] if seen else [])
        wait_for_answers(folder, count, process)
        if kill_the_server:
            llama.kill()
        else:
            os.kill(process.pid, signal.SIGKILL)
        out, err = process.communicate(timeout=600)
        assert "Traceback" not in err, err
        if kill_the_server:
            llama.start()
        now = answers_of(folder)
        assert len(now) >= count, out + err
        assert seen.items() <= now.items()
        seen = now
    out, err = (process := run("--resume", "--retry-errors")).communicate(timeout=1200)
    assert process.returncode == 0, out + err
    now = answers_of(folder)
    assert seen.items() <= now.items()
    assert len({attempt for attempt, _, _ in now}) == 50
    with contextlib.closing(sqlite3.connect(RunFolder(folder).database)) as database:
        [[tries, tokens]] = database.execute("SELECT COUNT(*), SUM(tokens) FROM try").fetchall()
        [[counted]] = database.execute("SELECT COUNT(*) FROM answer").fetchall()
        [[paid]] = database.execute("SELECT SUM(completion_tokens) FROM answer").fetchall()
    assert (tries, tokens) == (counted, paid)
