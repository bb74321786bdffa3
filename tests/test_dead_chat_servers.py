"""A chat server that is not there, or goes, is no theorem that is not proved, however short the time."""

import subprocess
import sys

import pytest
from chat_server import chat_server

from prover.util.ports import free_port

pytestmark = pytest.mark.long

HARD = "theorem foo (f : Nat → Nat) (h : ∀ n, f (n + 1) = f n + 2 * n + 1) (h0 : f 0 = 0) : f 1000 = 1000000"
WRONG = "```lean4\ntheorem foo : x := by\n  rfl\n```"
WHOLE = ["--method", "whole-proof", "--samples", "1", "--policy"]
SKETCH = ["--method", "sketch", "--hole-timeout", "2", "--planner"]
FILLED = [
    "--method",
    "sketch",
    "--planner",
    "heuristic",
    "--fill-by",
    "whole-proof",
    "--samples",
    "1",
    "--policy",
]
LATER = ("status", 503, {"Retry-After": "60"}, "loading")


def prove(url, options, seconds):
    return subprocess.run(
        [sys.executable, "-m", "prover", "prove", HARD, *options, url, "--timeout", str(seconds)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def assert_told(done, message, advice="Is the server running, and on that port?"):
    assert done.returncode == 2, (done.stdout, done.stderr)
    *_, error, last = done.stderr.splitlines()
    assert error.startswith("error: ")
    assert message in error
    assert last == advice
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("options", [WHOLE, SKETCH, FILLED], ids=["whole proof", "sketch", "filled"])
def test_a_server_that_is_not_there(options):
    port = free_port("127.0.0.1")
    assert_told(prove(f"http://127.0.0.1:{port}/v1#m", options, 0.2), f"http://127.0.0.1:{port}/v1")


@pytest.mark.parametrize(
    "options",
    [WHOLE, pytest.param(SKETCH, marks=pytest.mark.slow), pytest.param(FILLED, marks=pytest.mark.slow)],
    ids=["whole proof", "sketch", "filled"],
)
def test_a_server_that_fails_until_the_time_is_over(options):
    answers = iter([[WRONG]])
    with chat_server(lambda body: next(answers, LATER)) as server:
        done = prove(server.url, options, 45)
    assert_told(done, f"{server.url}/chat/completions answered 503; the attempt ended at its time limit")


@pytest.mark.parametrize("options", [WHOLE, SKETCH], ids=["whole proof", "sketch"])
def test_a_server_that_ends(options):
    answers = iter([[WRONG]])
    with chat_server(lambda body: next(answers, ("gone",))) as server:
        done = prove(server.url, options, 60)
    assert_told(done, server.url)


def test_a_file(tmp_path):
    (tmp_path / "F.lean").write_text(f"{HARD} := by\n  sorry\n")
    arguments = ["prove", str(tmp_path / "F.lean"), *SKETCH]
    with chat_server(lambda body: LATER) as server:
        done = subprocess.run(
            [sys.executable, "-m", "prover", *arguments, server.url, "--timeout", "30"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert_told(done, "answered 503; the attempt ended at its time limit")


@pytest.mark.parametrize("status", [400, 401, 503])
def test_a_key_that_a_server_repeats_is_not_shown(monkeypatch, status):
    monkeypatch.setenv("PROVER_API_KEY", "sk-secret-of-mine")
    told = ("status", status, {}, '{"error": {"message": "Incorrect API key provided: sk-secret-of-mine"}}')
    with chat_server([]) as server:
        server.failures.extend([told] * 50)
        done = prove(f"{server.url}#scripted", WHOLE, 5)
    assert any("sk-secret-of-mine" in str(each) for each in server.headers_seen)
    assert "sk-secret-of-mine" not in done.stdout + done.stderr
    assert done.returncode in (1, 2)
