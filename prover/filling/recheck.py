"""The check of a file whose holes have been filled, by engines that know nothing of the search.

Every declaration that has no hole left is judged (:mod:`prover.filling.verify`). Then a new engine elaborates the
whole file, old and new: the new one must report no error that the old one did not report, declare the same names
with the same types, and have no `sorry` but those that stay. What does not stand up is put back, and the rest is
checked again.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from prover.filling.search import Found
from prover.filling.verify import FileVerifier, Verdict, Verified, apply_edits, verify_declaration
from prover.lean.process.replies import errors
from prover.lean.protocol import Ask, CommandReply
from prover.lean.reading.holes import Hole, LeanFile, Unit, declared, gaps_of
from prover.lean.reading.text import offset_of
from prover.lean.trust.verify import Rejection

_USES_SORRY = re.compile("declaration uses .sorry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What stood up: `found` may be written. `verdicts` are for the declarations that have no hole left.

    `refused` are the proofs that were put back, each with the reason.
    """

    found: tuple[Found, ...]
    verdicts: dict[Unit, Verdict]
    refused: tuple[tuple[Found, str], ...]


@dataclass(frozen=True, slots=True)
class _Problem:
    """What is wrong with the whole file, and where in its new text; None for nowhere in particular."""

    reason: str
    offset: int | None


async def recheck(file: LeanFile, found: Sequence[Found], verifier: FileVerifier, *, at_once: int) -> Checked:
    """Check a file with these proofs, at most `at_once` declarations at the same time.

    Raises:
        SetupError, EngineError: it could not be checked, which says nothing about it.
    """
    kept = sorted(found, key=lambda each: each.hole.start)
    refused: list[tuple[Found, str]] = []
    verdicts: dict[Unit, Verdict] = {}
    turns = asyncio.Semaphore(at_once)

    async def verify_unit(unit: Unit) -> None:
        async with turns:
            verdicts[unit] = await verify_declaration(file, unit, kept, verifier)

    while kept:
        units = [unit for unit in whole_units(file, [each.hole for each in kept]) if unit not in verdicts]
        await asyncio.gather(*(verify_unit(unit) for unit in units))
        back = [
            (each, verdict.message)
            for each in kept
            if isinstance(verdict := verdicts.get(each.hole.unit), Rejection)
        ]
        if not back and (problem := await _problem(file, kept, verifier)):
            back = [(each, problem.reason) for each in _culprits(kept, problem)]
        if not back:
            break
        refused += back
        gone = {each for each, _ in back}
        kept = [each for each in kept if each not in gone]
        changed = {each.hole.unit for each in gone}
        first = min(unit.start for unit in changed)
        verdicts = {
            unit: verdict
            for unit, verdict in verdicts.items()
            if unit.start < first
            or (unit not in changed and isinstance(verdict, Verified) and not verdict.uses_earlier_holes)
        }
    return Checked(found=tuple(kept), verdicts=verdicts, refused=tuple(refused))


def whole_units(file: LeanFile, holes: Sequence[Hole]) -> list[Unit]:
    """Return the declarations all of whose gaps are among `holes`."""
    count = Counter(hole.unit for hole in holes)
    gaps = {hole.unit: hole.gaps_in_command for hole in file.holes}
    return [unit for unit in file.units if count[unit] == gaps[unit]]


def _culprits(kept: Sequence[Found], problem: _Problem) -> list[Found]:
    """Return the proofs to put back: the one at the problem's place, else those of the declaration before it."""
    if problem.offset is None:
        return list(kept)
    grown, before = 0, kept[0]
    for each in kept:
        start, length = each.edit.start + grown, len(each.edit.text)
        if start > problem.offset:
            break
        if problem.offset <= start + length:
            return [each]
        before = each
        grown += length - (each.edit.end - each.edit.start)
    return [each for each in kept if each.hole.unit == before.hole.unit]


async def _problem(file: LeanFile, kept: Sequence[Found], verifier: FileVerifier) -> _Problem | None:
    """Elaborate the whole file, old and new, and compare."""
    edits = [each.edit for each in kept]
    text = apply_edits(file.text, edits)
    async with verifier.ask() as ask:
        old = await ask({"cmd": file.text})
        new = await ask({"cmd": text, "declarations": True})
        judged_in = old if file.sound == file.text else await ask({"cmd": file.sound})
        if "env" not in new or "timeout" in new:
            return _Problem(f"Lean does not come to its end: {new.get('message', 'out of time')}", None)
        if problem := _difference(file, old, new, text, kept):
            return problem
        names = [unit.name for unit in file.units if unit.name and any(e.hole.unit == unit for e in kept)]
        for name in names:
            shows = [
                await _ask_for_messages(ask, reply["env"], f"#check @_root_.{name}")
                for reply in (old, new, judged_in)
            ]
            if len(set(shows)) > 1:
                place = next(each.edit.start for each in kept if each.hole.unit.name == name)
                if shows[0] == shows[1]:
                    why = f"{name} has another type where nothing has an error"
                    return _Problem(why, _move_offset(place, kept))
                return _Problem(f"it changes the type of {name}", _move_offset(place, kept))
    return None


def _difference(
    file: LeanFile, old: CommandReply, new: CommandReply, text: str, kept: Sequence[Found]
) -> _Problem | None:
    reported = Counter(error["data"] for error in errors(old))
    for error in errors(new):
        reported[error["data"]] -= 1
        if reported[error["data"]] < 0:
            return _Problem(f"the file has a new error: {error['data']}", offset_of(text, error["pos"]))
    ours = {each.hole.start for each in kept}
    staying = {offset_of(file.text, each["pos"]) for each in gaps_of(old)} - ours
    expected = {_move_offset(at, kept) for at in staying}
    for sorry in gaps_of(new):
        if (at := offset_of(text, sorry["pos"])) not in expected:
            return _Problem("it leaves a `sorry` behind", at)
    unfinished = [
        offset_of(text, each["pos"]) for each in new.get("messages", []) if _USES_SORRY.match(each["data"])
    ]
    for unit in whole_units(file, [each.hole for each in kept]):
        start, end = _move_offset(unit.start, kept), _move_offset(unit.end, kept)
        if any(start <= at < end for at in unfinished):
            return _Problem("it has a gap that is not reported as a `sorry`", end)
    if file.declared != declared(new):
        return _Problem("the file declares something else than before", None)
    return None


def _move_offset(offset: int, kept: Sequence[Found]) -> int:
    """Return where a place of the old text is in the new one."""
    edits = [each.edit for each in kept if each.edit.start < offset]
    return offset + sum(len(edit.text) - (edit.end - edit.start) for edit in edits)


async def _ask_for_messages(ask: Ask, env: int, command: str) -> str:
    reply = await ask({"cmd": command, "env": env})
    return "\n".join(message["data"] for message in reply.get("messages", []))
