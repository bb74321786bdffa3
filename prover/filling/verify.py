"""Verify a declaration of a file that has no hole left.

:func:`prover.lean.trust.verify.verify` checks a theorem by a text that ends in ``:= proof``: its type is what the text
says with `sorry` for the proof, in a process that does not elaborate the proof. A declaration of a file is given
to it like that, after what stands before it *as the user wrote it*, every `sorry` there included. Where it rests on
a declaration that still has a hole there, which `verify` refuses, it is checked again after what stands before it
with the proofs that were found for that; these have then been elaborated in both processes.

A value of equations is given as ``:= fun | ...``, which is what Lean makes of it, a structure after ``where`` as
``:= { ... }``, an ``example`` as a ``def``, and an ``instance`` without a name with one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from prover.filling.search import Found
from prover.lean.protocol import OpenEngine
from prover.lean.reading.holes import LeanFile, Unit
from prover.lean.reading.text import Edit
from prover.lean.theorem import Given, Theorem
from prover.lean.trust.verify import Certificate, Rejection, RejectionKind, Verifier, verdict

NAME = "prover_hole"
"""What a declaration without a name is called while it is checked."""
CHECK = "prover_check"

_PART = re.compile(r"«[^»]*»|[^.«»]+")

_THEOREMS = frozenset({"theorem", "lemma"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerifier:
    """Engines for checking a file, apart from the search: `ask` starts an engine, `open` opens a theorem verifier."""

    ask: OpenEngine
    open: Callable[[], AbstractAsyncContextManager[Verifier]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The kernel accepts the declaration; `uses_earlier_holes` if proofs of earlier holes had to be put in for that."""

    certificate: Certificate
    uses_earlier_holes: bool


@dataclass(frozen=True, slots=True)
class NotVerified:
    """The declaration cannot be given to `verify` as a theorem, for this reason.

    The kernel has accepted it with all it rests on, and found no foreign axiom, but in a process that had
    elaborated its proofs; where nothing names it, Lean's elaborator has the only word on it.
    """

    reason: str


Verdict = Verified | NotVerified | Rejection


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return Lean's text with these edits."""
    for edit in sorted(edits, key=lambda each: -each.start):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


async def verify_declaration(
    file: LeanFile, unit: Unit, found: Sequence[Found], verifier: FileVerifier
) -> Verdict:
    """Verify a declaration all of whose holes are among `found`.

    Raises:
        SetupError, EngineError: it could not be checked, which says nothing about it.
    """
    own = [each.edit for each in found if each.hole.unit == unit]
    earlier = [each.edit for each in found if each.hole.unit.end <= unit.start]
    text = apply_edits(file.sound[: unit.end], [*earlier, *own])
    if unit.value_start is None:
        names = [unit.name] if unit.name else unit.members
        return await _verify_elaborated(
            text, names, f"a {unit.kind} has no one value to be checked by itself", verifier
        )
    verdict = await _verify_value(file, unit, own, [], verifier)
    if isinstance(verdict, Rejection) and earlier and verdict.kind is RejectionKind.SORRY:
        verdict = await _verify_value(file, unit, own, earlier, verifier)
    if not isinstance(verdict, Rejection) or unit.kind in _THEOREMS:
        return verdict
    if verdict.kind is RejectionKind.ELABORATION:
        why = "Lean does not read it in the form in which it would be checked"
        return await _verify_elaborated(text, [unit.name] if unit.name else [], why, verifier)
    if verdict.kind is RejectionKind.KERNEL:
        claim, value = _claim(file, unit, own, earlier)
        if await _type_depends_on_value(claim, value, verifier):
            why = "its type depends on its value, through variables"
            return await _verify_elaborated(claim.file_with_proof(value), [claim.name], why, verifier)
    return verdict


async def _verify_elaborated(
    text: str, names: Sequence[str], why: str, verifier: FileVerifier
) -> NotVerified | Rejection:
    """Have the kernel check the constants called `names` at the end of `text`, in a process that elaborates it.

    They are made part of a statement: `verify` refuses one that rests on a `sorry` or a foreign axiom.
    """
    quoted = [_quote(name) for name in names]
    statement = " ∧ ".join([*(f"@{name} = @{name}" for name in quoted), "True"])
    theorem = Theorem(name=CHECK, statement=f"theorem _root_.{CHECK} : {statement}", header=f"{text}\n")
    proof = f"exact ⟨{'rfl, ' * len(names)}trivial⟩" if names else "exact trivial"
    verdict = await _verify(theorem, proof, verifier)
    return verdict if isinstance(verdict, Rejection) else NotVerified(why)


async def _verify_value(
    file: LeanFile, unit: Unit, own: Sequence[Edit], earlier: Sequence[Edit], verifier: FileVerifier
) -> Verified | Rejection:
    claim, value = _claim(file, unit, own, earlier)
    verdict = await _verify(claim, value, verifier)
    return (
        verdict
        if isinstance(verdict, Rejection)
        else Verified(certificate=verdict, uses_earlier_holes=bool(earlier))
    )


async def _verify(theorem: Theorem, proof: str, verifier: FileVerifier) -> Certificate | Rejection:
    async with verifier.open() as opened:
        return await verdict(opened, theorem, proof)


def _claim(file: LeanFile, unit: Unit, own: Sequence[Edit], earlier: Sequence[Edit]) -> tuple[Theorem, str]:
    """Return a declaration for `verify`, and its value with the edits `own`."""
    assert unit.value_start is not None
    whole = apply_edits(file.sound[: unit.end], own)
    header, head = apply_edits(file.sound[: unit.start], earlier), file.sound[unit.start : unit.value_start]
    value = whole[unit.value_start :]
    if not unit.name:
        head = apply_edits(head, _name(unit))
    if value.startswith(":="):
        value = value.removeprefix(":=")
    elif value.startswith("where"):
        value = " {" + value.removeprefix("where") + "\n}"
    else:
        value = " fun\n" + value
    name = unit.name or NAME
    given = Given(text=header + head + file.sound[unit.value_start :], start=len(header.encode()))
    claim = Theorem(name=name, statement=head, header=header, given=given, proof_is_term=True)
    return claim, value


def _quote(name: str) -> str:
    """Return a name with every part in quotes, since a part may be one of Lean's keywords."""
    return ".".join(f"«{part.strip('«»')}»" for part in _PART.findall(name))


def _name(unit: Unit) -> list[Edit]:
    """Return what gives a declaration a name, by offsets from its start."""
    assert unit.keyword is not None
    assert unit.name_end is not None
    start, end, name_end = (place - unit.start for place in (*unit.keyword, unit.name_end))
    named = Edit(start=name_end, end=name_end, text=f" _root_.{NAME}")
    return [Edit(start=start, end=end, text="def"), named] if unit.kind == "example" else [named]


async def _type_depends_on_value(claim: Theorem, value: str, verifier: FileVerifier) -> bool:
    """Whether Lean gives the declaration another type than the same with `sorry` for its whole value."""
    show = f"\n#check @_root_.{_quote(claim.name)}"
    async with verifier.ask() as ask:
        replies = [await ask({"cmd": claim.file_with_proof(each) + show}) for each in ("sorry", value)]
    shown = [[m["data"] for m in reply.get("messages", []) if m["severity"] == "info"] for reply in replies]
    return shown[0][-1:] != shown[1][-1:]
