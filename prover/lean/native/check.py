"""The trusted verifier for a user's own Lean: a finished proof is checked from its text inside its Lake project.

As in :mod:`prover.lean.trust.verify` it takes two new processes, here of the project's `lean`. Both run Check.lean. One
elaborates the file and hands out the proof as terms; it may have run code of the proof's and is not believed. The
other elaborates the statement only and has Lean's kernel check that the terms prove it, beginning with the imports.
The idea of judging text in place of .olean files is that of leanprover/comparator; that the axioms behind the
library's theorems count as well, that of ``#print axioms``.

What this does not guarantee: code of the proof runs with the user's rights, and there is no sandbox around it. It
could change the project's compiled library, or Lean itself, before the second process reads them.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from prover.lean.native.program import OLDEST, answer_of, label
from prover.lean.native.project import LeanProject
from prover.lean.protocol import CheckRequest, ExportRequest, Reply
from prover.lean.theorem import Theorem
from prover.lean.trust.kernel import kernel_caveat
from prover.lean.trust.verify import Certificate, Rejection, certify, certify_file

PROGRAM = Path(__file__).with_name("Check.lean")
CHECK_TIMEOUT_S = 600.0
"""What each process of a check may take."""
SOURCE, STATEMENT, TERMS, GIVEN = "Proof.lean", "Statement.lean", "terms.json", "given.json"


async def verify_in_project(
    theorem: Theorem,
    proof: str,
    project: LeanProject,
    *,
    timeout_s: float,
    untrusted: bool = False,
    whole_file: bool = False,
) -> Certificate | Rejection:
    """Check `proof`, a tactic block, in new processes of `project`'s Lean; each of the two may take `timeout_s`.

    With `whole_file` it is a file that has the proof, see :func:`prover.lean.trust.verify.certify_file`.

    The axioms of the certificate are all that the theorem rests on, through the library's theorems as well. With
    `untrusted` no command is elaborated that runs code.

    Raises:
        SetupError, EngineError: the check could not be carried out, which says nothing about the proof.
    """

    async def ask(request: ExportRequest | CheckRequest) -> tuple[Reply, str | None]:
        files, terms = dict[str, str](), list[Path]()
        if "check" in request:
            what, source = "check", request["check"]["source"]
            files[STATEMENT] = request["check"]["original"]
            given = {key: request["check"].get(key) for key in ("given", "statementStart")}
            files[TERMS] = json.dumps(request["check"]["terms"])
            files[GIVEN] = json.dumps(given, ensure_ascii=False)
            terms = [Path(TERMS), Path(GIVEN)]
        else:
            what, source = "export", request["export"]["source"]
            files[STATEMENT] = request["export"].get("original", "")
        answer = await answer_of(
            PROGRAM,
            [
                *(["--untrusted"] if untrusted else []),
                what,
                Path(SOURCE),
                Path(STATEMENT),
                theorem.name,
                *terms,
            ],
            files | {SOURCE: source},
            project,
            task=what,
            timeout_s=timeout_s,
            advice=f"It is meant for Lean {OLDEST} and later; check the proofs in a project with such a Lean.",
        )
        reply = cast(Reply, {what: answer})
        return reply, str(answer["lean"]) if "lean" in answer else None

    ruling = await (certify_file if whole_file else certify)(theorem, proof, label(project), ask)
    if isinstance(ruling, Rejection):
        return ruling
    caveat = kernel_caveat(ruling.lean_version)
    return replace(ruling, of_library=True, caveats=() if caveat is None else (caveat,))


@dataclass(frozen=True, slots=True)
class ProjectVerifier:
    """Implements :class:`prover.lean.trust.verify.Verifier` with new processes of a project's own Lean."""

    check: Callable[..., Awaitable[Certificate | Rejection]]
    project: LeanProject

    async def verify(self, theorem: Theorem, proof: str) -> Certificate | Rejection:
        """Check `proof`, see :class:`prover.lean.trust.verify.Verifier`."""
        return await self.check(theorem, proof, self.project, timeout_s=CHECK_TIMEOUT_S)


class ProjectFileVerifier(ProjectVerifier):
    """Implements :class:`prover.lean.trust.verify.WholeFileVerifier`, with a `check` that takes `whole_file`."""

    async def verify_file(self, theorem: Theorem, file: str) -> Certificate | Rejection:
        """Check the proof in `file`, see :class:`prover.lean.trust.verify.WholeFileVerifier`."""
        return await self.check(theorem, file, self.project, timeout_s=CHECK_TIMEOUT_S, whole_file=True)
