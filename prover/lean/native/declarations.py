"""Where the declarations of a file are, for a project's Lean: Declarations.lean, run in a new process of it.

The community REPL says where the holes of a text are and what they are to prove, but not which declarations they stand
in. `open_project_engine` puts the two together, so that a file is read and checked as with the embedded engine.

What this does not guarantee: a text that is elaborated may run code of its own, which could change the answer. The
declarations say where text is to be put in and what is to be judged; what counts as proved is for
:mod:`prover.lean.native.check` to say.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import AsyncIterator
from pathlib import Path

from prover.errors import EngineError
from prover.lean.native.program import OLDEST, answer_of, label
from prover.lean.native.project import LeanProject
from prover.lean.process.command import EngineCommand
from prover.lean.process.environments import Admit
from prover.lean.process.repl import Repl
from prover.lean.protocol import Ask, CommandRequest, Declaration, Reply, Request

PROGRAM = Path(__file__).with_name("Declarations.lean")
SOURCE = "File.lean"


@contextlib.asynccontextmanager
async def open_project_engine(
    project: LeanProject, command: EngineCommand, timeout_s: float, admit: Admit | None = None
) -> AsyncIterator[Ask]:
    """Yield a way to ask a new REPL of the project, with the extension `declarations` of docs/protocol.md.

    Each request, and the declarations of its text, may take `timeout_s`, or the `timeLimit` of the request if that is
    less. `admit` is asked before each. Only commands are sent on.

    Raises:
        SetupError, EngineError: as for :meth:`prover.lean.process.repl.Repl.start` and `declarations`.
    """
    repl = await Repl.start(command)
    texts: dict[int, tuple[str, ...]] = {}

    async def ask(request: Request) -> Reply:
        if "cmd" not in request:
            return {"message": "This engine is sent commands only."}
        so_far = (*texts.get(request.get("env", -1), ()), request["cmd"])
        if admit is not None:
            await admit(so_far)
        plain: CommandRequest = {"cmd": request["cmd"]}
        if "env" in request:
            plain["env"] = request["env"]
        reply = await repl.request(plain, min(timeout_s, request.get("timeLimit", math.inf) / 1000))
        if "env" in reply:
            texts[reply["env"]] = so_far
            if request.get("declarations"):
                reply["declarations"] = await declarations(request["cmd"], project, timeout_s=timeout_s)
        return reply

    try:
        yield ask
    finally:
        await repl.close()


async def declarations(text: str, project: LeanProject, *, timeout_s: float) -> list[Declaration]:
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
