"""Texts that are not trusted, before a project's own Lean elaborates them: one that runs code is refused.

The community REPL elaborates whatever it is sent, with the user's rights. So each text goes through Check.lean first,
in a new process of the project's Lean, cut as the REPL will get it. That parses it command by command, elaborates what
runs no code, as it decides how the next command is read, and stops at the first that does.

What this does not guarantee: the libraries of the project are trusted, and so is code that they run for commands and
tactics of theirs. What counts as code is said in docs/soundness.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from prover.errors import EngineError, StatementError
from prover.lean.native.check import PROGRAM
from prover.lean.native.program import OLDEST, answer_of, label
from prover.lean.native.project import LeanProject

TEXTS = "texts.json"


class CodeRefusal:
    """Refuses texts that run code, each for at most `timeout_s`; what has been let through is remembered."""

    def __init__(self, project: LeanProject, timeout_s: float) -> None:
        self._project = project
        self._timeout_s = timeout_s
        self._admitted: set[str] = set()

    async def __call__(self, texts: Sequence[str]) -> None:
        """Return if no command of these texts runs code, which are to be elaborated one after the other.

        Raises:
            StatementError: one does; its line is counted through all texts.
            SetupError, EngineError: the project's Lean could not tell.
        """
        written = json.dumps(list(texts), ensure_ascii=False)  # old Leans cannot read pairs of escapes
        key = hashlib.sha256(written.encode()).hexdigest()
        if key in self._admitted:
            return
        answer = await answer_of(
            PROGRAM,
            ["inspect", Path(TEXTS)],
            {TEXTS: written},
            self._project,
            task="search for code",
            timeout_s=self._timeout_s,
            advice=f"It is meant for Lean {OLDEST} and later.",
        )
        match answer:
            case {"code": None}:
                self._admitted.add(key)
            case {"code": {"what": str(what), "text": int(index), "line": int(line)}}:
                before = sum(text.count("\n") for text in texts[:index])
                raise StatementError(
                    f"a text that is not trusted runs code: {what}",
                    line=before + line,
                    column=0,
                    advice="Read it, then leave out --untrusted.",
                )
            case _:
                raise EngineError(f"{label(self._project)} answered the search for code with {answer}")
