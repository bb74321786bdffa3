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
import hashlib
import json
from pathlib import Path
from typing import Any

from prover.errors import EngineError
from prover.lean.native.program import OLDEST, answer_of, label
from prover.lean.native.project import LeanProject
from prover.lean.theorem import Theorem
from prover.lean.verify import ALLOWED_AXIOMS, Certificate, Rejection, obvious_cheat

PROGRAM = Path(__file__).with_name("Check.lean")
SOURCE, STATEMENT, TERMS = "Proof.lean", "Statement.lean", "terms.json"


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
    texts = {SOURCE: source}
    exported = await _ask(project, "export", theorem, texts, timeout_s)
    if exported.get("terms") is None:
        return Rejection(str(exported.get("reason") or "Lean gives no reason"))
    texts |= {STATEMENT: theorem.file_with_proof("sorry"), TERMS: json.dumps(exported["terms"])}
    verdict = await _ask(project, "check", theorem, texts, timeout_s)
    if not isinstance(verdict.get("accepted"), bool):
        raise EngineError(f"{label(project)} answered a check with {str(verdict)[:500]}")
    if not verdict["accepted"]:
        return Rejection(str(verdict.get("reason") or "Lean gives no reason"))
    axioms, statement = verdict.get("axioms"), verdict.get("statement")
    if not isinstance(axioms, list) or not isinstance(statement, str):
        raise EngineError(f"{label(project)} accepted a proof without saying of what: {str(verdict)[:500]}")
    if foreign := [axiom for axiom in axioms if axiom not in ALLOWED_AXIOMS]:
        return Rejection(f"the proof rests on the axiom {foreign[0]}")
    return Certificate(
        theorem=theorem.name,
        statement=statement,
        axioms=tuple(axioms),
        engine=label(project),
        lean_version=str(verdict["lean"]) if "lean" in verdict else None,
        sha256=digest,
        time_s=clock() - began,
    )


async def _ask(
    project: LeanProject, what: str, theorem: Theorem, files: dict[str, str], timeout_s: float
) -> dict[str, Any]:
    statement, terms = ([Path(STATEMENT)], [Path(TERMS)]) if what == "check" else ([], [])
    return await answer_of(
        PROGRAM,
        [what, Path(SOURCE), *statement, theorem.name, *terms],
        files,
        project,
        task=what,
        timeout_s=timeout_s,
        advice=f"It is meant for Lean {OLDEST} and later; check the proofs in a project with such a Lean.",
    )
