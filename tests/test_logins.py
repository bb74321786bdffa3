"""A user's name and password in an address are told to the server there, and to nobody else."""

import base64
import os
import pickle
import subprocess
import sys

import pytest
from chat_server import chat_server

from prover.addresses import without_login
from prover.errors import InputError, ProverError

SECRET = "open-sesame"
LOGIN = f"ali:{SECRET}@"
BASIC = "Basic " + base64.b64encode(f"ali:{SECRET}".encode()).decode()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"cannot connect to http://{LOGIN}host:80/v1: no", "cannot connect to http://…@host:80/v1: no"),
        (f"2*http://{LOGIN}a/v1,https://x:y@b/v1#M@1", "2*http://…@a/v1,https://…@b/v1#M@1"),
        ("http://ali:open@se@same@host/v1", "http://…@host/v1"),
        ("http://ali:open/sesame@host/v1", "http://…@host/v1"),
        ("http://token@host", "http://…@host"),
        (f"{LOGIN}host:6379", "…@host:6379"),
    ],
)
def test_logins_are_hidden(text, told):
    assert without_login(text) == told


@pytest.mark.parametrize(
    "text",
    ["http://host:80/v1#org/model@main", "f @g", "http://h/v1: mail a@b.c", "hf:org/model", "⊢ p: a@b"],
)
def test_nothing_else_is_hidden(text):
    assert without_login(text) == text


def test_no_error_has_a_login():
    error = InputError(f"there is no http://{LOGIN}host", advice=f"Try http://{LOGIN}other.")
    for each in (error, pickle.loads(pickle.dumps(error))):
        assert (str(each), each.message) == ("there is no http://…@host",) * 2
        assert each.full == "there is no http://…@host. Try http://…@other."
    assert ProverError("it is broken").full == "it is broken"


def prover(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "prover", *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


PROVE = ("prove", "theorem t : 1 = 2", "--policy")
EVALUATE = ("evaluate", "generated:count=1,seed=1", "--out")


@pytest.mark.parametrize(
    "arguments",
    [
        (*PROVE, f"http://{LOGIN}127.0.0.1:9/v1"),
        (*PROVE, f"http://{LOGIN}127.0.0.1:port/v1"),
        (*PROVE, f"http://{LOGIN}127.0.0.1:9/v1", "--method", "whole-proof"),
        (*PROVE, f"http://ali:{SECRET}/x@127.0.0.1:9/v1", "--method", "whole-proof"),
        ("status", f"http://{LOGIN}127.0.0.1:9"),
        ("status", f"http://ali:{SECRET}/x@127.0.0.1:9"),
        ("status", f"http://{LOGIN}127.0.0.1:port"),
        (*EVALUATE, "{}/run", "--dashboard", f"{LOGIN}127.0.0.1:0"),
        (*EVALUATE, "{}/run", "--dashboard", f"http://{LOGIN}127.0.0.1:0"),
        (*EVALUATE, "{}/run", "--cluster", f"{LOGIN}127.0.0.1:9"),
        (*EVALUATE, "{}/run", "--cluster", f"ray://{LOGIN}127.0.0.1:9"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_its_login(tmp_path, arguments):
    done = prover(*(each.replace("{}", str(tmp_path)) for each in arguments))
    assert done.returncode == 2, done.stderr
    assert "…@127.0.0.1" in done.stderr
    assert SECRET not in done.stdout + done.stderr


def test_a_run_keeps_no_login_and_is_resumed_with_it(tmp_path):
    run = tmp_path / "run"
    with chat_server(lambda body: ["```lean4\ntheorem x : y := by\n  rfl\n```"]) as server:
        policy = server.url.replace("://", f"://{LOGIN}")
        options = (*EVALUATE, run, "--method", "whole-proof", "--policy", policy, "--samples", "1")
        done = prover(*options)
        assert done.returncode == 0, done.stderr
        assert {each["Authorization"] for each in server.headers_seen} == {BASIC}
        server.failures.extend([("status", 400, {}, f"who is http://{LOGIN}here?")] * 9)
        again = prover(*options, "--resume", "--passes", "1")
    assert again.returncode == 0, again.stderr
    assert SECRET not in done.stdout + done.stderr + again.stdout + again.stderr
    kept = [each for each in run.rglob("*") if each.is_file()]
    assert not [each.name for each in kept if SECRET.encode() in each.read_bytes()]
    assert "http://…@127.0.0.1" in (run / "config.json").read_text(encoding="utf-8")
