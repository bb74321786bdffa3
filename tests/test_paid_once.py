"""Answers of a chat model are kept as soon as they are there: who resumes asks for none of them twice."""

import json
import subprocess
import sys
import threading

import pytest
from chat_server import chat_server
from waiting import wait_until

pytestmark = pytest.mark.long

REFUSED = "```lean4\ntheorem t (n : ℕ) : n = undefined_thing := by sorry\n```"
FORMALIZE = ["formalize", "words.jsonl", "--samples", "3", "--rounds", "1", "--requests", "1"]
SYNTHESIZE = ["problems", "synthesize", "--count", "2", "--rounds", "1"]
INFORMALIZE = ["informalize", "theorem t : 1 = 1 := rfl", "--out", "out.jsonl"]


def asked_for(body):
    return body["seed"], json.dumps(body["messages"])


@pytest.mark.parametrize("command", [FORMALIZE, SYNTHESIZE], ids=lambda command: command[-5])
@pytest.mark.parametrize("answered", [1, 3])
def test_each_answer_is_asked_for_once(tmp_path, command, answered, engine_command):
    words = [{"name": f"p{number}", "informal": f"Problem {number}."} for number in range(2)]
    (tmp_path / "words.jsonl").write_text("".join(json.dumps(each) + "\n" for each in words))
    given, arrived, go_on = [], [], threading.Event()

    def script(body):
        arrived.append(asked_for(body))
        if len(given) == answered:
            go_on.wait()
        given.append(asked_for(body))
        return [REFUSED]

    with chat_server(script, gives_n=False) as server:
        arguments = [sys.executable, "-m", "prover", *command, "--model", server.url, "--out", "out.jsonl"]
        process = subprocess.Popen(arguments, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: len(arrived) == answered + 1 or process.poll() is not None)
        assert process.poll() is None, process.communicate()[1]
        process.kill()
        process.communicate()
        paid = list(given)
        again = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (again.returncode, "--resume" in again.stderr) == (2, True)
        go_on.set()
        wait_until(lambda: len(given) == answered + 1)  # the answer that nobody waits for any more
        done = subprocess.run(
            [*arguments, "--resume"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        resumed = given[answered + 1 :]
    assert len(set(paid + resumed)) == len(paid + resumed)
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 2
    tokens = [json.loads(line) for line in (tmp_path / "out.jsonl.answers").read_text().splitlines()]
    assert f"{sum(each['prompt_tokens'] for each in tokens)} + " in done.stderr


def test_a_budget_counts_what_earlier_commands_paid_for(tmp_path):
    with chat_server(lambda body: ["In words."]) as server:
        arguments = [
            sys.executable,
            "-m",
            "prover",
            *INFORMALIZE,
            "--model",
            server.url,
            "--max-tokens-total",
        ]
        run = lambda *more: subprocess.run(  # noqa: E731
            [*arguments, *more], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert run("100").returncode == 0
        (tmp_path / "out.jsonl").write_text("")
        done = run("1", "--resume")
        assert (done.returncode, len(server.bodies)) == (0, 1), done.stderr
        (tmp_path / "out.jsonl.answers").write_text('{"name": "p0"}\n')
        done = run("100", "--resume")
    assert (done.returncode, "is no file of answers" in done.stderr) == (2, True)
