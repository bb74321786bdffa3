"""The wall for a user's own Lean: a finished proof is checked from scratch inside its Lake project.

As in :mod:`prover.lean.verify` it takes two new processes, here of the project's `lean`. Both run Check.lean. One
elaborates the file and hands out the proof as terms; it may have run code of the proof's and is not believed. The
other elaborates the statement only and has Lean's kernel check that the terms prove it, beginning with the imports.
The idea of judging text in place of .olean files is that of leanprover/comparator; that the axioms behind the
library's theorems count as well, that of ``#print axioms``.

What this does not guarantee: code of the proof runs with the user's rights, and there is no sandbox around it. It
could change the project's compiled library, or Lean itself, before the second process reads them.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, STDOUT, Process
from pathlib import Path
from typing import IO, Any

from prover.errors import EngineCrashed, EngineError, EngineTimeout, SetupError
from prover.lean.native.project import LeanProject
from prover.lean.theorem import Theorem
from prover.lean.verify import ALLOWED_AXIOMS, Certificate, Rejection, obvious_cheat

PROGRAM = Path(__file__).with_name("Check.lean")
OLDEST = "4.16"
"""The first Lean that Check.lean is meant for."""
MEMORY_MB = 8192
"""What Lean may allocate in one process; the library's files, which it maps, do not count."""

_TAIL_BYTES = 4000


async def verify_in_project(
    theorem: Theorem, proof: str, project: LeanProject, *, timeout_s: float
) -> Certificate | Rejection:
    """Check `proof`, a tactic block, in new processes of `project`'s Lean; each of the two may take `timeout_s`.

    The axioms of the certificate are all that the theorem rests on, through the library's theorems as well.

    Raises:
        SetupError, EngineError: the check could not be carried out, which says nothing about the proof.
    """
    clock = asyncio.get_running_loop().time
    began = clock()
    if reason := obvious_cheat(proof):
        return Rejection(reason)
    source = theorem.file_with_proof(proof)
    try:
        digest = hashlib.sha256(source.encode()).hexdigest()
    except UnicodeEncodeError:
        return Rejection("the text holds half a character, so it is no Unicode text")
    texts = {"Check.lean": PROGRAM.read_text(encoding="utf-8"), "Proof.lean": source}
    exported = await _ask(project, "export", theorem, texts, timeout_s)
    if exported.get("terms") is None:
        return Rejection(str(exported.get("reason") or "Lean gives no reason"))
    texts |= {"Statement.lean": theorem.file_with_proof("sorry"), "terms.json": json.dumps(exported["terms"])}
    verdict = await _ask(project, "check", theorem, texts, timeout_s)
    if not isinstance(verdict.get("accepted"), bool):
        raise EngineError(f"{_label(project)} answered a check with {str(verdict)[:500]}")
    if not verdict["accepted"]:
        return Rejection(str(verdict.get("reason") or "Lean gives no reason"))
    axioms, statement = verdict.get("axioms"), verdict.get("statement")
    if not isinstance(axioms, list) or not isinstance(statement, str):
        raise EngineError(f"{_label(project)} accepted a proof without saying of what: {str(verdict)[:500]}")
    if foreign := [axiom for axiom in axioms if axiom not in ALLOWED_AXIOMS]:
        return Rejection(f"the proof rests on the axiom {foreign[0]}")
    return Certificate(
        theorem=theorem.name,
        statement=statement,
        axioms=tuple(axioms),
        engine=_label(project),
        lean_version=str(verdict["lean"]) if "lean" in verdict else None,
        sha256=digest,
        time_s=clock() - began,
    )


def _label(project: LeanProject) -> str:
    return f"Lean {project.version or project.toolchain} with {project.root.name}"


async def _ask(
    project: LeanProject, what: str, theorem: Theorem, texts: dict[str, str], timeout_s: float
) -> dict[str, Any]:
    """Have a new process of Lean answer; it has a new folder for itself that holds `texts` as files."""
    with tempfile.TemporaryDirectory(prefix="prover-check-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for file, text in texts.items():
            (folder / file).write_bytes(text.encode())
        answer = folder / "answer.json"
        order = ["Proof.lean"] if what == "export" else ["Proof.lean", "Statement.lean"]
        rest = [] if what == "export" else [str(folder / "terms.json")]
        arguments = [what, *(str(folder / file) for file in order), theorem.name, *rest, str(answer)]
        program = ["lean", "-M", str(MEMORY_MB), "--run", str(folder / "Check.lean")]
        with tempfile.TemporaryFile() as output:
            code = await _run(project, [*program, *arguments], output, timeout_s, what)
            said = _tail(output)
        if code != 0 or not answer.is_file():
            raise _failure(project, what, code, said)
        try:
            reply = json.loads(answer.read_bytes())
        except (ValueError, RecursionError) as error:
            raise EngineError(f"{_label(project)} answered the {what} with no JSON: {error}") from error
    if not isinstance(reply, dict):
        raise EngineError(f"{_label(project)} answered the {what} with {str(reply)[:500]}")
    return reply


async def _run(
    project: LeanProject, command: list[str], output: IO[bytes], timeout_s: float, what: str
) -> int:
    """Run a command as the project does, to its end; nothing of its process group is left afterwards.

    Raises:
        SetupError: there is no such program.
        EngineTimeout: it took longer.
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
    try:
        async with asyncio.timeout(timeout_s):
            return await process.wait()
    except TimeoutError as error:
        raise EngineTimeout(f"{_label(project)} took longer than {timeout_s:g} s for the {what}") from error
    finally:
        _kill_group(process)
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


def _failure(project: LeanProject, what: str, code: int, said: list[str]) -> EngineError | SetupError:
    if refused := [line for line in said if "Check.lean" in line and "error" in line]:
        return SetupError(
            f"{_label(project)} cannot run the check: {refused[0].rpartition('Check.lean:')[2]}",
            advice=f"It is meant for Lean {OLDEST} and later; check the proofs in a project with such a Lean.",
        )
    last = said[-1] if said else f"exit code {code}"
    return EngineCrashed(f"{_label(project)} broke over the {what}: {last}")
