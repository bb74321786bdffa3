"""The check of a finished proof in a repository whose Lean is too old for the check of :mod:`prover.lean.native.check`.

LeanDojo runs tactics in Lean 4.11 and older, that check is written for younger ones. So here the file, up to the
theorem and with the proof in it, is elaborated once more by a new process of the repository's Lean, which must report
no error, and is then asked what it has proved and from which axioms. The kernel of that process has accepted the proof.

This is less than :mod:`prover.lean.trust.verify` promises: the process that judges is one in which the proof's own
tactics have run, and code among them could make it say anything. Proofs that do not pass the filter of
:mod:`prover.lean.trust.tactics`, which refuses all such code that it knows, are therefore refused.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import tempfile
from pathlib import Path

from prover.errors import EngineCrashed
from prover.lean.native.check import verify_in_project
from prover.lean.native.program import OLDEST, run_to_end
from prover.lean.native.project import LeanProject
from prover.lean.theorem import Theorem
from prover.lean.trust.tactics import check_tactic
from prover.lean.trust.verify import (
    ALLOWED_AXIOMS,
    Certificate,
    Rejection,
    RejectionKind,
    axiom_rejection,
    obvious_cheat,
)

WEAKER_CHECK = (
    "this Lean is too old for the check in a second process: the process that judged the proof had run its tactics, "
    "and no rule of prover's guards against known bugs of its kernel"
)

_WHERE = r"(?:^|\n)(?:[^\n]*:\d+:\d+: (?:info: )?)?"
_VERDICT = re.compile(
    rf"{_WHERE}@?\S+ : (?P<statement>[^\n]+(?:\n  [^\n]*)*)"
    rf"{_WHERE}'(?P<name>[^\n]+)' (?:does not depend on any axioms|depends on axioms: \[(?P<axioms>[^\]]*)\])\s*\Z"
)
_ERROR = re.compile(r":(?P<place>\d+:\d+): error: (?P<said>.*)")


async def verify_in_repository(
    theorem: Theorem, proof: str, project: LeanProject, *, timeout_s: float
) -> Certificate | Rejection:
    """Check `proof`, a tactic block, in new processes of the repository's Lean: as well as its version allows.

    Raises:
        SetupError, EngineError: the check could not be carried out, which says nothing about the proof.
    """
    if _numbers(project.version or "") >= _numbers(OLDEST):
        return await verify_in_project(theorem, proof, project, timeout_s=timeout_s)
    return await _elaborate_again(theorem, proof, project, timeout_s)


async def _elaborate_again(
    theorem: Theorem, proof: str, project: LeanProject, timeout_s: float
) -> Certificate | Rejection:
    clock = asyncio.get_running_loop().time
    began = clock()
    if rejection := obvious_cheat(proof):
        return rejection
    if reason := check_tactic(proof):
        return Rejection(RejectionKind.CODE, f"this Lean's check takes no such proof: {reason}")
    source = theorem.file_with_proof(proof)
    asked = f"{source}\n\n#check @_root_.{theorem.name}\n\n#print axioms _root_.{theorem.name}\n"
    label = f"Lean {project.version} with {project.root.name}, elaborated once more"
    code, output = await _elaborate(asked, project, timeout_s)
    if error := _ERROR.search(output):
        return Rejection(RejectionKind.ELABORATION, f"{error['place']}: {error['said']}")
    verdict = _VERDICT.search(output)
    if code != 0 or verdict is None or verdict["name"] != theorem.name:
        raise EngineCrashed(f"{label}: Lean ended with {code} and said {output[-500:]!r}")
    axioms = tuple((verdict["axioms"] or "").replace(",", " ").split())
    if foreign := [axiom for axiom in axioms if axiom not in ALLOWED_AXIOMS]:
        return axiom_rejection(foreign[0])
    return Certificate(
        theorem=theorem.name,
        statement=" ".join(verdict["statement"].split()),
        axioms=axioms,
        engine=label,
        lean_version=project.version,
        sha256=hashlib.sha256(source.encode()).hexdigest(),
        time_s=clock() - began,
        of_library=True,
        caveats=(WEAKER_CHECK,),
    )


async def _elaborate(text: str, project: LeanProject, timeout_s: float) -> tuple[int, str]:
    """Have a new Lean elaborate a file; return its exit code and all it said.

    Raises:
        SetupError: lake cannot be run.
        EngineTimeout: it took longer.
    """
    with (
        tempfile.TemporaryDirectory(prefix="prover-check-", ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryFile() as output,
    ):
        file = Path(folder) / "Proof.lean"
        file.write_bytes(text.encode())
        code = await run_to_end(project, ["lean", str(file)], output, timeout_s=timeout_s, task="check")
        output.seek(0)
        return code, output.read().decode(errors="replace")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
