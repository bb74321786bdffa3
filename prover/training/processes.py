"""A training in several processes, one for each device: on one machine, or on more with `torchrun`.

Every process runs the same command and learns which it is from the variables RANK and WORLD_SIZE, as torch.distributed
has it ("Environment variable initialization"). The first one writes; the others wait for it where they need what it
has written.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import IO, Any

from prover.errors import InputError
from prover.util.guard import Guard
from prover.util.ports import free_port

MOST_ON_A_CORE = 4
MOST_DEVICES = 16
"""Processes that a machine is trusted with: for each processor or, whatever it has, for its GPUs."""
POLL_S = 0.2
ENDING_S = 15.0
"""Seconds that the other processes have to end after one has."""


def world_size() -> int:
    """Return how many processes train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_first() -> bool:
    """Whether this process is the one that writes."""
    return int(os.environ.get("RANK", "0")) == 0


def use_cpu(device: str) -> bool:
    """Whether to compute on processors, for a `device` of :class:`prover.training.config.TrainingConfig`."""
    import torch

    return device == "cpu" or (world_size() > 1 and not torch.cuda.is_available())


@contextlib.contextmanager
def joined(device: str) -> Iterator[None]:
    """Join the other processes, if there are any, and leave them at the end; what has joined already stays so."""
    if world_size() == 1:
        yield
        return
    import torch
    from accelerate import PartialState

    if torch.distributed.is_initialized():
        yield
        return
    state = PartialState(cpu=use_cpu(device))
    try:
        yield
    finally:
        state.destroy_process_group()


@contextlib.contextmanager
def first_alone() -> Iterator[None]:
    """Have the first process do what follows before the others do."""
    if world_size() == 1:
        yield
        return
    from accelerate import PartialState

    with PartialState().main_process_first():
        yield


def any_of(flag: bool) -> bool:
    """Return whether `flag` is set in any process; all have to ask."""
    if world_size() == 1:
        return flag
    from accelerate.utils import gather_object

    flags: list[bool] = gather_object([flag])
    return any(flags)


def run_processes(count: int, arguments: Sequence[str]) -> int:
    """Run `prover` with these arguments in `count` processes on this machine; return the first failure's exit code.

    The first process has the terminal; what the others say on stderr is shown if they alone fail. SIGINT and SIGTERM
    are for all of them.

    Raises:
        InputError: there are far more than this machine could run.
    """
    cores = os.cpu_count() or 1
    if count > max(MOST_ON_A_CORE * cores, MOST_DEVICES):
        raise InputError(
            f"processes={count} is too many for this machine, which has {cores} processors",
            advice="One for each GPU or processor is enough.",
        )
    with contextlib.ExitStack() as stack:
        place = {
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(free_port("127.0.0.1")),
            "WORLD_SIZE": str(count),
        }
        said = [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in range(count - 1)]
        running = [_start(rank, place, arguments, rank and said[rank - 1]) for rank in range(count)]
        for process in running:
            stack.callback(Guard(process.pid, group=False).release)
        stack.enter_context(_passed_on(running))
        codes = _wait(running)
        if codes[0] == 0 and any(codes):
            failed = next(rank for rank, code in enumerate(codes) if code)
            said[failed - 1].seek(0)
            sys.stderr.write(said[failed - 1].read())
        return next((128 - code if code < 0 else code for code in codes if code), 0)


def _start(
    rank: int, place: dict[str, str], arguments: Sequence[str], output: IO[str] | int
) -> subprocess.Popen[bytes]:
    threads = str(max(1, (os.cpu_count() or 1) // int(place["WORLD_SIZE"])))
    environment = {
        "OMP_NUM_THREADS": threads,
        **os.environ,
        **place,
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
    }
    command = [sys.executable, "-m", "prover", *arguments]
    hidden: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": output, "stdin": subprocess.DEVNULL}
    return subprocess.Popen(command, env=environment, start_new_session=True, **(hidden if rank else {}))


@contextlib.contextmanager
def _passed_on(running: Sequence[subprocess.Popen[bytes]]) -> Iterator[None]:
    """Pass signals on to the processes; each has a session of its own, so that it gets each of them once."""

    def send(number: int, frame: FrameType | None) -> None:
        for process in running:
            process.send_signal(number)

    before = {each: signal.signal(each, send) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _wait(running: Sequence[subprocess.Popen[bytes]]) -> list[int]:
    """Wait for all processes; once one has failed, the others have a moment to end by themselves."""
    failed_at: float | None = None
    while any(process.poll() is None for process in running):
        if failed_at is None and any(process.poll() for process in running):
            failed_at = time.monotonic()
        if failed_at is not None and time.monotonic() - failed_at > ENDING_S:
            for process in running:
                process.kill()
        time.sleep(POLL_S)
    return [process.wait() for process in running]
