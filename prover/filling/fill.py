"""All holes of a file: searched several at a time, checked together.

A proof that the check refuses, for example because it uses an earlier theorem that stays unproved, is searched for
once more, and then only what would be accepted beside the proofs that stand is taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from prover.filling.recheck import Checked, recheck, whole_units
from prover.filling.search import Found, NotFound
from prover.filling.verify import FileVerifier, NotVerified, Verified, verify_declaration
from prover.lean.reading.holes import Hole, LeanFile
from prover.lean.reading.text import Edit
from prover.lean.trust.verify import Certificate, Rejection
from prover.policy.base import Policy
from prover.util.workers import for_each

Status = Literal["proved", "accepted", "fits", "open"]
"""What came of a hole.

`proved`: its declaration has no hole left, and the verifier's kernel accepts it. `accepted`: it has no hole left and
a new kernel accepts it, but in a process that had elaborated its proofs. `fits`: another hole of its declaration
stays, so only Lean's elaborator has looked at it. `open`: it stays a `sorry`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one hole. `proof` and `edit` are None where it stays; `note` says why, or what was not checked.

    `certificate` is the verifier's for the declaration, where `status` is ``proved``, else None.
    """

    hole: Hole
    status: Status
    proof: str | None
    edit: Edit | None
    note: str
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What came of a file: an outcome for each hole, in their order, and the edits that fill those that can be."""

    file: LeanFile
    outcomes: tuple[Outcome, ...]
    interrupted: bool

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What is to be put into the file."""
        return tuple(each.edit for each in self.outcomes if each.edit is not None)

    @property
    def complete(self) -> bool:
        """Whether no `sorry` stays, and Lean finds no error."""
        left = self.file.strays or self.file.blocked or self.file.errors
        return len(self.edits) == len(self.outcomes) and not left


class Prover(Protocol):
    """What proves holes, for example a :class:`prover.filling.search.HoleSearch`."""

    async def run(
        self,
        hole: Hole,
        file_text: str,
        policy: Policy,
        *,
        interrupt: asyncio.Event,
        also: Callable[[Found], Awaitable[str]] | None = None,
    ) -> Found | NotFound:
        """Look for a proof of `hole`, see :meth:`prover.filling.search.HoleSearch.run`."""
        ...


async def fill(
    file: LeanFile,
    search: Prover,
    policy: Callable[[], Policy],
    verifier: FileVerifier,
    *,
    at_once: int,
    interrupt: asyncio.Event,
    observe: Callable[[int, int], None] = lambda done, total: None,
) -> Filling:
    """Search all holes of `file`, at most `at_once` at the same time, and have `verifier` check what was found.

    `policy` makes the policy of one search. `observe` is told how many holes are done, of how many.

    Raises:
        EngineError, SetupError: the file could not be checked, or no engine be started.
        PolicyError: the policy or the critic could not answer.
    """
    ended: dict[Hole, Found | NotFound] = {}

    async def first(hole: Hole) -> None:
        if interrupt.is_set():
            return
        ended[hole] = await search.run(hole, file.text, policy(), interrupt=interrupt)
        observe(len(ended), len(file.holes))

    async def for_all(holes: Iterable[Hole], do: Callable[[Hole], Awaitable[None]]) -> None:
        """Do it for all of them; an interrupt is left to the searches, which then end by themselves."""
        await for_each(holes, do, workers=at_once, stop=asyncio.Event())

    await for_all(file.holes, first)
    checked = await recheck(file, _select_found(ended), verifier, at_once=at_once)
    if checked.refused and not interrupt.is_set():
        standing = checked

        async def also(found: Found) -> str:
            proofs = [*standing.found, found]
            if found.hole.unit not in whole_units(file, [each.hole for each in proofs]):
                return ""
            verdict = await verify_declaration(file, found.hole.unit, proofs, verifier)
            return verdict.message if isinstance(verdict, Rejection) else ""

        async def second(hole: Hole) -> None:
            ended[hole] = await search.run(hole, file.text, policy(), interrupt=interrupt, also=also)

        await for_all([each.hole for each, _ in standing.refused], second)
        checked = await recheck(file, _select_found(ended), verifier, at_once=at_once)
    outcomes = tuple(_outcome(hole, ended.get(hole), checked) for hole in file.holes)
    interrupted = any(hole not in ended for hole in file.holes) or any(
        isinstance(each, NotFound) and each.interrupted for each in ended.values()
    )
    return Filling(file=file, outcomes=outcomes, interrupted=interrupted)


def _select_found(ended: dict[Hole, Found | NotFound]) -> list[Found]:
    return [each for each in ended.values() if isinstance(each, Found)]


def _outcome(hole: Hole, ended: Found | NotFound | None, checked: Checked) -> Outcome:
    if ended is None:
        return _open(hole, "not tried: ended by an interrupt")
    if isinstance(ended, NotFound):
        return _open(hole, ended.reason)
    if ended not in checked.found:
        reason = next(reason for each, reason in checked.refused if each == ended)
        return _open(hole, f"the check refused what was found: {reason}")
    status: Status
    certificate: Certificate | None = None
    match checked.verdicts.get(hole.unit):
        case Verified() as judged:
            status, note, certificate = "proved", "", judged.certificate
        case NotVerified(reason):
            status, note = "accepted", f"checked in a process that had elaborated it: {reason}"
        case _:
            status, note = "fits", f"another `sorry` of {hole.unit.label} stays, so it is not proved yet"
    return Outcome(
        hole=hole, status=status, proof=ended.proof, edit=ended.edit, note=note, certificate=certificate
    )


def _open(hole: Hole, note: str) -> Outcome:
    return Outcome(hole=hole, status="open", proof=None, edit=None, note=note)
