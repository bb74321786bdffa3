"""Connect to a Ray cluster, or start one on this machine, and see what it has room for."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import psutil

from prover.cluster.address import ADVICE, SCHEME, require_address, require_answer
from prover.errors import SetupError
from prover.util.daemon import DaemonThread
from prover.util.distribution import install_command
from prover.util.guard import Guard

NAMESPACE = "prover"
_LOGGED = re.compile(r"^\[[^\]]*\] [\w.]+:\d+: (.*)$", re.MULTILINE)
"""A line of Ray's C++, as `[2026-01-01 00:00:00,000 W 1 2] gcs_client.cc:210: ...`."""
CONNECT_S = 90.0
"""Seconds for Ray to connect to what answers as it does. Ray gives up after about 30 s, unless it hangs."""
MESSAGE_CHARACTERS = 400
"""Of what Ray says, which may be a traceback."""
TOKEN_ADVICE = (
    "Where it has a token, copy ~/.ray/auth_token from its head to here, and set RAY_AUTH_MODE=token."
)


def import_ray() -> Any:  # noqa: ANN401  (Ray's module is not typed)
    """Return Ray.

    Raises:
        SetupError: it is not installed.
    """
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # what Ray will do anyway, and warns of
    try:
        import ray
    except ImportError as error:
        raise SetupError("--cluster needs Ray", advice=f"Run: {install_command('cluster')}") from error
    return ray


async def require_cluster(address: str) -> str:
    """Return the address that `address` stands for, if Ray is installed and something that may be a cluster answers.

    Raises:
        InputError: the address cannot be one.
        SetupError: Ray is not installed, or nothing answers.
    """
    require_address(address)
    ray = import_ray()
    if address == "auto":
        address = _found(ray)
    if address != "local":
        await require_answer(address)
    return address


def _found(ray: Any) -> str:  # noqa: ANN401  (see above)
    """Return the address that Ray takes for "auto".

    Raises:
        InputError: the environment names something else than an address.
        SetupError: there is none.
    """
    logging.getLogger("ray").setLevel(logging.ERROR)
    try:
        found = str(ray._private.services.get_ray_address_from_environment("auto", None))
    except ConnectionError as error:
        raise SetupError("this machine belongs to no Ray cluster", advice=ADVICE) from error
    require_address(found)
    return found


@asynccontextmanager
async def connected(address: str, page: str | None = None) -> AsyncIterator[Any]:
    """Connect to the cluster at `address`, as `ClusterSettings.cluster` names it; a local one ends with the context.

    `page` is an address that the cluster's dashboard shows with this job, in its metadata.

    Raises:
        SetupError: Ray is not installed, or there is no cluster.
        InputError: the address cannot be one.
    """
    ray = import_ray()
    if ray.is_initialized():
        yield ray
        return
    address = await require_cluster(address)
    thread = DaemonThread("ray")  # what Ray starts for "local" ends with the thread that started it
    with ExitStack() as stack:
        stack.callback(thread.close)
        try:
            await _connect(thread, ray, address, page)
        except BaseException:
            thread.submit(ray.shutdown)
            _kill_started(ray)
            raise
        if address == "local":
            for child in psutil.Process().children(recursive=True):
                stack.callback(Guard(child.pid, group=False).release)
        try:
            yield ray
        finally:
            await thread.call(ray.shutdown)


async def _connect(thread: DaemonThread, ray: Any, address: str, page: str | None) -> None:  # noqa: ANN401
    """Have `thread` connect; a cluster that is started on this machine may take as long as it needs.

    Raises:
        SetupError: it cannot.
    """
    if address == "local":
        try:
            await thread.call(_init, ray, address, page)
        except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
            logs = Path(_temporary()) / "session_latest" / "logs"
            raise SetupError(
                f"Ray cannot be started here: {_line(error)}", advice=f"Its own logs are in {logs}."
            ) from error
        return
    with _output_kept(ray, address):
        await asyncio.wait_for(thread.call(_init, ray, address, page), CONNECT_S)


@contextlib.contextmanager
def _output_kept(ray: Any, address: str) -> Iterator[None]:  # noqa: ANN401
    """Connect to `address` in this context: what Ray writes to stderr is in a file, which is told of if it fails.

    Raises:
        SetupError: it does.
    """
    with tempfile.NamedTemporaryFile(prefix="prover-ray-", suffix=".log", delete=False) as file:
        said = Path(file.name)
    try:
        with _stderr_to(said):
            yield
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        reason = _line(error) or f"Ray has not connected in {CONNECT_S:g} s"
        last = _LOGGED.findall(said.read_text(encoding="utf-8", errors="replace"))[-1:]
        raise SetupError(
            f"no Ray cluster answers at {address}: {'; '.join([reason, *last])}",
            advice=f"{ADVICE} {TOKEN_ADVICE} What Ray said is in {said}.",
        ) from error
    except BaseException:
        said.unlink()
        raise
    said.unlink()


def _kill_started(ray: Any) -> None:  # noqa: ANN401
    """Kill what Ray has started in this process: parts of a cluster that is not there yet outlive it for a minute."""
    package = str(Path(ray.__file__).parent)
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            command = child.cmdline() or [""]
            if command[0].startswith("ray::") or any(word.startswith(package) for word in command):
                child.kill()


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:MESSAGE_CHARACTERS]


@contextlib.contextmanager
def _stderr_to(path: Path) -> Iterator[None]:
    """Have what this process writes to stderr, Ray's C++ included, go to a file instead."""
    before = os.dup(2)
    try:
        with path.open("wb") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def _init(ray: Any, address: str, page: str | None) -> None:  # noqa: ANN401  (see above)
    settings: dict[str, Any] = {
        "namespace": NAMESPACE,
        "logging_level": logging.ERROR,
        "log_to_driver": False,
    }
    if page is not None and not address.startswith(SCHEME):  # Ray's client cannot tell a cluster
        settings["job_config"] = ray.job_config.JobConfig(metadata={"prover": page})
    if address == "local":
        settings |= {"address": "local", "include_dashboard": False, "_temp_dir": _temporary()}
    else:
        settings["address"] = address
    ray.init(**settings)


def _temporary() -> str:
    """Return where Ray keeps the files of a cluster that it starts."""
    return os.path.join(os.environ.get("RAY_TMPDIR", tempfile.gettempdir()), "ray")  # noqa: PTH118  (Ray wants text)
