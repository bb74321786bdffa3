"""`prover serve` as a command: what it starts, what it says, what it leaves behind. Real vLLM is in test_vllm.py."""

import json
import os
import signal
import socket
import subprocess
import sys

import psutil
import pytest

from prover.cli.main import main
from prover.serving.log import explanation
from prover.util.distribution import install_command

PATIENCE_S = 250


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    return folder


@pytest.fixture
def serve(tmp_path, port, little_vllm):
    """Start `prover serve`; keywords are environment variables."""
    started = []

    def start(*arguments, **environment):
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("VLLM_", "PROVER_"))
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "prover", "serve", "--port", str(port), *map(str, arguments)],
            env={
                **kept,
                "PROVER_HOME": str(tmp_path / "home"),
                "PROVER_VLLM_PYTHON": str(little_vllm),
                "LITTLE_VLLM_RECORD": str(tmp_path / "record.json"),
                "COLUMNS": "400",
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate()


def still_running(family):
    """Those that are still there after a moment, in which the system may remove them."""
    return psutil.wait_procs(family, timeout=PATIENCE_S)[1]


def failure(process):
    """Wait for the end, which must be an error; return its line and the advice."""
    out, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (2, ""), errors
    assert "Traceback" not in errors
    lines = errors.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("error: "))
    return lines[at].removeprefix("error: "), " ".join(lines[at + 1 :])


@pytest.fixture
def refused(monkeypatch, capsys, port, little_vllm, tmp_path):
    """Run `prover serve` in this process, which must fail; return its error and the advice."""
    monkeypatch.setenv("PROVER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PROVER_VLLM_PYTHON", str(little_vllm))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["prover", "serve", "--port", str(port), *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        out, errors = capsys.readouterr()
        assert (caught.value.code, out) == (2, "")
        lines = errors.splitlines()
        at = next(number for number, line in enumerate(lines) if line.startswith("error: "))
        return lines[at].removeprefix("error: "), " ".join(lines[at + 1 :])

    return run


def ready(process):
    lines = [process.stdout.readline(), process.stdout.readline()]
    assert lines[1], process.stderr.read()
    return [line.strip() for line in lines]


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_says_how_to_use_the_server_and_ends_with_all_it_started(serve, model, port, told):
    process = serve(model)
    url = f"http://127.0.0.1:{port}/v1"
    assert ready(process) == [f"ready at {url}; stop with Ctrl-C", f"--policy {url}#tiny"]
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) == 3  # with the guard
    process.send_signal(told)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert "error" not in errors
    assert not still_running(family)


def test_a_second_ctrl_c_does_not_wait_and_leaves_nothing(serve, model):
    process = serve(model, LITTLE_VLLM_STUBBORN="1")
    ready(process)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert not still_running(family)


def test_a_server_does_not_outlive_a_command_that_is_killed(serve, model):
    process = serve(model, LITTLE_VLLM_STUBBORN="1")
    ready(process)
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    assert not still_running(family)


def test_vllm_is_started_for_tactics(serve, model, tmp_path):
    process = serve(
        *(model, "--served-model-name", "my model", "--max-model-len", "512", "--tensor-parallel-size", "2"),
        *("--replicas", "3", "--", "--max-num-seqs", "7"),
        VLLM_CPU_KVCACHE_SPACE="9",
    )
    assert ready(process)[1].endswith("#my model'")
    arguments, environment = json.loads((tmp_path / "record.json").read_text())
    line = " ".join(arguments)
    assert line.startswith(
        f"-m vllm.entrypoints.openai.api_server --model {model} --served-model-name my model"
    )
    assert "--enable-prefix-caching" in arguments
    assert "--no-enable-log-requests" in arguments
    assert "--generation-config vllm" in line
    assert "--max-model-len 512" in line
    assert "--tensor-parallel-size 2 --data-parallel-size 3" in line
    assert "--enforce-eager --no-enable-chunked-prefill --gpu-memory-utilization 0.3" in line
    assert arguments[-2:] == ["--max-num-seqs", "7"]
    assert environment["VLLM_CPU_OMP_THREADS_BIND"] == "nobind"
    assert environment["VLLM_CPU_KVCACHE_SPACE"] == "9"
    assert environment["HF_HUB_OFFLINE"] == "1"


