"""A Lean program of prover's, run by a project's own Lean in a new process: files in, one JSON answer out.

The answer goes to a file in a folder that is new for each process, so that nothing that is printed can be taken for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from prover.errors import EngineCrashed, EngineError, EngineTimeout, SetupError
from prover.lean.native.project import LeanProject
from prover.util.guard import Guard

OLDEST = "4.16"
"""The first Lean that the programs are meant for."""
MEMORY_MB = 8192
"""What Lean may allocate in one process; the library's files, which it maps, do not count."""

_TAIL_BYTES = 4000


def label(project: LeanProject) -> str:
    """Return what messages call a project's Lean."""
    return f"Lean {project.version or project.toolchain} with {project.root.name}"


async def answer_of(
    program: Path,
    arguments: Sequence[str | Path],
    files: Mapping[str, str],
    project: LeanProject,
    *,
    task: str,
    timeout_s: float,
    advice: str,
) -> dict[str, Any]:
    """Run `program` and return its answer, which it writes to the file that its last argument names.

    `files` are put into the process's folder, and a path among `arguments` is one of them. `task` is what messages call
    the work, `advice` is for a Lean that cannot compile the program.

    Raises:
        SetupError: lake cannot be run, or Lean not compile the program.
        EngineError: Lean broke, took longer than `timeout_s`, or gave no answer.
    """
    with tempfile.TemporaryDirectory(prefix="prover-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        shutil.copyfile(program, folder / program.name)
        for file, text in files.items():
            (folder / file).write_bytes(text.encode("utf-8", "replace"))
        answer = folder / "answer.json"
        given = [str(folder / each) if isinstance(each, Path) else each for each in arguments]
        run = ["lean", "-M", str(MEMORY_MB), "--run", str(folder / program.name)]
        with tempfile.TemporaryFile() as output:
            code = await run_to_end(
                project, [*run, *given, str(answer)], output, timeout_s=timeout_s, task=task
            )
            said = _tail(output)
        if code != 0 or not answer.is_file():
            raise _failure(project, program.name, code, said, task, advice)
        try:
            reply = json.loads(answer.read_bytes())
        except (ValueError, RecursionError) as error:
            raise EngineError(f"{label(project)} answered the {task} with no JSON: {error}") from error
    if not isinstance(reply, dict):
        raise EngineError(f"{label(project)} answered the {task} with {str(reply)[:500]}")
    return reply


async def run_to_end(
    project: LeanProject, command: Sequence[str], output: IO[bytes], *, timeout_s: float, task: str
) -> int:
    """Run a command as the project does, all it says to `output`; nothing of its process group is left afterwards.

    Returns its exit code. `task` is what messages call its work.

    Raises:
        SetupError: lake cannot be run.
        EngineTimeout: it took longer than `timeout_s`.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *project.run_args(*command),
            cwd=project.root,
            env={**os.environ, **project.env()},
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise SetupError(
            f"cannot run {project.lake}: {error.strerror}",
            advice="Install Lean with elan, and try `lake env lean --version` in the project.",
        ) from error
    guard = Guard(process.pid)
    try:
        async with asyncio.timeout(timeout_s):
            return await process.wait()
    except TimeoutError as error:
        raise EngineTimeout(f"{label(project)} took longer than {timeout_s:g} s for the {task}") from error
    finally:
        _kill_group(process)
        guard.release()
        await process.wait()


def _kill_group(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _tail(output: IO[bytes]) -> list[str]:
    """The last lines that a program wrote."""
    output.seek(max(0, output.seek(0, os.SEEK_END) - _TAIL_BYTES))
    return [line for line in output.read().decode(errors="replace").splitlines() if line.strip()]


def _failure(
    project: LeanProject, program: str, code: int, said: list[str], task: str, advice: str
) -> EngineError | SetupError:
    if refused := [line for line in said if f"{program}:" in line and "error" in line]:
        why = refused[0].rpartition(f"{program}:")[2]
        return SetupError(f"{label(project)} cannot run the {task}: {why}", advice=advice)
    last = said[-1] if said else f"exit code {code}"
    return EngineCrashed(f"{label(project)} broke over the {task}: {last}")
