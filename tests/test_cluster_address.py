"""Addresses where there is no Ray cluster, and Ctrl-C while Ray connects or starts."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading

import psutil
import pytest
from waiting import wait_until

from prover.cluster import address as address_module
from prover.cluster.address import require_address, require_answer
from prover.errors import InputError, SetupError
from prover.util.ports import free_port

SETTINGS_FRAME = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])


@contextlib.contextmanager
def listening(answer):
    """Listen on a port; `answer` is called in a thread with each connection and the first bytes that came."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept = []

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    kept.append(connection)
                    answer(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for each in kept:
            each.close()


def say(words):
    def answer(connection):
        connection.recv(100)
        connection.sendall(words)

    return answer


@contextlib.contextmanager
def blackhole():
    """A port whose system drops what asks for a connection: its queue is full."""
    with socket.socket() as server, contextlib.ExitStack() as stack:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("scheme", ["", "ray://"])
async def test_nothing_listens(scheme):
    with pytest.raises(SetupError, match=r"no Ray cluster answers at .*: connection refused") as refused:
        await require_answer(f"{scheme}127.0.0.1:{free_port('127.0.0.1')}")
    assert "ray start --head" in refused.value.advice


async def test_a_host_that_is_not_known():
    with pytest.raises(SetupError, match=r"answers at nowhere\.invalid:6379: the host's name is not known"):
        await require_answer("nowhere.invalid:6379")


async def test_an_address_that_swallows_all(monkeypatch):
    monkeypatch.setattr(address_module, "CONNECT_S", 0.5)
    with blackhole() as place, pytest.raises(SetupError, match=r"nothing answers in 0\.5 s"):
        await require_answer(place)


async def test_a_name_server_that_is_silent(monkeypatch):
    silence = threading.Event()
    monkeypatch.setattr(address_module, "CONNECT_S", 0.5)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments: silence.wait())
    with pytest.raises(SetupError, match=r"nothing answers in 0\.5 s"):
        await require_answer("somewhere:6379")
    silence.set()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda connection: None, r"says nothing for 0\.5 s"),
        (lambda connection: connection.shutdown(socket.SHUT_RDWR), "hangs up|reset"),
        (say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "what answers there is no Ray"),
        (say(b"SSH-2.0-OpenSSH_9.2\r\n"), "what answers there is no Ray"),
    ],
)
async def test_what_listens_is_no_ray(monkeypatch, answer, reason):
    monkeypatch.setattr(address_module, "ANSWER_S", 0.5)
    with listening(answer) as place, pytest.raises(SetupError, match=reason):
        await require_answer(place)


async def test_what_speaks_as_ray_does_is_taken():
    with listening(say(SETTINGS_FRAME)) as place:
        await require_answer(place)


@pytest.mark.parametrize(
    "given", ["somewhere", "host:0", "host:65536", "user:password@host:6379", "ray://host"]
)
def test_what_can_be_no_address(given):
    with pytest.raises(InputError, match="no address of a cluster"):
        require_address(given)


def evaluate(run, place):
    return [
        *(
            sys.executable,
            "-m",
            "prover",
            "evaluate",
            "generated:count=8,seed=3,level=1-2",
            "--out",
            str(run),
        ),
        *("--policy", "heuristic", "--engines", "1", "--workers", "1", "--cluster", place),
    ]


@pytest.mark.parametrize("from_environment", [False, True])
def test_a_closed_port_is_one_line_and_no_run(tmp_path, from_environment):
    pytest.importorskip("ray")
    closed = f"127.0.0.1:{free_port('127.0.0.1')}"
    done = subprocess.run(
        evaluate(tmp_path / "run", "auto" if from_environment else closed),
        env={**os.environ, "RAY_ADDRESS": closed},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 2
    first, advice = done.stderr.splitlines()
    assert first == f"error: no Ray cluster answers at {closed}: connection refused"
    assert advice.startswith("`ray start --head` starts a cluster")
    assert not (tmp_path / "run").exists()


CONNECT = """
import asyncio, sys
import prover.cluster.connect as connect
from prover.errors import SetupError

async def main():
    connect.CONNECT_S = 7.0
    try:
        async with connect.connected(sys.argv[1]):
            pass
    except SetupError as error:
        print(error.message)
        print(error.advice)

asyncio.run(main())
"""


@pytest.mark.long
def test_what_ray_says_of_another_server_is_kept_in_a_file(tmp_path):
    pytest.importorskip("ray")
    with listening(say(SETTINGS_FRAME)) as place:
        done = subprocess.run(
            [sys.executable, "-c", CONNECT, place],
            env={**os.environ, "TMPDIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
    assert done.stderr == ""
    message, advice = done.stdout.splitlines()
    assert message.startswith(f"no Ray cluster answers at {place}: Ray has not connected in 7 s")
    [log] = tmp_path.glob("prover-ray-*.log")
    assert str(log) in advice
    assert "Failed to connect to GCS" in log.read_text(encoding="utf-8")


@pytest.mark.long
def test_an_interrupt_while_ray_starts_is_heard_at_once(tmp_path):
    pytest.importorskip("ray")
    process = subprocess.Popen(
        evaluate(tmp_path / "run", "local"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    started = {}

    def of_ray():
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(process.pid).children(recursive=True):
                started[child.pid] = child
        return any("gcs_server" in name(each) for each in started.values())

    with process:
        wait_until(lambda: process.poll() is not None or of_ray())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=200)
    assert process.returncode == 130, err
    assert "interrupted before the first attempt was finished. To resume it" in out
    assert "Traceback" not in err
    wait_until(lambda: not any(each.is_running() and name(each) for each in started.values()))


def name(process):
    """The command line of a process; empty if it has ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        if process.status() != psutil.STATUS_ZOMBIE:
            return " ".join(process.cmdline())
    return ""