def test_a_server_that_dies_is_an_error_and_takes_its_children_along(serve, model):
    process = serve(model)
    ready(process)
    family = psutil.Process(process.pid).children(recursive=True)
    psutil.Process(process.pid).children()[0].kill()
    message, _ = failure(process)
    assert message.startswith("vLLM ended with code -9")
    assert not still_running(family)


def test_a_taken_port_is_named(refused, model, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        message, advice = refused(model)
    assert message == f"cannot serve on 127.0.0.1 port {port}: Address already in use"
    assert advice == "Choose another --port."


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (".", "is no model folder: it has no config.json"),
        ("./nowhere", "there is no model folder ./nowhere"),
        (__file__, "is a file, not a model folder"),
    ],
)
def test_what_is_no_model_folder_is_refused(refused, path, words):
    assert words in refused(path)[0]


def test_a_python_without_vllm_is_named_with_advice(refused, model, little_vllm, monkeypatch):
    monkeypatch.setenv("LITTLE_VLLM_MISSING", "1")
    message, advice = refused(model)
    assert message == f"vLLM is not installed for {little_vllm}"
    assert install_command("vllm") in advice
    assert "make_vllm_env.sh" in advice


@pytest.mark.parametrize(
    ("python", "words"), [("/nowhere/python", "cannot be run"), ("/bin/ls", "is no Python that works")]
)
def test_what_is_no_python_is_refused(refused, model, python, words):
    assert words in refused(model, "--python", python)[0]


LOGS = [
    (
        "(APIServer pid=1) INFO 11-21 15:11:23 [api_utils.py:347] starting\n"
        "pydantic_core._pydantic_core.ValidationError: 1 validation error for ModelConfig\n"
        "  Value error, The checkpoint has model type `zzz` [type=value_error, input_value=1]\n"
        "    For further information visit https://errors.pydantic.dev/2.14/v/value_error",
        "The checkpoint has model type `zzz`",
        "Its log: ",
    ),
    (
        "(EngineCore pid=2) ERROR 11-21 15:12:00 [core.py:9] ValueError: Free memory on device (2.1/23.4 GiB) on "
        "startup is less than desired GPU memory utilization (0.92, 21.5 GiB).\n"
        "RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}",
        "Free memory on device (2.1/23.4 GiB) on startup is less than desired",
        "Lower --max-model-len or --gpu-memory-utilization",
    ),
    (
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB.",
        "CUDA out of memory.",
        "Lower --max-model-len",
    ),
    (
        "RuntimeError: Failed to infer device type, please set the environment variable",
        "Failed to infer device type",
        "make_vllm_env.sh",
    ),
    (
        "OSError: [Errno 98] Address already in use",
        "[Errno 98] Address already in use",
        "Choose another --port.",
    ),
    (
        "api_server.py: error: unrecognized arguments: --nonsense",
        "unrecognized arguments: --nonsense",
        "Its log: ",
    ),
    ("Segmentation fault\n\n", "Segmentation fault", "Its log: "),
]


@pytest.mark.parametrize(("log", "message", "advice"), LOGS, ids=[message[:30] for _, message, _ in LOGS])
def test_the_reason_of_a_failed_start_is_found_in_the_log(log, message, advice):
    error = explanation(log, what="vLLM ended", log_file="vllm.log")
    assert error.message.startswith(f"vLLM ended: {message}")
    assert advice in error.advice
    assert error.advice.endswith("Its log: vllm.log")


def test_a_start_that_fails_tells_the_reason(serve, model, tmp_path):
    log = tmp_path / "its.log"
    message, advice = failure(serve(model, "--log", log, LITTLE_VLLM_LOG="ValueError: no such thing"))
    assert message == "vLLM ended with code 1: no such thing"
    assert advice == f"Its log: {log}"
