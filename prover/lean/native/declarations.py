"""Where the declarations of a file are, for a project's Lean: Declarations.lean, run in a new process of it.

The community REPL says where the holes of a text are and what they are to prove, but not which declarations they stand
in. `asking_in_project` puts the two together, so that a file is read and checked as with the embedded engine.

What this does not guarantee: a text that is elaborated may run code of its own, which could change the answer. The
declarations say where text is to be put in and what is to be judged; what counts as proved is for
:mod:`prover.lean.native.check` to say.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from prover.errors import EngineError
from prover.lean.native.program import OLDEST, answer_of, label
from prover.lean.native.project import LeanProject
from prover.lean.process.command import EngineCommand
from prover.lean.process.environments import Admit
from prover.lean.process.repl import Ask, Message, asking

PROGRAM = Path(__file__).with_name("Declarations.lean")
SOURCE = "File.lean"


@contextlib.asynccontextmanager
async def asking_in_project(
    project: LeanProject, command: EngineCommand, timeout_s: float, admit: Admit | None = None
) -> AsyncIterator[Ask]:
    """Yield a way to ask a new REPL of the project, with the extension `declarations` of docs/protocol.md.

    Each request, and the declarations of its text, may take `timeout_s`. `admit` is asked before each.

    Raises:
        SetupError, EngineError: as for :func:`prover.lean.process.repl.asking` and `declarations`.
    """
    async with asking(command, timeout_s) as plain:
        texts: dict[int, tuple[str, ...]] = {}

        async def ask(request: Message) -> Message:
            so_far = (*texts.get(request.get("env", -1), ()), request["cmd"])
            if admit is not None:
                await admit(so_far)
            wanted = request.get("declarations", False)
            reply = await plain({key: value for key, value in request.items() if key != "declarations"})
            if "env" in reply:
                texts[reply["env"]] = so_far
            if wanted and "env" in reply:
                reply["declarations"] = await declarations(request["cmd"], project, timeout_s=timeout_s)
            return reply

        yield ask


async def declarations(text: str, project: LeanProject, *, timeout_s: float) -> list[Message]:
    """Return what a whole file declares, as docs/protocol.md says; nothing if its imports are not there.

    Raises:
        SetupError: the project's Lean cannot be run, or not this program.
        EngineError: it broke, took longer than `timeout_s`, or gave no answer.
    """
    answer = await answer_of(
        PROGRAM,
        [Path(SOURCE)],
        {SOURCE: text},
        project,
        task="search for declarations",
        timeout_s=timeout_s,
        advice=f"It is meant for Lean {OLDEST} and later; name one theorem at a time with --theorem.",
    )
    found = answer.get("declarations")
    if not isinstance(found, list):
        raise EngineError(f"{label(project)} said where declarations are with {str(answer)[:500]}")
    return found
